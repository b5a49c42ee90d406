//! What moderators do while they read.

pub mod copy;
pub mod figures;
pub mod note;
pub mod review;
pub mod settings;
