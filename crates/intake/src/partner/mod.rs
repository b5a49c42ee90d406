//! The partner's side: the personal link, their pages, their questions. Every query is scoped by their invitation.

mod error;
mod letters;
mod pages;
mod phase;
pub mod repo;
pub mod service;
mod similar;
mod steps;
mod wording;

pub use error::{Error, Refusal};
pub use phase::Phase;
pub use steps::{Step, StepState, Way, way};
pub use wording::{WORDING_VERSION, Wording, wording};

/// The pages of partners.
pub fn routes() -> web::Router {
    pages::routes()
}
