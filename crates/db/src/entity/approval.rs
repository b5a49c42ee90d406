//! What a quoted person says to their words in one place of an article. A row stands for exactly these words: other words
//! are another row.

use domain::{ApprovalId, ApproverId, StaffId, state::article::ApprovalState};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "approval")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ApprovalId,
    pub approver_id: ApproverId,
    /// The question, the question asked back, or the block of a quote.
    pub about: Uuid,
    /// Of words and line.
    #[sea_orm(column_type = "Text")]
    pub hash: String,
    /// How they are named.
    #[sea_orm(column_type = "Text")]
    pub line: String,
    /// What they were shown.
    #[sea_orm(column_type = "JsonBinary")]
    pub words: Json,
    pub state: ApprovalState,
    /// What they would rather say, in the form of `words`.
    #[sea_orm(column_type = "JsonBinary")]
    pub suggestion: Option<Json>,
    #[sea_orm(column_type = "Text")]
    pub remark: String,
    pub asked_at: DateTimeUtc,
    pub decided_at: Option<DateTimeUtc>,
    /// Staff who noted what was said by another way.
    pub noted_by: Option<StaffId>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
