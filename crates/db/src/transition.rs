//! Conditional steps: the `UPDATE` filters on what it may leave, and one row must have changed.

use crate::Error;
use sea_orm::UpdateResult;

/// # Errors
/// [`Error::Stale`] unless exactly one row changed.
pub fn one_row(result: &UpdateResult, what: &'static str) -> Result<(), Error> {
    if result.rows_affected == 1 {
        Ok(())
    } else {
        Err(Error::Stale { what })
    }
}
