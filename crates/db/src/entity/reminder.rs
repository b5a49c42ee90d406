//! A step that was taken because an answer was awaited.

use domain::{AssignmentId, OutgoingId, state::assignment::ReminderStep};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reminder")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub assignment_id: AssignmentId,
    /// For which due moment: a new one begins anew.
    #[sea_orm(primary_key, auto_increment = false)]
    pub due_at: DateTimeUtc,
    #[sea_orm(primary_key, auto_increment = false)]
    pub step: ReminderStep,
    /// The mail that went; none where nobody could be mailed, and for the note to moderators.
    pub outgoing_id: Option<OutgoingId>,
    pub at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
