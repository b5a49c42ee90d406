//! What asker and crew say to each other about one question.

use domain::{
    AnswerId, AssignmentId, CrewMemberId, EventId, IncomingId, InvitationId, MessageId, QuestionId, StaffId,
    state::message::{MessageKind, MessageSource, MessageState},
};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MessageId,
    pub event_id: EventId,
    /// The asker's own question, also where it was joined to another.
    pub question_id: QuestionId,
    pub assignment_id: Option<AssignmentId>,
    /// What answered a follow-up.
    pub answer_id: Option<AnswerId>,
    pub kind: MessageKind,
    pub state: MessageState,
    pub source: MessageSource,
    #[sea_orm(column_type = "Text")]
    pub body: String,
    pub crew_member_id: Option<CrewMemberId>,
    pub invitation_id: Option<InvitationId>,
    pub incoming_id: Option<IncomingId>,
    pub created_at: DateTimeUtc,
    pub settled_by: Option<StaffId>,
    pub settled_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
