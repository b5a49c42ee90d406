//! A mail before it is a mail. Holds no secret: links stand in `letter` as data.

use domain::{
    AssignmentId, DeliveryId, EmailAddress, EventId, InvitationId, Lang, OutgoingId, QuestionId, state::mail::MailKind,
    state::mail::OutgoingState,
};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "outgoing_mail")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OutgoingId,
    pub kind: MailKind,
    pub state: OutgoingState,
    pub event_id: Option<EventId>,
    pub invitation_id: Option<InvitationId>,
    pub question_id: Option<QuestionId>,
    pub assignment_id: Option<AssignmentId>,
    pub delivery_id: Option<DeliveryId>,
    #[sea_orm(column_type = "Text")]
    pub to_name: String,
    pub to_email: EmailAddress,
    /// What stands behind its `@`.
    #[sea_orm(column_type = "Text")]
    pub to_domain: String,
    pub lang: Lang,
    #[sea_orm(column_type = "JsonBinary")]
    pub letter: Json,
    pub reply_assignment_id: Option<AssignmentId>,
    pub reply_until: Option<i32>,
    #[sea_orm(column_type = "Text")]
    pub message_id: String,
    #[sea_orm(column_type = "Text")]
    pub dedup: String,
    pub mail_date: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text")]
    pub bytes_sha256: Option<String>,
    pub attempts: i32,
    pub next_attempt_at: DateTimeUtc,
    pub lease_until: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text")]
    pub lease_owner: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub server_reply: Option<String>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub sent_at: Option<DateTimeUtc>,
    /// Staff want it to go, although its address is marked or its person wants none.
    pub forced: bool,
    /// Goes within working hours alone.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub hours: Option<Json>,
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
        belongs_to = "super::invitation::Entity",
        from = "Column::InvitationId",
        to = "super::invitation::Column::Id"
    )]
    Invitation,
    #[sea_orm(
        belongs_to = "super::question::Entity",
        from = "Column::QuestionId",
        to = "super::question::Column::Id"
    )]
    Question,
    #[sea_orm(
        belongs_to = "super::assignment::Entity",
        from = "Column::AssignmentId",
        to = "super::assignment::Column::Id"
    )]
    Assignment,
    #[sea_orm(
        belongs_to = "super::delivery::Entity",
        from = "Column::DeliveryId",
        to = "super::delivery::Column::Id"
    )]
    Delivery,
    #[sea_orm(
        belongs_to = "super::assignment::Entity",
        from = "Column::ReplyAssignmentId",
        to = "super::assignment::Column::Id"
    )]
    ReplyAssignment,
}

impl Related<super::event::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Event.def()
    }
}

impl Related<super::invitation::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Invitation.def()
    }
}

impl Related<super::question::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Question.def()
    }
}

impl Related<super::delivery::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Delivery.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
