//! An issue (호) of the magazine.

use domain::{
    IssueId, Lang,
    state::issue::{CoverTone, IssueState},
};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "issue")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: IssueId,
    /// From 1 on; it is its address.
    pub number: i32,
    pub lang: Lang,
    #[sea_orm(column_type = "Text")]
    pub title: String,
    #[sea_orm(column_type = "Text")]
    pub standfirst: String,
    pub tone: CoverTone,
    /// A picture on the cover, by the SHA-256 of its bytes.
    #[sea_orm(column_type = "Text")]
    pub cover: Option<String>,
    /// What the picture shows, for who does not see it.
    #[sea_orm(column_type = "Text")]
    pub cover_alt: String,
    pub state: IssueState,
    /// When readers saw it first.
    pub shown_at: Option<DateTimeUtc>,
    /// Every change of the issue or of its contents counts it up, before anything else: who changes it has it alone.
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
