//! Mail: the outbox and its sender; the listeners that take mail in; what a mail that came in says.
//!
//! A slice puts a [`Letter`] into the [`outbox`] in the transaction of its cause; the [`Sender`] brings it to the mail
//! server. What comes in is committed raw by [`listen`], which enqueues the job that [`read`]s it.

pub mod caused;
mod compose;
#[cfg(test)]
mod dice;
pub mod dkim;
pub mod dns;
mod error;
#[cfg(test)]
mod fixture;
mod header;
pub mod hook;
mod hours;
pub mod identity;
pub mod imap;
pub mod letter;
mod listen;
pub mod marks;
pub mod newsletter;
pub mod outbox;
pub mod read;
pub mod render;
mod replay;
pub mod send;
pub mod smtp_in;
pub mod store;
pub mod template;
pub mod unsubscribed;

pub use compose::{Composed, compose, link_versions, preview};
pub use dkim::Signer;
pub use error::Error;
pub use hours::Hours;
pub use letter::{Block, Letter, Link, Step};
pub use listen::{Listeners, listen};
pub use outbox::{Initial, NewMail, Refs, ReplyTo};
pub use read::{Reader, Reading, mask_tokens, read as read_mail};
pub use replay::{Replayed, Which, replay, tidy};
pub use send::{Sender, held, probe, resume};
