//! Why an article was of no use, in the words of nobody in particular.

use domain::{ArticleId, RemarkId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "article_remark")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RemarkId,
    pub article_id: ArticleId,
    #[sea_orm(column_type = "Text")]
    pub body: String,
    pub at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
