//! What the desk does, callable without HTTP.

pub mod job;
pub mod staff;
