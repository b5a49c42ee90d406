//! What can go wrong here.

use crate::article::Draft;
use db::entity::article;
use domain::AnswerId;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Mail(#[from] mail::Error),
    #[error("not there")]
    NotFound,
    /// It was published and is withdrawn.
    #[error("withdrawn")]
    Gone,
    /// What was typed does not hold; each message stands at its field.
    #[error("the article does not hold: {0:?}")]
    Fields(web::Errors),
    /// Somebody else saved the article first.
    #[error("article {} was saved by somebody else", .row.id)]
    Overtaken {
        /// How it stands now.
        row: Box<article::Model>,
        theirs: Box<Draft>,
        /// What was typed, with their other changes beside it.
        draft: Box<Draft>,
        /// Fields and blocks that both changed.
        conflicts: Vec<String>,
    },
    /// What is done at a moment needs one that is still to come.
    #[error("the moment is over")]
    Over,
    /// An article needs at least one exchange with an approved answer.
    #[error("the article has no exchange")]
    Empty,
    /// Too many comments of this article wait to be read.
    #[error("too many comments wait")]
    Full,
    /// The answer's asker cannot be found.
    #[error("answer {0} belongs to a question that is not there")]
    Orphan(AnswerId),
    #[error("a page does not render: {0}")]
    Render(#[from] askama::Error),
    /// It is too much for one file, or a picture of it does not read.
    #[error("not printed: {0}")]
    Print(#[from] print::Error),
    #[error("a thread ended: {0}")]
    Thread(String),
}

impl From<sea_orm::DbErr> for Error {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Db(error.into())
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Db(error.into())
    }
}

impl Error {
    /// True when a conditional step was refused.
    pub const fn is_stale(&self) -> bool {
        matches!(self, Self::Db(error) if error.is_stale()) || matches!(self, Self::Overtaken { .. })
    }
}

impl From<Error> for web::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::NotFound,
            Error::Gone => Self::Gone,
            Error::Overtaken { .. } => Self::Conflict("conflict-stale".into()),
            Error::Empty => Self::Conflict("article-empty".into()),
            Error::Full => Self::Conflict("comment-full".into()),
            Error::Over => Self::Conflict("schedule-over".into()),
            Error::Db(error) => error.into(),
            Error::Fields(_) => Self::BadRequest("oops-bad-request-body".into()),
            Error::Mail(error) => Self::internal(error),
            Error::Render(error) => error.into(),
            other @ (Error::Orphan(_) | Error::Print(_) | Error::Thread(_)) => Self::internal(other.to_string()),
        }
    }
}
