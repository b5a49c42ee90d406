//! A reason for declining that staff pick from a list.

use domain::{EventId, ReasonId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "decline_reason")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReasonId,
    pub event_id: EventId,
    pub position: i32,
    #[sea_orm(column_type = "Text")]
    pub body: String,
    #[sea_orm(column_type = "Text")]
    pub body_en: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
