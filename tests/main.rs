//! The stories: one package, one binary, a fresh database for each, on the engine that the environment names.

mod chaos;
mod door;
mod engines;
mod flow;
mod mail_in;
mod mail_out;
mod pages;
mod print;
mod stage;
