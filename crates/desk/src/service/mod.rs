//! What the desk does, callable without HTTP.

pub mod staff;
