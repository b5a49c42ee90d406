//! A reminder's mail speaks of this assignment.

use domain::{AssignmentId, OutgoingId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reminder_listed")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub outgoing_id: OutgoingId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub assignment_id: AssignmentId,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
