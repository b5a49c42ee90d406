//! A roster comes as a file: bytes become a table, the table is compared with what is there, and only then written.

mod apply;
mod diff;
mod names;
mod parse;
mod run;
pub(crate) mod store;

pub use diff::{Person, Plan, Planned, Verdict, plan};
pub use parse::{Column, Known, Problem, Reason, Row, parse};
pub use run::{Summary, forget, import_file};
pub(crate) use run::{prepare, run};
pub use sheet::{MOST_ROWS, Table, Unreadable, read};
