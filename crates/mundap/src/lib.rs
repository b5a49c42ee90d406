//! The composition: the rooms joined into one process. The command line is in `main.rs` and `cli/`.

mod compose;
mod keys;
mod open;
mod serve;

pub use compose::{compose, handlers};
pub use keys::load as load_keys;
pub use open::{OpenError, connect, open};
pub use serve::{Bound, Only, serve};
