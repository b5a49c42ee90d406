//! Mail: the outbox and its sender; the listeners that take mail in; what a mail that came in says.

mod error;
pub mod letter;
pub mod outbox;
pub mod read;

pub use error::Error;
pub use letter::{Block, Letter, Link};
pub use outbox::{Initial, NewMail, Refs};
