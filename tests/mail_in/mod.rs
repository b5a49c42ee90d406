//! Mail that comes in: what counts, and what must not.

mod attacks;
mod mail_attacks;
mod returned;
