//! What can be done with questions asked back; callable without HTTP.

pub mod call;
pub mod pick;
pub mod propose;
pub mod send;

pub use call::call;
pub use pick::{drop, pick, restore, unpick};
pub use propose::{Asker, Proposal, propose};
pub use send::{Sent, send};

use crate::Error;
use db::{
    audit::{self, Actor},
    entity::reverse_question,
    prelude::*,
};
use web::App;

/// The audit entry of a step.
async fn note(
    tx: &WriteTx,
    app: &App,
    actor: Actor,
    row: &reverse_question::Model,
    action: &'static str,
    details: serde_json::Value,
) -> Result<(), Error> {
    let entry = audit::Entry {
        event: Some(row.event_id),
        actor,
        action,
        subject: ("reverse_question", Some(row.id.uuid())),
        details,
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}
