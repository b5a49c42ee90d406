//! A question's row as it begins, whoever writes it.

use chrono::{DateTime, Utc};
use db::{entity::question, prelude::*};
use domain::{
    EventId, InvitationId, Lang, QuestionId, ServiceId,
    state::question::{Naming, Prefers, QuestionState},
};

/// What its writer says.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) id: QuestionId,
    pub(crate) event: EventId,
    pub(crate) invitation: InvitationId,
    pub(crate) service: ServiceId,
    pub(crate) body: String,
    pub(crate) lang: Lang,
    pub(crate) prefers: Prefers,
    pub(crate) naming: Naming,
}

/// A question that is still being written.
pub(crate) fn draft(written: Written, now: DateTime<Utc>) -> question::ActiveModel {
    question::ActiveModel {
        id: Set(written.id),
        event_id: Set(written.event),
        invitation_id: Set(written.invitation),
        service_id: Set(written.service),
        number: Set(None),
        ordinal: Set(None),
        body: Set(written.body),
        lang: Set(written.lang),
        prefers: Set(written.prefers),
        naming: Set(written.naming),
        state: Set(QuestionState::Draft),
        pending: NotSet,
        board: NotSet,
        merged_into: Set(None),
        decline_reason: Set(None),
        entered_by: Set(None),
        version: Set(1),
        created_at: Set(now),
        received_at: Set(None),
        updated_at: Set(now),
        change_seq: NotSet,
    }
}

/// One that takes the place `ordinal` among its writer's; its number comes from the event's counter.
pub(crate) fn received(written: Written, ordinal: i32, now: DateTime<Utc>) -> question::ActiveModel {
    question::ActiveModel {
        number: NotSet,
        ordinal: Set(Some(ordinal)),
        state: Set(QuestionState::Received),
        received_at: Set(Some(now)),
        ..draft(written, now)
    }
}
