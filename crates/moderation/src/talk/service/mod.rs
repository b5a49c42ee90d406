//! The steps of the conversation, each in the transaction of its caller.

pub(crate) mod accept;
mod ask;
pub(crate) mod command;
mod desk;
pub(crate) mod follow;
mod later;
mod pass;
mod tell;

pub use accept::accept;
pub use ask::ask;
pub use desk::{close, forward, reaches, rule};
pub(crate) use later::MOST_DAYS;
pub use later::later;
pub use pass::{Passed, pass};
pub use tell::tell;

use crate::Error;
use db::{
    audit::{self, Actor},
    entity::{assignment, message, question},
    prelude::*,
};
use domain::{
    AssignmentId, CrewMemberId, IncomingId, InvitationId, MessageId,
    state::message::{MessageKind, MessageSource, MessageState},
};
use serde_json::json;
use web::App;

/// Which way somebody's words came.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    pub source: MessageSource,
    pub incoming: Option<IncomingId>,
}

impl Way {
    pub const PAGE: Self = Self {
        source: MessageSource::Page,
        incoming: None,
    };

    pub const fn mail(incoming: IncomingId) -> Self {
        Self {
            source: MessageSource::Mail,
            incoming: Some(incoming),
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum By {
    Crew(CrewMemberId),
    Asker(InvitationId),
}

/// A message that is about to be stored.
struct New<'a> {
    kind: MessageKind,
    state: MessageState,
    assignment: Option<AssignmentId>,
    by: By,
    way: Way,
    body: &'a str,
}

async fn store(tx: &WriteTx, app: &App, question: &question::Model, new: New<'_>) -> Result<MessageId, Error> {
    let id = MessageId::new();
    let (crew, asker, actor) = match new.by {
        By::Crew(id) => (Some(id), None, Actor::Crew(id)),
        By::Asker(id) => (None, Some(id), Actor::Partner(id)),
    };
    let row = message::ActiveModel {
        id: Set(id),
        event_id: Set(question.event_id),
        question_id: Set(question.id),
        assignment_id: Set(new.assignment),
        answer_id: Set(None),
        kind: Set(new.kind),
        state: Set(new.state),
        source: Set(new.way.source),
        body: Set(new.body.to_owned()),
        crew_member_id: Set(crew),
        invitation_id: Set(asker),
        incoming_id: Set(new.way.incoming),
        created_at: Set(app.clock.now()),
        settled_by: Set(None),
        settled_at: Set(None),
    };
    message::Entity::insert(row).exec_without_returning(tx).await?;
    let entry = audit::Entry {
        event: Some(question.event_id),
        actor,
        action: match new.kind {
            MessageKind::Ask => "message.asked",
            MessageKind::Told => "message.told",
            MessageKind::FollowUp => "message.followed_up",
            MessageKind::Stuck => "message.stuck",
        },
        subject: ("message", Some(id.uuid())),
        details: json!({ "question": question.id, "assignment": new.assignment, "state": new.state }),
    };
    audit::record(tx, &app.clock, entry).await?;
    Ok(id)
}

/// The crew's question and its crew member, of an assignment that asks a crew.
async fn of_crew(tx: &WriteTx, assignment: &assignment::Model) -> Result<(question::Model, CrewMemberId), Error> {
    let (Some(question), Some(crew)) = (assignment.question_id, assignment.crew_member_id) else {
        return Err(Error::NotFound);
    };
    let question = question::Entity::find_by_id(question).one(tx).await?;
    Ok((question.ok_or(Error::NotFound)?, crew))
}
