//! A piece of an article, in its place.

use domain::{
    AnswerId, ArticleId, BlockId, CrewMemberId, InvitationId, QuestionId, ReverseId, SpeakerId,
    state::article::{ArticlePart, BlockKind, Unapproved},
};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "article_block")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BlockId,
    pub article_id: ArticleId,
    /// From 1 on.
    pub position: i32,
    pub kind: BlockKind,
    pub question_id: Option<QuestionId>,
    pub reverse_id: Option<ReverseId>,
    /// Of a quote: the answer whose words it takes, or who said them.
    pub answer_id: Option<AnswerId>,
    pub invitation_id: Option<InvitationId>,
    pub speaker_id: Option<SpeakerId>,
    pub crew_member_id: Option<CrewMemberId>,
    /// The picture, by the SHA-256 of its bytes.
    #[sea_orm(column_type = "Text")]
    pub asset: Option<String>,
    /// Of a part without a heading of its own: which of the two conversations begins.
    pub side: Option<ArticlePart>,
    #[sea_orm(column_type = "Text")]
    pub heading: String,
    /// Markdown of prose, words of a quote, the text alternative of a picture.
    #[sea_orm(column_type = "Text")]
    pub body: String,
    /// Words of an answer that stand out.
    #[sea_orm(column_type = "Text")]
    pub pull: String,
    #[sea_orm(column_type = "Text")]
    pub caption: String,
    /// The article's own wording: by `question` or the answer's id.
    #[sea_orm(column_type = "JsonBinary")]
    pub texts: Json,
    pub unapproved: Unapproved,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
