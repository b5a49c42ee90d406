//! Everything that nobody decided about goes to the crew of its service, or what a filter picks of it.

use super::decide::{self, Choice};
pub use crate::triage::repo::Rest;
use crate::{
    Error, Result,
    triage::{board, repo},
};
use db::{
    WriteTx,
    audit::{self, Actor},
};
use domain::{EventId, QuestionId, StaffId, job::Job};
use serde_json::json;
use web::App;

/// So many are routed while the page waits, and by one job before others have their turn.
pub const AT_ONCE: usize = 100;

/// What was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pressed {
    /// So many are routed.
    Done(u64),
    /// So many are being routed by a job.
    Begun(usize),
}

/// Makes a pending routing for every received question without a decision; says how many. Each is a transaction of
/// its own; a question that somebody else decides about meanwhile is left to them.
///
/// # Errors
/// When the database refuses.
pub async fn route_rest(app: &App, staff: StaffId, event: EventId) -> Result<u64> {
    let rest = repo::undecided(app.db.reader(), event, &Rest::default(), None).await?;
    each(app, staff, rest.into_iter().map(|(id, ..)| id)).await
}

/// The same for what `rest` picks; more than [`AT_ONCE`] by a job.
///
/// # Errors
/// When the database refuses.
pub async fn press(app: &App, staff: StaffId, event: EventId, rest: &Rest) -> Result<Pressed> {
    let rows = repo::undecided(app.db.reader(), event, rest, None).await?;
    let of = rows.len();
    let Some((.., last)) = rows.last().copied() else {
        return Ok(Pressed::Done(0));
    };
    let tx = app.db.begin_write().await?;
    let entry = audit::Entry {
        event: Some(event),
        actor: Actor::Staff(staff),
        action: "routing.begun",
        subject: ("event", Some(event.uuid())),
        details: json!({
            "questions": of, "service": rest.service, "written": rest.written, "prefers": rest.prefers,
        }),
    };
    audit::record(&tx, &app.clock, entry).await?;
    if of > AT_ONCE {
        jobs::enqueue(&tx, &app.clock, &job(staff, event, rest, last), app.clock.now()).await?;
        tx.commit().await?;
        app.wake.notify();
        return Ok(Pressed::Begun(of));
    }
    tx.commit().await?;
    let routed = each(app, staff, rows.into_iter().map(|(id, ..)| id)).await?;
    tell(app, app.db.begin_write().await?, event).await?;
    Ok(Pressed::Done(routed))
}

fn job(staff: StaffId, event: EventId, rest: &Rest, last: i32) -> Job {
    Job::RouteRest {
        event,
        staff,
        service: rest.service,
        written: rest.written,
        prefers: rest.prefers,
        after: rest.after,
        last,
    }
}

/// A job's share: the next hundred, and the job for those behind them. Begun again after a kill, it finds decided what
/// was.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn part(app: &App, staff: StaffId, event: EventId, rest: Rest, last: i32) -> Result<()> {
    let within = Rest {
        last: Some(last),
        ..rest
    };
    let rows = repo::undecided(app.db.reader(), event, &within, Some(AT_ONCE as u64)).await?;
    let reached = rows.last().map(|(.., number)| *number);
    each(app, staff, rows.into_iter().map(|(id, ..)| id)).await?;
    let tx = app.db.begin_write().await?;
    if let Some(after) = reached.filter(|n| *n < last) {
        let behind = Rest { after, ..rest };
        jobs::enqueue(&tx, &app.clock, &job(staff, event, &behind, last), app.clock.now()).await?;
    }
    tell(app, tx, event).await
}

/// Commits, and lets open pages read again: that of the routing, and the boards, whose rows have moved.
async fn tell(app: &App, tx: WriteTx, event: EventId) -> Result<()> {
    let topics = [super::release::topic(event), board::topic(event)];
    Ok(app.live.commit_all(tx, &[&topics[0], &topics[1]]).await?)
}

async fn each(app: &App, staff: StaffId, questions: impl Iterator<Item = QuestionId>) -> Result<u64> {
    let mut routed = 0;
    for question in questions {
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
