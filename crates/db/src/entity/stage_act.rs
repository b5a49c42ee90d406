//! What who operates the stage did, and what stood before it.

use domain::{EventId, StaffId, StageActId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stage_act")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StageActId,
    pub event_id: EventId,
    /// Of `stage_run`, which this act made.
    pub version: i32,
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    pub staff_id: StaffId,
    pub at: DateTimeUtc,
    #[sea_orm(column_type = "JsonBinary")]
    pub stood: Json,
    pub undoes: Option<StageActId>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
