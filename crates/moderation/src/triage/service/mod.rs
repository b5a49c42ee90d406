//! What moderators do, callable without a page.

pub mod decide;
pub mod propose;
pub mod reasons;
pub mod release;
pub mod route_rest;
pub mod rules;
pub mod shortlist;
