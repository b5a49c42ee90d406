//! Where a mail that was fetched lies on its server (IMAP), or why it was passed over.

use domain::IncomingId;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mail_origin")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub mailbox: String,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub folder: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub uid_validity: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub uid: i64,
    pub incoming_id: Option<IncomingId>,
    #[sea_orm(column_type = "Text")]
    pub skipped: Option<String>,
    /// When it was marked and moved on the server, as far as that was asked for.
    pub settled_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
