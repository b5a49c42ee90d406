//! What moderators do while they read.

pub mod copy;
pub mod figures;
pub mod note;
pub mod review;
pub mod settings;

use crate::Result;
use db::{
    audit::{self, Actor},
    entity::question,
    prelude::*,
};
use domain::StaffId;
use web::App;

/// Notes the deed about the question, as its history shows it.
async fn record(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    question: &question::Model,
    action: &'static str,
    details: serde_json::Value,
) -> Result<()> {
    let entry = audit::Entry {
        event: Some(question.event_id),
        actor: Actor::Staff(staff),
        action,
        subject: ("question", Some(question.id.uuid())),
        details,
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}
