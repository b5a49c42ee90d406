//! A line of an issue's contents: an article, or a section (꼭지) that begins.

use domain::{ArticleId, IssueId, IssueItemId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "issue_item")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: IssueItemId,
    pub issue_id: IssueId,
    /// From 1 on.
    pub position: i32,
    /// The section's; empty where an article stands.
    #[sea_orm(column_type = "Text")]
    pub title: String,
    /// An article stands in one issue at most.
    pub article_id: Option<ArticleId>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::issue::Entity",
        from = "Column::IssueId",
        to = "super::issue::Column::Id"
    )]
    Issue,
    #[sea_orm(
        belongs_to = "super::article::Entity",
        from = "Column::ArticleId",
        to = "super::article::Column::Id"
    )]
    Article,
}

impl ActiveModelBehavior for ActiveModel {}
