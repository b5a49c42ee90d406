//! What can go wrong with the database, and whose fault it was.

use sea_orm::{DbErr, SqlErr};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("database: {0}")]
    Db(#[from] DbErr),
    /// A conditional transition found its row in another state: somebody was faster, or the step is not allowed.
    #[error("{what} is no longer in a state that allows this")]
    Stale { what: &'static str },
    /// The group that a commit was part of could not be made durable.
    #[error("the commit did not happen: {0}")]
    Commit(String),
    #[error("stored JSON does not read: {0}")]
    Json(#[from] serde_json::Error),
}

impl Error {
    /// True when a conditional transition was refused.
    pub const fn is_stale(&self) -> bool {
        matches!(self, Self::Stale { .. })
    }
}

/// Which rule of the schema a write ran into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflict {
    Unique,
    ForeignKey,
}

/// The rule that a write ran into, if it was one. On PostgreSQL the transaction is over after it; prefer
/// `ON CONFLICT DO NOTHING` and look at the number of rows.
pub fn conflict(error: &DbErr) -> Option<Conflict> {
    match error.sql_err()? {
        SqlErr::UniqueConstraintViolation(_) => Some(Conflict::Unique),
        SqlErr::ForeignKeyConstraintViolation(_) => Some(Conflict::ForeignKey),
        _ => None,
    }
}
