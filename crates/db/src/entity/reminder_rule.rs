//! When an event reminds, and within which hours; all days are working days.

use domain::EventId;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reminder_rule")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub event_id: EventId,
    pub enabled: bool,
    /// 0: this step is left out; so with the other days.
    pub before_days: i32,
    pub on_day: bool,
    pub after_days: i32,
    pub lead_days: i32,
    pub moderator_days: i32,
    pub from_hour: i32,
    pub to_hour: i32,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
