//! What a partner may be refused, and what may go wrong.

use chrono::{DateTime, Utc};

/// A clear no, said at the form; nothing that was typed is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not there, or somebody else's.
    #[error("no such thing of theirs")]
    NotFound,
    #[error("questions are taken from {0} on")]
    Before(DateTime<Utc>),
    #[error("questions were taken until {0}")]
    Closed(DateTime<Utc>),
    /// All places of this partner are taken.
    #[error("at most {0} questions")]
    Limit(i32),
    #[error("too many drafts")]
    Drafts,
    /// It was changed elsewhere since this form was opened.
    #[error("changed elsewhere")]
    Changed,
    /// It was sent or sorted already, so it cannot be changed this way any more.
    #[error("too late to change")]
    Settled,
    #[error("the required consent is missing")]
    Consent,
    #[error("no such service")]
    Service,
    /// The sitting is over.
    #[error("the sitting is over")]
    Over,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Mail(#[from] mail::Error),
}

impl From<sea_orm::DbErr> for Error {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Db(error.into())
    }
}

/// What both sides of this slice share speaks of a place only.
impl From<crate::Error> for Error {
    fn from(error: crate::Error) -> Self {
        match error {
            crate::Error::Db(error) => Self::Db(error),
            crate::Error::Mail(error) => Self::Mail(error),
            crate::Error::NotFound | crate::Error::Refused(_) | crate::Error::Roster(_) => {
                Self::Refused(Refusal::NotFound)
            }
        }
    }
}

impl Error {
    /// The refusal, if it was one.
    pub const fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Refused(refusal) => Some(*refusal),
            _ => None,
        }
    }

    /// Whether a unique index spoke: somebody was faster, and a second look decides.
    pub(crate) fn is_unique(&self) -> bool {
        self.conflict() == Some(db::Conflict::Unique)
    }

    /// Whether a row that was referred to is not there.
    pub(crate) fn is_foreign_key(&self) -> bool {
        self.conflict() == Some(db::Conflict::ForeignKey)
    }

    fn conflict(&self) -> Option<db::Conflict> {
        let (Self::Db(db::Error::Db(db)) | Self::Mail(mail::Error::Db(db::Error::Db(db)))) = self else {
            return None;
        };
        db::conflict(db)
    }
}

/// Where a page shows no form to say it at.
impl From<Error> for web::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(Refusal::NotFound) => Self::NotFound,
            Error::Refused(_) => Self::Conflict("oops-conflict-body".into()),
            Error::Db(error) => error.into(),
            Error::Mail(error) => Self::internal(error),
        }
    }
}
