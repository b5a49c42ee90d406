//! What moderators score a question on; an event has at least one once its settings were needed.

use domain::{CriterionId, EventId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "criterion")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CriterionId,
    pub event_id: EventId,
    pub name: String,
    /// Empty where the Korean name serves.
    pub name_en: String,
    /// From 1 to 9.
    pub weight: i32,
    pub position: i32,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
