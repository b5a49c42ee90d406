//! What somebody shows at the door of one sitting. It opens nothing and says nothing about the person.

use domain::{InvitationId, SittingId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "entry_code")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub invitation_id: InvitationId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub sitting_id: SittingId,
    /// Eight letters and digits without those that look alike.
    #[sea_orm(column_type = "Text")]
    pub code: String,
    /// When the mail with it entered the outbox.
    pub mailed_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
