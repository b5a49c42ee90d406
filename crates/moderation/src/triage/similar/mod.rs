//! Similar questions at the desk: beside one question, and as proposed groups of the whole event.

mod near;
mod pages;
mod repo;
pub mod service;
pub mod survey;

pub(crate) use near::{Near, texts};
pub use pages::routes;

use likeness::Likeness;
use std::sync::Arc;
use web::App;

/// The indexes of this process.
pub(crate) fn likeness(app: &App) -> Arc<Likeness> {
    app.parts.get(|| Likeness::new(app.db.clone()))
}
