//! Text that people typed, checked once at the edge.

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// Least and most characters of a question, counted as people count: extended grapheme clusters (UAX #29).
pub const QUESTION_CHARS: std::ops::RangeInclusive<usize> = 10..=2_000;
/// Most characters of an answer.
pub const ANSWER_CHARS: usize = 20_000;

/// Least and most characters of a comment.
pub const COMMENT_CHARS: std::ops::RangeInclusive<usize> = 2..=1_000;

/// How many characters a person would count.
pub fn char_count(text: &str) -> usize {
    text.graphemes(true).count()
}

/// Why a text was refused; the numbers are for the message at its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    #[error("empty")]
    Empty,
    #[error("needs at least {least} characters, has {has}")]
    TooShort { least: usize, has: usize },
    #[error("may have at most {most} characters, has {has}")]
    TooLong { most: usize, has: usize },
    #[error("has a control character")]
    Control,
}

/// Text of several lines, trimmed, line ends as `\n`, NFC, without control characters but line feed and tab.
pub fn tidy(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text: String = text
        .nfc()
        .filter(|c| !c.is_control() || *c == '\n' || *c == '\t')
        .collect();
    text.trim().to_owned()
}

/// The body of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionText(String);

impl QuestionText {
    /// # Errors
    /// When its characters are fewer or more than [`QUESTION_CHARS`].
    pub fn parse(input: &str) -> Result<Self, TextError> {
        let text = tidy(input);
        within(&text, *QUESTION_CHARS.start(), *QUESTION_CHARS.end())?;
        Ok(Self(text))
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
    pub fn into_string(self) -> String {
        self.0
    }
}

/// The body of an answer: anything but nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerText(String);

impl AnswerText {
    /// # Errors
    /// When it is empty or longer than [`ANSWER_CHARS`].
    pub fn parse(input: &str) -> Result<Self, TextError> {
        let text = tidy(input);
        within(&text, 1, ANSWER_CHARS)?;
        Ok(Self(text))
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
    pub fn into_string(self) -> String {
        self.0
    }
}

/// What a reader says below an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommentText(String);

impl CommentText {
    /// # Errors
    /// When its characters are fewer or more than [`COMMENT_CHARS`].
    pub fn parse(input: &str) -> Result<Self, TextError> {
        let text = tidy(input);
        within(&text, *COMMENT_CHARS.start(), *COMMENT_CHARS.end())?;
        Ok(Self(text))
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
    pub fn into_string(self) -> String {
        self.0
    }
}

/// One line: a name, a title, a place. No control character may get as far as a mail header.
///
/// # Errors
/// When it is longer than `most` characters or has a control character. An empty line is `Ok("")`: whether it may be
/// empty is the field's own rule.
pub fn line(input: &str, most: usize) -> Result<String, TextError> {
    let text: String = input.trim().nfc().collect();
    if text.chars().any(char::is_control) {
        return Err(TextError::Control);
    }
    let has = char_count(&text);
    if has > most {
        Err(TextError::TooLong { most, has })
    } else {
        Ok(text)
    }
}

fn within(text: &str, least: usize, most: usize) -> Result<(), TextError> {
    let has = char_count(text);
    if has == 0 {
        Err(TextError::Empty)
    } else if has < least {
        Err(TextError::TooShort { least, has })
    } else if has > most {
        Err(TextError::TooLong { most, has })
    } else {
        Ok(())
    }
}

/// The first `most` characters, with an ellipsis when something was left out; line ends become spaces.
pub fn excerpt(text: &str, most: usize) -> String {
    let mut out = String::new();
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
        // A character has at least one octet, so most texts are never counted; the rest of a long one is not read.
        if out.len() > most
            && let Some((end, _)) = out.grapheme_indices(true).nth(most)
        {
            let kept = out[..end]
                .graphemes(true)
                .take(most.saturating_sub(1))
                .map(str::len)
                .sum();
            out.truncate(kept);
            out.truncate(out.trim_end().len());
            out.push('…');
            return out;
        }
    }
    out
}

/// A lower-case ASCII slug; letters beyond ASCII fall away, so the caller needs another source when it is empty.
pub fn slug(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if !out.ends_with('-') && !out.is_empty() {
            out.push('-');
        }
    }
    out.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_emoji_and_a_decomposed_syllable_are_one_character_each() {
        assert_eq!(char_count("👨‍👩‍👧"), 1);
        assert_eq!(char_count("\u{1112}\u{1161}\u{11ab}"), 1);
    }

    #[test]
    fn a_question_has_ten_to_two_thousand_characters() {
        assert_eq!(
            QuestionText::parse("짧아요"),
            Err(TextError::TooShort { least: 10, has: 3 })
        );
        assert_eq!(QuestionText::parse("   "), Err(TextError::Empty));
        assert!(QuestionText::parse(&"가".repeat(2_000)).is_ok());
        assert_eq!(
            QuestionText::parse(&"가".repeat(2_001)),
            Err(TextError::TooLong {
                most: 2_000,
                has: 2_001
            })
        );
    }

    #[test]
    fn a_line_feed_in_a_name_is_refused() {
        assert_eq!(line("a\r\nbcc: x", 50), Err(TextError::Control));
    }
}
