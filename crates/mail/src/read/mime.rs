//! MIME → headers, the one body to read, attachments.

use super::{Attachment, AuthResult, Bounce, Flag, Mailbox, auth, charset, charset::Sure, files, marks, token, words};
use chrono::{DateTime, Utc};
use mail_parser::{
    Address, Encoding, Header, HeaderName, HeaderValue, Message, MessageParser, MessagePart, MimeHeaders, PartType,
};
use regex::bytes::{Captures, Regex};
use std::borrow::Cow;
use std::sync::LazyLock;

/// Octets of body text that are read; the raw mail keeps the rest.
const BODY_MAX: usize = 1024 * 1024;
/// How often a mail may name another mail within it in ways that the pattern below does not see.
const HIDDEN_NESTING_MAX: usize = 64;

/// A parsed mail, before it is judged.
#[derive(Debug, Default)]
pub(super) struct Mail {
    pub from: Option<Mailbox>,
    pub sender: Option<Mailbox>,
    pub to: Vec<Mailbox>,
    pub cc: Vec<Mailbox>,
    /// Every address of To, Cc, Delivered-To and its like, unmasked: where a reply token may stand.
    pub recipients: Vec<String>,
    pub subject: String,
    pub message_id: Option<String>,
    pub in_reply_to: Vec<String>,
    pub references: Vec<String>,
    pub date: Option<DateTime<Utc>>,
    /// Names in lower case, values unfolded.
    pub headers: Vec<(String, String)>,
    /// The plain text to split.
    pub body: String,
    /// The same, or all there is, as HTML.
    pub html: Option<String>,
    pub authentication: Vec<AuthResult>,
    pub attachments: Vec<Attachment>,
    /// Media types of all parts, with the report-type or method where there is one.
    pub types: Vec<(String, Option<String>)>,
    /// A calendar part is a file, not a form of the text.
    pub calendar_attached: bool,
    /// The message class of a `winmail.dat`.
    pub tnef_class: Option<String>,
    pub status: Option<Status>,
    pub flags: Vec<Flag>,
}

/// The machine-readable half of a delivery report.
#[derive(Clone, Debug, Default)]
pub(super) struct Status {
    pub bounce: Bounce,
    /// Lower-case: `failed`, `delayed`, `delivered`, `relayed`, `expanded`.
    pub action: Option<String>,
}

impl Mail {
    /// The first value of a header, by its lower-case name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The text as it came, before anything was cut.
    pub(super) fn plain(&self) -> &str {
        &self.body
    }
}

static NESTED: LazyLock<Regex> = LazyLock::new(|| {
    super::rules::bytes(
        r"(?i)(message[ \t\r\n]{0,8}/[ \t\r\n]{0,8})(?:rfc822|global)\b|(multipart[ \t\r\n]{0,8}/[ \t\r\n]{0,8})digest\b",
    )
});
static NESTED_WORD: LazyLock<Regex> = LazyLock::new(|| super::rules::bytes(r"(?i)rfc822|/\s*global|digest"));

/// Mails within mails become plain files: they are never descended into, so that no depth can exhaust the stack.
fn flatten(raw: &[u8]) -> (Cow<'_, [u8]>, bool) {
    let count = NESTED.find_iter(raw).count();
    let flat = if count == 0 {
        Cow::Borrowed(raw)
    } else {
        NESTED.replace_all(raw, |c: &Captures<'_>| match (c.get(1), c.get(2)) {
            (Some(_), _) => b"application/x-mail".to_vec(),
            _ => b"multipart/mixed".to_vec(),
        })
    };
    if NESTED_WORD.find_iter(&flat).count() > HIDDEN_NESTING_MAX {
        return (Cow::Owned(NESTED_WORD.replace_all(&flat, &b"x"[..]).into_owned()), true);
    }
    (flat, count > 3)
}

/// `None` when it has no header at all.
pub(super) fn parse(raw: &[u8]) -> Option<Mail> {
    let (flat, nested) = flatten(raw);
    let clean = charset::rename_aliases(&flat);
    let message = MessageParser::default().parse(clean.as_ref())?;
    if message.headers().is_empty() {
        return None;
    }
    let mut mail = Mail::default();
    if nested {
        mail.flags.push(Flag::Nested);
    }
    headers(&mut mail, &message, &clean);
    for part in &message.parts {
        mail.types.push(media_type(part));
    }
    body(&mut mail, &message, &clean);
    files::attachments(&mut mail, &message, &clean);
    files::unpack(&mut mail);
    mail.status = status(&message);
    mail.authentication = auth::results(&mail);
    Some(mail)
}

fn headers(mail: &mut Mail, message: &Message<'_>, raw: &[u8]) {
    for header in message.headers() {
        let value = raw_value(header, raw);
        let (text, sure) = charset::guess(value);
        if sure == Sure::Lossy && !mail.flags.contains(&Flag::Undecodable) {
            mail.flags.push(Flag::Undecodable);
        }
        mail.headers
            .push((header.name().to_ascii_lowercase(), crate::letter::one_line(&text)));
    }
    mail.from = mailboxes(message.from(), message, raw, &HeaderName::From)
        .into_iter()
        .next();
    mail.sender = mailboxes(message.sender(), message, raw, &HeaderName::Sender)
        .into_iter()
        .next()
        .filter(|sender| mail.from.as_ref().is_some_and(|from| from.address != sender.address));
    mail.to = mailboxes(message.to(), message, raw, &HeaderName::To);
    mail.cc = mailboxes(message.cc(), message, raw, &HeaderName::Cc);
    mail.recipients = mail.to.iter().chain(&mail.cc).map(|m| m.address.clone()).collect();
    for (name, value) in &mail.headers {
        if matches!(
            name.as_str(),
            "delivered-to" | "x-original-to" | "envelope-to" | "x-envelope-to" | "x-forwarded-to"
        ) {
            mail.recipients.extend(
                value
                    .split([' ', ',', ';'])
                    .filter(|a| a.contains('@'))
                    .map(str::to_owned),
            );
        }
    }
    let senders = mail.from.iter_mut().chain(&mut mail.sender);
    for mailbox in senders.chain(&mut mail.to).chain(&mut mail.cc) {
        mailbox.address = token::mask_text(std::mem::take(&mut mailbox.address));
        mailbox.name = mailbox.name.take().map(token::mask_text);
    }
    let subject = message.subject().unwrap_or_default();
    mail.subject = crate::letter::one_line(&repaired(subject, message, raw, &HeaderName::Subject));
    mail.message_id = message
        .message_id()
        .map(|id| id.trim_matches(['<', '>', ' ']).to_owned());
    mail.in_reply_to = ids(message.in_reply_to());
    mail.references = ids(message.references());
    mail.date = message
        .date()
        .and_then(|d| DateTime::from_timestamp(d.to_timestamp(), 0));
}

pub(super) fn raw_value<'a>(header: &Header<'_>, raw: &'a [u8]) -> &'a [u8] {
    raw.get(header.offset_start as usize..header.offset_end as usize)
        .unwrap_or_default()
}

/// A header's text; where it is written in encoded words or the parser lost characters, decoded by ourselves.
fn repaired(parsed: &str, message: &Message<'_>, raw: &[u8], name: &HeaderName<'_>) -> String {
    let header = message.headers().iter().rev().find(|h| &h.name == name);
    let value = header.map(|header| raw_value(header, raw)).unwrap_or_default();
    if words::has_words(value) || value.contains(&0x1b) || parsed.contains('\u{fffd}') {
        return words::header(value);
    }
    parsed.to_owned()
}

fn mailboxes(list: Option<&Address<'_>>, message: &Message<'_>, raw: &[u8], name: &HeaderName<'_>) -> Vec<Mailbox> {
    let Some(list) = list else { return Vec::new() };
    list.iter()
        .take(200)
        .filter_map(|addr| {
            let address = addr.address()?.trim().to_lowercase();
            let name = addr.name().map(|n| {
                if !n.contains(['\u{fffd}', '\u{1b}', '\u{0e}']) && !n.contains("=?") {
                    return n.to_owned();
                }
                // With several in the header the one before this address.
                let whole = repaired(n, message, raw, name);
                let before = whole.split(&format!("<{address}")).next().unwrap_or_default();
                let own = before.rsplit(">,").next().unwrap_or_default();
                own.split('<')
                    .next()
                    .unwrap_or_default()
                    .trim()
                    .trim_matches('"')
                    .to_owned()
            });
            Some(Mailbox {
                name: name.map(|n| crate::letter::one_line(&n)).filter(|n| !n.is_empty()),
                address,
            })
        })
        .collect()
}

fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    let clean = |s: &str| s.trim_matches(['<', '>', ' ']).to_owned();
    match value {
        HeaderValue::Text(text) => text.split_whitespace().map(clean).filter(|s| !s.is_empty()).collect(),
        HeaderValue::TextList(list) => list
            .iter()
            .take(200)
            .map(|s| clean(s))
            .filter(|s| !s.is_empty())
            .collect(),
        _ => Vec::new(),
    }
}

pub(super) fn media_type(part: &MessagePart<'_>) -> (String, Option<String>) {
    part.content_type().map_or_else(
        || ("text/plain".to_owned(), None),
        |ct| {
            let kind = format!("{}/{}", ct.ctype(), ct.subtype().unwrap_or("octet-stream")).to_ascii_lowercase();
            let detail = ct
                .attribute("report-type")
                .or_else(|| ct.attribute("method"))
                .map(str::to_ascii_lowercase);
            (kind, detail)
        },
    )
}

fn body(mail: &mut Mail, message: &Message<'_>, raw: &[u8]) {
    let plain = joined(mail, message, &message.text_body, raw, false);
    if !plain.trim().is_empty() {
        mail.body = marks::without(plain);
    }
    let markup = joined(mail, message, &message.html_body, raw, true);
    mail.html = Some(markup).filter(|markup| !markup.trim().is_empty());
}

fn joined(mail: &mut Mail, message: &Message<'_>, ids: &[u32], raw: &[u8], want_html: bool) -> String {
    let mut out = String::new();
    for part in ids.iter().take(50).filter_map(|id| message.part(*id)) {
        let text = match &part.body {
            PartType::Html(text) if want_html => text,
            PartType::Text(text) if !want_html => text,
            _ => continue,
        };
        let mut text = redecoded(mail, part, text, raw);
        if !want_html
            && part
                .content_type()
                .and_then(|c| c.attribute("format"))
                .is_some_and(|f| f.eq_ignore_ascii_case("flowed"))
        {
            let del_sp = part
                .content_type()
                .and_then(|c| c.attribute("delsp"))
                .is_some_and(|d| d.eq_ignore_ascii_case("yes"));
            text = unflow(&text, del_sp);
        }
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&text);
        if out.len() > BODY_MAX {
            let mut end = BODY_MAX;
            while !out.is_char_boundary(end) {
                end -= 1;
            }
            out.truncate(end);
            mail.flags.push(Flag::Truncated);
            break;
        }
    }
    out
}

/// The part's text, decoded again where its declared charset was missing, unknown or wrong.
fn redecoded(mail: &mut Mail, part: &MessagePart<'_>, text: &str, raw: &[u8]) -> String {
    let declared = part.content_type().and_then(|c| c.attribute("charset"));
    let shifted =
        declared.is_some_and(|d| d.to_ascii_lowercase().contains("2022-kr") || d.eq_ignore_ascii_case("csiso2022kr"));
    let western = declared.is_none_or(charset::is_western) && !text.is_ascii();
    let korean = declared.is_some_and(charset::is_korean) && !text.is_ascii();
    let shifted = shifted || text.contains("\u{1b}$)C");
    if !text.contains('\u{fffd}') && !shifted && !western && !korean {
        return text.to_owned();
    }
    let octets = raw
        .get(part.offset_body as usize..part.offset_end as usize)
        .unwrap_or_default();
    let octets: Cow<'_, [u8]> = match part.encoding {
        Encoding::Base64 => {
            mail_parser::decoders::base64::base64_decode(octets).map_or(Cow::Borrowed(octets), Cow::Owned)
        }
        Encoding::QuotedPrintable => mail_parser::decoders::quoted_printable::quoted_printable_decode(octets)
            .map_or(Cow::Borrowed(octets), Cow::Owned),
        Encoding::None => Cow::Borrowed(octets),
    };
    if korean && !text.contains('\u{fffd}') && !shifted && !charset::is_plainly_utf8(&octets) {
        return text.to_owned();
    }
    let (text, sure) = if western && !shifted {
        charset::korean_or(&octets, text)
    } else {
        charset::decode(&octets, declared)
    };
    match sure {
        Sure::Declared => {}
        Sure::Guessed => mail.flags.push(Flag::CharsetGuessed),
        Sure::Lossy => mail.flags.push(Flag::Undecodable),
    }
    text
}

/// RFC 3676: lines that end in a space go on in the next one of the same quote depth.
fn unflow(text: &str, del_sp: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open: Option<usize> = None;
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let depth = line.bytes().take_while(|b| *b == b'>').count();
        let content = line[depth..].strip_prefix(' ').unwrap_or(&line[depth..]);
        let signature = content == "-- ";
        if open == Some(depth) && !signature {
            if del_sp && out.ends_with(' ') {
                out.pop();
            }
            out.push_str(content);
        } else {
            if open.is_some() || !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&">".repeat(depth));
            if depth > 0 {
                out.push(' ');
            }
            out.push_str(content);
        }
        open = (content.ends_with(' ') && !signature).then_some(depth);
    }
    out
}

pub(super) fn report(message: &Message<'_>) -> bool {
    message
        .root_part()
        .content_type()
        .is_some_and(|c| c.ctype() == "multipart" && c.subtype() == Some("report"))
}

/// RFC 3464: what the delivery report says, and which mail came back.
fn status(message: &Message<'_>) -> Option<Status> {
    let is_status = |p: &&MessagePart<'_>| media_type(p).0 == "message/delivery-status";
    let status = message.parts.iter().find(is_status)?;
    let text = charset::guess(status.contents()).0;
    let field = |name: &str| {
        text.lines().find_map(|line| {
            let (n, value) = line.split_once(':')?;
            n.trim()
                .eq_ignore_ascii_case(name)
                .then(|| crate::letter::one_line(value))
        })
    };
    let after_type = |v: String| v.split_once(';').map_or(v.clone(), |(_, rest)| rest.trim().to_owned());
    let original = message.parts.iter().find(|p| {
        matches!(
            media_type(p).0.as_str(),
            "text/rfc822-headers" | "application/x-mail" | "message/rfc822-headers"
        )
    });
    let message_id = original.and_then(|part| {
        // The line end before the boundary is the boundary's own: without another, the last header would be none.
        let head = [part.contents(), b"\r\n\r\n"].concat();
        let headers = MessageParser::default().parse_headers(&head)?;
        headers
            .message_id()
            .map(|id| id.trim_matches(['<', '>', ' ']).to_owned())
    });
    let recipient = field("final-recipient").or_else(|| field("original-recipient"));
    let bounce = Bounce {
        recipient: recipient
            .map(after_type)
            .map(|r| r.trim_matches(['<', '>']).to_lowercase()),
        status: field("status").map(|s| s.split(' ').next().unwrap_or_default().to_owned()),
        diagnostic: field("diagnostic-code").map(after_type),
        message_id,
        ..Bounce::default()
    };
    Some(Status {
        bounce,
        action: field("action").map(|a| a.to_ascii_lowercase()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flowed_lines_are_joined_and_quotes_keep_their_depth() {
        let text = "one \r\ntwo\r\n> three \r\n> four\r\n\r\n-- \r\nname";
        assert_eq!(unflow(text, false), "one two\n> three four\n\n-- \nname");
        assert_eq!(unflow("한 \n글", true), "한글");
    }
}
