//! Paging by cursor: the time of a page does not grow with its number.

use serde::Serialize;

/// One page of rows, and the cursor at which the next one begins.
#[derive(Clone, Debug, Serialize)]
pub struct Page<T> {
    pub rows: Vec<T>,
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// `rows` were asked for with `limit + 1`: the extra row tells that there is more.
    pub fn from_overfull(mut rows: Vec<T>, limit: usize, cursor: impl Fn(&T) -> String) -> Self {
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(cursor) } else { None };
        Self { rows, next }
    }
}
