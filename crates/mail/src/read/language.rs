//! The language of a short text, by its script and its commonest words. For the reviewer's eye and for choosing texts;
//! nothing is decided by it.

use serde::{Deserialize, Serialize};

/// Languages that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    Ko,
    En,
    Ja,
    Zh,
    De,
    Fr,
    Es,
}

/// Characters that are looked at.
const ENOUGH: usize = 4_000;

const WORDS: [(Language, &[&str]); 4] = [
    (
        Language::En,
        &[
            "the", "and", "is", "to", "of", "you", "we", "for", "are", "will", "this", "thanks", "yes", "please",
        ],
    ),
    (
        Language::De,
        &[
            "der", "die", "und", "ist", "nicht", "wir", "sie", "das", "für", "mit", "ein", "danke", "grüße", "auf",
        ],
    ),
    (
        Language::Fr,
        &[
            "le", "la", "les", "et", "est", "nous", "vous", "des", "pour", "une", "bonjour", "merci", "pas", "du",
        ],
    ),
    (
        Language::Es,
        &[
            "el", "los", "las", "y", "es", "que", "para", "con", "una", "por", "gracias", "hola", "en", "del",
        ],
    ),
];

/// `None` where too little is written to say.
pub(super) fn of(text: &str) -> Option<Language> {
    let (mut hangul, mut kana, mut han, mut latin) = (0, 0, 0, 0);
    for c in text.chars().take(ENOUGH) {
        match c {
            '가'..='힣' | '\u{1100}'..='\u{11ff}' => hangul += 1,
            '\u{3040}'..='\u{30ff}' => kana += 1,
            '\u{4e00}'..='\u{9fff}' => han += 1,
            c if c.is_alphabetic() => latin += 1,
            _ => {}
        }
    }
    // A syllable carries what two or three letters do, and Korean answers are full of product names.
    if hangul > 0 && hangul * 4 >= latin && hangul >= kana + han / 2 {
        return Some(Language::Ko);
    }
    if kana > 0 && (kana + han) * 4 >= latin {
        return Some(Language::Ja);
    }
    if han > 0 && han * 4 >= latin {
        return Some(Language::Zh);
    }
    let mut best = None;
    let head: String = text.chars().take(ENOUGH).collect::<String>().to_lowercase();
    let words: Vec<&str> = head
        .split(|c: char| !c.is_alphabetic())
        .filter(|w| !w.is_empty())
        .collect();
    for (language, common) in WORDS {
        let count = words.iter().filter(|w| common.contains(w)).count();
        if count > 0 && best.is_none_or(|(most, _)| count > most) {
            best = Some((count, language));
        }
    }
    best.map(|(_, language)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_is_told() {
        for (text, language) in [
            ("API 연동은 다음 주에 가능합니다.", Some(Language::Ko)),
            ("Yes, we will ship it to you.", Some(Language::En)),
            ("来週の水曜日に対応します。", Some(Language::Ja)),
            ("下周三可以处理。", Some(Language::Zh)),
            ("Das ist nicht möglich, wir melden uns.", Some(Language::De)),
            ("Bonjour, nous sommes prêts pour la suite.", Some(Language::Fr)),
            ("Hola, los pagos son para el lunes.", Some(Language::Es)),
            ("12:30", None),
        ] {
            assert_eq!(of(text), language, "{text}");
        }
    }
}
