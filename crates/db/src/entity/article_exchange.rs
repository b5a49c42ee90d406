//! An exchange (문답) in an article.

use domain::{ArticleId, ExchangeId, QuestionId, ReverseId, state::article::ArticlePart};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "article_exchange")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ExchangeId,
    pub article_id: ArticleId,
    pub part: ArticlePart,
    pub position: i32,
    pub question_id: Option<QuestionId>,
    pub reverse_id: Option<ReverseId>,
    #[sea_orm(column_type = "Text")]
    pub heading: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub pull: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::article::Entity",
        from = "Column::ArticleId",
        to = "super::article::Column::Id"
    )]
    Article,
    #[sea_orm(
        belongs_to = "super::question::Entity",
        from = "Column::QuestionId",
        to = "super::question::Column::Id"
    )]
    Question,
    #[sea_orm(
        belongs_to = "super::reverse_question::Entity",
        from = "Column::ReverseId",
        to = "super::reverse_question::Column::Id"
    )]
    Reverse,
}

impl Related<super::article::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Article.def()
    }
}

impl Related<super::question::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Question.def()
    }
}

impl Related<super::reverse_question::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Reverse.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
