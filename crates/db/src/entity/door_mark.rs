//! One tick at the door: somebody came, or did not after all. Never changed; `rsvp.came` is what the latest one says.

use domain::{InvitationId, MarkId, SittingId, StaffId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "door_mark")]
pub struct Model {
    /// Made on the phone, so that a mark sent twice is one.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MarkId,
    pub sitting_id: SittingId,
    pub invitation_id: InvitationId,
    pub came: bool,
    /// By the phone's clock, set right by ours.
    pub at: DateTimeUtc,
    pub received_at: DateTimeUtc,
    /// None: a program of ours.
    pub staff_id: Option<StaffId>,
    /// Which phone, by a name it gave itself; empty: a page without script.
    #[sea_orm(column_type = "Text")]
    pub device: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
