//! Which mails of the outbox are of which newsletter.

use domain::{NewsletterId, OutgoingId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "newsletter_mail")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub outgoing_id: OutgoingId,
    pub newsletter_id: NewsletterId,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
