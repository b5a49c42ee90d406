//! HTML → text with quotes marked as `> `: one pass over the octets, no tree, so no depth and no backtracking.
//!
//! Our own rather than a general converter, since what matters here is where the quote begins: containers that mail
//! programs put around it are known by their names.

use super::{
    marks::{CUT, SIGNED, without},
    rules::patterns,
    work,
};
use mail_parser::decoders::html::add_html_token;
use std::{borrow::Cow, collections::HashMap};

patterns! {
    /// Anything that the rules below ask for, in one pass.
    MARKS = r#"cite|gmail_|yahoo_quoted|protonmail_|zmail|messagereplysection|quoted_body|divrplyfwdmsg|appendonsend|mail-editor-reference|ms-outlook-mobile|stopspelling|moz-signature|applemailsignature|data-signatureblock|composer_signature|id="signature"|border:none|msonormal"#;
}

/// Tags deeper than this are read as if they were not there.
const DEPTH_MAX: usize = 512;

/// A mail's HTML as text.
pub(super) struct Text {
    pub text: String,
    /// A mail program marked a quote or a signature in it.
    pub marked: bool,
}

struct Open {
    name: String,
    quotes: bool,
    signs: bool,
    /// No blank line above and below it, though it is a paragraph (Outlook).
    tight: bool,
}

struct Writer {
    out: String,
    line: String,
    depth: usize,
    /// Depth within what is marked as signature.
    signed: usize,
    marked: bool,
    /// A blank line is wanted before the next text.
    gap: bool,
    pre: usize,
    /// How many of each name stand open: a tag that closes nothing costs nothing.
    open: HashMap<String, usize>,
    /// A head's end was looked for in vain; it need not be looked for again.
    headless: bool,
}

/// The text as a reader would see it.
pub(super) fn to_text(html: &str) -> Text {
    work::note(html.len());
    let html = without(html.to_owned());
    let html = html.as_str();
    let mut writer = Writer {
        out: String::with_capacity(html.len() / 2),
        line: String::new(),
        depth: 0,
        signed: 0,
        marked: false,
        gap: false,
        pre: 0,
        open: HashMap::new(),
        headless: false,
    };
    let mut stack: Vec<Open> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        writer.text(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("<!--") {
            rest = after.find("-->").map_or("", |end| &after[end + 3..]);
            continue;
        }
        let next = rest[1..].chars().next();
        if !next.is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
            writer.text("<");
            rest = &rest[1..];
            continue;
        }
        let Some(end) = tag_end(rest) else { break };
        let tag = &rest[1..end];
        rest = &rest[end + 1..];
        let closing = tag.starts_with('/');
        let name = name_of(tag);
        let name = name.as_ref();
        if !closing
            && matches!(
                name,
                "script" | "style" | "title" | "head" | "template" | "noscript" | "svg"
            )
        {
            rest = writer.skip_element(rest, name);
        } else if closing {
            close(&mut writer, &mut stack, name);
        } else {
            open(&mut writer, &mut stack, name, tag);
        }
    }
    if !rest.starts_with('<') {
        writer.text(rest);
    }
    writer.end_line();
    Text {
        text: writer.out,
        marked: writer.marked,
    }
}

/// The name of a tag, in lower case.
fn name_of(tag: &str) -> Cow<'_, str> {
    let tag = tag.trim_start_matches('/');
    let end = tag.find(|c: char| !(c.is_ascii_alphanumeric() || c == ':'));
    let name = &tag[..end.unwrap_or(tag.len())];
    if name.bytes().any(|b| b.is_ascii_uppercase()) {
        name.to_ascii_lowercase().into()
    } else {
        name.into()
    }
}

/// Where the tag that begins here ends; a `>` within quotes does not end it.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, b) in text.bytes().enumerate().skip(1) {
        match (quote, b) {
            (None, b'>') => return Some(at),
            (None, b'"' | b'\'') => quote = Some(b),
            (Some(q), b) if q == b => quote = None,
            _ => {}
        }
        // An unclosed quote must not swallow the mail.
        if at > 16 * 1024 {
            break;
        }
    }
    work::note(text.len().min(16 * 1024));
    text.find('>')
}

fn open(writer: &mut Writer, stack: &mut Vec<Open>, name: &str, tag: &str) {
    match name {
        "br" => {
            writer.end_line_always();
            return;
        }
        "hr" => {
            writer.end_line();
            return;
        }
        "img" | "meta" | "link" | "input" | "col" | "base" | "wbr" => return,
        "td" | "th" => writer.cell(),
        _ => {}
    }
    let bare = tag.len() == name.len();
    let attributes = if bare { String::new() } else { tag.to_ascii_lowercase() };
    let known = !bare && MARKS.is_match(&attributes);
    work::note(tag.len());
    let has = |what: &str| known && attributes.contains(what);
    if is_block(name) {
        writer.end_line();
        if matches!(
            name,
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "blockquote" | "table"
        ) {
            writer.gap = writer.gap || name != "p" || !has("msonormal");
        }
    }
    if name == "li" {
        writer.text("- ");
    }
    if name == "pre" {
        writer.pre += 1;
    }
    let quotes = known && quotes(name, &attributes);
    let signs = known && SIGNATURES.iter().any(|mark| has(mark));
    if known && (CUTS.iter().any(|mark| has(mark)) || outlook_rule(name, &attributes)) {
        writer.end_line();
        writer.marked = true;
        // In a quote everything is quoted already, and what stands below it may be an answer.
        if writer.depth == 0 {
            writer.cut();
        }
    }
    if stack.len() < DEPTH_MAX && !tag.ends_with('/') {
        if quotes || signs {
            writer.end_line();
            writer.marked = true;
            writer.depth += usize::from(quotes);
            writer.signed += usize::from(signs);
        }
        match writer.open.get_mut(name) {
            Some(count) => *count += 1,
            None => drop(writer.open.insert(name.to_owned(), 1)),
        }
        stack.push(Open {
            name: name.to_owned(),
            quotes,
            signs,
            tight: has("msonormal"),
        });
    }
}

/// Marks of what is all quoted, by mail program: Gmail, Thunderbird, Yahoo, Proton, Zoho, Spark, Windows Mail.
const QUOTES: [&str; 7] = [
    "gmail_attr",
    "moz-cite-prefix",
    "yahoo_quoted",
    "protonmail_quote",
    "zmail_extra",
    "messagereplysection",
    "quoted_body_content",
];

/// Marks that begin a quote without containing it: Outlook on the web, on phones, and Hotmail before it.
const CUTS: [&str; 6] = [
    "divrplyfwdmsg",
    "appendonsend",
    "mail-editor-reference-message-container",
    "ms-outlook-mobile-reference-message",
    "id=\"stopspelling\"",
    "id=stopspelling",
];

/// Marks of signatures: Gmail, Thunderbird, Outlook on phones, Apple, Proton, Windows Mail, Samsung.
const SIGNATURES: [&str; 8] = [
    "gmail_signature\"",
    "moz-signature",
    "ms-outlook-mobile-signature",
    "applemailsignature",
    "protonmail_signature_block",
    "data-signatureblock=\"true\"",
    "composer_signature",
    "id=\"signature\"",
];

fn quotes(name: &str, attributes: &str) -> bool {
    let has = |what: &str| attributes.contains(what);
    (name == "blockquote"
        && (has("type=\"cite\"")
            || has("type='cite'")
            || has("type=cite")
            || has("gmail_quote")
            || has("protonmail_quote")
            || has("blockquote_zmail")
            || has("cite=")))
        || (has("protonmail_quote") && name != "blockquote" || QUOTES.iter().any(|mark| has(mark)))
}

/// The thin line that Outlook on the desktop draws above the header block.
fn outlook_rule(name: &str, attributes: &str) -> bool {
    name == "div"
        && attributes.contains("border:none")
        && (attributes.contains("border-top:solid #e1e1e1") || attributes.contains("border-top:solid #b5c4df"))
}

fn close(writer: &mut Writer, stack: &mut Vec<Open>, name: &str) {
    // A closing tag closes what stands open within it; one that closes nothing is passed over.
    if writer.open.get(name).is_none_or(|count| *count == 0) {
        return;
    }
    let Some(at) = stack.iter().rposition(|open| open.name == name) else {
        return;
    };
    work::note(stack.len() - at);
    if is_block(name) {
        writer.end_line();
        let parted = matches!(name, "p" | "h1" | "h2" | "h3" | "ul" | "ol" | "blockquote" | "table");
        writer.gap = writer.gap || (parted && !stack[at].tight);
    }
    if name == "pre" {
        writer.pre = writer.pre.saturating_sub(1);
    }
    for open in stack.drain(at..) {
        if let Some(count) = writer.open.get_mut(&open.name) {
            *count -= 1;
        }
        if open.quotes || open.signs {
            writer.end_line();
            writer.depth = writer.depth.saturating_sub(usize::from(open.quotes));
            writer.signed = writer.signed.saturating_sub(usize::from(open.signs));
        }
    }
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "blockquote"
            | "li"
            | "ul"
            | "ol"
            | "tr"
            | "table"
            | "tbody"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "pre"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "body"
            | "html"
            | "center"
            | "dl"
            | "dt"
            | "dd"
            | "address"
            | "fieldset"
    )
}

impl Writer {
    /// What follows the element; all of it when the element never ends.
    fn skip_element<'a>(&mut self, rest: &'a str, name: &str) -> &'a str {
        // A head without an end: go on behind its opening tag rather than lose the body.
        if self.headless && name == "head" {
            return rest;
        }
        let bytes = rest.as_bytes();
        let mut from = 0;
        while let Some(at) = rest[from..].find("</").map(|at| from + at) {
            let after = at + 2;
            if bytes
                .get(after..after + name.len())
                .is_some_and(|b| b.eq_ignore_ascii_case(name.as_bytes()))
            {
                work::note(after);
                return rest[after..].find('>').map_or("", |end| &rest[after + end + 1..]);
            }
            from = after;
        }
        work::note(rest.len());
        self.headless |= name == "head";
        if name == "head" { rest } else { "" }
    }

    fn text(&mut self, raw: &str) {
        let mut rest = raw;
        while let Some(at) = rest.find('&') {
            self.plain(&rest[..at]);
            rest = &rest[at..];
            // No entity is longer than this.
            match rest.bytes().take(40).position(|b| b == b';') {
                Some(end) if rest[1..end].bytes().all(|b| b.is_ascii_alphanumeric() || b == b'#') => {
                    let mut decoded = String::new();
                    add_html_token(&mut decoded, &rest.as_bytes()[..=end], false);
                    self.decoded(&decoded);
                    rest = &rest[end + 1..];
                }
                _ => {
                    self.plain("&");
                    rest = &rest[1..];
                }
            }
        }
        self.plain(rest);
    }

    fn decoded(&mut self, text: &str) {
        for c in text.chars() {
            if !c.is_control() {
                self.line.push(c);
            }
        }
    }

    fn plain(&mut self, text: &str) {
        if self.pre > 0 {
            for c in text.chars() {
                match c {
                    '\n' => self.end_line_always(),
                    c if c.is_control() && c != '\t' => {}
                    c => self.line.push(c),
                }
            }
            return;
        }
        for c in text.chars() {
            if c.is_ascii_whitespace() {
                if !self.line.is_empty() && !self.line.ends_with(' ') {
                    self.line.push(' ');
                }
            } else if !c.is_control() {
                self.line.push(c);
            }
        }
    }

    fn cell(&mut self) {
        if !self.line.trim().is_empty() {
            self.line.push_str("  ");
        }
    }

    /// Ends the line if there is something on it; a no-break space is how editors write an empty line.
    fn end_line(&mut self) {
        if self.line.trim().is_empty() && !self.line.contains('\u{a0}') {
            self.line.clear();
        } else {
            self.end_line_always();
        }
    }

    /// The mark of a cut has its line to itself, also where a signature around it was never closed.
    fn cut(&mut self) {
        if self.gap && !self.out.is_empty() {
            self.out.push('\n');
        }
        self.gap = false;
        self.out.push_str(CUT);
        self.out.push('\n');
    }

    fn end_line_always(&mut self) {
        let mut prefix = "> ".repeat(self.depth.min(8));
        if self.signed > 0 && self.depth == 0 {
            prefix.push(SIGNED);
        }
        if self.gap && !self.out.is_empty() {
            self.out.push_str(prefix.trim_end());
            self.out.push('\n');
        }
        self.gap = false;
        self.out.push_str(&prefix);
        self.out.push_str(self.line.trim_end());
        self.out.push('\n');
        self.line.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gmail_reply_has_its_quote_marked() {
        let html = "<html><head><style>p{}</style></head><body><div dir=\"ltr\">네, 가능합니다.<div><br></div><div>감사합니다 &lt;3</div></div><br>\
            <div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">2026년 3월 3일 (화) 오전 8:33, 이름 &lt;<a href=\"mailto:a@b.example\">a@b.example</a>&gt;님이 작성:<br></div>\
            <blockquote class=\"gmail_quote\" style=\"x\">질문입니다</blockquote></div></body></html>";
        let text = to_text(html).text;
        assert!(text.starts_with("네, 가능합니다.\n\n감사합니다 <3\n"), "{text}");
        assert!(
            text.contains("> 2026년 3월 3일 (화) 오전 8:33, 이름 <a@b.example>님이 작성:\n"),
            "{text}"
        );
        assert!(text.contains("> 질문입니다"), "{text}");
    }

    #[test]
    fn script_and_markup_vanish_and_odd_markup_does_not_lose_text() {
        assert_eq!(to_text("a<script>alert('<b>')</script>b").text.trim(), "ab");
        assert_eq!(to_text("1 < 2 && 3 > 2").text.trim(), "1 < 2 && 3 > 2");
        assert_eq!(
            to_text("<p>x</b></div><i>y").text.trim(),
            "x\ny".replace('\n', "").as_str()
        );
    }

    #[test]
    fn deep_and_unclosed_markup_is_read_in_linear_time() {
        for (what, html) in [
            (
                "deep",
                format!("{}x{}", "<div><b>".repeat(60_000), "</b>".repeat(60_000)),
            ),
            ("attributes", "<a href=\"".repeat(60_000)),
            ("entities", "&amp".repeat(100_000)),
            ("comments", "<!--".repeat(100_000)),
            ("ends", format!("<style>{}", "</".repeat(200_000))),
            ("heads", "<head>".repeat(100_000)),
            ("wrong ends", format!("{}{}", "<b>".repeat(512), "</i>".repeat(100_000))),
        ] {
            let (text, looked) = work::measure(|| to_text(&html).text);
            assert!(what != "deep" || text.contains('x'));
            // The stack is bounded, and so is the look for a tag's end.
            assert!(looked <= html.len() * 8, "{what}: {looked} octets for {}", html.len());
        }
    }
}
