//! What can be done with answers; callable without HTTP.

pub mod approve;
pub mod give_back;
pub mod judge;
pub(crate) mod noted;
pub mod quarantine;
pub mod receive;

pub use approve::{approve, edit};
pub use give_back::{give_back, take_back};
pub use receive::{receive_link, receive_staff};
