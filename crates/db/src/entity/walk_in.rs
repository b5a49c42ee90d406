//! Somebody who stood at the door and was not on the list: a note, until it is known who they are.

use domain::{InvitationId, SittingId, StaffId, WalkInId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "walk_in")]
pub struct Model {
    /// Made on the phone, so that a note sent twice is one.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WalkInId,
    pub sitting_id: SittingId,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub company: String,
    /// By the phone's clock, set right by ours.
    pub at: DateTimeUtc,
    pub received_at: DateTimeUtc,
    pub staff_id: StaffId,
    #[sea_orm(column_type = "Text")]
    pub device: String,
    /// Who they turned out to be.
    pub invitation_id: Option<InvitationId>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
