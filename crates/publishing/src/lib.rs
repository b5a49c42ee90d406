//! Delivery and articles: an approved answer reaches its asker, and the conversation stands published.
//!
//! An article is composed from exchanges (one question, one or more answers), frozen into a [`article::Snapshot`] when
//! it is published, and served from memory ([`Cache`]). [`article::visible`] alone says whether anybody may read it.

pub mod approval;
pub mod article;
mod cache;
pub mod comments;
pub mod delivery;
mod error;
mod jobs;
pub mod magazine;
pub mod newsletter;
mod outputs;
mod page;
mod pages;
pub mod places;
mod reads;
mod repo;
pub mod useful;
mod watch;

pub use cache::Cache;
pub use error::Error;
pub use jobs::handler as jobs;
pub use watch::{Due, watch};

fluent_templates::static_loader! {
    pub static TEXTS = {
        locales: "./locales",
        fallback_language: "ko",
        // Isolation marks are invisible and land in titles and mail subjects.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// The slice's pages, with a cache of their own.
pub fn routes() -> web::Router {
    routes_with(Cache::default())
}

/// The slice's pages over `cache`, which the server asks before any router.
pub fn routes_with(cache: Cache) -> web::Router {
    pages::routes().layer(axum::Extension(cache))
}
