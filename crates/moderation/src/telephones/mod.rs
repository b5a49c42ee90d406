//! The telephones in the hall: what is on stage, what comes next, applause, and the questions that the hall asks.
//!
//! Everybody who has the hall's address reads; who applauds or votes is a keyed digest of their invitation, or else of their
//! browser, and is forgotten when the page is closed. A question from the hall is a question like any other: its asker comes by
//! their personal link, so the answer reaches them.

mod fragment;
mod hall;
mod pages;
mod rehearsed;
pub mod service;

pub use pages::routes;
