//! The question in its asker's words, and the copy for stage and print beside it.

use crate::triage::{
    reading::repo,
    repo::{self as triage, Line},
};
use db::{entity::question_copy, prelude::*};
use web::diff::{self, Piece};

pub(super) struct Text {
    pub(super) body: String,
    /// Empty while reading blind.
    pub(super) who: String,
    pub(super) copy: Option<question_copy::Model>,
    pub(super) copied_by: String,
    /// From the asker's words to the copy.
    pub(super) changes: Vec<Piece>,
    /// What the form holds.
    pub(super) draft: String,
    /// The asker changed theirs after the copy was made.
    pub(super) outdated: bool,
}

impl Text {
    pub(super) async fn of(conn: &impl ConnectionTrait, line: &Line, typed: Option<String>) -> Result<Self, Error> {
        let question = &line.question;
        let copy = repo::copy(conn, question.id).await?;
        let shown = copy.as_ref().map(|c| line.veil.cover(&c.body));
        Ok(Self {
            who: line.who(),
            copied_by: triage::staff_name(conn, copy.as_ref().map(|c| c.staff_id)).await?,
            changes: shown
                .as_ref()
                .map(|c| diff::words(&question.body, c))
                .unwrap_or_default(),
            draft: typed.or(shown).unwrap_or_else(|| question.body.clone()),
            outdated: copy.as_ref().is_some_and(|c| c.updated_at < question.updated_at),
            body: question.body.clone(),
            copy,
        })
    }

    pub(super) fn seen(&self) -> i32 {
        self.copy.as_ref().map_or(0, |c| c.version)
    }
}
