//! Why there is no demo, in words that say what to do.

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "the demo does not run behind https: it has known passwords and an open mailbox; leave out --demo, or set web.public_url to http://127.0.0.1:8080"
    )]
    Https,
    #[error(
        "this database holds an event that is not the demo's; set data_dir or database.url to a place of its own, or leave out --demo"
    )]
    Occupied,
    #[error("this database holds the demo, whose passwords are known; set database.url to one of your own")]
    DemoData,
    #[error("loading the demo was interrupted before; delete its data_dir (or empty its database) and start again")]
    Interrupted,
    #[error("the demo's content: {0}")]
    Content(String),
    #[error("the demo's mail sink cannot listen on {address}: {source}; set mail.out.port to a free port")]
    Sink {
        address: std::net::SocketAddr,
        source: std::io::Error,
    },
    #[error("the demo's mailbox: {0}")]
    Mailbox(#[from] std::io::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Mail(#[from] mail::Error),
    /// A slice refused: the content contradicts its rules. Its own error holds texts that do not cross threads.
    #[error("the demo: {0}")]
    Slice(String),
    #[error("the demo: {0}")]
    Web(#[from] web::Error),
    #[error("the demo's content: a text is refused: {0}")]
    Text(#[from] domain::text::TextError),
    #[error("the demo's content: an address is refused: {0}")]
    Address(#[from] domain::email::NotAnAddress),
}

impl From<sea_orm::DbErr> for Error {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Db(error.into())
    }
}

macro_rules! from_slices {
    ($($t:ty),*) => {$(impl From<$t> for Error { fn from(error: $t) -> Self { Self::Slice(error.to_string()) } })*};
}
from_slices!(
    intake::Error,
    intake::partner::Error,
    moderation::Error,
    publishing::Error
);

impl Error {
    pub(crate) fn content(what: impl Into<String>) -> Self {
        Self::Content(what.into())
    }
}
