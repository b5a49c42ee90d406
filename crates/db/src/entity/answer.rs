//! An answer (답변): `original` as it came, `body` as reviewed.

use domain::{
    AnswerId, AssignmentId, CrewMemberId, EventId, IncomingId, InvitationId, QuestionId, ReverseId, SpeakerId, StaffId,
    state::answer::AnswerSource, state::answer::AnswerState,
};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "answer")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AnswerId,
    pub event_id: EventId,
    pub question_id: Option<QuestionId>,
    pub reverse_id: Option<ReverseId>,
    pub assignment_id: Option<AssignmentId>,
    pub source: AnswerSource,
    pub crew_member_id: Option<CrewMemberId>,
    pub speaker_id: Option<SpeakerId>,
    pub invitation_id: Option<InvitationId>,
    pub staff_id: Option<StaffId>,
    pub incoming_id: Option<IncomingId>,
    #[sea_orm(column_type = "Text")]
    pub original: String,
    #[sea_orm(column_type = "Text")]
    pub body: String,
    pub state: AnswerState,
    pub position: i32,
    pub version: i32,
    pub received_at: DateTimeUtc,
    pub reviewed_by: Option<StaffId>,
    pub reviewed_at: Option<DateTimeUtc>,
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
    #[sea_orm(
        belongs_to = "super::assignment::Entity",
        from = "Column::AssignmentId",
        to = "super::assignment::Column::Id"
    )]
    Assignment,
    #[sea_orm(
        belongs_to = "super::crew_member::Entity",
        from = "Column::CrewMemberId",
        to = "super::crew_member::Column::Id"
    )]
    CrewMember,
    #[sea_orm(
        belongs_to = "super::speaker::Entity",
        from = "Column::SpeakerId",
        to = "super::speaker::Column::Id"
    )]
    Speaker,
    #[sea_orm(
        belongs_to = "super::invitation::Entity",
        from = "Column::InvitationId",
        to = "super::invitation::Column::Id"
    )]
    Invitation,
    #[sea_orm(
        belongs_to = "super::staff::Entity",
        from = "Column::StaffId",
        to = "super::staff::Column::Id"
    )]
    Staff,
    #[sea_orm(
        belongs_to = "super::staff::Entity",
        from = "Column::ReviewedBy",
        to = "super::staff::Column::Id"
    )]
    ReviewedBy,
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

impl Related<super::assignment::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Assignment.def()
    }
}

impl Related<super::crew_member::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::CrewMember.def()
    }
}

impl Related<super::speaker::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Speaker.def()
    }
}

impl Related<super::invitation::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Invitation.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
