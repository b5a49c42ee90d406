//! What is usual around a text: among many that are like one another it takes more to be near than among few.

use crate::{
    index::{Index, Key},
    search::List,
    tune::Tune,
};

/// A mean score that is as usual as can be: where it leaves scores as they are.
const USUAL: f32 = 0.3;
/// Who has nobody near is not made near to somebody by that.
const LEAST: f32 = 0.25;

impl<Id: Key> Index<Id> {
    /// The lists with each score set against what is usual around its two texts.
    pub(crate) fn levelled(&self, lists: &[List]) -> Vec<List> {
        if self.tune.level <= 0.0 {
            return lists.to_vec();
        }
        let levels: Vec<f32> = lists.iter().map(|list| level(list, &self.tune)).collect();
        let one = |(list, own): (&List, &f32)| {
            // The product of the two first: the same from either side.
            let scaled = list
                .iter()
                .map(|(other, score)| (*other, (score * (own * levels[*other as usize])).min(1.0)));
            let mut scaled: List = scaled.collect();
            self.sort(&mut scaled);
            scaled
        };
        lists.iter().zip(&levels).map(one).collect()
    }
}

fn level(list: &List, tune: &Tune) -> f32 {
    let near = list.iter().take(tune.neighbours);
    let sum: f32 = near.map(|(_, score)| *score).sum();
    #[expect(clippy::cast_precision_loss, reason = "a dozen")]
    let mean = sum / tune.neighbours as f32;
    (USUAL / mean.max(LEAST)).powf(tune.level / 2.0)
}
