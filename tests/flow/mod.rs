//! The whole path of fifty questions, once, for real.

mod replies;
pub mod scene;
mod whole_path;
