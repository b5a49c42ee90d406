//! Work that is done later: enqueued in the transaction that causes it, claimed by lease, retried with growing pauses.
//!
//! A job that runs twice must do its work once: a lease can end while its worker still works. `FOR UPDATE SKIP LOCKED`
//! is dropped silently on SQLite, so claims are conditional updates of state and lease on both engines.

mod claim;
pub mod clock;
mod worker;

pub use claim::{enqueue, row};
pub use worker::{Failure, Handler, Worker};
