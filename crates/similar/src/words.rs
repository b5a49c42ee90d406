//! Words that mean nearly the same in a question, and words that say little.
//!
//! Everyday and business words only, and only where one stands for the other in most questions; a word alone in its
//! line is there so that it is found in one piece. The word itself counts beside its class, so that *비용* and *가격* are
//! alike and still not the same.

use rustc_hash::{FxHashMap, FxHashSet};
use std::{collections::hash_map::Entry, sync::LazyLock};

/// A line is a class. Korean words are found by `lexicon`, an English one is compared whole, after its ending is off.
const CLASSES: &str = include_str!("words/classes.txt");
/// A line is a field: words of which one question says this and its like that. A word brings its class along, and unlike
/// a class a field does not make its words one: it counts less, and less again when a word is in many.
const FIELDS: &str = include_str!("words/fields.txt");
/// Words that point, or hold a sentence together.
const LIGHT: &str = include_str!("words/light.txt");
/// Words that ask, and say nothing of what.
const POLITE: &str = include_str!("words/polite.txt");

struct Tables {
    /// What is not Korean, as a whole.
    classes: FxHashMap<&'static str, u32>,
    light: FxHashSet<&'static str>,
    polite: FxHashSet<&'static str>,
    /// By class.
    fields: Vec<Vec<u32>>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let foreign = |word: &&str| !korean(word);
    let words = |table| lines(table).flat_map(str::split_whitespace).filter(foreign);
    let classes = classed().filter(|(word, _)| foreign(word));
    Tables {
        classes: classes.map(|(word, class)| (english(word), class)).collect(),
        light: words(LIGHT).collect(),
        polite: words(POLITE).collect(),
        fields: fields_of(),
    }
});

/// Every word of a class; those that only a field names are a class each.
fn classed() -> impl Iterator<Item = (&'static str, u32)> {
    let mut known: FxHashMap<&str, u32> = FxHashMap::default();
    let mut all = Vec::new();
    let alone = lines(FIELDS).flat_map(str::split_whitespace).map(|word| (None, word));
    let together = (0..).zip(lines(CLASSES)).flat_map(|(class, line)| {
        let words = line.split_whitespace();
        words.map(move |word| (Some(class), word))
    });
    let mut next = 0;
    for (class, word) in together.chain(alone) {
        let class = class.unwrap_or(next);
        if let Entry::Vacant(entry) = known.entry(key(word)) {
            entry.insert(class);
            all.push((word, class));
            next = next.max(class + 1);
        }
    }
    all.into_iter()
}

/// What is the same in the forms of a foreign word; a Korean one has its forms in `lexicon`.
fn key(word: &str) -> &str {
    if korean(word) { word } else { english(word) }
}

fn fields_of() -> Vec<Vec<u32>> {
    let known: FxHashMap<&str, u32> = classed().map(|(word, class)| (key(word), class)).collect();
    let mut fields: Vec<Vec<u32>> = Vec::new();
    for (field, line) in (0..).zip(lines(FIELDS)) {
        for word in line.split_whitespace() {
            let class = known[key(word)] as usize;
            if fields.len() <= class {
                fields.resize(class + 1, Vec::new());
            }
            if !fields[class].contains(&field) {
                fields[class].push(field);
            }
        }
    }
    fields
}

/// The fields of a class.
pub(crate) fn fields(class: u32) -> &'static [u32] {
    TABLES.fields.get(class as usize).map_or(&[], Vec::as_slice)
}

fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
}

fn korean(word: &str) -> bool {
    word.starts_with(|char| ('가'..='힣').contains(&char))
}

/// All Korean words of the tables: the word as it stands there, its class, and how much it says.
pub(crate) fn korean_words() -> impl Iterator<Item = (&'static str, Option<u32>, Tier)> {
    let classes = classed().map(|(word, class)| (word, Some(class), Tier::Full));
    let small = [(LIGHT, Tier::Light), (POLITE, Tier::Polite)]
        .into_iter()
        .flat_map(|(table, tier)| {
            let words = lines(table).flat_map(str::split_whitespace);
            words.map(move |word| (word, None, tier))
        });
    small.chain(classes).filter(|(word, _, _)| korean(word))
}

/// How much a word says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Tier {
    Full,
    /// It points, or holds a sentence together.
    Light,
    /// It says only that this is a question.
    Polite,
}

/// The class of a number or a foreign word without its ending.
pub(crate) fn class(word: &str) -> Option<u32> {
    TABLES.classes.get(word).copied()
}

/// Of a foreign word.
pub(crate) fn tier(word: &str) -> Tier {
    if TABLES.polite.contains(word) {
        Tier::Polite
    } else if TABLES.light.contains(word) {
        Tier::Light
    } else {
        Tier::Full
    }
}

/// An English word without the endings that only grammar asks for.
pub(crate) fn english(word: &str) -> &str {
    let long = |stem: &&str| stem.len() >= 3;
    let cut = |ending: &str| word.strip_suffix(ending).filter(long);
    // `ss` and `us` are no plural.
    if word.ends_with("ss") || word.ends_with("us") || word.ends_with("is") {
        return word;
    }
    let stem = cut("ings")
        .or_else(|| cut("ing"))
        .or_else(|| cut("ies"))
        .or_else(|| cut("ied"));
    let stem = stem
        .or_else(|| cut("ed"))
        .or_else(|| cut("es"))
        .or_else(|| cut("s"))
        .unwrap_or(word);
    let stem = stem
        .strip_suffix('e')
        .or_else(|| stem.strip_suffix('y'))
        .filter(long)
        .unwrap_or(stem);
    // stopp(ing), cancell(ed): the doubled letter goes as well.
    let mut last = stem.chars().rev();
    match (last.next(), last.next()) {
        (Some(one), Some(two)) if one == two && stem.len() < word.len() && one.is_ascii() => &stem[..stem.len() - 1],
        _ => stem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_words_lose_their_endings() {
        for (one, other) in [
            ("paid", "paid"),
            ("payments", "payment"),
            ("cancelled", "cancel"),
            ("cancelling", "cancel"),
            ("invoices", "invoice"),
            ("companies", "company"),
        ] {
            assert_eq!(english(one), english(other), "{one} {other}");
        }
    }

    #[test]
    fn a_field_is_of_several_classes_and_of_no_small_words() {
        let known: FxHashMap<&str, u32> = classed().map(|(word, class)| (key(word), class)).collect();
        let small: FxHashSet<&str> = [LIGHT, POLITE]
            .into_iter()
            .flat_map(lines)
            .flat_map(str::split_whitespace)
            .collect();
        for line in lines(FIELDS) {
            let classes: FxHashSet<u32> = line.split_whitespace().map(|word| known[key(word)]).collect();
            assert!(classes.len() > 1, "{line}");
            assert!(!line.split_whitespace().any(|word| small.contains(word)), "{line}");
        }
    }

    #[test]
    fn words_of_a_field_are_told_together_and_still_apart() {
        let class = |wanted: &str| classed().find(|(word, _)| *word == wanted).expect("a word").1;
        let shared = |one: &str, other: &str| {
            let (one, other) = (class(one), class(other));
            one != other && fields(one).iter().any(|field| fields(other).contains(field))
        };
        assert!(shared("정산", "입금"));
        assert!(shared("환불", "취소"));
        assert!(shared("password", "login"));
        assert!(!shared("정산", "날씨"));
    }

    #[test]
    fn no_word_stands_in_two_classes() {
        let mut seen = FxHashMap::default();
        for line in lines(CLASSES) {
            for word in line.split_whitespace() {
                assert_eq!(seen.insert(word, line), None, "{word}");
            }
        }
    }
}
