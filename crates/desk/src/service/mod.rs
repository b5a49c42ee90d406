//! What the desk does, callable without HTTP.

pub mod correct;
pub mod job;
pub mod staff;
