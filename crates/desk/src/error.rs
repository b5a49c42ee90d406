//! What the desk refuses.

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] db::Error),
    /// Another account has this address.
    #[error("another account has this address")]
    Taken,
    /// Nobody could manage the accounts after this.
    #[error("the last administrator must stay")]
    LastAdministrator,
    #[error("no such account")]
    NoAccount,
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
            Error::Taken => Self::Conflict("error-taken".into()),
            Error::LastAdministrator => Self::Conflict("staff-last-administrator".into()),
            Error::NoAccount => Self::NotFound,
        }
    }
}
