//! Where an embedding would come in: a second opinion is mixed into the scores and brings candidates of its own.

use similar::{Asked, Index, SecondOpinion};
use std::num::NonZero;

const TWO: NonZero<usize> = NonZero::new(2).expect("not nought");

/// Knows that 1 and 2 say the same, and nothing of 4.
#[derive(Debug)]
struct Knowing(f32);

impl SecondOpinion<u32> for Knowing {
    fn share(&self) -> f32 {
        self.0
    }

    fn alike(&self, asked: Asked<'_, u32>, other: u32) -> Option<f32> {
        match asked {
            Asked::Id(4) | Asked::Text(_) => None,
            _ if other == 4 => None,
            Asked::Id(one) => Some(if one + other == 3 { 1.0 } else { 0.0 }),
        }
    }

    fn candidates(&self, asked: Asked<'_, u32>) -> Vec<u32> {
        match asked {
            Asked::Id(1) => vec![1, 2, 99],
            Asked::Id(2) => vec![1],
            _ => Vec::new(),
        }
    }
}

fn index() -> Index<u32> {
    let mut index = Index::default();
    index.insert(1, "돈은 언제 들어오나요?");
    index.insert(2, "payout date");
    index.insert(3, "돈은 왜 안 들어오나요?");
    index.insert(4, "돈이 언제쯤 들어와요?");
    index
}

#[test]
fn without_a_shared_gram_only_a_second_opinion_finds_it() {
    let found = |index: &Index<u32>| {
        index
            .quick(Asked::Id(1), 9)
            .into_iter()
            .map(|(id, _)| id)
            .collect::<Vec<_>>()
    };
    assert!(!found(&index()).contains(&2));
    let seconded = index().seconded(Box::new(Knowing(0.9)));
    assert_eq!(found(&seconded)[0], 2);
    assert!(
        !found(&seconded).contains(&99),
        "what is not in the index is no neighbour"
    );
    let survey = seconded.survey(TWO);
    let (_, first) = survey.nearest(1).find(|(id, _)| *id == 1).expect("a list");
    assert_eq!(first[0].0, 2);
}

#[test]
fn it_has_its_share_and_no_more() {
    let score = |index: &Index<u32>, of: u32, with: u32| {
        let list = index.quick(Asked::Id(of), 9);
        list.into_iter().find(|(id, _)| *id == with).expect("found").1
    };
    let (alone, half) = (index(), index().seconded(Box::new(Knowing(0.5))));
    assert!((score(&half, 1, 3) - score(&alone, 1, 3) / 2.0).abs() < 1e-6);
    assert!((score(&half, 1, 2) - 0.5).abs() < 1e-6);
    // It knows nothing of 4: the index's own score stands.
    assert_eq!(score(&half, 1, 4).to_bits(), score(&alone, 1, 4).to_bits());
    assert_eq!(score(&half, 4, 1).to_bits(), score(&alone, 4, 1).to_bits());
}
