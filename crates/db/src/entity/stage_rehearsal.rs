//! The rehearsal of an event's stage that is on. All that it does stands in here, and is gone with the row.

use domain::{EventId, RehearsalId, StaffId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stage_rehearsal")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub event_id: EventId,
    pub id: RehearsalId,
    /// The address of its telephones: the hall's own is for the day.
    #[sea_orm(column_type = "Text")]
    pub hall_code: String,
    /// Who began it.
    pub staff_id: StaffId,
    pub began_at: DateTimeUtc,
    /// When somebody said last that it goes on.
    pub kept_at: DateTimeUtc,
    #[sea_orm(column_type = "JsonBinary")]
    pub book: Json,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
