//! The demo: an invented host with three events, and a mailbox in place of everybody's mail program.
//!
//! Nothing here is a second way past the real ones: the loader calls the slices' services with a clock that stands in
//! the past, outgoing mail goes by SMTP to a sink on this machine, and a reply written in the mailbox goes as MIME to
//! the platform's own SMTP listener.

mod content;
mod error;
mod guard;
mod load;
mod mailbox;
mod sink;
mod tour;

pub use error::Error;
pub use guard::{adjust, check_database};
pub use load::load;
pub use sink::Sink;
pub use tour::{PASSWORD, Tour};

fluent_templates::static_loader! {
    pub(crate) static TEXTS = {
        locales: "./locales",
        fallback_language: "ko",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// The pages below `/dev`; the binary adds them in demo mode alone.
pub fn routes() -> web::Router {
    mailbox::routes().merge(tour::routes())
}
