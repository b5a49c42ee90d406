//! Which questions are alike, in this process: an index of an event's questions that follows the database, made when
//! somebody first asks for it.
//!
//! Every node keeps its own. The database's counters are the truth: numbers of new questions and `change_seq` of changed
//! ones are given in the order of commits (`question_count`), so an index that has read up to both is, after any kill,
//! what a new one would be (`crates/similar` answers the same however an index came to be).

mod follow;
mod pace;
mod published;

pub use follow::{About, Like, Likeness, language};
pub use pace::Pace;
pub use published::Printed;

/// As near as two questions are when one may stand for the other: the score of [`Likeness::nearest`]. Nine in ten of the
/// pairs from here on are right, measured with groups of one to ten (`measure … precision` in `crates/similar`): from 0.69
/// on with a public set of everyday questions, from 0.64 on with ours.
pub const SAME: f32 = 0.68;
/// Near enough to be read beside it: seven in ten are right, from 0.37 to 0.39 on.
pub const CLOSE: f32 = 0.38;
/// Of [`Likeness::quick`], whose scores are on a scale of their own: what is worth showing to somebody who writes. Seven in
/// ten are right, from 0.40 on with the public set, from 0.32 on with ours.
pub const WORTH: f32 = 0.36;
