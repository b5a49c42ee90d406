//! What an article's readers did on a day: how many read it, and to how many it was of use.

use domain::ArticleId;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "article_day")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub article_id: ArticleId,
    /// In the zone of the house.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Date,
    pub reads: i64,
    pub useful: i64,
    pub useless: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
