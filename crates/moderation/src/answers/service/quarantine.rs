//! What staff do with mails that did not match.

use crate::{
    Error,
    answers::{
        jobs::{keep, reading},
        service::receive::lock,
    },
};
use db::{
    audit::{self, Actor},
    entity::incoming_mail,
    prelude::*,
};
use domain::{
    AnswerId, IncomingId, StaffId,
    state::{Transitions, mail::IncomingState},
};
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

/// Takes a mail that is bound to an assignment as its answer, though its sender or its form was in doubt: somebody
/// has looked at it. It stands under the name of whom the assignment asks, and is reviewed like any answer.
///
/// # Errors
/// A refusal when it is bound to none, or the assignment was passed on; stale when it does not wait any more.
pub async fn accept(app: &App, staff: StaffId, incoming: IncomingId) -> Result<AnswerId, Error> {
    let row = incoming_mail::Entity::find_by_id(incoming)
        .one(app.db.reader())
        .await?
        .ok_or(Error::NotFound)?;
    let assignment = row.assignment_id.ok_or(Error::Refused("refused-unbound"))?;
    let reading = reading(app, &row).await;
    let tx = app.db.begin_write().await?;
    let assignment = lock(&tx, assignment).await?;
    step(&tx, incoming, IncomingState::Processed).await?;
    let answer = keep(&tx, app, &assignment, &row, &reading).await?;
    note(
        &tx,
        app,
        staff,
        incoming,
        "mail.accepted",
        json!({ "answer": answer, "reason": row.reason }),
    )
    .await?;
    tx.commit().await?;
    Ok(answer)
}

pub(crate) async fn step(tx: &WriteTx, incoming: IncomingId, to: IncomingState) -> Result<(), Error> {
    let result = incoming_mail::Entity::update_many()
        .col_expr(incoming_mail::Column::State, Expr::value(to))
        .filter(incoming_mail::Column::Id.eq(incoming))
        .filter(incoming_mail::Column::State.eq(IncomingState::Quarantined))
        .exec(tx)
        .await?;
    debug_assert!(IncomingState::Quarantined.may_become(to));
    Ok(one_row(&result, "mail")?)
}

pub(crate) async fn note(
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
