//! Up to which question and which change the groups of an event were asked for, and up to which they go.

use domain::EventId;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "similar_survey")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub event_id: EventId,
    pub asked_number: i32,
    pub asked_change: i64,
    pub asked_at: DateTimeUtc,
    pub done_number: i32,
    pub done_change: i64,
    pub done_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
