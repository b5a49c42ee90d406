//! A draft as somebody saved it.

use domain::{ArticleId, RevisionId, StaffId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "article_revision")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RevisionId,
    pub article_id: ArticleId,
    /// From 1 on.
    pub n: i32,
    /// The article's version that it made.
    pub version: i32,
    #[sea_orm(column_type = "JsonBinary")]
    pub draft: Json,
    pub staff_id: StaffId,
    pub at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
