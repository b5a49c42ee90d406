//! The question in its asker's words.

use crate::triage::repo::Line;

pub(super) struct Text {
    pub(super) body: String,
    pub(super) who: String,
}

impl Text {
    pub(super) fn of(line: &Line) -> Self {
        Self {
            body: line.question.body.clone(),
            who: line.who(),
        }
    }
}
