//! A form whose fields repeat for each of its lines.

use std::fmt::Display;

pub(super) struct Fields<'a>(pub(super) &'a [(String, String)]);

impl<'a> Fields<'a> {
    pub(super) fn all(&self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, v)| v.as_str())
    }
    pub(super) fn get(&self, name: &str) -> &'a str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str())
    }
    /// The field of one line.
    pub(super) fn of(&self, name: &str, id: impl Display) -> String {
        self.get(&format!("{name}-{id}")).to_owned()
    }
}
