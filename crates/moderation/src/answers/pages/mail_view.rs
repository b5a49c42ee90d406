//! A mail that came in, as staff see it: what was kept beside what was cut, and the source with its tokens masked.

use crate::answers::jobs::reading;
use db::entity::incoming_mail;
use mail::read::{Flag, Pair, mask_source};
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
    /// The raw mail, tokens masked.
    pub(super) source: String,
    pub(super) shortened: bool,
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
            // By the setting, its raw text was dropped in its time.
            flags: if row.raw.is_empty() {
                vec!["flag-raw-dropped"]
            } else {
                reading.flags.iter().map(|flag| flag_key(*flag)).collect()
            },
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
