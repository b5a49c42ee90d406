//! Reading and scoring (읽기와 채점): what moderators think of each question before anybody decides; notes among them, and
//! the copy of a question for stage and print.

pub(super) mod pages;
pub(crate) mod repo;
pub mod service;
