//! A reply of an asker that waits in quarantine: from an address that is not theirs, or too late.

use super::{Way, tell};
use crate::{
    Error,
    answers::{
        jobs::{bind, reading, remark},
        service::quarantine::{note, step},
    },
};
use db::{
    entity::{incoming_mail, question},
    prelude::*,
};
use domain::{IncomingId, StaffId, state::mail::IncomingState, text::AnswerText};
use mail::read::Reading;
use serde_json::json;
use web::App;

/// The question whose asker got the mail that this one replies to.
pub(crate) async fn question_of(
    conn: &impl ConnectionTrait,
    app: &App,
    reading: &Reading,
) -> Result<Option<question::Model>, Error> {
    // What came to a return path is noted, never held.
    match bind(conn, app, reading, None).await?.asker {
        Some(id) => Ok(question::Entity::find_by_id(id).one(conn).await?),
        None => Ok(None),
    }
}

/// Takes it as the asker's message: somebody has looked at it. It goes the way of any message of theirs.
///
/// # Errors
/// A refusal when it replies to no asker's mail, or nothing may be said about the question any more; stale when it does not
/// wait any more.
pub async fn accept(app: &App, staff: StaffId, incoming: IncomingId) -> Result<(), Error> {
    let row = incoming_mail::Entity::find_by_id(incoming)
        .one(app.db.reader())
        .await?
        .ok_or(Error::NotFound)?;
    let reading = reading(app, &row).await;
    let text = AnswerText::parse(&reading.text)?;
    let tx = app.db.begin_write().await?;
    let question = question_of(&tx, app, &reading).await?;
    let question = question.ok_or(Error::Refused("refused-unbound"))?;
    step(&tx, incoming, IncomingState::Processed).await?;
    let message = tell(&tx, app, &question, text.as_str(), Way::mail(incoming)).await?;
    remark(&tx, incoming, "message").await?;
    let details = json!({ "message": message, "reason": row.reason });
    note(&tx, app, staff, incoming, "mail.accepted", details).await?;
    tx.commit().await?;
    app.wake.notify();
    Ok(())
}
