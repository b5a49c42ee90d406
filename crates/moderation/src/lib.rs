//! From a received question to an approved answer: triage, stage, routing to crews, their answers and the review of
//! them, and the questions that are asked back.

pub mod answers;
mod error;
pub mod repo;
pub mod reverse;
pub mod service;
pub mod stage;
pub mod triage;

pub use error::{Error, Result};

use std::sync::Arc;

fluent_templates::static_loader! {
    /// The texts of this slice in both languages.
    pub static TEXTS = {
        locales: "./locales",
        fallback_language: "ko",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// All pages of this slice.
pub fn routes() -> web::Router {
    web::Router::new()
        .merge(triage::routes())
        .merge(stage::routes())
        .merge(answers::routes())
        .merge(reverse::routes())
}

/// Runs the jobs of this slice.
pub fn jobs(app: web::App) -> Arc<dyn jobs::Handler> {
    answers::jobs::handler(app)
}
