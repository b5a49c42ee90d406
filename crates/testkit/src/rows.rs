//! Rows as they stand when they are new. A story changes in them what it is about.

use chrono::{DateTime, Utc};
use db::{
    entity::{invitation, question},
    prelude::*,
};
use domain::{
    EventId, InvitationId, Lang, PartnerId, QuestionId, ServiceId,
    state::question::{Naming, Prefers, QuestionState},
};

/// A question that was sent now and waits for triage; without its number.
pub fn question(
    event: EventId,
    invitation: InvitationId,
    service: ServiceId,
    body: impl Into<String>,
    now: DateTime<Utc>,
) -> question::ActiveModel {
    question::ActiveModel {
        id: Set(QuestionId::new()),
        event_id: Set(event),
        invitation_id: Set(invitation),
        service_id: Set(service),
        number: NotSet,
        ordinal: Set(Some(1)),
        body: Set(body.into()),
        lang: Set(Lang::Ko),
        prefers: Set(Prefers::Either),
        naming: Set(Naming::Full),
        state: Set(QuestionState::Received),
        pending: NotSet,
        board: NotSet,
        merged_into: Set(None),
        decline_reason: Set(None),
        entered_by: Set(None),
        version: Set(1),
        created_at: Set(now),
        received_at: Set(Some(now)),
        updated_at: Set(now),
        change_seq: NotSet,
    }
}

/// An invitation that nobody has opened yet.
pub fn invitation(event: EventId, partner: PartnerId, now: DateTime<Utc>) -> invitation::ActiveModel {
    invitation::ActiveModel {
        id: Set(InvitationId::new()),
        event_id: Set(event),
        partner_id: Set(partner),
        field_id: Set(None),
        link_version: Set(1),
        invited_at: Set(None),
        entered_at: Set(None),
        created_at: Set(now),
    }
}
