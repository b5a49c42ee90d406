//! A question's figures over all its reviews, recomputed with each of them. A question that nobody has
//! read has none, or one of zeros: the board's index of words makes it (`triage/board/follow.rs`).

use domain::{EventId, QuestionId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "question_score")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub question_id: QuestionId,
    pub event_id: EventId,
    pub readers: i32,
    /// Readers who scored; the others only read, or abstained.
    pub scored: i32,
    /// Thousandths, as all three.
    pub mean_milli: Option<i32>,
    pub median_milli: Option<i32>,
    /// The population's standard deviation.
    pub spread_milli: Option<i32>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
