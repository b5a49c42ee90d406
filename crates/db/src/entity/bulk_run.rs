//! One deed on all questions that a filter found when it was pressed, and how far it is.

use domain::{BulkId, EventId, StaffId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bulk_run")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BulkId,
    pub event_id: EventId,
    pub staff_id: StaffId,
    #[sea_orm(column_type = "Text")]
    pub deed: String,
    /// The reason of a decline, the name of a tag.
    #[sea_orm(column_type = "Text")]
    pub argument: String,
    /// The filters as they stand in the address.
    #[sea_orm(column_type = "Text")]
    pub query: String,
    /// The number up to which it has worked.
    pub after_number: i32,
    /// The last number that was given when it was pressed: what comes later is not meant.
    pub up_to: i32,
    pub done: i32,
    pub refused: i32,
    #[sea_orm(column_type = "Text")]
    pub state: String,
    pub created_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
