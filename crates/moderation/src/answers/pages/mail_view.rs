//! A mail that came in, as staff see it: what was kept beside what was cut, and the source with its tokens masked.

use crate::answers::service::pieces::{Piece, pieces, stands};
use db::entity::incoming_mail;
use domain::EmailAddress;
use mail::{
    identity::{Authentication, How, Proof},
    read::{Flag, Pair, Reading, SegmentKind, mask_source},
};

/// Most octets of the source that a page shows.
const SOURCE: usize = 200_000;

pub(super) struct MailView {
    pub(super) from: String,
    pub(super) subject: String,
    /// The header lines, tokens masked.
    pub(super) headers: String,
    /// The whole text, in order: what was kept, and in its place what was cut.
    pub(super) runs: Vec<Run>,
    /// What was cut may be put back.
    pub(super) editable: bool,
    pub(super) pairs: Vec<Pair>,
    /// Keys of the texts that say what a reviewer should know.
    pub(super) flags: Vec<&'static str>,
    /// What is known about its sender.
    pub(super) identity: Identity,
    /// The raw mail, tokens masked.
    pub(super) source: String,
    pub(super) shortened: bool,
}

/// What is known about a mail's sender, in words.
pub(super) struct Identity {
    /// `identity-…`: what is proved.
    pub(super) proof: &'static str,
    /// Whether the reader should look twice.
    pub(super) bad: bool,
    pub(super) domain: String,
    /// Who says it, where it is not us.
    pub(super) by: String,
    /// The three methods with the keys of their results, where somebody looked.
    pub(super) methods: Vec<(&'static str, String)>,
}

impl Identity {
    fn of(row: &incoming_mail::Model) -> Self {
        let found: Authentication = row
            .authentication
            .clone()
            .and_then(|json| serde_json::from_value(json).ok())
            .unwrap_or_default();
        let from = row
            .from_email
            .as_deref()
            .and_then(|from| EmailAddress::parse(from).ok());
        let proof = from.as_ref().map_or(Proof::Unchecked, |from| found.proof(from));
        let checked = found.how != How::Unchecked;
        let methods = [("SPF", found.spf), ("DKIM", found.dkim), ("DMARC", found.dmarc)];
        Self {
            proof: match proof {
                Proof::Aligned => "identity-aligned",
                Proof::Denied => "identity-denied",
                Proof::Broken => "identity-broken",
                Proof::Absent => "identity-absent",
                Proof::Unknown => "identity-unknown",
                Proof::Unchecked => "identity-unchecked",
            },
            bad: matches!(proof, Proof::Denied | Proof::Broken),
            domain: from.map(|from| from.domain().to_owned()).unwrap_or_default(),
            by: found.by.unwrap_or_default(),
            methods: methods
                .into_iter()
                .filter(|_| checked)
                .map(|(name, found)| (name, format!("identity-{}", found.as_str())))
                .collect(),
        }
    }
}

/// Neighbouring pieces of one kind.
pub(super) struct Run {
    /// The key of what was cut; `None` = kept.
    pub(super) kind: Option<&'static str>,
    pub(super) parts: Vec<Part>,
}

pub(super) struct Part {
    /// Its number among the pieces.
    pub(super) n: usize,
    pub(super) text: String,
    /// It stands in the text that will be delivered.
    pub(super) back: bool,
}

impl Part {
    pub(super) fn excerpt(&self) -> String {
        domain::text::excerpt(&self.text, 40)
    }
}

impl Run {
    pub(super) fn lines(&self) -> usize {
        self.parts.iter().map(|p| p.text.lines().count()).sum()
    }

    /// Too long to stand open.
    pub(super) fn is_long(&self) -> bool {
        self.lines() > 8
    }
}

/// The pieces of a mail that was read.
pub(super) fn pieces_of(reading: &Reading) -> Vec<Piece> {
    pieces(&reading.full, &reading.segments)
}

fn runs(reading: &Reading, body: Option<&str>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (n, piece) in pieces_of(reading).into_iter().enumerate() {
        let kind = piece.kind.map(kind_key);
        let part = Part {
            n,
            back: kind.is_some() && body.is_some_and(|body| stands(body, &piece.words())),
            text: piece.text,
        };
        match runs.last_mut().filter(|run| run.kind == kind) {
            Some(run) => run.parts.push(part),
            None => runs.push(Run {
                kind,
                parts: vec![part],
            }),
        }
    }
    runs
}

const fn kind_key(kind: SegmentKind) -> &'static str {
    match kind {
        SegmentKind::Quote => "cut-quote",
        SegmentKind::Attribution => "cut-attribution",
        SegmentKind::Signature => "cut-signature",
        SegmentKind::Disclaimer => "cut-disclaimer",
        SegmentKind::Device => "cut-device",
        SegmentKind::ListFooter => "cut-list-footer",
    }
}

impl MailView {
    /// `body` is the text that the mail became, where it became one.
    pub(super) fn of(row: &incoming_mail::Model, reading: &Reading, body: Option<&str>) -> Self {
        let raw = mask_source(&row.raw);
        let shown = &raw[..raw.len().min(SOURCE)];
        let source = String::from_utf8_lossy(shown).into_owned();
        let end = source
            .find("\r\n\r\n")
            .or_else(|| source.find("\n\n"))
            .unwrap_or(source.len());
        let from = reading.from.as_ref().map(|from| match &from.name {
            Some(name) => format!("{name} <{}>", from.address),
            None => from.address.clone(),
        });
        Self {
            from: from.unwrap_or_default(),
            subject: reading.subject.clone(),
            headers: source[..end].to_owned(),
            runs: runs(reading, body),
            editable: false,
            pairs: reading.pairs.clone(),
            // By the setting, its raw text was dropped in its time.
            flags: if row.raw.is_empty() {
                vec!["flag-raw-dropped"]
            } else {
                reading.flags.iter().map(|flag| flag_key(*flag)).collect()
            },
            identity: Identity::of(row),
            source,
            shortened: raw.len() > SOURCE,
        }
    }
}

const fn flag_key(flag: Flag) -> &'static str {
    match flag {
        Flag::FellBack => "flag-fell-back",
        Flag::Empty => "flag-empty",
        Flag::AnswersElsewhere => "flag-answers-elsewhere",
        Flag::FromHtml => "flag-from-html",
        Flag::CharsetGuessed => "flag-charset-guessed",
        Flag::Undecodable => "flag-undecodable",
        Flag::Forwarded => "flag-forwarded",
        Flag::Nested => "flag-nested",
        Flag::Truncated => "flag-truncated",
        Flag::Unparsable => "flag-unparsable",
    }
}
