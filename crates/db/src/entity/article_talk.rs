//! Counts what readers see change below an article; triggers write it.

use domain::ArticleId;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "article_talk")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub article_id: ArticleId,
    pub version: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
