//! What happened to it.

use crate::triage::repo::{self, History};
use db::prelude::*;
use domain::QuestionId;
use web::Chrome;

pub(super) struct Trail {
    pub(super) rows: Vec<History>,
}

impl Trail {
    pub(super) async fn of(conn: &impl ConnectionTrait, question: QuestionId) -> Result<Self, Error> {
        Ok(Self {
            rows: repo::history(conn, question).await?,
        })
    }

    /// In words; what a newer release noted and this one does not know keeps its technical name.
    #[expect(clippy::unused_self, reason = "a template calls it on the part")]
    pub(super) fn deed(&self, c: &Chrome, entry: &History) -> String {
        let key = format!("did-{}", entry.action.replace(['.', '_'], "-"));
        c.words.get(&key).unwrap_or_else(|| entry.action.clone())
    }
}
