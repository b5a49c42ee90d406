//! After any inserts and removes the index answers as one that was built from what it holds.

use proptest::{collection::vec, prelude::*};
use similar::{Asked, Index, Tune};
use std::{collections::BTreeMap, num::NonZero};

const TWO: NonZero<usize> = NonZero::new(2).expect("not nought");

/// Texts that share words, so that who is near and how rare a word is change with every step.
fn text() -> impl Strategy<Value = String> {
    let words = [
        "정산은",
        "정산이",
        "언제",
        "날짜가",
        "되나요",
        "환불",
        "배송",
        "궁금합니다",
        "앱이",
        "느려요",
        "when",
        "payment",
        "refund",
        "お支払い",
        "3월",
        "ㅋㅋ",
        "🙂",
        "",
    ];
    vec(prop::sample::select(words.to_vec()), 0..7).prop_map(|words| words.join(" "))
}

#[derive(Clone, Debug)]
enum Step {
    Insert(u8, String),
    Remove(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..24u8, text()).prop_map(|(id, text)| Step::Insert(id, text)),
        1 => (0..24u8).prop_map(Step::Remove),
    ]
}

/// Scores to the last bit.
fn bits(list: &[(u8, f32)]) -> Vec<(u8, u32)> {
    list.iter().map(|(id, score)| (*id, score.to_bits())).collect()
}

fn same(one: &Index<u8>, other: &Index<u8>, ids: impl Iterator<Item = u8>) -> Result<(), TestCaseError> {
    prop_assert_eq!(one.len(), other.len());
    for id in ids {
        prop_assert_eq!(
            bits(&one.nearest(Asked::Id(id), 9)),
            bits(&other.nearest(Asked::Id(id), 9))
        );
        prop_assert_eq!(bits(&one.quick(Asked::Id(id), 9)), bits(&other.quick(Asked::Id(id), 9)));
    }
    let asked = Asked::Text("정산 날짜는 언제 되나요");
    prop_assert_eq!(bits(&one.nearest(asked, 9)), bits(&other.nearest(asked, 9)));
    let (one, other) = (one.survey(TWO), other.survey(TWO));
    let told = |survey: &similar::Survey<u8>| {
        survey
            .nearest(9)
            .map(|(id, list)| (id, bits(&list)))
            .collect::<BTreeMap<_, _>>()
    };
    prop_assert_eq!(told(&one), told(&other));
    prop_assert_eq!(one.groups(0.4), other.groups(0.4));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_history_equals_a_rebuild(steps in vec(step(), 0..60)) {
        let mut index = Index::default();
        let mut held = BTreeMap::new();
        for step in steps {
            match step {
                Step::Insert(id, text) => {
                    index.insert(id, &text);
                    held.insert(id, text);
                }
                Step::Remove(id) => prop_assert_eq!(index.remove(id), held.remove(&id).is_some()),
            }
        }
        let mut forth = Index::default();
        for (id, text) in &held {
            forth.insert(*id, text);
        }
        let mut back = Index::default();
        for (id, text) in held.iter().rev() {
            back.insert(*id, text);
        }
        same(&index, &forth, held.keys().copied())?;
        same(&index, &back, held.keys().copied())?;
    }

    #[test]
    fn a_survey_of_one_round_says_what_nearest_says(texts in vec(text(), 0..40)) {
        // What is usual around others is not known to one search for each neighbour.
        let mut index = Index::new(Tune { rounds: 1, next: 0, level: 0.0, doubt: 0.0, ..Tune::default() });
        for (id, text) in (0u8..).zip(&texts) {
            index.insert(id, text);
        }
        for (id, list) in index.survey(TWO).nearest(9) {
            prop_assert_eq!(bits(&list), bits(&index.nearest(Asked::Id(id), 9)));
        }
    }

    #[test]
    fn a_text_outside_is_weighed_as_if_it_were_inside(texts in vec(text(), 0..20), asked in text()) {
        let mut index = Index::default();
        for (id, text) in (0u8..).zip(&texts) {
            index.insert(id, text);
        }
        let outside = bits(&index.quick(Asked::Text(&asked), 9));
        index.insert(255, &asked);
        prop_assert_eq!(outside, bits(&index.quick(Asked::Id(255), 9)));
    }

    #[test]
    fn scores_are_from_0_to_1_in_order_and_the_same_from_either_side(texts in vec(text(), 2..20)) {
        let mut index = Index::new(Tune::default());
        for (id, text) in (0u8..).zip(&texts) {
            index.insert(id, text);
        }
        for id in (0u8..).take(texts.len()) {
            let list = index.nearest(Asked::Id(id), 99);
            prop_assert!(list.iter().all(|(other, score)| *other != id && (0.0..=1.0).contains(score)));
            prop_assert!(list.windows(2).all(|two| two[0].1.total_cmp(&two[1].1).reverse().then(two[0].0.cmp(&two[1].0)).is_lt()));
            for (other, score) in list {
                let back = index.nearest(Asked::Id(other), 99);
                let back = back.iter().find(|(back, _)| *back == id).expect("the way back");
                prop_assert_eq!(back.1.to_bits(), score.to_bits());
            }
        }
    }

    #[test]
    fn any_text_is_taken(text in any::<String>()) {
        let mut index = Index::default();
        index.insert(1, &text);
        index.insert(2, &text);
        let found = index.nearest(Asked::Id(1), 9);
        prop_assert!(found.is_empty() || found[0].0 == 2 && found[0].1 > 0.9, "{found:?}");
    }
}
