//! What triage decided; unseen by partners while pending. Unique indexes keep one pending decision a question and one question a live place.

use domain::{
    DecisionId, EventId, QuestionId, ServiceId, SpeakerId, StaffId, state::decision::DecisionKind,
    state::decision::DecisionState,
};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "decision")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DecisionId,
    pub event_id: EventId,
    pub question_id: QuestionId,
    pub kind: DecisionKind,
    pub state: DecisionState,
    pub place: Option<i32>,
    /// Among the reserves, from 1.
    pub rank: Option<i32>,
    pub speaker_id: Option<SpeakerId>,
    pub service_id: Option<ServiceId>,
    pub merged_into: Option<QuestionId>,
    #[sea_orm(column_type = "Text")]
    pub reason: Option<String>,
    /// The pending decision that stood before; an undo brings it back.
    pub replaces: Option<DecisionId>,
    /// Made after the shortlist was frozen.
    pub after_freeze: bool,
    pub decided_by: Option<StaffId>,
    pub decided_at: DateTimeUtc,
    pub released_at: Option<DateTimeUtc>,
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
        belongs_to = "super::speaker::Entity",
        from = "Column::SpeakerId",
        to = "super::speaker::Column::Id"
    )]
    Speaker,
    #[sea_orm(
        belongs_to = "super::service::Entity",
        from = "Column::ServiceId",
        to = "super::service::Column::Id"
    )]
    Service,
    #[sea_orm(
        belongs_to = "super::question::Entity",
        from = "Column::MergedInto",
        to = "super::question::Column::Id"
    )]
    MergedInto,
    #[sea_orm(
        belongs_to = "super::staff::Entity",
        from = "Column::DecidedBy",
        to = "super::staff::Column::Id"
    )]
    DecidedBy,
}

impl Related<super::event::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Event.def()
    }
}

impl Related<super::speaker::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Speaker.def()
    }
}

impl Related<super::service::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Service.def()
    }
}

impl Related<super::staff::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::DecidedBy.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
