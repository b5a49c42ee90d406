//! One person is asked for one answer (배정 건).

use domain::{
    AssignmentId, CrewMemberId, EventId, InvitationId, QuestionId, ReverseId, ServiceId,
    state::assignment::AssignmentState,
};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assignment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AssignmentId,
    pub event_id: EventId,
    pub question_id: Option<QuestionId>,
    pub reverse_id: Option<ReverseId>,
    pub service_id: Option<ServiceId>,
    pub crew_member_id: Option<CrewMemberId>,
    pub invitation_id: Option<InvitationId>,
    pub state: AssignmentState,
    pub due_at: DateTimeUtc,
    pub created_at: DateTimeUtc,
    pub answered_at: Option<DateTimeUtc>,
    /// Nobody is reminded before: who is asked said that they are away.
    pub chase_at: Option<DateTimeUtc>,
    /// The mail that asks came back, and nothing has been done about it yet.
    pub returned_at: Option<DateTimeUtc>,
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
        belongs_to = "super::service::Entity",
        from = "Column::ServiceId",
        to = "super::service::Column::Id"
    )]
    Service,
    #[sea_orm(
        belongs_to = "super::crew_member::Entity",
        from = "Column::CrewMemberId",
        to = "super::crew_member::Column::Id"
    )]
    CrewMember,
    #[sea_orm(
        belongs_to = "super::invitation::Entity",
        from = "Column::InvitationId",
        to = "super::invitation::Column::Id"
    )]
    Invitation,
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

impl Related<super::service::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Service.def()
    }
}

impl Related<super::crew_member::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::CrewMember.def()
    }
}

impl Related<super::invitation::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Invitation.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
