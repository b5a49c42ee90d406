use crate::staff::roster::Unreadable;
use web::Message;

/// What a service of this slice may fail with.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not there, or somebody else's.
    #[error("not there")]
    NotFound,
    /// A rule of the house says no; the message is for the reader, by key of this slice's texts.
    #[error("refused: {}", .0.key())]
    Refused(Message),
    #[error(transparent)]
    Roster(#[from] Unreadable),
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Mail(#[from] mail::Error),
}

impl Error {
    pub fn refused(message: impl Into<Message>) -> Self {
        Self::Refused(message.into())
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
            Error::NotFound => Self::NotFound,
            Error::Refused(message) => Self::Conflict(message.key().to_owned()),
            Error::Db(error) => error.into(),
            Error::Roster(error) => Self::internal(error),
            Error::Mail(error) => Self::internal(error),
        }
    }
}
