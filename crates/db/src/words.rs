//! What a question is found by, and what a search asks for.
//!
//! Korean puts particles behind its words and writes compounds with and without spaces, so a search must find inside
//! words; trigrams would miss the two-syllable words that most searches are. A run of syllables is therefore kept as its
//! pairs, *정산서는* as `정산 산서 서는 는`: any part of it is a row of neighbouring pairs, one syllable the beginning of
//! a pair or the last. Latin words and figures are kept whole, in lower case, and found by their beginning.

use unicode_normalization::UnicodeNormalization;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Written without spaces between the parts that mean something: Hangul, Chinese characters, Kana.
    Syllable,
    Letter,
    Other,
}

fn class(c: char) -> Class {
    match c {
        '\u{ac00}'..='\u{d7a3}'
        | '\u{1100}'..='\u{11ff}'
        | '\u{3040}'..='\u{30ff}'
        | '\u{3131}'..='\u{318e}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' => Class::Syllable,
        // Combining marks and other scripts' letters stay with their word.
        c if c.is_alphanumeric() => Class::Letter,
        _ => Class::Other,
    }
}

/// Begins the words by which a question is found through its asker: their names, and what is written around them in its
/// text. A letter of a script that no partner writes; what somebody types of it is passed over.
const NAMED: char = '\u{a4e0}';

/// Longer words than this are cut: nobody searches for them, and an index refuses them.
const LONGEST: usize = 64;
/// Most words of one search; more say nothing more.
const MOST: usize = 16;

fn runs(text: &str) -> Vec<(Class, Vec<char>)> {
    let mut out: Vec<(Class, Vec<char>)> = Vec::new();
    let mut last = Class::Other;
    for c in text.nfkc().flat_map(char::to_lowercase).filter(|c| *c != NAMED) {
        let now = class(c);
        if now != Class::Other {
            match out.last_mut() {
                Some((class, run)) if last == now && *class == now => run.push(c),
                _ => out.push((now, vec![c])),
            }
        }
        last = now;
    }
    out
}

/// The words by which `text` is found, in their order.
pub fn of(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (class, run) in runs(text) {
        if class == Class::Syllable {
            out.extend(run.windows(2).map(String::from_iter));
            out.extend(run.last().map(char::to_string));
        } else {
            out.push(run.into_iter().take(LONGEST).collect());
        }
    }
    out
}

/// What somebody searches for, as it stands in texts: rows of syllables and words, in lower case.
pub fn runs_of(text: &str) -> Vec<String> {
    runs(text).into_iter().map(|(_, run)| String::from_iter(run)).collect()
}

/// The same where they tell who asks.
pub fn naming(text: &str) -> Vec<String> {
    of(text).into_iter().map(|word| named(&word)).collect()
}

fn named(word: &str) -> String {
    format!("{NAMED}{word}")
}

/// One part of a search; all parts must be found.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// Neighbouring pairs.
    Row(Vec<String>),
    Begins(String),
    Is(String),
}

impl Part {
    fn naming(&self) -> Self {
        match self {
            Self::Row(pairs) => Self::Row(pairs.iter().map(|pair| named(pair)).collect()),
            Self::Begins(word) => Self::Begins(named(word)),
            Self::Is(word) => Self::Is(named(word)),
        }
    }
}

/// What is searched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    parts: Vec<Part>,
    /// Also among what tells who asks.
    names: bool,
}

impl Search {
    /// `None` when there is nothing in it that could be found.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = Vec::new();
        for (class, run) in runs(text) {
            parts.push(match (class, &run[..]) {
                (Class::Syllable, [one]) => Part::Begins(one.to_string()),
                (Class::Syllable, run) => Part::Row(run.windows(2).map(String::from_iter).collect()),
                // A figure is meant as it stands: 12 is not 120.
                (_, run) if run.iter().all(char::is_ascii_digit) => Part::Is(run.iter().take(LONGEST).collect()),
                (_, run) => Part::Begins(run.iter().take(LONGEST).collect()),
            });
            if parts.len() == MOST {
                break;
            }
        }
        (!parts.is_empty()).then_some(Self { parts, names: true })
    }

    /// The same for whoever may not see who asks.
    #[must_use]
    pub fn without_names(self) -> Self {
        Self { names: false, ..self }
    }

    /// As FTS5 reads it (sqlite.org/fts5.html, section 3). The words are letters and figures only, so nothing in them
    /// needs an escape.
    pub fn fts5(&self) -> String {
        let part = |part: &Part| match part {
            Part::Row(pairs) => format!("\"{}\"", pairs.join(" ")),
            Part::Begins(word) => format!("\"{word}\"*"),
            Part::Is(word) => format!("\"{word}\""),
        };
        let both = |of: &Part| {
            if self.names {
                format!("({} OR {})", part(of), part(&of.naming()))
            } else {
                part(of)
            }
        };
        self.parts.iter().map(both).collect::<Vec<_>>().join(" AND ")
    }

    /// Each of its parts as a `tsquery` of PostgreSQL, for a text that is kept in several pieces.
    pub fn tsqueries(&self) -> Vec<String> {
        let alone = |part: &Part| Self {
            parts: vec![part.clone()],
            names: self.names,
        };
        self.parts.iter().map(|part| alone(part).tsquery()).collect()
    }

    /// As a `tsquery` of PostgreSQL, of one event.
    pub fn tsquery_in(&self, slot: i32) -> String {
        format!("{} & {}", event_word(slot), self.tsquery())
    }

    /// As a `tsquery` of PostgreSQL.
    pub fn tsquery(&self) -> String {
        let quoted = |words: &[String]| words.iter().map(|w| format!("'{w}'")).collect::<Vec<_>>();
        let part = |part: &Part| match part {
            Part::Row(pairs) => format!("({})", quoted(pairs).join(" <-> ")),
            Part::Begins(word) => format!("'{word}':*"),
            Part::Is(word) => format!("'{word}'"),
        };
        let both = |of: &Part| {
            if self.names {
                format!("({} | {})", part(of), part(&of.naming()))
            } else {
                part(of)
            }
        };
        self.parts.iter().map(both).collect::<Vec<_>>().join(" & ")
    }
}

/// A word that every question of the event has and nobody can search for: the index holds all events.
fn event_word(slot: i32) -> String {
    format!("'@{slot}'")
}

/// The words as a `tsvector` of PostgreSQL, which keeps no position beyond 16,383.
pub fn tsvector(slot: i32, words: &[String]) -> String {
    let word = |(n, word): (usize, &String)| format!("'{word}':{}", (n + 1).min(16_383));
    let words = words.iter().enumerate().map(word);
    std::iter::once(event_word(slot))
        .chain(words)
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::{Search, of, tsvector};

    #[test]
    fn korean_is_kept_in_pairs_and_the_rest_in_words() {
        assert_eq!(
            of("정산서는 API v2로, 돈!"),
            ["정산", "산서", "서는", "는", "api", "v2", "로", "돈"]
        );
        // Decomposed and full-width forms are the same text.
        assert_eq!(of("\u{1112}\u{116a}\u{11ab}불 ＡＢ"), ["환불", "불", "ab"]);
        assert_eq!(of("…!? \u{202e}"), Vec::<String>::new());
    }

    #[test]
    fn a_search_is_a_row_of_pairs_or_a_beginning() {
        let search = |text| {
            Search::parse(text)
                .map(Search::without_names)
                .map(|s| (s.fts5(), s.tsquery()))
        };
        assert_eq!(search("정산").expect("words"), ("\"정산\"".into(), "('정산')".into()));
        assert_eq!(
            search("정산서 PAY 12 돈").expect("words"),
            (
                "\"정산 산서\" AND \"pay\"* AND \"12\" AND \"돈\"*".into(),
                "('정산' <-> '산서') & 'pay':* & '12' & '돈':*".into()
            )
        );
        let both = Search::parse("정산 p").expect("words");
        assert_eq!(both.fts5(), "(\"정산\" OR \"ꓠ정산\") AND (\"p\"* OR \"ꓠp\"*)");
        assert_eq!(both.tsquery(), "(('정산') | ('ꓠ정산')) & ('p':* | 'ꓠp':*)");
        assert_eq!(Search::parse("ꓠ정산"), Search::parse("정산"), "nobody types the mark");
        assert_eq!(search("%_'\"*()"), None);
        assert_eq!(tsvector(4, &of("환불 a")), "'@4' '환불':1 '불':2 'a':3");
    }
}
