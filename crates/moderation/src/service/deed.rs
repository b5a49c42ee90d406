//! Deeds about a question, as the audit log and the question's history show them.

use crate::Result;
use db::{
    audit::{self, Actor},
    entity::question,
    prelude::*,
};
use web::App;

/// Notes what somebody did about the question, in the transaction that does it.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn record(
    tx: &WriteTx,
    app: &App,
    actor: impl Into<Actor>,
    question: &question::Model,
    action: &'static str,
    details: serde_json::Value,
) -> Result<()> {
    let entry = audit::Entry {
        event: Some(question.event_id),
        actor: actor.into(),
        action,
        subject: ("question", Some(question.id.uuid())),
        details,
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}
