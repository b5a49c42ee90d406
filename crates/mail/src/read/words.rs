//! Encoded words of headers (RFC 2047) and parameters in pieces (RFC 2231), by our own hand: programs split words within
//! a character, write octets as they are, or name charsets that nobody knows, and the parser loses what they meant.

use super::{charset, rules};
use regex::bytes::Regex;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// Pieces of one parameter.
const PIECES: usize = 200;

/// Charset, encoding, text; some programs leave spaces in the text.
static WORD: LazyLock<Regex> = LazyLock::new(|| rules::bytes(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\r\n]*)\?="));

/// A header's value as text. Neighbouring words of one charset are joined before they are decoded.
pub(super) fn header(raw: &[u8]) -> String {
    let mut out = String::new();
    let mut open: Option<(String, Vec<u8>)> = None;
    let mut end = 0;
    let close = |out: &mut String, open: &mut Option<(String, Vec<u8>)>| {
        if let Some((label, octets)) = open.take() {
            out.push_str(&charset::decode(&octets, Some(&label)).0);
        }
    };
    for found in WORD.captures_iter(raw) {
        let (Some(whole), Some(label), Some(kind), Some(text)) =
            (found.get(0), found.get(1), found.get(2), found.get(3))
        else {
            continue;
        };
        let between = &raw[end..whole.start()];
        end = whole.end();
        let label = String::from_utf8_lossy(label.as_bytes()).to_ascii_lowercase();
        let label = label.split('*').next().unwrap_or_default().to_owned();
        let neighbours = open.is_some() && between.iter().all(u8::is_ascii_whitespace);
        if !neighbours {
            close(&mut out, &mut open);
            out.push_str(&charset::guess(between).0);
        } else if open.as_ref().is_some_and(|(l, _)| *l != label) {
            close(&mut out, &mut open);
        }
        let octets = if kind.as_bytes().eq_ignore_ascii_case(b"b") {
            base64(text.as_bytes())
        } else {
            quoted(text.as_bytes())
        };
        open.get_or_insert_with(|| (label, Vec::new())).1.extend(octets);
    }
    close(&mut out, &mut open);
    out.push_str(&charset::guess(&raw[end..]).0);
    crate::letter::one_line(&out)
}

pub(super) fn has_words(raw: &[u8]) -> bool {
    raw.windows(2).any(|w| w == b"=?")
}

/// As much as decodes, with or without padding.
fn base64(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let (mut bits, mut held) = (0_u32, 0_u32);
    for b in text {
        let digit = match b {
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' => 63,
            _ => continue,
        };
        bits = (bits << 6 | u32::from(digit)) & 0x00ff_ffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from(bits >> held & 0xff).unwrap_or_default());
        }
    }
    out
}

fn quoted(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(b) = text.get(at) {
        match (b, text.get(at + 1..at + 3).and_then(hex)) {
            (b'=', Some(octet)) => {
                out.push(octet);
                at += 2;
            }
            (b'_', _) => out.push(b' '),
            _ => out.push(*b),
        }
        at += 1;
    }
    out
}

fn hex(two: &[u8]) -> Option<u8> {
    u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok()
}

/// The value of a parameter such as `filename`, however it was written: plain, in words, in pieces, percent-encoded,
/// in octets of some charset. Composed (NFC): macOS sends its names decomposed.
pub(super) fn parameter(raw: &[u8], name: &str) -> Option<String> {
    let mut plain: Option<Vec<u8>> = None;
    let mut pieces: Vec<(usize, bool, Vec<u8>)> = Vec::new();
    for (key, value) in parameters(raw).into_iter().take(PIECES) {
        let key = key.to_ascii_lowercase();
        let Some(rest) = key.strip_prefix(name) else { continue };
        if rest.is_empty() {
            plain.get_or_insert(value);
        } else if let Some(rest) = rest.strip_prefix('*') {
            let encoded = rest.is_empty() || rest.ends_with('*');
            let number = rest.trim_end_matches('*');
            if let Ok(number) = if number.is_empty() { Ok(0) } else { number.parse() } {
                pieces.push((number, encoded, value));
            }
        }
    }
    let text = if pieces.is_empty() {
        let plain = plain?;
        if has_words(&plain) {
            header(&plain)
        } else {
            charset::guess(&plain).0
        }
    } else {
        pieces.sort_by_key(|(number, _, _)| *number);
        let mut label = String::new();
        let mut octets = Vec::new();
        for (number, encoded, value) in pieces {
            let mut value = value.as_slice();
            if number == 0
                && encoded
                && let Some(second) = value.iter().enumerate().filter(|(_, b)| **b == b'\'').nth(1)
            {
                let first = value.iter().position(|b| *b == b'\'').unwrap_or_default();
                label = String::from_utf8_lossy(&value[..first]).into_owned();
                value = &value[second.0 + 1..];
            }
            if encoded {
                octets.extend(percent(value));
            } else {
                octets.extend_from_slice(value);
            }
        }
        charset::decode(&octets, Some(label.as_str()).filter(|l| !l.is_empty())).0
    };
    Some(text.nfc().collect())
}

fn percent(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(b) = text.get(at) {
        match text.get(at + 1..at + 3).and_then(hex).filter(|_| *b == b'%') {
            Some(octet) => {
                out.push(octet);
                at += 2;
            }
            None => out.push(*b),
        }
        at += 1;
    }
    out
}

/// Keys and values behind the first `;`, the quotes taken off.
fn parameters(raw: &[u8]) -> Vec<(String, Vec<u8>)> {
    let (mut parts, mut part, mut in_quotes, mut escaped) = (Vec::new(), Vec::new(), false, false);
    for b in raw {
        match b {
            _ if escaped => {
                escaped = false;
                part.push(*b);
            }
            b'\\' if in_quotes => escaped = true,
            b'"' => in_quotes = !in_quotes,
            b';' if !in_quotes => parts.push(std::mem::take(&mut part)),
            b'\r' | b'\n' => {}
            b'\t' => part.push(b' '),
            b => part.push(*b),
        }
    }
    parts.push(part);
    let split = |part: Vec<u8>| {
        let at = part.iter().position(|b| *b == b'=')?;
        let key = String::from_utf8_lossy(part[..at].trim_ascii()).into_owned();
        Some((key, part[at + 1..].trim_ascii().to_vec()))
    };
    parts.into_iter().skip(1).filter_map(split).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::EUC_KR;

    #[test]
    fn words_that_are_split_within_a_character_are_whole_again() {
        let b64 = |bytes: &[u8]| data_encoding::BASE64.encode(bytes);
        let text = "정산 문의".as_bytes();
        let raw = format!("=?utf-8?B?{}?=\r\n =?UTF-8?B?{}?=", b64(&text[..4]), b64(&text[4..]));
        assert_eq!(header(raw.as_bytes()), "정산 문의");
        let (korean, _, _) = EUC_KR.encode("똠방각하");
        let raw = format!(
            "Re: =?cp949?B?{}?= =?cp949?B?{}?= ok",
            b64(&korean[..3]),
            b64(&korean[3..])
        );
        assert_eq!(header(raw.as_bytes()), "Re: 똠방각하 ok");
        assert_eq!(header(b"=?utf-8?Q?=EC=A7=88_=EB=AC=B8 x?="), "질 문 x");
    }

    #[test]
    fn file_names_in_every_form() {
        let (korean, _, _) = EUC_KR.encode("견적서.pdf");
        let raw = [b"attachment; filename=\"".as_slice(), &korean, b"\""].concat();
        assert_eq!(parameter(&raw, "filename").as_deref(), Some("견적서.pdf"));
        let hex: Vec<String> = korean.iter().map(|b| format!("%{b:02X}")).collect();
        let raw = format!(
            "attachment; filename*0*=euc-kr''{}; filename*1*={}",
            hex[..3].concat(),
            hex[3..].concat()
        );
        assert_eq!(parameter(raw.as_bytes(), "filename").as_deref(), Some("견적서.pdf"));
        let decomposed = "견적서.pdf".nfd().collect::<String>();
        let raw = format!("attachment; filename=\"{decomposed}\"");
        assert_eq!(parameter(raw.as_bytes(), "filename").as_deref(), Some("견적서.pdf"));
        assert_eq!(
            parameter(b"attachment; filename=\"a;b=\\\"c.txt\"", "filename").as_deref(),
            Some("a;b=\"c.txt")
        );
        assert_eq!(parameter(b"inline", "filename"), None);
    }
}
