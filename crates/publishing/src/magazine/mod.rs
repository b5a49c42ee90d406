//! The magazine: issues with their contents in order, and the ways by which readers find what is published.
//!
//! An issue has a life of its own ([`IssueState`]): while it is in preparation its articles go out by their own steps;
//! when it is hidden, they are hidden with it, since whoever takes an issue out of sight means what stands in it. That
//! is a column of the article, so [`crate::article::visible`] says it like everything else.

mod archive;
mod beside;
mod contents;
mod draft;
mod find;
mod index;
mod passages;
mod repo;
mod step;

pub(crate) use draft::note;
pub use draft::{IssueDraft, Item, Line, create, current, save};
pub use step::{hide, show};

pub(crate) use archive::{Counts, Facet, counts, facet, in_order, list};
pub(crate) use beside::{Beside, beside, stamps};
pub(crate) use contents::{Contents, Cover, Entry, contents, entries, frontispiece};
pub(crate) use find::{Excerpt, MOST as MOST_FOUND, excerpt, found, many_found};
pub(crate) use index::{catch_up, follow};
pub(crate) use repo::*;

use domain::state::issue::IssueState;

/// The stamp of a page that was made while the counter of changes said this.
pub(crate) const fn counted(version: i64) -> u64 {
    version.cast_unsigned()
}

/// Whether readers may see the issue itself.
pub(crate) fn is_shown(issue: &db::entity::issue::Model) -> bool {
    issue.state == IssueState::Shown
}
