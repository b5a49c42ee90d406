//! What staff do with mails that did not match.

use crate::{
    Error,
    answers::{
        jobs::{keep, reading},
        repo,
        service::{judge::Reason, receive::lock},
    },
};
use db::{
    audit::{self, Actor},
    entity::{crew_address, incoming_mail},
    prelude::*,
};
use domain::{
    AnswerId, CrewAddressId, EmailAddress, IncomingId, StaffId,
    state::{Transitions, mail::IncomingState},
};
use mail::read::Reading;
use sea_orm::sea_query::OnConflict;
use serde_json::json;
use web::App;

/// Puts a mail aside for good; its bytes stay.
///
/// # Errors
/// Stale when it does not wait any more.
pub async fn discard(tx: &WriteTx, app: &App, staff: StaffId, incoming: IncomingId) -> Result<(), Error> {
    step(tx, incoming, IncomingState::Discarded).await?;
    note(tx, app, staff, incoming, "mail.discarded", json!({})).await
}

/// Takes a mail that is bound to an assignment as its answer, though its sender or its form was in doubt, or it was
/// noted as no answer: somebody has looked at it. It stands under the name of the colleague whose address it came from,
/// else of whom the assignment asks, and is reviewed like any answer.
///
/// # Errors
/// A refusal when it is bound to none, comes from somebody who was removed, or the assignment was passed on; stale when
/// it does not wait any more.
pub async fn accept(app: &App, staff: StaffId, incoming: IncomingId) -> Result<AnswerId, Error> {
    let (row, reading) = read(app, incoming).await?;
    let tx = app.db.begin_write().await?;
    let answer = take(&tx, app, staff, &row, &reading).await?;
    tx.commit().await?;
    Ok(answer)
}

/// The same, and from now on the address it came from is one of whom the assignment asks: their mail from there needs no
/// look any more.
///
/// # Errors
/// Like [`accept`]; a refusal when the assignment asks no crew member, or the mail's sender is none.
pub async fn confirm(app: &App, staff: StaffId, incoming: IncomingId) -> Result<AnswerId, Error> {
    let (row, reading) = read(app, incoming).await?;
    let email = row
        .from_email
        .as_deref()
        .and_then(|from| EmailAddress::parse(from).ok());
    let email = email.ok_or(Error::Refused("refused-no-sender"))?;
    let tx = app.db.begin_write().await?;
    let assignment = row.assignment_id.ok_or(Error::Refused("refused-unbound"))?;
    let member = repo::assignment_by_id(&tx, assignment)
        .await?
        .and_then(|a| a.crew_member_id);
    let member = member.ok_or(Error::Refused("refused-no-colleague"))?;
    // Before the mail becomes an answer, whose sender it then is.
    if row.reason.as_deref() != Some(Reason::OtherSender.as_str()) {
        return Err(Error::Refused("refused-known-sender"));
    }
    let address = crew_address::ActiveModel {
        id: Set(CrewAddressId::new()),
        crew_member_id: Set(member),
        email: Set(email.clone()),
        incoming_id: Set(Some(incoming)),
        confirmed_by: Set(staff),
        confirmed_at: Set(app.clock.now()),
    };
    let once = OnConflict::columns([crew_address::Column::CrewMemberId, crew_address::Column::Email])
        .do_nothing()
        .to_owned();
    crew_address::Entity::insert(address)
        .on_conflict(once)
        .exec_without_returning(&tx)
        .await?;
    let entry = audit::Entry {
        event: row.event_id,
        actor: Actor::Staff(staff),
        action: "crew.address_confirmed",
        subject: ("crew_member", Some(member.uuid())),
        details: json!({ "mail": incoming }),
    };
    audit::record(&tx, &app.clock, entry).await?;
    let answer = take(&tx, app, staff, &row, &reading).await?;
    tx.commit().await?;
    Ok(answer)
}

async fn read(app: &App, incoming: IncomingId) -> Result<(incoming_mail::Model, Reading), Error> {
    let row = incoming_mail::Entity::find_by_id(incoming)
        .one(app.db.reader())
        .await?
        .ok_or(Error::NotFound)?;
    let reading = reading(app, &row).await;
    Ok((row, reading))
}

async fn take(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    row: &incoming_mail::Model,
    reading: &Reading,
) -> Result<AnswerId, Error> {
    let assignment = row.assignment_id.ok_or(Error::Refused("refused-unbound"))?;
    if row.reason.as_deref() == Some(Reason::RemovedCrew.as_str()) {
        return Err(Error::Refused("refused-removed-crew"));
    }
    let assignment = lock(tx, assignment).await?;
    if row.state == IncomingState::Processed {
        unnote(tx, row.id).await?;
    } else {
        step(tx, row.id, IncomingState::Processed).await?;
    }
    let answerer = row
        .crew_member_id
        .filter(|id| assignment.crew_member_id.is_some_and(|a| a != *id));
    let answer = keep(tx, app, &assignment, answerer, row, reading).await?;
    let details = json!({ "answer": answer, "reason": row.reason });
    note(tx, app, staff, row.id, "mail.accepted", details).await?;
    Ok(answer)
}

/// What was noted as no answer is one after all, once.
async fn unnote(tx: &WriteTx, incoming: IncomingId) -> Result<(), Error> {
    let result = incoming_mail::Entity::update_many()
        .col_expr(incoming_mail::Column::Class, Expr::value(Some("answer")))
        .filter(incoming_mail::Column::Id.eq(incoming))
        .filter(incoming_mail::Column::State.eq(IncomingState::Processed))
        .filter(incoming_mail::Column::Class.ne("answer"))
        .exec(tx)
        .await?;
    Ok(one_row(&result, "mail")?)
}

async fn step(tx: &WriteTx, incoming: IncomingId, to: IncomingState) -> Result<(), Error> {
    let result = incoming_mail::Entity::update_many()
        .col_expr(incoming_mail::Column::State, Expr::value(to))
        .filter(incoming_mail::Column::Id.eq(incoming))
        .filter(incoming_mail::Column::State.eq(IncomingState::Quarantined))
        .exec(tx)
        .await?;
    debug_assert!(IncomingState::Quarantined.may_become(to));
    Ok(one_row(&result, "mail")?)
}

async fn note(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    incoming: IncomingId,
    action: &'static str,
    details: serde_json::Value,
) -> Result<(), Error> {
    let event = incoming_mail::Entity::find_by_id(incoming)
        .select_only()
        .column(incoming_mail::Column::EventId)
        .into_tuple::<Option<domain::EventId>>()
        .one(tx)
        .await?
        .flatten();
    let entry = audit::Entry {
        event,
        actor: Actor::Staff(staff),
        action,
        subject: ("incoming_mail", Some(incoming.uuid())),
        details,
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}
