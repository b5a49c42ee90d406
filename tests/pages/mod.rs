//! Pages as a browser without script sees them.

mod desk;
mod security;
