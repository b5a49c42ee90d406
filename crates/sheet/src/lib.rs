//! Tables that people keep in their office programs: read from whatever they save, written so that nothing in them runs.

mod read;
mod write;

pub use read::{MOST_ROWS, Table, Unreadable, heading, read};
pub use write::{Cell, Column, Error, workbook};
