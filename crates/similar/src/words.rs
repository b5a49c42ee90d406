//! Words that mean nearly the same in a question, and words that say little.
//!
//! Everyday and business words only, and only where one stands for the other in most questions; a word alone in its
//! line is there so that it is found in one piece. The word itself counts beside its class, so that *비용* and *가격* are
//! alike and still not the same.

use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::LazyLock;

/// A line is a class. Korean words are found by `lexicon`, an English one is compared whole, after its ending is off.
const CLASSES: &str = include_str!("words/classes.txt");
/// Words that point, or hold a sentence together.
const LIGHT: &str = include_str!("words/light.txt");
/// Words that ask, and say nothing of what.
const POLITE: &str = include_str!("words/polite.txt");

struct Tables {
    /// What is not Korean, as a whole.
    classes: FxHashMap<&'static str, u32>,
    light: FxHashSet<&'static str>,
    polite: FxHashSet<&'static str>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let foreign = |word: &&str| !korean(word);
    let words = |table| lines(table).flat_map(str::split_whitespace).filter(foreign);
    let classes = (0..).zip(lines(CLASSES)).flat_map(|(class, line)| {
        let words = line.split_whitespace().filter(foreign);
        words.map(move |word| (english(word), class))
    });
    Tables {
        classes: classes.collect(),
        light: words(LIGHT).collect(),
        polite: words(POLITE).collect(),
    }
});

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
    let classes = (0..).zip(lines(CLASSES)).flat_map(|(class, line)| {
        let words = line.split_whitespace();
        words.map(move |word| (word, Some(class), Tier::Full))
    });
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
    fn no_word_stands_in_two_classes() {
        let mut seen = FxHashMap::default();
        for line in lines(CLASSES) {
            for word in line.split_whitespace() {
                assert_eq!(seen.insert(word, line), None, "{word}");
            }
        }
    }
}
