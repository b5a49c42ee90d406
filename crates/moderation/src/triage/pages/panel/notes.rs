//! Notes among staff.

use crate::triage::reading::repo::{self, Noted};
use db::prelude::*;
use domain::{QuestionId, StaffId};
use web::Choice;

pub(super) struct Notes {
    pub(super) rows: Vec<Noted>,
    /// Whom a note can call.
    pub(super) people: Vec<Choice>,
    pub(super) draft: String,
}

impl Notes {
    pub(super) async fn of(
        conn: &impl ConnectionTrait,
        question: QuestionId,
        me: StaffId,
        draft: String,
        called: &[StaffId],
    ) -> Result<Self, Error> {
        let people = repo::moderators(conn).await?.into_iter().filter(|s| s.id != me);
        let people = people.map(|s| {
            let ticked = called.contains(&s.id);
            Choice::new(s.id, s.name).chosen(ticked)
        });
        Ok(Self {
            rows: repo::notes(conn, question).await?,
            people: people.collect(),
            draft,
        })
    }
}
