//! HTML → text with quotes marked as `> `: one pass over the octets, no tree, so no depth and no backtracking.
//!
//! Our own rather than a general converter, since what matters here is where the quote begins: containers that mail
//! programs put around it are known by their names.

use mail_parser::decoders::html::add_html_token;

/// Stands alone on a line where everything after it is quoted without marks (Outlook).
pub(super) const CUT: &str = "\u{e000}cut\u{e000}";

/// Tags deeper than this are read as if they were not there.
const DEPTH_MAX: usize = 512;

struct Open {
    name: String,
    quotes: bool,
    /// No blank line above and below it, though it is a paragraph (Outlook).
    tight: bool,
}

struct Writer {
    out: String,
    line: String,
    depth: usize,
    /// A blank line is wanted before the next text.
    gap: bool,
    pre: usize,
}

/// The text as a reader would see it.
pub(super) fn to_text(html: &str) -> String {
    let mut writer = Writer {
        out: String::with_capacity(html.len() / 2),
        line: String::new(),
        depth: 0,
        gap: false,
        pre: 0,
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
        let name: String = tag
            .trim_start_matches('/')
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == ':')
            .collect::<String>()
            .to_ascii_lowercase();
        if !closing
            && matches!(
                name.as_str(),
                "script" | "style" | "title" | "head" | "template" | "noscript" | "svg"
            )
        {
            rest = skip_element(rest, &name);
        } else if closing {
            close(&mut writer, &mut stack, &name);
        } else {
            open(&mut writer, &mut stack, &name, tag);
        }
    }
    if !rest.starts_with('<') {
        writer.text(rest);
    }
    writer.end_line();
    writer.out
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
            return text.find('>');
        }
    }
    text.find('>')
}

/// What follows the element; all of it when the element never ends.
fn skip_element<'a>(rest: &'a str, name: &str) -> &'a str {
    let bytes = rest.as_bytes();
    let mut from = 0;
    while let Some(at) = rest[from..].find("</").map(|at| from + at) {
        let after = at + 2;
        if bytes
            .get(after..after + name.len())
            .is_some_and(|b| b.eq_ignore_ascii_case(name.as_bytes()))
        {
            return rest[after..].find('>').map_or("", |end| &rest[after + end + 1..]);
        }
        from = after;
    }
    // A head without an end: go on behind its opening tag rather than lose the body.
    if name == "head" { rest } else { "" }
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
    let attributes = tag.to_ascii_lowercase();
    let has = |what: &str| attributes.contains(what);
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
    let quotes = (name == "blockquote"
        && (has("type=\"cite\"") || has("type='cite'") || has("type=cite") || has("gmail_quote") || has("cite=")))
        || has("gmail_attr")
        || has("moz-cite-prefix")
        || has("yahoo_quoted")
        || has("protonmail_quote");
    if has("divrplyfwdmsg") || has("appendonsend") || has("x_divrplyfwdmsg") {
        writer.end_line();
        writer.line.push_str(CUT);
        writer.end_line();
    }
    if stack.len() < DEPTH_MAX && !tag.ends_with('/') {
        if quotes {
            writer.end_line();
            writer.depth += 1;
        }
        stack.push(Open {
            name: name.to_owned(),
            quotes,
            tight: has("msonormal"),
        });
    }
}

fn close(writer: &mut Writer, stack: &mut Vec<Open>, name: &str) {
    // A closing tag closes what stands open within it; one that closes nothing is passed over.
    let Some(at) = stack.iter().rposition(|open| open.name == name) else {
        return;
    };
    if is_block(name) {
        writer.end_line();
        let parted = matches!(name, "p" | "h1" | "h2" | "h3" | "ul" | "ol" | "blockquote" | "table");
        writer.gap = writer.gap || (parted && !stack[at].tight);
    }
    if name == "pre" {
        writer.pre = writer.pre.saturating_sub(1);
    }
    for open in stack.drain(at..) {
        if open.quotes {
            writer.end_line();
            writer.depth = writer.depth.saturating_sub(1);
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
            if c == '\u{a0}' {
                self.line.push(' ');
            } else if !c.is_control() {
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
            } else if c == '\u{a0}' {
                self.line.push(' ');
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

    /// Ends the line if there is something on it.
    fn end_line(&mut self) {
        if self.line.trim().is_empty() {
            self.line.clear();
        } else {
            self.end_line_always();
        }
    }

    fn end_line_always(&mut self) {
        let prefix = "> ".repeat(self.depth.min(8));
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
        let text = to_text(html);
        assert!(text.starts_with("네, 가능합니다.\n\n감사합니다 <3\n"), "{text}");
        assert!(
            text.contains("> 2026년 3월 3일 (화) 오전 8:33, 이름 <a@b.example>님이 작성:\n"),
            "{text}"
        );
        assert!(text.contains("> 질문입니다"), "{text}");
    }

    #[test]
    fn script_and_markup_vanish_and_odd_markup_does_not_lose_text() {
        assert_eq!(to_text("a<script>alert('<b>')</script>b").trim(), "ab");
        assert_eq!(to_text("1 < 2 && 3 > 2").trim(), "1 < 2 && 3 > 2");
        assert_eq!(to_text("<p>x</b></div><i>y").trim(), "x\ny".replace('\n', "").as_str());
    }

    #[test]
    fn deep_and_unclosed_markup_is_read_in_linear_time() {
        let start = std::time::Instant::now();
        let deep = format!("{}x{}", "<div><b>".repeat(60_000), "</b>".repeat(60_000));
        assert!(to_text(&deep).contains('x'));
        let unclosed = "<a href=\"".repeat(60_000);
        to_text(&unclosed);
        to_text(&"&amp".repeat(100_000));
        to_text(&"<!--".repeat(100_000));
        to_text(&format!("<style>{}", "</".repeat(200_000)));
        assert!(
            start.elapsed() < std::time::Duration::from_secs(5),
            "{:?}",
            start.elapsed()
        );
    }
}
