//! When the hall first saw a question.

use domain::{EventId, QuestionId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stage_seen")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub question_id: QuestionId,
    pub event_id: EventId,
    pub at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
