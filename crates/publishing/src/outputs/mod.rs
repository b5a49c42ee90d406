//! What is made of an article or an issue beside its page: PDF, EPUB, feeds, the list of pages for search engines, the
//! picture behind a link, exports.
//!
//! All of it comes from the same [`article::Snapshot`](crate::article::Snapshot), by way of a plain [`print::Document`]
//! ([`document`]), and [`Edition`] alone says what readers may have of it now. A file is made when somebody asks for it,
//! not when something is published: most articles are corrected within their first hours, and few files are ever asked
//! for, while each takes seconds to make and room in the database.

mod document;
mod edition;
mod export;
mod feed;
mod file;
mod make;
mod sitemap;

pub(crate) use document::{Facts, document};
pub(crate) use edition::{Edition, Of, edition};
pub(crate) use export::{article as export_article, issue as export_issue};
pub(crate) use feed::{Format, feed};
pub(crate) use file::{Found, TOPIC, ask, body, found, is_busy, present};
pub(crate) use make::{card, make};
pub(crate) use sitemap::sitemap;
