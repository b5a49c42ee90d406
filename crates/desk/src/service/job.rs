//! Work that was given up gets another chance.

use crate::Error;
use db::{
    audit::{self, Actor},
    entity::job,
    prelude::*,
};
use domain::{Clock, JobId, state::job::JobState};

/// Puts a failed job back into the queue, with all its tries. Call `wake.notify()` after the commit.
///
/// # Errors
/// Stale when it has not failed.
pub async fn retry(tx: &impl ConnectionTrait, clock: &Clock, by: Actor, id: JobId) -> Result<(), Error> {
    let result = job::Entity::update_many()
        .col_expr(job::Column::State, Expr::value(JobState::Queued))
        .col_expr(job::Column::Attempts, Expr::value(0))
        .col_expr(job::Column::RunAt, Expr::value(clock.now()))
        .filter(job::Column::Id.eq(id))
        .filter(job::Column::State.eq(JobState::Failed))
        .exec(tx)
        .await?;
    one_row(&result, "job")?;
    let subject = ("job", Some(id.uuid()));
    let details = serde_json::json!({});
    let entry = audit::Entry {
        event: None,
        actor: by,
        action: "job.retried",
        subject,
        details,
    };
    Ok(audit::record(tx, clock, entry).await?)
}
