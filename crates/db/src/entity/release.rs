//! One press of the release: who, when, how many, and when its mails go.

use domain::{EventId, ReleaseId, StaffId, state::release::ReleaseMode};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "release")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReleaseId,
    pub event_id: EventId,
    pub mode: ReleaseMode,
    pub send_at: Option<DateTimeUtc>,
    pub total: i32,
    pub released_by: StaffId,
    pub created_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
