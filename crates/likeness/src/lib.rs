//! Which questions are alike, in this process: an index of an event's questions that follows the database, made when
//! somebody first asks for it.
//!
//! Every node keeps its own. The database's counters are the truth: numbers of new questions and `change_seq` of changed
//! ones are given in the order of commits (`question_count`), so an index that has read up to both is, after any kill,
//! what a new one would be (`crates/similar` answers the same however an index came to be).

mod follow;
mod pace;
mod published;

pub use follow::{Like, Likeness};
pub use pace::Pace;
pub use published::Printed;

/// As near as two questions are when one may stand for the other: the score of [`Likeness::nearest`]. Of the pairs from
/// here on nine in ten are right, measured with groups of one to ten (`measure … precision` in `crates/similar`): on our
/// Korean set from 0.69 on, on a public one from 0.68.
pub const SAME: f32 = 0.68;
/// Near enough to be read beside it: seven in ten are right, from 0.41 on with either set.
pub const CLOSE: f32 = 0.4;
/// Of [`Likeness::quick`], whose scores are on a scale of their own: what is worth showing to somebody who writes. From
/// 0.30 on our set and 0.37 on the public one, seven in ten are right.
pub const WORTH: f32 = 0.33;
