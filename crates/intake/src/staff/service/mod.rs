//! The deeds, without HTTP: they take values that are parsed already, and a transaction that the caller commits.

pub mod crew;
pub mod door;
pub mod event;
pub mod field;
pub mod invitation;
pub mod part;
pub mod partner;
pub mod question;
pub mod rsvp;
pub mod seats;
#[expect(
    clippy::module_inception,
    reason = "a service of the host is called service everywhere"
)]
pub mod service;
pub mod sitting;
pub mod speaker;
pub mod thanks;
