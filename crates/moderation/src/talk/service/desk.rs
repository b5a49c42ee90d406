//! What moderators do with messages that reached no crew.

use super::tell;
use crate::{
    Error,
    answers::{repo as answers, service::lock},
    service::assign::{self, Handing},
    talk::repo,
};
use db::{
    audit::{self, Actor},
    entity::{message, question, talk_rule},
    people,
    prelude::*,
};
use domain::{
    EventId, MessageId, ServiceId, StaffId,
    state::{
        Transitions,
        assignment::AssignmentState,
        message::{MessageKind, MessageState},
    },
};
use sea_orm::sea_query::OnConflict;
use serde_json::json;
use web::App;

/// Brings a held message to the crew that has the question, or to the crew of this service where none has it. Call
/// `app.wake.notify()` after the commit.
///
/// # Errors
/// A refusal when no crew has it and none is named; [`Error::NoCrew`]; stale when somebody else was faster.
pub async fn forward(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    event: EventId,
    id: MessageId,
    service: Option<ServiceId>,
) -> Result<(), Error> {
    let row = held(tx, event, id).await?;
    let question = question::Entity::find_by_id(row.question_id).one(tx).await?;
    let question = question.ok_or(Error::NotFound)?;
    if row.kind == MessageKind::Stuck {
        return Err(Error::NotFound);
    }
    let lead = repo::lead(tx, &question).await?;
    let at = match repo::at_crew(tx, lead.id).await? {
        Some(at) => Some(lock(tx, at.id).await?).filter(|a| !AssignmentState::LEFT.contains(&a.state)),
        None => None,
    };
    let next = if row.kind == MessageKind::FollowUp {
        MessageState::Open
    } else {
        MessageState::Done
    };
    settle(tx, app, staff, &row, next, "message.forwarded").await?;
    let assignment = match at {
        Some(at) if answers::addressee(tx, &at).await?.is_some_and(|to| !to.removed) => {
            tell::bring(tx, app, &question, &lead, &at, row.id, row.kind, &row.body).await?;
            at.id
        }
        // Who had it has left the crew: it is handed over with what the asker says.
        Some(at) => {
            let by = asker(tx, &question).await?;
            let service = service
                .or(at.service_id)
                .ok_or(Error::Refused("talk-refused-no-crew"))?;
            assign::hand_over(tx, app, Actor::Staff(staff), &at, service, handing(&by, &row.body))
                .await?
                .assignment
        }
        None => {
            let by = asker(tx, &question).await?;
            let service = service.ok_or(Error::Refused("talk-refused-no-crew"))?;
            assign::to_crew_with(tx, app, &lead, service, handing(&by, &row.body)).await?
        }
    };
    message::Entity::update_many()
        .col_expr(message::Column::AssignmentId, Expr::value(Some(assignment)))
        .filter(message::Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}

const fn handing<'a>(by: &'a str, note: &'a str) -> Handing<'a> {
    Handing {
        lead: "follow-mail-lead",
        by,
        note,
    }
}

async fn asker(tx: &WriteTx, question: &question::Model) -> Result<String, Error> {
    let invitee = people::invitee(tx, question.invitation_id, question.lang).await?;
    Ok(invitee.ok_or(Error::NotFound)?.line())
}

/// Whether a crew member who is there has this asker's question.
///
/// # Errors
/// When the database refuses.
pub async fn reaches(conn: &impl ConnectionTrait, id: domain::QuestionId) -> Result<bool, Error> {
    let Some(row) = question::Entity::find_by_id(id).one(conn).await? else {
        return Ok(false);
    };
    let lead = repo::lead(conn, &row).await?;
    Ok(match repo::at_crew(conn, lead.id).await? {
        Some(at) => answers::addressee(conn, &at).await?.is_some_and(|to| !to.removed),
        None => false,
    })
}

/// Nothing follows from a held message.
///
/// # Errors
/// Stale when somebody else was faster.
pub async fn close(tx: &WriteTx, app: &App, staff: StaffId, event: EventId, id: MessageId) -> Result<(), Error> {
    let row = held(tx, event, id).await?;
    settle(tx, app, staff, &row, MessageState::Closed, "message.closed").await
}

async fn held(tx: &WriteTx, event: EventId, id: MessageId) -> Result<message::Model, Error> {
    let found = message::Entity::find_by_id(id).filter(message::Column::EventId.eq(event));
    found.one(tx).await?.ok_or(Error::NotFound)
}

async fn settle(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    row: &message::Model,
    to: MessageState,
    action: &'static str,
) -> Result<(), Error> {
    debug_assert!(MessageState::Held.may_become(to));
    let result = message::Entity::update_many()
        .col_expr(message::Column::State, Expr::value(to))
        .col_expr(message::Column::SettledBy, Expr::value(Some(staff)))
        .col_expr(message::Column::SettledAt, Expr::value(Some(app.clock.now())))
        .filter(message::Column::Id.eq(row.id))
        .filter(message::Column::State.eq(MessageState::Held))
        .exec(tx)
        .await?;
    one_row(&result, "message")?;
    let entry = audit::Entry {
        event: Some(row.event_id),
        actor: Actor::Staff(staff),
        action,
        subject: ("message", Some(row.id.uuid())),
        details: json!({ "question": row.question_id }),
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}

/// How often an asker of this event may ask on by themselves.
///
/// # Errors
/// When the database refuses.
pub async fn rule(tx: &WriteTx, app: &App, staff: StaffId, event: EventId, follow_ups: i32) -> Result<(), Error> {
    let row = talk_rule::ActiveModel {
        event_id: Set(event),
        follow_ups: Set(follow_ups),
    };
    let again = OnConflict::column(talk_rule::Column::EventId)
        .update_column(talk_rule::Column::FollowUps)
        .to_owned();
    talk_rule::Entity::insert(row)
        .on_conflict(again)
        .exec_without_returning(tx)
        .await?;
    let entry = audit::Entry {
        event: Some(event),
        actor: Actor::Staff(staff),
        action: "talk.ruled",
        subject: ("event", Some(event.uuid())),
        details: json!({ "follow_ups": follow_ups }),
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}
