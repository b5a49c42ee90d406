//! The arithmetic of scores, in whole thousandths: the same on both engines, and again after any change of weights.

/// What is said about a question's scores, each in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    pub mean: i32,
    pub median: i32,
    /// The population's standard deviation: 0 where all agree, 2000 where half say 1 and half say 5.
    pub spread: i32,
}

/// One moderator's score: the mean of their marks (1 to 5) by weight, in thousandths, halves up. `None` without marks.
pub fn weighted(marks: impl IntoIterator<Item = (i32, i32)>) -> Option<i32> {
    let (sum, weights) = marks
        .into_iter()
        .fold((0_i64, 0_i64), |(sum, weights), (value, weight)| {
            let weight = i64::from(weight);
            (sum + i64::from(value) * weight, weights + weight)
        });
    if weights == 0 {
        return None;
    }
    i32::try_from((2_000 * sum + weights) / (2 * weights)).ok()
}

/// The figures over the moderators' scores; `None` when nobody scored.
pub fn figures(scores: &[i32]) -> Option<Figures> {
    let n = i64::try_from(scores.len()).ok().filter(|n| *n > 0)?;
    let sum: i64 = scores.iter().map(|s| i64::from(*s)).sum();
    let squares: i64 = scores.iter().map(|s| i64::from(*s).pow(2)).sum();
    let mut sorted = scores.to_vec();
    sorted.sort_unstable();
    let middle = sorted.len() / 2;
    let median = if sorted.len() % 2 == 1 {
        i64::from(sorted[middle])
    } else {
        (i64::from(sorted[middle - 1]) + i64::from(sorted[middle]) + 1) / 2
    };
    // n² times the variance is a whole number, so only its root is rounded.
    let variance = n * squares - sum * sum;
    let spread = ((4 * variance).isqrt() + n) / (2 * n);
    Some(Figures {
        mean: i32::try_from((2 * sum + n) / (2 * n)).ok()?,
        median: i32::try_from(median).ok()?,
        spread: i32::try_from(spread).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_pull_a_score_and_halves_go_up() {
        assert_eq!(weighted([(5, 3), (1, 1)]), Some(4000));
        assert_eq!(weighted([(4, 1), (4, 1), (5, 1)]), Some(4333));
        assert_eq!(weighted([(1, 1), (2, 1), (2, 1), (2, 5)]), Some(1875));
        assert_eq!(weighted([]), None);
    }

    #[test]
    fn those_who_agree_have_no_spread_and_opposites_have_the_most() {
        let agree = figures(&[4333, 4333, 4333]).expect("scores");
        assert_eq!((agree.mean, agree.median, agree.spread), (4333, 4333, 0));
        let split = figures(&[5000, 1000, 1000, 5000]).expect("scores");
        assert_eq!((split.mean, split.median, split.spread), (3000, 3000, 2000));
        // 2, 4, 4, 4, 5, 5, 1, 3: mean 3.5, variance 1.75, deviation 1.3229.
        let some = figures(&[2000, 4000, 4000, 4000, 5000, 5000, 1000, 3000]).expect("scores");
        assert_eq!((some.mean, some.median, some.spread), (3500, 4000, 1323));
        assert_eq!(figures(&[]), None);
    }
}
