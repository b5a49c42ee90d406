//! A question from the hall, as moderators let the telephones read it.

use domain::{EventId, QuestionId, StaffId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "hall_question")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub question_id: QuestionId,
    pub event_id: EventId,
    pub shown: bool,
    /// Of telephones' pages that are closed; those of the open one are counted in `hall_vote`.
    pub votes: i32,
    pub staff_id: StaffId,
    pub at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
