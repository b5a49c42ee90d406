//! A mail that came in, as staff see it: what was kept beside what was cut, and the source with its tokens masked.

use crate::answers::jobs::reading;
use db::entity::incoming_mail;
use domain::EmailAddress;
use mail::{
    identity::{Authentication, How, Proof},
    read::{Flag, Pair, mask_source},
};
use web::App;

/// Most octets of the source that a page shows.
const SOURCE: usize = 200_000;

pub(super) struct MailView {
    pub(super) from: String,
    pub(super) subject: String,
    /// The header lines, tokens masked.
    pub(super) headers: String,
    /// The whole text before anything was cut.
    pub(super) full: String,
    pub(super) kept: String,
    pub(super) cut: String,
    pub(super) signature: String,
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

impl MailView {
    pub(super) async fn of(app: &App, row: &incoming_mail::Model) -> Self {
        let reading = reading(app, row).await;
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
            full: reading.full.clone(),
            kept: reading.text.clone(),
            cut: reading.cut.clone(),
            signature: reading.signature.clone(),
            pairs: reading.pairs.clone(),
            flags: reading.flags.iter().map(|flag| flag_key(*flag)).collect(),
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
