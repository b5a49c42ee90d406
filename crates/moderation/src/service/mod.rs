//! What several parts of this slice do.

pub mod assign;
pub(crate) mod crew;
mod due;
pub mod template;
pub mod templates;
