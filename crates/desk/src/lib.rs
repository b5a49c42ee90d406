//! What looks across the slices: home, the ledger, the outbox, staff accounts, the audit log, the export.

mod error;
pub mod export;
mod insight;
pub mod ledger;
mod pages;
mod repo;
pub mod service;

pub use error::Error;

fluent_templates::static_loader! {
    pub static TEXTS = {
        locales: "./locales",
        fallback_language: "ko",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// The desk's own pages.
pub fn routes() -> web::Router {
    pages::routes()
}
