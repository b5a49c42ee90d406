//! Everything that nobody decided about goes to the crew of its service.

use super::decide::{self, Choice};
use crate::{Error, Result, triage::repo};
use domain::{EventId, StaffId};
use web::App;

/// Makes a pending routing for every received question without a decision; says how many. Each is a transaction of
/// its own; a question that somebody else decides about meanwhile is left to them.
///
/// # Errors
/// When the database refuses.
pub async fn route_rest(app: &App, staff: StaffId, event: EventId) -> Result<u64> {
    let mut routed = 0;
    for question in repo::undecided(app.db.reader(), event).await? {
        let tx = app.db.begin_write().await?;
        match decide::decide(&tx, app, staff, question, None, Choice::Route { service: None }).await {
            Ok(_) => {
                tx.commit().await?;
                routed += 1;
            }
            Err(Error::AlreadyDecided { .. } | Error::NotWaiting) => tx.rollback().await?,
            Err(error) => return Err(error),
        }
    }
    Ok(routed)
}
