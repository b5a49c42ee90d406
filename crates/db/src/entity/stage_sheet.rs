//! The run of show of a sitting, or of an event that has none.

use domain::{EventId, SheetId, SittingId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stage_sheet")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SheetId,
    pub event_id: EventId,
    pub sitting_id: Option<SittingId>,
    /// When the first line begins.
    pub starts_at: Option<DateTimeUtc>,
    /// From then on only who operates the stage changes the order.
    pub frozen_at: Option<DateTimeUtc>,
    /// The hall sees the timer.
    pub timer: bool,
    pub version: i32,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
