//! What can go wrong with mail.

use domain::email::NotAnAddress;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error("the stored letter does not read: {0}")]
    Letter(#[from] serde_json::Error),
    #[error("the mail could not be composed: {0}")]
    Compose(String),
    #[error("the mail server: {0}")]
    Server(String),
    #[error("cannot listen on {address}: {source}")]
    Listen {
        address: std::net::SocketAddr,
        source: std::io::Error,
    },
    #[error(transparent)]
    Address(#[from] NotAnAddress),
}

impl From<sea_orm::DbErr> for Error {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Db(error.into())
    }
}

impl Error {
    /// True when a conditional step was refused: the mail moved on, or somebody else edited it first.
    pub const fn is_stale(&self) -> bool {
        matches!(self, Self::Db(error) if error.is_stale())
    }
}

impl From<Error> for db::Error {
    /// For callers whose own error knows only the database's.
    fn from(error: Error) -> Self {
        match error {
            Error::Db(error) => error,
            Error::Letter(error) => Self::Json(error),
            other => Self::Db(sea_orm::DbErr::Custom(other.to_string())),
        }
    }
}
