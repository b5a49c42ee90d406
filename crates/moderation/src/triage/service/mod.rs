//! What moderators do, callable without a page.

pub mod decide;
pub mod release;
pub mod route_rest;
pub mod shortlist;
