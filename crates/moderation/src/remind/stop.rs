//! An answer has come, or the question went to somebody else: what was put and has not gone does not go.

use crate::Error;
use db::{
    entity::{reminder, reminder_listed},
    prelude::*,
};
use domain::{AssignmentId, OutgoingId};

/// Drops the reminders that speak of this assignment and wait in the outbox. Where such a mail speaks of others, too, they
/// are reminded of by another one, since their step counts as not taken.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn stop(tx: &WriteTx, assignment: AssignmentId) -> Result<(), Error> {
    let mails: Vec<OutgoingId> = reminder_listed::Entity::find()
        .select_only()
        .column(reminder_listed::Column::OutgoingId)
        .filter(reminder_listed::Column::AssignmentId.eq(assignment))
        .into_tuple()
        .all(tx)
        .await?;
    if mails.is_empty() {
        return Ok(());
    }
    let dropped = mail::outbox::drop_waiting(tx, &mails, "answered").await?;
    reminder::Entity::delete_many()
        .filter(reminder::Column::OutgoingId.is_in(dropped))
        .filter(reminder::Column::AssignmentId.ne(assignment))
        .exec(tx)
        .await?;
    Ok(())
}
