//! Whatever somebody sends, the work grows as the text does, and no faster. Counted, not timed.

use similar::{Asked, Index, Sketch};
use std::num::NonZero;

const TWO: NonZero<usize> = NonZero::new(2).expect("not nought");

fn shapes() -> Vec<(&'static str, String)> {
    let mut seed = 5u32;
    let mut syllable = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from_u32(0xac00 + (seed >> 8) % 11_172).expect("a syllable")
    };
    let any: String = (0..1000).map(|_| syllable()).collect();
    vec![
        ("one syllable", "가".repeat(1000)),
        ("two syllables", "가나".repeat(500)),
        ("endings only", "습니까는지요".repeat(166)),
        ("any syllables", any),
        ("lone jamo", "ㄱㅏㄴㅋㅎ".repeat(200)),
        ("conjoining jamo", "\u{1100}\u{1161}\u{11a8}\u{11a8}".repeat(250)),
        ("combining marks", format!("a{}", "\u{301}\u{323}".repeat(500))),
        ("emoji", "👩‍👩‍👧‍👦🇰🇷🙂".repeat(90)),
        ("right to left", "שלום مرحبا \u{202e}".repeat(60)),
        ("one letter", "a".repeat(1000)),
        ("one word", "payment ".repeat(125)),
        ("digits", "1".repeat(1000)),
        ("what NFKC makes longer", "\u{fdfa}".repeat(55)),
        ("NUL", "\0".repeat(1000)),
        ("blanks", " \n\t\u{3000}".repeat(250)),
        ("nothing", String::new()),
    ]
}

#[test]
fn a_megabyte_costs_in_proportion() {
    for (name, text) in shapes() {
        let small = Sketch::of(&text).steps();
        let large = Sketch::of(&text.repeat(300)).steps();
        assert!(large <= 330 * small.max(100), "{name}: {small} grams became {large}");
    }
}

#[test]
fn a_megabyte_can_be_held_asked_for_and_taken_out() {
    let mut index = Index::default();
    for (id, (_, text)) in (0..).zip(shapes()) {
        index.insert(id, &text.repeat(300));
    }
    index.insert(100, "정산은 언제 되나요");
    for id in 0..100 {
        for (other, score) in index.nearest(Asked::Id(id), 9) {
            assert!(other != id && (0.0..=1.0).contains(&score));
        }
    }
    assert_eq!(index.nearest(Asked::Text("정산 언제 돼요?"), 1)[0].0, 100);
    index.survey(TWO).groups(0.3);
    for id in 0..=100 {
        index.remove(id);
    }
    assert!(index.is_empty());
}

#[test]
fn what_has_no_word_has_no_neighbours_and_no_group() {
    let mut index = Index::default();
    for (id, text) in ["", " ", "\0", "🙂🙂", "?!", "", "정산 언제", "정산은 언제"]
        .into_iter()
        .enumerate()
    {
        index.insert(id, text);
    }
    for id in 0..6 {
        assert_eq!(index.nearest(Asked::Id(id), 9), []);
    }
    assert_eq!(index.nearest(Asked::Text("…"), 9), []);
    assert_eq!(index.nearest(Asked::Id(77), 9), []);
    assert_eq!(index.survey(TWO).groups(0.3), [[6, 7]]);
}

#[test]
fn many_of_the_same_do_not_cost_their_square() {
    let effort = |count: usize| {
        let mut index = Index::default();
        for id in 0..count {
            index.insert(id, "정산은 언제 되나요? 매달 같은 날인가요?");
        }
        let (nearest, effort) = index.nearest_measured(Asked::Id(count / 2), 10);
        assert_eq!(nearest.len(), 10);
        assert!(nearest.iter().all(|(_, score)| *score > 0.6));
        let survey = index.survey(TWO);
        assert_eq!(survey.groups(0.5).len(), 1, "one group of {count}");
        assert_eq!(survey.groups(0.5)[0].len(), count);
        effort
    };
    let (small, large) = (effort(200), effort(1_500));
    // Full comparing is bounded; reading lists is bounded for each of the some forty searches of an answer.
    assert!(large.compared <= small.compared * 11 / 10, "{small:?} {large:?}");
    assert!(large.postings <= 37 * 30_000, "{large:?}");
}
