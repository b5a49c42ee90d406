//! The board: fifty thousand questions, one page at a time.

mod address;
pub(crate) mod bulk;
mod counts;
mod export;
mod filter;
pub mod follow;
mod narrow;
mod own;
pub(crate) mod presence;
mod query;
mod row;
pub(crate) mod tags;
pub(crate) mod views;

pub(crate) use address::Address;
pub(crate) use counts::{Counts, counts, places};
pub(crate) use export::{json, xlsx};
pub(crate) use filter::{Column, Edge, Filter, Key, Sort};
pub(crate) use query::{FEW, PAGE, page};
pub(crate) use row::{Row, rows};
pub(crate) use sql::Sql;
pub(crate) use words::Search;

use db::{sql, words};
use domain::EventId;

/// The topic of live updates of an event's triage: every commit of it counts.
pub(crate) fn topic(event: EventId) -> String {
    format!("triage:{event}")
}
