//! Everybody's mailbox: what the platform sent, as the recipient sees it, and a reply as the recipient would write it.

mod pages;
mod reply;
pub(crate) mod store;

pub(crate) use pages::routes;
