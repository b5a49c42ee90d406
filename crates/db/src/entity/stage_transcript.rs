//! What a recording of the stage heard.

use domain::{EventId, StaffId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stage_transcript")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub event_id: EventId,
    /// When the recording began: its times count from there.
    pub begins_at: DateTimeUtc,
    #[sea_orm(column_type = "Text")]
    pub body: String,
    pub staff_id: StaffId,
    pub at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
