//! What was answered to it so far.

use db::{entity::answer, prelude::*};
use domain::QuestionId;

pub(super) struct Answers {
    pub(super) rows: Vec<answer::Model>,
}

impl Answers {
    pub(super) async fn of(conn: &impl ConnectionTrait, question: QuestionId) -> Result<Self, Error> {
        let rows = answer::Entity::find()
            .filter(answer::Column::QuestionId.eq(question))
            .order_by_asc(answer::Column::ReceivedAt);
        Ok(Self {
            rows: rows.all(conn).await?,
        })
    }
}
