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

/// As near as two questions are when one may stand for the other: the score of [`Likeness::nearest`]. Nine in ten of the
/// pairs from here on are right, measured with groups of one to ten (`measure … precision` in `crates/similar`): from 0.65
/// on with a public set of everyday questions, from 0.70 on with ours, whose groups are nearer to each other.
pub const SAME: f32 = 0.68;
/// Near enough to be read beside it: seven in ten are right, from 0.34 to 0.37 on.
pub const CLOSE: f32 = 0.36;
/// Of [`Likeness::quick`], whose scores are on a scale of their own: what is worth showing to somebody who writes. Seven in
/// ten are right, from 0.37 on with the public set, from 0.30 on with ours.
pub const WORTH: f32 = 0.33;
