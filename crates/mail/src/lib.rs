//! Mail: the outbox and its sender; the listeners that take mail in; what a mail that came in says.

mod compose;
mod error;
pub mod letter;
pub mod outbox;
pub mod read;
pub mod render;
pub mod smtp_in;

pub use compose::{Composed, compose, link_versions, preview};
pub use error::Error;
pub use letter::{Block, Letter, Link};
pub use outbox::{Initial, NewMail, Refs};
