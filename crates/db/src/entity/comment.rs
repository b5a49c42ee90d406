//! What a reader says below an article.

use domain::{ArticleId, CommentId, InvitationId, StaffId, state::comment::CommentState};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "comment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    /// Given with the form, so that a form sent twice is one comment.
    pub id: CommentId,
    pub article_id: ArticleId,
    /// Of a partner who came by their link.
    pub invitation_id: Option<InvitationId>,
    /// As it stands on the page.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub body: String,
    pub state: CommentState,
    /// Why it was refused or hidden.
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    pub decided_by: Option<StaffId>,
    pub decided_at: Option<DateTimeUtc>,
    pub at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::article::Entity",
        from = "Column::ArticleId",
        to = "super::article::Column::Id"
    )]
    Article,
}

impl Related<super::article::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Article.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
