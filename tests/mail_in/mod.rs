//! Mail that comes in: what counts, and what must not.

mod attacks;
mod review;
mod talk;
mod hook;
mod imap;
mod listeners;
mod mail_attacks;
mod restore;
mod returned;
mod upgrade;
