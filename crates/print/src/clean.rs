//! Text from people, made fit for a page: one form for each letter, and no sign that no reader can show.

use std::fmt::Write as _;
use unicode_normalization::UnicodeNormalization;

/// Without what XML forbids, without what turns the direction of the text around it, in one form.
///
/// Line ends stay, other white space becomes a blank.
pub(crate) fn clean(text: &str) -> String {
    text.replace("\r\n", "\n")
        .nfc()
        .filter_map(|c| match c {
            '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{b}' | '\u{c}' => Some('\n'),
            c if c.is_whitespace() && c != '\u{a0}' => Some(' '),
            c if c.is_control() || turns(c) || is_nobody(c) => None,
            c => Some(c),
        })
        .collect()
}

/// The same as one line.
pub(crate) fn line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Overrides and isolates, marks of order, and invisible joiners with no meaning of their own.
const fn turns(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Code points that are no characters, or nobody's but a font's.
const fn is_nobody(c: char) -> bool {
    let n = c as u32;
    n & 0xfffe == 0xfffe || matches!(n, 0xfdd0..=0xfdef | 0xe000..=0xf8ff | 0xf_0000..=0x10_ffff)
}

/// The address of a link, in ASCII, if it leads to a page or a mailbox.
pub(crate) fn address(url: &str) -> Option<String> {
    let url = url.trim();
    let scheme = url.split_once(':')?.0.to_ascii_lowercase();
    let leads = match scheme.as_str() {
        "http" | "https" => url[scheme.len()..].starts_with("://") && url.len() > scheme.len() + 3,
        "mailto" => url.contains('@'),
        _ => false,
    };
    if !leads || url.len() > 2_000 {
        return None;
    }
    let mut out = String::with_capacity(url.len());
    for byte in url.bytes() {
        match byte {
            b'!' | b'#'..=b';' | b'=' | b'?'..=b'[' | b']' | b'_' | b'a'..=b'z' | b'~' => out.push(char::from(byte)),
            _ => {
                // Writing to a String does not fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    Some(out)
}

/// Text between tags or in an attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_have_one_form_and_signs_that_turn_the_line_are_gone() {
        assert_eq!(clean("\u{1112}\u{1161}\u{11ab}\u{202e}글\u{0}\u{fffe}\u{200b}"), "한글");
        assert_eq!(clean("하나\r\n둘\t셋"), "하나\n둘 셋");
        assert_eq!(line(" 하나\n둘  셋 "), "하나 둘 셋");
    }

    #[test]
    fn a_link_leads_to_a_page_or_a_mailbox() {
        assert_eq!(
            address("https://narae.example/차례?a=1&b").as_deref(),
            Some("https://narae.example/%EC%B0%A8%EB%A1%80?a=1&b")
        );
        assert_eq!(
            address("mailto:jay@narae.example").as_deref(),
            Some("mailto:jay@narae.example")
        );
        for evil in [
            "javascript:alert(1)",
            "data:text/html,x",
            "//narae.example",
            "https://",
            "file:///etc/passwd",
            "가:b",
            "",
        ] {
            assert_eq!(address(evil), None, "{evil}");
        }
        assert!(
            !address("https://x.example/\"><b>")
                .expect("a link")
                .contains(['"', '<', '>'])
        );
    }
}
