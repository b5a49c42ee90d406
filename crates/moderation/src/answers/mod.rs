//! Answers: how they come (mail, link, staff), how they are reviewed, and what waits in quarantine.

pub mod jobs;
pub(crate) mod pages;
pub(crate) mod repo;
pub mod service;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use pages::routes;
