//! A text as it is compared: NFKC, small letters, no spacing, the marks that nobody sees taken out.

use unicode_normalization::UnicodeNormalization;

/// What a run of characters is made of. Words are cut where the script changes, so that the particle after a foreign
/// word (`API를`) stands for itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Script {
    Hangul,
    Digit,
    Other,
}

#[derive(Debug)]
pub(crate) struct Word {
    pub(crate) script: Script,
    /// It follows the word before it without a blank.
    pub(crate) glued: bool,
    pub(crate) chars: Vec<char>,
}

/// Nobody says more with the third 하 than with the second; and a megabyte of one syllable becomes two.
const MOST_IN_A_ROW: usize = 2;

/// The words of a text, in order.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut joined = false;
    let mut row = (0, '\0');
    // Stream-safe: a megabyte of combining marks would otherwise be sorted as one character.
    for char in text.chars().stream_safe().nfkc().flat_map(char::to_lowercase) {
        if !char.is_alphanumeric() {
            // An apostrophe or a zero-width mark does not part a word; everything else does.
            joined = joined && (char == '\'' || char == '’' || invisible(char));
            continue;
        }
        row = if row.1 == char { (row.0 + 1, char) } else { (1, char) };
        let script = script(char);
        if row.0 > MOST_IN_A_ROW && script != Script::Digit {
            continue;
        }
        match words.last_mut() {
            Some(word) if joined && word.script == script => word.chars.push(char),
            _ => words.push(Word {
                script,
                glued: joined,
                chars: vec![char],
            }),
        }
        joined = true;
    }
    words
}

fn script(char: char) -> Script {
    match char {
        '\u{ac00}'..='\u{d7a3}' | '\u{1100}'..='\u{11ff}' => Script::Hangul,
        _ if char.is_numeric() => Script::Digit,
        _ => Script::Other,
    }
}

fn invisible(char: char) -> bool {
    matches!(char, '\0' | '\u{ad}' | '\u{34f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// The letters of a syllable: 정 is ㅈㅓㅇ. Anything else is itself.
pub(crate) fn letters(char: char, into: &mut Vec<u32>) {
    let code = u32::from(char);
    let Some(at) = code.checked_sub(0xac00).filter(|at| *at < 11_172) else {
        into.push(code);
        return;
    };
    into.push(0x1100 + at / 588);
    into.push(0x1161 + at % 588 / 28);
    if at % 28 > 0 {
        into.push(0x11a7 + at % 28);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Vec<String> {
        words(text)
            .into_iter()
            .map(|word| word.chars.into_iter().collect())
            .collect()
    }

    #[test]
    fn forms_of_the_same_text_are_one() {
        assert_eq!(plain("ＡＰＩ를 정산"), ["api", "를", "정산"]);
        assert_eq!(plain("정\u{200b}산"), ["정산"]);
        // Decomposed, as some systems write file names and mails.
        assert_eq!(plain("\u{110c}\u{1165}\u{11bc}산"), ["정산"]);
        assert_eq!(plain("Don’t"), ["dont"]);
    }

    #[test]
    fn repetition_says_no_more() {
        assert_eq!(plain("하하하하하"), ["하하"]);
        assert_eq!(plain("2000년"), ["2000", "년"]);
    }

    #[test]
    fn letters_of_syllables() {
        let mut found = Vec::new();
        letters('정', &mut found);
        letters('a', &mut found);
        assert_eq!(found, [0x110c, 0x1165, 0x11bc, 97]);
    }
}
