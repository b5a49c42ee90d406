//! How far a moderator has read an event: all that stood in its inbox at this number and act.

use domain::{EventId, StaffId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "read_mark")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub event_id: EventId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub staff_id: StaffId,
    /// The event's last question had this number.
    pub number: i32,
    /// Its last act of triage had this place.
    pub act: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
