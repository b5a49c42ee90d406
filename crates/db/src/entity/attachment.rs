//! A file that came with a mail.

use domain::{AnswerId, AttachmentId, IncomingId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "attachment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AttachmentId,
    pub incoming_id: IncomingId,
    pub answer_id: Option<AnswerId>,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub media_type: String,
    pub size: i64,
    #[sea_orm(column_type = "Text")]
    pub sha256: String,
    #[sea_orm(column_type = "Blob")]
    pub bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::incoming_mail::Entity",
        from = "Column::IncomingId",
        to = "super::incoming_mail::Column::Id"
    )]
    Incoming,
    #[sea_orm(
        belongs_to = "super::answer::Entity",
        from = "Column::AnswerId",
        to = "super::answer::Column::Id"
    )]
    Answer,
}

impl Related<super::incoming_mail::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Incoming.def()
    }
}

impl Related<super::answer::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Answer.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
