//! A question that a survey put into a group with others (비슷한 질문 묶음).

use domain::{EventId, QuestionId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "similar_group")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub question_id: QuestionId,
    pub event_id: EventId,
    /// The number of the group's first question.
    pub group_no: i32,
    /// How near it is to the nearest of its group, in thousandths.
    pub score_milli: i32,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
