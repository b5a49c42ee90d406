//! Bytes → text for what the MIME parser cannot decode: CP949 by its other names, ISO-2022-KR, nothing declared.

use encoding_rs::{EUC_KR, Encoding, UTF_8, WINDOWS_1252};
use regex::bytes::{Captures, Regex};
use std::borrow::Cow;
use std::sync::LazyLock;

/// How sure the decoding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sure {
    /// As declared.
    Declared,
    /// By its octets, without an error.
    Guessed,
    /// With replacement characters.
    Lossy,
}

/// Names of CP949 that the parser does not know, where they stand in an encoded word or in a charset parameter.
static ALIASES: LazyLock<Regex> = LazyLock::new(|| {
    super::rules::bytes(
        r#"(?i)(=\?|charset\s{0,3}=\s{0,3}["']?)(?:x-windows-949|windows949|windows-949|ms_?949|cp-?_?949|x-?uhc|uhc|korean|x-euc-kr|ksc_?5601|ks_c_5601(?:-1987|-1989)?)\b"#,
    )
});

/// Every name of CP949 becomes `euc-kr`, whose decoder covers it.
pub(super) fn rename_aliases(raw: &[u8]) -> Cow<'_, [u8]> {
    ALIASES.replace_all(raw, |c: &Captures<'_>| [&c[1], b"euc-kr"].concat())
}

/// Decodes octets whose declared charset is missing, unknown or wrong.
pub(super) fn decode(bytes: &[u8], declared: Option<&str>) -> (String, Sure) {
    if declared.is_some_and(|d| d.to_ascii_lowercase().contains("2022-kr") || d.eq_ignore_ascii_case("csiso2022kr"))
        || bytes.windows(4).take(512).any(|w| w == b"\x1b$)C")
    {
        let (text, _, bad) = EUC_KR.decode(&unshift(bytes)).into_parts_owned();
        return (text, if bad { Sure::Lossy } else { Sure::Declared });
    }
    if declared.is_some_and(is_korean) && is_plainly_utf8(bytes) {
        return guess(bytes);
    }
    let declared = declared.map(|d| if is_korean(d) { "euc-kr" } else { d });
    if let Some(encoding) = declared.and_then(|d| Encoding::for_label(d.trim().as_bytes())) {
        let (text, _, bad) = encoding.decode(bytes).into_parts_owned();
        if !bad && (encoding != WINDOWS_1252 || bytes.is_ascii()) {
            return (text, Sure::Declared);
        }
    }
    guess(bytes)
}

/// UTF-8 if it is that, else CP949 if it is that, else whichever loses less.
pub(super) fn guess(bytes: &[u8]) -> (String, Sure) {
    for encoding in [UTF_8, EUC_KR] {
        if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
            let text = text.trim_start_matches('\u{feff}').to_owned();
            return (
                text,
                if bytes.is_ascii() {
                    Sure::Declared
                } else {
                    Sure::Guessed
                },
            );
        }
    }
    let lost = |text: &str| text.matches('\u{fffd}').count();
    let candidates = [UTF_8, EUC_KR].map(|e| e.decode_without_bom_handling(bytes).0.into_owned());
    let [utf8, korean] = candidates;
    (if lost(&utf8) <= lost(&korean) { utf8 } else { korean }, Sure::Lossy)
}

/// Whether the octets are UTF-8 that nothing else is by chance: it has a character of three octets, and no octet is
/// wrong.
pub(super) fn is_plainly_utf8(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| text.chars().any(|c| c >= '\u{800}' && c != '\u{fffd}'))
}

/// A name of the Korean charset, after [`rename_aliases`].
pub(super) fn is_korean(label: &str) -> bool {
    matches!(
        label.trim().to_ascii_lowercase().as_str(),
        "euc-kr" | "euckr" | "ks_c_5601-1987" | "ksc5601" | "windows-949" | "cp949" | "ms949"
    )
}

/// A label that programs write when they know no better.
pub(super) fn is_western(label: &str) -> bool {
    matches!(
        label.trim().to_ascii_lowercase().as_str(),
        "us-ascii" | "ascii" | "ansi_x3.4-1968" | "iso-8859-1" | "latin1" | "windows-1252" | "cp1252"
    )
}

/// Octets that were declared to be western, or not at all: UTF-8 or Korean if they plainly are that, else `declared`.
pub(super) fn korean_or(bytes: &[u8], declared: &str) -> (String, Sure) {
    let high = bytes.iter().filter(|b| !b.is_ascii()).count();
    let (guessed, sure) = guess(bytes);
    let hangul = guessed.chars().filter(|c| ('가'..='힣').contains(c)).count();
    let is_utf8 = std::str::from_utf8(bytes).is_ok();
    if sure != Sure::Lossy && (is_utf8 || hangul * 2 * 5 >= high * 4) {
        return (guessed, sure);
    }
    if declared.contains('\u{fffd}') {
        (guessed, sure)
    } else {
        (declared.to_owned(), Sure::Declared)
    }
}

/// ISO-2022-KR (RFC 1557) as EUC-KR: what stands between SO and SI gets its eighth bit.
fn unshift(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut shifted = false;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            0x1b if bytes[at..].starts_with(b"\x1b$)C") => at += 3,
            0x0e => shifted = true,
            0x0f => shifted = false,
            b'\n' => {
                shifted = false;
                out.push(b'\n');
            }
            b if shifted && (0x21..=0x7e).contains(&b) => out.push(b | 0x80),
            b => out.push(b),
        }
        at += 1;
    }
    out
}

/// `Encoding::decode` borrows; the callers here want to own.
trait IntoOwnedParts {
    fn into_parts_owned(self) -> (String, &'static Encoding, bool);
}

impl IntoOwnedParts for (Cow<'_, str>, &'static Encoding, bool) {
    fn into_parts_owned(self) -> (String, &'static Encoding, bool) {
        (self.0.into_owned(), self.1, self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn korean_without_a_declaration_is_read_in_whichever_charset_it_is() {
        let (bytes, _, _) = EUC_KR.encode("안녕하세요, 똠방각하");
        assert_eq!(guess(&bytes), ("안녕하세요, 똠방각하".to_owned(), Sure::Guessed));
        assert_eq!(guess("안녕".as_bytes()), ("안녕".to_owned(), Sure::Guessed));
    }

    #[test]
    fn iso_2022_kr_is_shifted_back() {
        let (korean, _, _) = EUC_KR.encode("한글");
        let mut bytes = b"\x1b$)C\nA \x0e".to_vec();
        bytes.extend(korean.iter().map(|b| b & 0x7f));
        bytes.extend(b"\x0f B");
        assert_eq!(decode(&bytes, Some("ISO-2022-KR")).0.trim(), "A 한글 B");
    }

    #[test]
    fn other_names_of_cp949_are_renamed_where_they_are_names() {
        let raw = b"Subject: =?cp949?B?xx?=\r\nContent-Type: text/plain; charset=\"MS949\"\r\n\r\nuhc cp949";
        let renamed = rename_aliases(raw);
        let text = String::from_utf8_lossy(&renamed);
        assert!(text.contains("=?euc-kr?B?") && text.contains("charset=\"euc-kr\"") && text.ends_with("uhc cp949"));
    }
}
