//! Mail that comes in: what counts, and what must not.

mod attacks;
mod hook;
mod imap;
mod listeners;
mod mail_attacks;
mod restore;
mod returned;
mod review;
mod talk;
mod upgrade;
