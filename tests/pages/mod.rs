//! Pages as a browser without script sees them.

mod blind;
mod desk;
mod forms;
mod post;
mod security;
