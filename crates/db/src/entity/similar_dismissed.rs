//! Two questions of which somebody said that they are not the same; `one` has the smaller id.

use domain::{EventId, QuestionId, StaffId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "similar_dismissed")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub one: QuestionId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub other: QuestionId,
    pub event_id: EventId,
    pub dismissed_by: StaffId,
    pub dismissed_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
