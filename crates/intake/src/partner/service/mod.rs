//! What a partner does, without HTTP: each verb checks, writes row, audit entry and mail in one transaction.

pub mod consent;
pub mod enter;
mod joined;
pub mod link;
pub mod programme;
pub mod question;
pub mod rsvp;
