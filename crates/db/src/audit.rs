//! Who did what to what, written in the transaction that did it. Holds no question's or answer's text.

use crate::{Error, entity::audit_entry};
use domain::{AuditId, Clock, CrewMemberId, EventId, InvitationId, SpeakerId, StaffId, state::people::ActorKind};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use serde_json::Value;
use uuid::Uuid;

/// Who acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    Staff(StaffId),
    Partner(InvitationId),
    Crew(CrewMemberId),
    Speaker(SpeakerId),
    System,
}

impl From<StaffId> for Actor {
    fn from(staff: StaffId) -> Self {
        Self::Staff(staff)
    }
}

impl Actor {
    pub const fn kind(self) -> ActorKind {
        match self {
            Self::Staff(_) => ActorKind::Staff,
            Self::Partner(_) => ActorKind::Partner,
            Self::Crew(_) => ActorKind::Crew,
            Self::Speaker(_) => ActorKind::Speaker,
            Self::System => ActorKind::System,
        }
    }

    pub const fn id(self) -> Option<Uuid> {
        match self {
            Self::Staff(id) => Some(id.uuid()),
            Self::Partner(id) => Some(id.uuid()),
            Self::Crew(id) => Some(id.uuid()),
            Self::Speaker(id) => Some(id.uuid()),
            Self::System => None,
        }
    }
}

/// One entry. `action` is `noun.verb` (`question.submitted`), `subject` the table and id of what it was done to,
/// `details` small facts such as states and places.
#[derive(Clone, Debug)]
pub struct Entry {
    pub event: Option<EventId>,
    pub actor: Actor,
    pub action: &'static str,
    pub subject: (&'static str, Option<Uuid>),
    pub details: Value,
}

/// Writes the entry with `conn`, which is the transaction of the deed itself.
///
/// # Errors
/// When the database refuses.
pub async fn record(conn: &impl ConnectionTrait, clock: &Clock, entry: Entry) -> Result<(), Error> {
    audit_entry::Entity::insert(row(clock, entry))
        .exec_without_returning(conn)
        .await?;
    Ok(())
}

/// The same as a row of a [`crate::Batch`].
pub fn row(clock: &Clock, entry: Entry) -> audit_entry::ActiveModel {
    audit_entry::ActiveModel {
        id: Set(AuditId::new()),
        at: Set(clock.now()),
        event_id: Set(entry.event),
        actor_kind: Set(entry.actor.kind()),
        actor_id: Set(entry.actor.id()),
        action: Set(entry.action.to_owned()),
        subject_kind: Set(entry.subject.0.to_owned()),
        subject_id: Set(entry.subject.1),
        details: Set(entry.details),
    }
}
