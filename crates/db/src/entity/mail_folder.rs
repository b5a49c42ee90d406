//! How far a folder of a mailbox was read (IMAP).

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mail_folder")]
pub struct Model {
    /// The mailbox's name in the settings.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub mailbox: String,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub folder: String,
    /// UIDs count under this number alone (RFC 3501 §2.3.1.1).
    pub uid_validity: i64,
    pub last_uid: i64,
    pub updated_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
