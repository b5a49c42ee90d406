//! What a speaker was told that awaits them.

use domain::{EventId, SpeakerId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "speaker_told")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub speaker_id: SpeakerId,
    pub event_id: EventId,
    /// Their questions in their order, as `speakers::Speaker::questions` writes them.
    #[sea_orm(column_type = "Text")]
    pub questions: String,
    /// How many times they were told.
    pub version: i32,
    pub at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
