//! The seam for another judge of likeness, such as an embedding.

use crate::nearest::Asked;
use std::fmt::Debug;

/// A second opinion on how alike two texts are, mixed into every direct score before the company is asked.
///
/// An implementation keeps a vector for each text of the index, and changes it when the index changes. What it answers
/// must be the same from either side and must not depend on the order in which texts came, or the index loses both
/// properties.
pub trait SecondOpinion<Id>: Debug + Send + Sync {
    /// Its part of the score, from 0 to 1.
    fn share(&self) -> f32;

    /// From 0 to 1; None when it knows nothing of one of the two, and the index's own score then stands alone.
    fn alike(&self, asked: Asked<'_, Id>, other: Id) -> Option<f32>;

    /// Texts of the index that it thinks near: candidates that share no gram with what is asked.
    fn candidates(&self, asked: Asked<'_, Id>) -> Vec<Id>;
}
