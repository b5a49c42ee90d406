//! Mail that comes in: what counts, and what must not.

mod attacks;
mod hook;
mod imap;
mod listeners;
mod restore;
mod upgrade;
