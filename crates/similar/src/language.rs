//! Which language a text is in. How rare a word is, is counted among texts of its language: among many questions in
//! Korean, all words of six in English would look rare, and the six alike.

use crate::text::{Script, Word};

/// Languages whose texts are counted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Korean,
    English,
    /// All others, together.
    Other,
}

pub(crate) const LANGUAGES: usize = 3;

/// From one in so many of its words on a text is in Korean: one that talks about an *API key를* has more letters of the other
/// kind, and its particles tell.
const KOREAN_WORDS: usize = 3;

impl Language {
    /// Of a tag as in `ko` or `en-GB`.
    pub fn tagged(tag: &str) -> Self {
        let first = tag.split(['-', '_']).next().unwrap_or_default();
        if first.eq_ignore_ascii_case("ko") || first.eq_ignore_ascii_case("kor") {
            Self::Korean
        } else if first.eq_ignore_ascii_case("en") || first.eq_ignore_ascii_case("eng") {
            Self::English
        } else {
            Self::Other
        }
    }

    /// As it was said, unless not one letter agrees; else what most of it is written in.
    pub(crate) fn of(words: &[Word], said: Option<Self>) -> Self {
        let count = |wanted: Self| words.iter().filter(|word| written(word) == Some(wanted)).count();
        let (korean, english, other) = (count(Self::Korean), count(Self::English), count(Self::Other));
        match said {
            Some(Self::Korean) if korean > 0 => Self::Korean,
            Some(Self::English) if english > 0 => Self::English,
            Some(Self::Other) => Self::Other,
            _ if korean > 0 && korean * KOREAN_WORDS >= korean + english + other => Self::Korean,
            _ if english > other => Self::English,
            _ => Self::Other,
        }
    }

    pub(crate) const fn at(self) -> usize {
        self as usize
    }
}

/// What a word's letters are; nothing for a number.
fn written(word: &Word) -> Option<Language> {
    match word.script {
        Script::Hangul => Some(Language::Korean),
        Script::Digit => None,
        Script::Other => {
            let latin = word.chars.first().is_some_and(|first| *first < '\u{250}');
            Some(if latin { Language::English } else { Language::Other })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::words;

    fn of(text: &str, said: Option<Language>) -> Language {
        Language::of(&words(text), said)
    }

    #[test]
    fn what_most_of_it_is_written_in() {
        assert_eq!(of("정산은 언제 되나요?", None), Language::Korean);
        assert_eq!(of("When do we get paid?", None), Language::English);
        assert_eq!(
            of("API key를 Kubernetes cluster에 deploy할 수 있나요?", None),
            Language::Korean
        );
        assert_eq!(of("Can we use 까치지갑 for settlements?", None), Language::English);
        assert_eq!(of("お支払いはいつですか", None), Language::Other);
        assert_eq!(of("2026 🙂", None), Language::Other);
    }

    #[test]
    fn what_was_said_stands_while_a_letter_agrees() {
        assert_eq!(of("Can we use 까치지갑?", Some(Language::Korean)), Language::Korean);
        assert_eq!(of("When?", Some(Language::Korean)), Language::English);
        assert_eq!(of("언제요?", Some(Language::English)), Language::Korean);
        assert_eq!(of("Quand?", Some(Language::Other)), Language::Other);
        assert_eq!(Language::tagged("ko-KR"), Language::Korean);
        assert_eq!(Language::tagged("EN"), Language::English);
        assert_eq!(Language::tagged("fr"), Language::Other);
    }
}
