//! What moderators do, callable without a page.

mod asked;
mod correct;
pub mod decide;
pub mod freeze;
pub mod propose;
pub mod reasons;
pub mod release;
pub mod reserves;
pub mod route_rest;
pub mod rules;
pub mod shortlist;
pub(crate) mod step;
pub mod suggest;
pub mod undo;

pub(crate) use asked::asked;
