//! A mail that came in, raw, committed before its sender was told so.

use domain::{
    AssignmentId, CrewMemberId, EventId, IncomingId, OutgoingId, state::mail::IncomingState, state::mail::Via,
};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "incoming_mail")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: IncomingId,
    pub via: Via,
    pub state: IncomingState,
    #[sea_orm(column_type = "Text")]
    pub envelope_from: String,
    #[sea_orm(column_type = "Text")]
    pub envelope_to: String,
    #[sea_orm(column_type = "Blob")]
    pub raw: Vec<u8>,
    #[sea_orm(column_type = "Text")]
    pub content_hash: String,
    #[sea_orm(column_type = "Text")]
    pub message_id: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub from_email: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub subject: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub class: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub reason: Option<String>,
    pub assignment_id: Option<AssignmentId>,
    pub event_id: Option<EventId>,
    pub received_at: DateTimeUtc,
    pub read_at: Option<DateTimeUtc>,
    /// Whom the SMTP session was with, and by which name it greeted; of other ways in nothing is known.
    #[sea_orm(column_type = "Text")]
    pub client_ip: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub helo: Option<String>,
    /// What is known about its sender: `mail::identity::Authentication`.
    pub authentication: Option<Json>,
    /// What exactly it is, within its class: `mail::read::Detail`.
    #[sea_orm(column_type = "Text")]
    pub detail: Option<String>,
    /// The first day on which somebody who is away can be expected.
    pub back_on: Option<Date>,
    /// Who of the crew sent it, by their address.
    pub crew_member_id: Option<CrewMemberId>,
    /// The mail of ours that came back, or that an answering machine answers.
    pub outgoing_id: Option<OutgoingId>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::assignment::Entity",
        from = "Column::AssignmentId",
        to = "super::assignment::Column::Id"
    )]
    Assignment,
    #[sea_orm(
        belongs_to = "super::event::Entity",
        from = "Column::EventId",
        to = "super::event::Column::Id"
    )]
    Event,
}

impl Related<super::assignment::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Assignment.def()
    }
}

impl Related<super::event::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Event.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
