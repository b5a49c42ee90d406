//! Triage (선별): which questions go on stage, which to a crew, and the release that makes it so.

pub mod board;
pub(crate) mod letter;
pub(crate) mod pages;
pub mod reading;
pub(crate) mod repo;
pub mod service;
pub mod similar;

pub(crate) use pages::enter as pages_enter;
pub use pages::routes;
