//! Words that mean nearly the same in a question, and words that say little.
//!
//! Kept short on purpose: everyday and business words only, and only where one stands for the other in most questions.
//! The letters of a word count beside its class, so that *비용* and *가격* are alike and still not the same.

use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::LazyLock;

/// A line is a class. A Korean word is matched at the beginning of a stem, an English one whole, after its ending is off.
const CLASSES: &str = include_str!("words/classes.txt");
/// Words that point, or hold a sentence together.
const LIGHT: &str = include_str!("words/light.txt");
/// Words that ask, and say nothing of what.
const POLITE: &str = include_str!("words/polite.txt");

/// Longest Korean word of the tables, in syllables.
const LONGEST: usize = 6;

struct Tables {
    classes: FxHashMap<&'static str, u32>,
    light: FxHashSet<&'static str>,
    polite: FxHashSet<&'static str>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let mut classes = FxHashMap::default();
    for (class, line) in (0..).zip(lines(CLASSES)) {
        for word in line.split_whitespace() {
            classes.insert(word, class);
        }
    }
    let set = |table| lines(table).flat_map(str::split_whitespace).collect();
    Tables {
        classes,
        light: set(LIGHT),
        polite: set(POLITE),
    }
});

fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
}

/// The class of a Korean stem, and how many of its syllables say so: the longest beginning that is known.
pub(crate) fn korean_class(stem: &[char]) -> Option<(u32, usize)> {
    let mut beginning = String::new();
    let mut found = None;
    for (at, &char) in stem.iter().take(LONGEST).enumerate() {
        beginning.push(char);
        if let Some(class) = TABLES.classes.get(beginning.as_str()) {
            found = Some((*class, at + 1));
        }
    }
    // One syllable is a word only when it stands alone.
    found.filter(|(_, syllables)| *syllables > 1 || stem.len() == 1)
}

pub(crate) fn class(word: &str) -> Option<u32> {
    TABLES.classes.get(word).copied()
}

pub(crate) fn light(word: &str) -> bool {
    TABLES.light.contains(word)
}

/// Korean words by their beginning, others as a whole.
pub(crate) fn polite(stem: &str) -> bool {
    let mut ends = stem.char_indices().map(|(at, char)| at + char.len_utf8()).take(LONGEST);
    let korean = stem.starts_with(|char| ('가'..='힣').contains(&char));
    if korean {
        ends.any(|end| TABLES.polite.contains(&stem[..end]))
    } else {
        TABLES.polite.contains(stem)
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
