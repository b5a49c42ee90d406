//! What a handler may fail with. The reader sees a safe sentence and an incident id; the log gets the whole chain.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use std::{fmt, sync::Arc, time::Duration};

type Cause = Box<dyn std::error::Error + Send + Sync>;

#[derive(Debug)]
pub enum Error {
    /// Not there, or somebody else's.
    NotFound,
    Forbidden,
    /// A state in which this cannot be done (any more). The text is a key of the chrome's texts or a whole sentence in
    /// the reader's language.
    Conflict(String),
    /// Like [`Error::Conflict`]: what was sent makes no sense.
    BadRequest(String),
    TooMany {
        retry_after: Duration,
    },
    /// It was there and is withdrawn.
    Gone,
    /// Staff must sign in first and come back to this local path.
    SignIn {
        next: String,
    },
    /// A partner must come by their personal link.
    NeedsLink,
    /// The form was not proved to come from our own page in this browser. `again` holds what was typed when the
    /// browser itself says that it came from our page, so that it can be sent once more.
    Form {
        again: Option<Again>,
    },
    TooLarge,
    Internal(Cause),
}

/// A form that only needs a fresh token.
#[derive(Clone, Debug)]
pub struct Again {
    pub token: String,
    pub action: String,
    pub fields: Vec<(String, String)>,
}

impl Error {
    pub fn internal(cause: impl Into<Cause>) -> Self {
        Self::Internal(cause.into())
    }

    pub const fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::Conflict(_) | Self::Form { .. } => StatusCode::CONFLICT,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Gone => StatusCode::GONE,
            Self::SignIn { .. } => StatusCode::SEE_OTHER,
            Self::NeedsLink => StatusCode::UNAUTHORIZED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// What the browser middleware makes the error page from.
#[derive(Clone)]
pub(crate) struct Failed(pub(crate) Arc<Error>);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Internal(cause) => {
                write!(f, "{cause}")?;
                let mut source = cause.source();
                while let Some(deeper) = source {
                    write!(f, ": {deeper}")?;
                    source = deeper.source();
                }
                Ok(())
            }
            other => write!(f, "{}", other.status()),
        }
    }
}

impl std::error::Error for Error {}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        if let Self::SignIn { next } = &self {
            let next = serde_html_form::to_string([("next", next)]).unwrap_or_default();
            return crate::redirect(format!("/sign-in?{next}")).into_response();
        }
        let status = self.status();
        let mut response = (status, status.canonical_reason().unwrap_or("error")).into_response();
        if let Self::TooMany { retry_after } = &self {
            let seconds = HeaderValue::from(retry_after.as_secs().max(1));
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response.extensions_mut().insert(Failed(Arc::new(self)));
        response
    }
}

impl From<db::Error> for Error {
    fn from(error: db::Error) -> Self {
        if error.is_stale() {
            Self::Conflict("conflict-stale".into())
        } else {
            Self::internal(error)
        }
    }
}

macro_rules! internal_from {
    ($($t:ty),*) => {$(impl From<$t> for Error { fn from(error: $t) -> Self { Self::internal(error) } })*};
}
internal_from!(
    sea_orm::DbErr,
    askama::Error,
    serde_json::Error,
    std::io::Error,
    tokio::task::JoinError,
    tower_sessions::session::Error
);

impl From<Cause> for Error {
    fn from(cause: Cause) -> Self {
        Self::Internal(cause)
    }
}
