//! A file made of what is published: one of a kind at most for an article or an issue. Triggers delete it when what
//! readers see of that changes.

use domain::{
    ArticleId, IssueId, PrintedId,
    state::printed::{PrintedKind, PrintedState},
};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "printed")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PrintedId,
    /// Of this article, or of this issue.
    pub article_id: Option<ArticleId>,
    pub issue_id: Option<IssueId>,
    pub kind: PrintedKind,
    /// What it is made of, in a few letters: another one is another file.
    #[sea_orm(column_type = "Text")]
    pub stamp: String,
    pub state: PrintedState,
    /// Why it failed, as a key of the texts.
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    /// Of its bytes, in hexadecimal, when it is ready: its name.
    #[sea_orm(column_type = "Text")]
    pub sha256: Option<String>,
    pub octets: i64,
    /// Of a PDF.
    pub pages: i32,
    pub asked_at: DateTimeUtc,
    /// When it was ready, or failed.
    pub made_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
