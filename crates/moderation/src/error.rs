//! What this slice refuses, and what can go wrong below it.

use chrono::{DateTime, Utc};
use domain::{ServiceId, state::decision::DecisionKind, text::TextError};
use web::Words;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Mail(#[from] mail::Error),
    /// Not there, or of another event.
    #[error("not found")]
    NotFound,
    /// All live places are taken.
    #[error("all {places} live places are taken")]
    NoPlace { places: i32 },
    /// Another moderator decided about this question meanwhile.
    #[error("{by} decided `{kind}` already")]
    AlreadyDecided {
        by: String,
        at: DateTime<Utc>,
        kind: DecisionKind,
        zone: String,
    },
    /// The question has left triage: released, withdrawn, declined.
    #[error("the question is no longer waiting for triage")]
    NotWaiting,
    /// The service has no active crew member who could be asked.
    #[error("service {0} has no active crew member")]
    NoCrew(ServiceId),
    #[error("the text is refused: {0}")]
    Text(#[from] TextError),
    /// A refusal that is said by a text of this slice.
    #[error("refused: {0}")]
    Refused(&'static str),
}

impl Error {
    /// True when nothing is broken: the step was refused, and the page says why.
    pub const fn is_refusal(&self) -> bool {
        match self {
            Self::Db(error) => error.is_stale(),
            Self::Mail(_) => false,
            _ => true,
        }
    }

    /// The text that says it where its particulars are forgotten.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::NotFound => "refused-not-found",
            Self::NotWaiting => "refused-not-waiting",
            Self::NoCrew(_) => "refused-no-crew",
            Self::Refused(key) => key,
            _ => "conflict-stale",
        }
    }

    /// What the page says about it.
    pub fn sentence(&self, words: &Words) -> String {
        match self {
            Self::Db(_) | Self::Mail(_) => words.t("conflict-stale"),
            Self::NotFound => words.t("refused-not-found"),
            Self::NoPlace { places } => words.t1("refused-no-place", "n", *places),
            Self::AlreadyDecided { by, at, kind, zone } => words.ta(
                "refused-already-decided",
                &[
                    ("by", by),
                    ("at", &words.time(*at, zone)),
                    ("kind", &words.t(format!("decision-{kind}"))),
                ],
            ),
            Self::NotWaiting => words.t("refused-not-waiting"),
            Self::NoCrew(_) => words.t("refused-no-crew"),
            Self::Text(error) => web::Message::from(*error).text(words),
            Self::Refused(key) => words.t(key),
        }
    }

    /// The same with how long ago, for a page that is made at `now`.
    pub fn sentence_at(&self, words: &Words, now: DateTime<Utc>) -> String {
        let Self::AlreadyDecided { by, at, kind, .. } = self else {
            return self.sentence(words);
        };
        let seconds = (now - *at).num_seconds();
        let ago = if (1..60).contains(&seconds) {
            words.t1("ago-seconds", "n", seconds)
        } else {
            words.ago(*at, now)
        };
        let kind = words.t(format!("decision-{kind}"));
        words.ta(
            "refused-already-decided-ago",
            &[("by", by), ("ago", &ago), ("kind", &kind)],
        )
    }

    /// As a page's error, its sentence in the reader's language.
    pub fn on(self, words: &Words) -> web::Error {
        match self {
            Self::NotFound => web::Error::NotFound,
            error if error.is_refusal() => web::Error::Conflict(error.sentence(words)),
            error => error.into(),
        }
    }
}

impl From<sea_orm::DbErr> for Error {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Db(error.into())
    }
}

impl From<Error> for web::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Db(error) => error.into(),
            Error::NotFound => Self::NotFound,
            error if error.is_refusal() => Self::Conflict("conflict-stale".into()),
            error => Self::internal(error),
        }
    }
}
