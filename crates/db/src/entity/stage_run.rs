//! What the hall sees now.

use domain::{EventId, LineId, QuestionId, ReverseId, SheetId, StaffId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stage_run")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub event_id: EventId,
    pub question_id: Option<QuestionId>,
    pub reverse_id: Option<ReverseId>,
    pub version: i32,
    pub updated_at: DateTimeUtc,
    pub pause_id: Option<LineId>,
    /// The run of show that is played.
    pub sheet_id: Option<SheetId>,
    /// The screen shows the event's title, and the timer stands.
    pub held: bool,
    /// Since when the timer runs; `None` while it stands.
    pub started_at: Option<DateTimeUtc>,
    /// What the timer had counted before that.
    pub used_ms: i64,
    pub operator_id: Option<StaffId>,
    /// To who speaks; shown backstage.
    #[sea_orm(column_type = "Text")]
    pub message: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::event::Entity",
        from = "Column::EventId",
        to = "super::event::Column::Id"
    )]
    Event,
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

impl Related<super::event::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Event.def()
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
