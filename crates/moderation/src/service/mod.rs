//! What several parts of this slice do.

pub(crate) mod asking;
pub mod assign;
pub(crate) mod crew;
pub(crate) mod deed;
pub(crate) mod due;
pub mod template;
pub mod templates;
