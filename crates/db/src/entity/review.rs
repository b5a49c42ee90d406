//! That a moderator has read a question, and what they think of it. One for each moderator and question, by a unique index.

use domain::{EventId, QuestionId, ReviewId, StaffId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "review")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReviewId,
    pub event_id: EventId,
    pub question_id: QuestionId,
    pub staff_id: StaffId,
    pub abstained: bool,
    #[sea_orm(column_type = "Text")]
    pub comment: Option<String>,
    pub read_at: DateTimeUtc,
    /// None while only read, and after an abstention.
    pub scored_at: Option<DateTimeUtc>,
    /// The weighted mean of its marks in thousandths, 1000 to 5000.
    pub score_milli: Option<i32>,
    pub version: i32,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
