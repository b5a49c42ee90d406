//! What makes a line believable as a mail program's: an address, a date, a time of day.

use super::{rules::patterns, work};

/// Characters of an address before its `@` (RFC 5321 §4.5.3.1.1), and of its domain.
const LOCAL: usize = 64;
const DOMAIN: usize = 253;

patterns! {
    /// Any order of day, month and year, and the month's name in any language: it only counts beside a verb or a label.
    DATE = r"(?i)\b(?:19|20)\d{2}\s?[년年./\-]\s?\d{1,2}\s?[월月./\-]\s?\d{1,2}|\b\d{1,2}\s?[./\-]\s?\d{1,2}\s?[./\-]\s?(?:(?:19|20)\d{2}|\d{2})\b|\d{1,2}\s?[월月]\s?\d{1,2}\s?[일日]|\b\d{2}년\s?\d{1,2}월|\b(?:19|20)\d{2}\.\s?\p{L}{3,12}\.?\s?\d{1,2}|\b\d{1,2}\s(?:thg|tháng)\s\d{1,2}|\b\p{L}{3,12}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+(?:19|20)\d{2}\b|\b\d{1,2}(?:st|nd|rd|th|er)?\.?\s+(?:de\s+)?\p{L}{3,12}[.׳']?,?\s+(?:de\s+|del\s+)?(?:19|20)\d{2}\b|\b\d{1,2}-\p{L}{3}-(?:19|20)\d{2}\b";
    TIME = r"(?i)\b\d{1,2}[:.h]\d{2}\b|(?:오전|오후|午前|午後|上午|下午)\s?\d{1,2}";
}

pub(super) fn has_date(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_digit()) && DATE.is_match(text)
}

/// Where the first date begins.
pub(super) fn date_at(text: &str) -> Option<usize> {
    DATE.find(text).map(|m| m.start())
}

pub(super) fn has_time(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_digit()) && TIME.is_match(text)
}

pub(super) fn has_address(text: &str) -> bool {
    first_address(text).is_some()
}

/// The first thing that looks like an address. By hand: a pattern with such long repetitions is slow on hostile text.
pub(super) fn first_address(text: &str) -> Option<&str> {
    addresses(text).next()
}

pub(super) fn addresses(text: &str) -> impl Iterator<Item = &str> {
    work::note(text.len());
    text.match_indices('@').filter_map(|(at, _)| {
        let local = text[..at]
            .char_indices()
            .rev()
            .take(LOCAL + 1)
            .take_while(|(_, c)| is_part(*c))
            .last()
            .map(|(start, _)| start)?;
        let after = &text[at + 1..];
        let end = after
            .char_indices()
            .take(DOMAIN)
            .take_while(|(_, c)| is_part(*c))
            .last()
            .map(|(last, c)| last + c.len_utf8())?;
        let domain = after[..end].trim_end_matches(['.', '\'', '"', '님', '에']);
        let (_, top) = domain.rsplit_once('.')?;
        let whole = (2..=24).contains(&top.chars().count()) && top.chars().all(char::is_alphanumeric);
        whole.then(|| &text[local..at + 1 + domain.len()])
    })
}

const fn is_part(c: char) -> bool {
    !(c.is_whitespace()
        || matches!(
            c,
            '<' | '>' | '@' | ':' | ',' | ';' | '(' | ')' | '[' | ']' | '"' | '|' | '：' | '，' | '、'
        ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_many_languages() {
        for date in [
            "2026년 3월 3일 (화)",
            "2026. 3. 6.,",
            "26. 3. 5. 19:29",
            "2026-03-04",
            "2026/3/4",
            "3/4/2026",
            "04.03.2026",
            "Jul 10, 2026",
            "10 Jul 2026",
            "March 6th, 2026",
            "20. lokakuuta 2026",
            "3 de marzo de 2026",
            "21 de noviembre de 2026",
            "4 janv. 2026",
            "2026年3月3日",
            "3월 5일",
            "14 lip 2026",
            "2026. márc. 3., K",
            "26 באוג׳ 2026",
            "3 thg 3, 2026",
        ] {
            assert!(has_date(date), "{date}");
        }
        for none in ["1.2.3", "02-1234-5678", "3/4", "제3조 2항", "1,000"] {
            assert!(!has_date(none), "{none}");
        }
    }

    #[test]
    fn addresses_are_found_with_what_stands_around_them() {
        assert_eq!(first_address("문답 <q@host.example>님이 작성:"), Some("q@host.example"));
        assert_eq!(first_address("<mailto:홍@회사.한국>"), Some("홍@회사.한국"));
        assert_eq!(first_address("a@b and c@d."), None);
        assert_eq!(addresses("a@b.example, c@d.example").count(), 2);
    }
}
