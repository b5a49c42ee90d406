//! What can be done with answers; callable without HTTP.

pub mod approve;
pub(crate) mod auto;
pub mod give_back;
pub mod judge;
pub(crate) mod noted;
pub(crate) mod pieces;
pub mod quarantine;
pub mod receive;
pub mod redact;
pub mod rules;

pub use approve::{approve, edit};
pub use give_back::{give_back, take_back};
pub(crate) use receive::lock;
pub use receive::{receive_link, receive_staff};
pub use redact::redact;
