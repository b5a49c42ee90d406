//! What was answered to it so far.

use crate::triage::reading::pages::Veil;
use db::{entity::answer, prelude::*};
use domain::QuestionId;

pub(super) struct Answers {
    pub(super) rows: Vec<answer::Model>,
}

impl Answers {
    pub(super) async fn of(conn: &impl ConnectionTrait, question: QuestionId, veil: &Veil) -> Result<Self, Error> {
        let rows = answer::Entity::find()
            .filter(answer::Column::QuestionId.eq(question))
            .order_by_asc(answer::Column::ReceivedAt);
        let mut rows = rows.all(conn).await?;
        for row in &mut rows {
            // Crews greet their partner by name.
            row.body = veil.cover(&row.body);
        }
        Ok(Self { rows })
    }
}
