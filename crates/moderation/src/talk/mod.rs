//! What asker and crew say to each other beside question and answer: the crew asks back, the asker asks on. And what a
//! crew member may do with a question beside answering it: hand it to another crew, take longer.
//!
//! All of it comes by mail and by page alike. Nothing here is printed: an article holds questions and answers.

pub(crate) mod pages;
pub(crate) mod repo;
pub mod service;

pub(crate) use pages::routes;
