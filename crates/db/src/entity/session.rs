//! A browser session; `id` is the fingerprint of what the cookie holds.

use domain::InvitationId;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub id: String,
    #[sea_orm(column_type = "Text")]
    pub record: String,
    pub expires_at: DateTimeUtc,
    /// Whom a partner's session stands for, so that both are read together.
    pub invitation_id: Option<InvitationId>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
