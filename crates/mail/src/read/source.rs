//! Raw mail for people: tokens hidden wherever a mail program may have put them, everything else as it came.
//!
//! It looks for forms, not for parts: a mail whose MIME is broken, or that holds another mail, hides nothing.

use super::token::mask_tokens;
use data_encoding::{BASE64, BASE64_NOPAD, Encoding};
use regex::bytes::Regex;
use std::{borrow::Cow, ops::Range, sync::LazyLock};

/// A mail within a mail within a mail, each in base 64; nobody sends more.
const DEPTH: usize = 4;
/// A line of base 64 (RFC 2045 §6.8).
const LINE: usize = 76;

/// RFC 2047: character set, encoding, text.
static WORD: LazyLock<Regex> = LazyLock::new(|| super::rules::bytes(r"=\?[^?\s]{1,40}\?(?:([bB])|[qQ])\?([^?\s]*)\?="));

/// The source with dots in the place of tokens: plain, in quoted-printable, in base 64, in the words of a header.
pub fn mask_source(raw: &[u8]) -> Vec<u8> {
    masked(raw, DEPTH)
}

/// What came along with a mail, for people: texts and mails without their tokens, all else as it is.
pub fn mask_file<'a>(media_type: &str, bytes: &'a [u8]) -> Cow<'a, [u8]> {
    let kind = media_type.to_ascii_lowercase();
    if kind.starts_with("text/") || kind.starts_with("message/") {
        Cow::Owned(mask_source(bytes))
    } else {
        Cow::Borrowed(bytes)
    }
}

fn masked(raw: &[u8], depth: usize) -> Vec<u8> {
    let mut out = mask_words(&mask_tokens(raw));
    if depth > 0 {
        for block in blocks(&out).into_iter().rev() {
            if let Some(hidden) = mask_block(&out[block.clone()], depth) {
                out.splice(block, hidden);
            }
        }
    }
    out
}

/// Base 64 over one or more whole lines.
fn blocks(raw: &[u8]) -> Vec<Range<usize>> {
    let (mut found, mut open, mut at) = (Vec::new(), None::<Range<usize>>, 0);
    for line in raw.split_inclusive(|b| *b == b'\n') {
        let text = line.trim_ascii_end();
        let digits = text.iter().rposition(|b| *b != b'=').map_or(0, |last| last + 1);
        let base64 = digits > 0
            && text.len() - digits <= 2
            && text[..digits]
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'));
        if base64 {
            open.get_or_insert(at..at).end = at + text.len();
        }
        if !base64 || text.len() > digits {
            found.extend(open.take());
        }
        at += line.len();
    }
    found.extend(open);
    found
}

/// `None` when nothing in it has to be hidden.
fn mask_block(block: &[u8], depth: usize) -> Option<Vec<u8>> {
    let plain = decode(block)?;
    let hidden = masked(&plain, depth - 1);
    if hidden == plain {
        return None;
    }
    let newline: &[u8] = if block.contains(&b'\r') { b"\r\n" } else { b"\n" };
    let lines: Vec<&[u8]> = block.split(|b| *b == b'\n').map(<[u8]>::trim_ascii_end).collect();
    let width = lines.iter().map(|l| l.len()).max().unwrap_or(LINE).max(1);
    let text = BASE64.encode(&hidden).into_bytes();
    Some(text.chunks(width).collect::<Vec<_>>().join(newline))
}

/// As much of it as decodes: an end that was cut off says nothing about the rest.
fn decode(block: &[u8]) -> Option<Vec<u8>> {
    static LENIENT: LazyLock<Encoding> = LazyLock::new(|| {
        let mut spec = BASE64_NOPAD.specification();
        spec.check_trailing_bits = false;
        spec.encoding().unwrap_or(BASE64_NOPAD)
    });
    let mut digits: Vec<u8> = block.to_vec();
    digits.retain(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'));
    if digits.len() % 4 == 1 {
        digits.pop();
    }
    LENIENT.decode(&digits).ok()
}

/// Hides what stands encoded in a header; neighbours are read as one, since a token is longer than a word may be.
fn mask_words(raw: &[u8]) -> Vec<u8> {
    let mut out = raw.to_vec();
    let (mut text, mut places, mut end) = (Vec::new(), Vec::<Range<usize>>::new(), 0);
    let mut close = |text: &mut Vec<u8>, places: &mut Vec<Range<usize>>| {
        if mask_tokens(text) != *text {
            for place in places.drain(..) {
                out[place].fill(b'.');
            }
        }
        text.clear();
        places.clear();
    };
    for word in WORD.captures_iter(raw) {
        let (Some(whole), Some(inner)) = (word.get(0), word.get(2)) else {
            continue;
        };
        if !raw[end..whole.start()].iter().all(u8::is_ascii_whitespace) {
            close(&mut text, &mut places);
        }
        end = whole.end();
        if word.get(1).is_some() {
            text.extend(decode(inner.as_bytes()).unwrap_or_default());
        } else {
            text.extend_from_slice(inner.as_bytes());
        }
        places.push(inner.range());
    }
    close(&mut text, &mut places);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        AssignmentId,
        token::{Keys, Purpose},
    };

    fn token() -> String {
        let keys = Keys::new(&["0123456789abcdef0123456789abcdef"]).expect("key");
        keys.sign(Purpose::Reply, AssignmentId::new().uuid(), 9)
    }

    fn lines(bytes: &[u8], width: usize) -> String {
        let text = BASE64.encode(bytes);
        let lines: Vec<&str> = text
            .as_bytes()
            .chunks(width)
            .map(|c| std::str::from_utf8(c).expect("ascii"))
            .collect();
        lines.join("\r\n")
    }

    /// No reader of the source finds the token, however they decode it.
    fn hides(raw: &str, token: &str) -> String {
        let shown = String::from_utf8(mask_source(raw.as_bytes())).expect("text");
        assert!(!shown.contains(&token[..20]), "{shown}");
        for block in blocks(shown.as_bytes()) {
            let plain = decode(&shown.as_bytes()[block]).unwrap_or_default();
            let plain: Vec<u8> = plain.into_iter().filter(|b| *b != 0).collect();
            assert!(!String::from_utf8_lossy(&plain).contains(&token[..20]), "{shown}");
        }
        let mail = mail_parser::MessageParser::default()
            .parse(shown.as_bytes())
            .expect("a mail");
        for part in &mail.parts {
            let text = String::from_utf8_lossy(part.contents()).replace('\0', "");
            assert!(!text.contains(&token[..20]), "{text}");
        }
        assert!(!mail.subject().unwrap_or_default().contains(&token[..20]));
        shown
    }

    #[test]
    fn base64_parts_are_shown_without_their_tokens_and_still_decode() {
        let token = token();
        let text = format!("네, 다음 달입니다.\r\n\r\n> 회신: q+{token}@reply.host.example\r\n> 감사합니다.");
        let head =
            "Subject: Re\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n";
        for width in [76, 60, 400] {
            let shown = hides(&format!("{head}{}\r\n", lines(text.as_bytes(), width)), &token);
            let mail = mail_parser::MessageParser::default()
                .parse(shown.as_bytes())
                .expect("a mail");
            let body = mail.body_text(0).expect("a text");
            assert!(
                body.starts_with("네, 다음 달입니다.") && body.contains("감사합니다."),
                "{body}"
            );
        }
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        hides(&format!("{head}{}\r\n", lines(&utf16, 76)), &token);
    }

    #[test]
    fn quoted_printable_hides_tokens_behind_soft_breaks_and_encoded_characters() {
        let token = token();
        let head = "Subject: Re\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n";
        let (a, b) = token.split_at(31);
        for body in [
            format!("see q+{a}=\r\n{b}@reply.host.example\r\n"),
            format!("see https://h/x?t=3D{token}&u=3D1\r\n"),
            format!("see =71=2B{}=\r\n{b}@h\r\n", a.replace('a', "=61").replace('b', "=62")),
            format!("see q+={:02X}{}@h\r\n", token.as_bytes()[0], &token[1..]),
        ] {
            hides(&format!("{head}{body}"), &token);
        }
    }

    #[test]
    fn words_of_a_header_and_mails_within_mails_hide_theirs() {
        let token = token();
        let (a, b) = token.split_at(28);
        let word = |text: &str| format!("=?utf-8?B?{}?=", BASE64.encode(text.as_bytes()));
        let subject = format!("Subject: {}\r\n {}\r\n\r\nx\r\n", word(&format!("전달 {a}")), word(b));
        hides(&subject, &token);
        hides(&format!("Subject: =?utf-8?Q?a_{token}_b?=\r\n\r\nx\r\n"), &token);
        let inner = format!(
            "From: a@b.example\r\nReply-To: q+{token}@h\r\n\r\n{}\r\n",
            lines(token.as_bytes(), 76)
        );
        let outer = format!(
            "Subject: Fwd\r\nContent-Type: message/rfc822; name=a.eml\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
            lines(inner.as_bytes(), 76)
        );
        hides(&outer, &token);
        assert!(
            !mask_file("message/rfc822", inner.as_bytes())
                .windows(20)
                .any(|w| w == &token.as_bytes()[..20])
        );
        assert_eq!(mask_file("image/png", inner.as_bytes()), inner.as_bytes());
    }

    #[test]
    fn a_mail_without_a_token_is_shown_as_it_came() {
        let picture: Vec<u8> = (0..2_000_u32)
            .map(|n| u8::try_from(n * n % 251).expect("small"))
            .collect();
        let raw = format!(
            "Subject: =?utf-8?B?{}?=\r\nX-Hash: {}\r\n\r\nHello\r\nworld=3D\r\n\r\n{}\r\n",
            BASE64.encode("안녕하세요".as_bytes()),
            "a".repeat(64),
            lines(&picture, 76)
        );
        assert_eq!(mask_source(raw.as_bytes()), raw.as_bytes());
    }
}
