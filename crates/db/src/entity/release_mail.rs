//! A mail that a release put into the outbox.

use domain::{OutgoingId, ReleaseId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "release_mail")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub outgoing_id: OutgoingId,
    pub release_id: ReleaseId,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
