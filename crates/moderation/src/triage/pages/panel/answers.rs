//! What was answered to it so far.

use crate::triage::repo::Line;
use db::{entity::answer, prelude::*};

pub(super) struct Answers {
    pub(super) rows: Vec<answer::Model>,
}

impl Answers {
    pub(super) async fn of(conn: &impl ConnectionTrait, line: &Line) -> Result<Self, Error> {
        let rows = answer::Entity::find()
            .filter(answer::Column::QuestionId.eq(line.question.id))
            .order_by_asc(answer::Column::ReceivedAt);
        let mut rows = rows.all(conn).await?;
        for row in &mut rows {
            // Crews greet their partner by name.
            row.body = line.veil.cover(&row.body);
        }
        Ok(Self { rows })
    }
}
