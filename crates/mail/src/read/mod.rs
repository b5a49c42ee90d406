//! Raw mail → what the platform makes of it: who, which token, what kind of mail, the text that its writer newly
//! wrote, what was cut from it and why. No database, no network, no clock; linear in the mail's size; never a panic.

mod auth;
mod charset;
mod class;
mod evidence;
mod files;
mod html;
mod language;
mod marks;
mod mime;
mod quote;
mod reply;
mod report;
mod rules;
mod signature;
mod source;
#[cfg(test)]
pub(crate) mod tests;
mod tnef;
mod token;
mod words;
mod work;

use chrono::{DateTime, Utc};
use domain::{AssignmentId, QuestionId, token::Keys};
use serde::{Deserialize, Serialize};
use std::time::Duration;

pub use auth::AuthResult;
pub use class::{Absence, Detail, Severity};
pub use language::Language;
pub use report::{report, token_word};
pub use source::{mask_file, mask_source};
pub(crate) use token::{PREFIXES as REPLY_PREFIXES, prefix as reply_prefix, return_prefix};
pub use token::{mask_tokens, returned};

/// The two addresses of the SMTP envelope; empty where a mail is read from a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope {
    /// `None` = not known; `Some("")` = the null return path of automatic mail.
    pub from: Option<String>,
    pub to: Vec<String>,
}

/// What the reader needs to know about us.
#[derive(Clone, Debug)]
pub struct Reader {
    pub keys: Keys,
    /// Replies come to `q+TOKEN@` this domain, and our Message-IDs end in it.
    pub reply_domain: String,
}

/// What a mail is, as far as it can be told from the mail alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    pub from: Option<Mailbox>,
    /// Who sent it on behalf of `from`, where somebody did: a secretary, a shared mailbox.
    #[serde(default)]
    pub sender: Option<Mailbox>,
    pub to: Vec<Mailbox>,
    pub cc: Vec<Mailbox>,
    pub subject: String,
    /// Without angle brackets, like the two lists after it.
    pub message_id: Option<String>,
    pub in_reply_to: Vec<String>,
    pub references: Vec<String>,
    /// As its writer's clock had it; decides nothing.
    pub date: Option<DateTime<Utc>>,
    pub token: TokenFinding,
    pub class: Class,
    /// Why it is of that class, in a short English phrase for staff and logs.
    pub class_reason: String,
    /// What exactly it is, within its class.
    #[serde(default)]
    pub detail: Detail,
    /// What servers on the way said about the sender, the newest first; see [`AuthResult`] on whom to believe.
    #[serde(default)]
    pub authentication: Vec<AuthResult>,
    /// What was newly written: greeting, body, closing words; answers between quoted lines alone, in order.
    pub text: String,
    /// Where answers stand between quoted lines: each with the line that it answers.
    pub pairs: Vec<Pair>,
    /// The quote and its attribution.
    pub cut: String,
    /// Signature, device line, disclaimer: kept apart, never delivered.
    pub signature: String,
    /// `cut` and `signature` once more, in order and each with its kind.
    #[serde(default)]
    pub segments: Vec<Segment>,
    /// The whole text before anything was cut.
    pub full: String,
    /// Of `text`, where it can be told.
    #[serde(default)]
    pub language: Option<Language>,
    pub attachments: Vec<Attachment>,
    /// Set for bounces.
    pub bounce: Option<Bounce>,
    /// Set for an out-of-office reply that says when its writer is back.
    #[serde(default)]
    pub absence: Option<Absence>,
    pub flags: Vec<Flag>,
}

/// A name and an address, the address trimmed and lower-case; tokens in it are masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mailbox {
    pub name: Option<String>,
    pub address: String,
}

/// What binds a mail to an assignment. The subject never does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TokenFinding {
    /// A token of ours in a recipient address; `until` is its last day ([`domain::token::day_stamp`]), which the
    /// caller checks against the clock.
    Reply {
        assignment: AssignmentId,
        until: u16,
    },
    /// A token that an asker got with an answer, or with a crew's question back.
    Asker {
        question: QuestionId,
        until: u16,
    },
    /// It answers these Message-IDs of our domain: to be looked up in `outgoing_mail`, the closest first.
    Thread {
        message_ids: Vec<String>,
    },
    /// A reply address whose token is not one of ours, or tokens of two assignments.
    Forged,
    None,
}

/// Kinds of arrivals; only `Answer` may become an answer without a person looking at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    Answer,
    AutoReply,
    Bounce,
    Calendar,
    List,
    /// Doubtful: a person must look.
    Unknown,
}

/// What a part of the mail is that its reader did not newly write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SegmentKind {
    Quote,
    /// Who wrote the quote, and the header block above it.
    Attribution,
    Signature,
    Disclaimer,
    /// `Sent from my …`.
    Device,
    ListFooter,
}

impl SegmentKind {
    /// Part of what was quoted, not of what was signed.
    pub const fn is_quote(self) -> bool {
        matches!(self, Self::Quote | Self::Attribution)
    }
}

/// A part that was cut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    pub kind: SegmentKind,
    pub text: String,
}

/// An answer between quoted lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    pub quoted: String,
    pub answer: String,
}

/// A file that came along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its base name, without path, control characters or bidirectional marks.
    pub name: String,
    pub media_type: String,
    /// Left out of JSON.
    #[serde(skip)]
    pub bytes: Vec<u8>,
    pub size: usize,
    /// Hexadecimal.
    pub sha256: String,
    /// Shown within the text (a logo, a screenshot), not attached beside it.
    pub inline: bool,
}

/// What a delivery report says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounce {
    pub recipient: Option<String>,
    /// RFC 3463, such as `5.1.1`.
    pub status: Option<String>,
    pub diagnostic: Option<String>,
    /// The Message-ID of the mail that came back, without angle brackets.
    pub message_id: Option<String>,
    /// Whether it is worth trying again.
    #[serde(default)]
    pub severity: Severity,
}

/// What a reviewer should know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// Cutting left nothing, so the text is the whole text.
    FellBack,
    /// Nothing was written at all.
    Empty,
    /// The writer says that answers stand below or within the quote.
    AnswersElsewhere,
    /// There was no plain text; it was made from HTML.
    FromHtml,
    /// The declared character set was wrong or missing; another one was used.
    CharsetGuessed,
    /// Some characters could not be read in any character set.
    Undecodable,
    /// It forwards another mail.
    Forwarded,
    /// More mails are nested in it than are looked into.
    Nested,
    /// It was too long and was read in part; the raw mail has it all.
    Truncated,
    /// The MIME could not be parsed.
    Unparsable,
}

impl Reading {
    pub fn has(&self, flag: Flag) -> bool {
        self.flags.contains(&flag)
    }

    /// What the platform makes of an unreadable mail: nothing, with the reason.
    fn unreadable(reason: &str, flag: Flag) -> Self {
        Self {
            from: None,
            sender: None,
            to: Vec::new(),
            cc: Vec::new(),
            subject: String::new(),
            message_id: None,
            in_reply_to: Vec::new(),
            references: Vec::new(),
            date: None,
            token: TokenFinding::None,
            class: Class::Unknown,
            class_reason: reason.to_owned(),
            detail: Detail::Doubtful,
            authentication: Vec::new(),
            text: String::new(),
            pairs: Vec::new(),
            cut: String::new(),
            signature: String::new(),
            segments: Vec::new(),
            full: String::new(),
            language: None,
            attachments: Vec::new(),
            bounce: None,
            absence: None,
            flags: vec![flag],
        }
    }
}

/// Reads a mail; no token of ours stands in what it gives, whatever the mail quoted. A parser's panic counts as an unreadable mail: one bad mail must not stop those behind it.
pub fn read(raw: &[u8], envelope: &Envelope, reader: &Reader) -> Reading {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| read_inner(raw, envelope, reader)))
        .unwrap_or_else(|_| Reading::unreadable("the parser failed on it", Flag::Unparsable))
}

/// [`read`] on a thread of its own, so that a slow mail holds nobody up; after `limit` it counts as unreadable.
pub async fn read_in_time(raw: Vec<u8>, envelope: Envelope, reader: Reader, limit: Duration) -> Reading {
    let work = tokio::task::spawn_blocking(move || read(&raw, &envelope, &reader));
    match tokio::time::timeout(limit, work).await {
        Ok(Ok(reading)) => reading,
        Ok(Err(_)) => Reading::unreadable("the parser failed on it", Flag::Unparsable),
        Err(_) => Reading::unreadable("reading it took too long", Flag::Unparsable),
    }
}

fn read_inner(raw: &[u8], envelope: &Envelope, reader: &Reader) -> Reading {
    let Some(mut mail) = mime::parse(raw) else {
        return Reading::unreadable("it has no mail header", Flag::Unparsable);
    };
    let split = best_split(&mut mail);
    let mut judged = class::classify(&mail, &split.text, envelope, reader);
    let mut flags = mail.flags;
    flags.extend(split.flags);
    flags.sort_unstable();
    flags.dedup();
    if judged.class == Class::Answer && flags.contains(&Flag::Empty) && mail.attachments.is_empty() {
        judged.class = Class::Unknown;
        judged.detail = Detail::Doubtful;
        "nothing is written in it".clone_into(&mut judged.reason);
    }
    let mask = token::mask_text;
    let pairs = split.pairs.into_iter().map(|pair| Pair {
        quoted: mask(pair.quoted),
        answer: mask(pair.answer),
    });
    let segments = split.segments.into_iter().map(|segment| Segment {
        kind: segment.kind,
        text: mask(segment.text),
    });
    let bounce = judged.bounce.map(|bounce| Bounce {
        recipient: bounce.recipient.map(mask),
        diagnostic: bounce.diagnostic.map(mask),
        ..bounce
    });
    let token = token::find(envelope, &mail.recipients, &mail.in_reply_to, &mail.references, reader);
    Reading {
        from: mail.from,
        sender: mail.sender,
        to: mail.to,
        cc: mail.cc,
        subject: mask(mail.subject),
        message_id: mail.message_id,
        in_reply_to: mail.in_reply_to,
        references: mail.references,
        date: mail.date,
        token,
        class: judged.class,
        class_reason: judged.reason,
        detail: judged.detail,
        authentication: mail.authentication,
        language: language::of(&split.text),
        text: mask(split.text),
        pairs: pairs.collect(),
        cut: mask(split.cut),
        signature: mask(split.signature),
        segments: segments.collect(),
        full: mask(split.full),
        attachments: mail.attachments,
        bounce,
        absence: judged.absence,
        flags,
    }
}

/// Where a mail has both forms, the marks of its HTML say where the quote begins, and its plain text how it looks.
fn best_split(mail: &mut mime::Mail) -> reply::Split {
    let plain = (!mail.body.trim().is_empty()).then(|| reply::split(&mail.body));
    let html = mail
        .html
        .take()
        .map(|markup| html::to_text(&markup))
        .filter(|found| plain.is_none() || found.marked)
        .map(|found| reply::split(&found.text));
    match (plain, html) {
        (Some(plain), None) => plain,
        (None, Some(html)) => {
            mail.body.clone_from(&html.full);
            mail.flags.push(Flag::FromHtml);
            html
        }
        (None, None) => reply::split(""),
        (Some(plain), Some(html)) => {
            let same = squashed(&plain.text) == squashed(&html.text);
            let useless = html.text.is_empty() || html.flags.contains(&Flag::FellBack);
            // Answers between the lines are told apart best by the marks of plain text.
            if same || useless || !plain.pairs.is_empty() {
                plain
            } else {
                mail.flags.push(Flag::FromHtml);
                html
            }
        }
    }
}

/// What the two forms of one text have in common: letters and digits.
fn squashed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}
