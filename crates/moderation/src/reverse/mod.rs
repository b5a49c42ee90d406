//! Questions that the host asks back (역질문): proposed by crew and staff, picked by moderators, answered by partners.

pub(crate) mod pages;
pub(crate) mod repo;
pub mod service;

pub(crate) use pages::routes;
