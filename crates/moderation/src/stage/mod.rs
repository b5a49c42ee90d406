//! The stage (현장 답변): the run of show, what the hall sees, the note of what was said, and the rehearsal.

mod pages;
pub mod plan;
pub mod rehearsal;
pub(crate) mod repo;
pub mod service;
pub mod speakers;
pub mod transcript;

pub use pages::routes;
pub(crate) use pages::{Scene, as_agreed};

use domain::EventId;

/// The topic of live updates of an event's stage.
pub fn topic(event: EventId) -> String {
    format!("stage:{event}")
}
