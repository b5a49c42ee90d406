//! The release: pending decisions come true, each in one transaction with its mails. What is released is fixed when it is
//! pressed, so a job, a second press and a kill in between find the same rows. What a request cannot wait for is a job,
//! which does a share and leaves the rest to the next one.

mod one;

pub use crate::triage::repo::What;
use crate::{Error, Result, triage::repo};
use chrono::{DateTime, Utc};
use db::{
    audit::{self, Actor},
    entity::{decision, event, release, release_item},
    prelude::*,
};
use domain::{
    DecisionId, EventId, QuestionId, ReleaseId, StaffId,
    job::Job,
    state::release::{ItemState, ReleaseMode},
};
use serde_json::json;
use web::App;

/// When the mails go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    Now,
    At(DateTime<Utc>),
    /// They stay drafts until somebody sends them.
    ByHand,
}

impl When {
    const fn mode(self) -> ReleaseMode {
        match self {
            Self::Now => ReleaseMode::Now,
            Self::At(_) => ReleaseMode::At,
            Self::ByHand => ReleaseMode::Hand,
        }
    }

    const fn at(self) -> Option<DateTime<Utc>> {
        match self {
            Self::At(at) => Some(at),
            Self::Now | Self::ByHand => None,
        }
    }
}

/// What a release did.
#[derive(Debug, Default)]
pub struct Released {
    pub released: u64,
    /// What stayed pending, and why.
    pub refused: Vec<(QuestionId, Error)>,
}

/// Releases every pending decision of the event, its mails at once.
///
/// # Errors
/// When the database refuses; what was released until then stays released.
pub async fn all(app: &App, staff: StaffId, event: EventId) -> Result<Released> {
    through(app, staff, event, &What::default()).await
}

/// Releases these decisions, as far as they are the event's and pending.
///
/// # Errors
/// See [`all`].
pub async fn some(app: &App, staff: StaffId, event: EventId, ids: &[DecisionId]) -> Result<Released> {
    let what = What {
        only: Some(ids.to_vec()),
        ..What::default()
    };
    through(app, staff, event, &what).await
}

async fn through(app: &App, staff: StaffId, event: EventId, what: &What) -> Result<Released> {
    let mut done = Released::default();
    let Some(release) = begin(app, staff, event, what, When::Now, usize::MAX).await? else {
        return Ok(done);
    };
    loop {
        let (some, more) = share(app, &release).await?;
        done.released += some.released;
        done.refused.extend(some.refused);
        if !more {
            return Ok(done);
        }
    }
}

/// So many are released while the page waits, and by one job before others have their turn.
pub const AT_ONCE: usize = 100;

/// What was pressed.
#[derive(Debug)]
pub enum Pressed {
    Done(Released),
    /// So many are being released by a job.
    Begun(usize),
}

/// Releases every pending decision of the event, or `only` these as far as they are pending, their mails at once; more
/// than [`AT_ONCE`] by a job.
///
/// # Errors
/// When the database refuses.
pub async fn press(app: &App, staff: StaffId, event: EventId, only: Option<&[DecisionId]>) -> Result<Pressed> {
    let what = What {
        only: only.map(<[_]>::to_vec),
        ..What::default()
    };
    press_when(app, staff, event, &what, When::Now).await
}

/// The same for any choice, and with a say about when the mails go.
///
/// # Errors
/// When the database refuses.
pub async fn press_when(app: &App, staff: StaffId, event: EventId, what: &What, when: When) -> Result<Pressed> {
    let Some(release) = begin(app, staff, event, what, when, AT_ONCE).await? else {
        return Ok(Pressed::Done(Released::default()));
    };
    let of = usize::try_from(release.total).unwrap_or_default();
    if of > AT_ONCE {
        app.wake.notify();
        return Ok(Pressed::Begun(of));
    }
    Ok(Pressed::Done(share(app, &release).await?.0))
}

/// Writes down what shall be released; with its job when there is more than `by_hand`. `None` when nothing waits.
async fn begin(
    app: &App,
    staff: StaffId,
    event: EventId,
    what: &What,
    when: When,
    by_hand: usize,
) -> Result<Option<release::Model>> {
    let pending = repo::waiting(app.db.reader(), event, what, None).await?;
    if pending.is_empty() {
        return Ok(None);
    }
    let row = release::Model {
        id: ReleaseId::new(),
        event_id: event,
        mode: when.mode(),
        send_at: when.at(),
        total: i32::try_from(pending.len()).unwrap_or(i32::MAX),
        released_by: staff,
        created_at: app.clock.now(),
    };
    let tx = app.db.begin_write().await?;
    let decisions: Vec<_> = pending.iter().map(|decision| decision.id).collect();
    write_down(&tx, app, &row, &decisions, what).await?;
    if pending.len() > by_hand {
        let job = Job::Release { release: row.id };
        jobs::enqueue(&tx, &app.clock, &job, app.clock.now()).await?;
    }
    tx.commit().await?;
    Ok(Some(row))
}

async fn write_down(
    tx: &WriteTx,
    app: &App,
    row: &release::Model,
    decisions: &[DecisionId],
    what: &What,
) -> Result<()> {
    release::Entity::insert(release::ActiveModel::from(row.clone()).reset_all())
        .exec_without_returning(tx)
        .await?;
    let items = decisions
        .iter()
        .zip(1..)
        .map(|(decision, position)| release_item::ActiveModel {
            decision_id: Set(*decision),
            release_id: Set(row.id),
            position: Set(position),
            state: Set(ItemState::Waiting),
            why: Set(None),
        });
    let items: Vec<_> = items.collect();
    for some in items.chunks(ITEMS) {
        release_item::Entity::insert_many(some.to_vec())
            .exec_without_returning(tx)
            .await?;
    }
    let entry = audit::Entry {
        event: Some(row.event_id),
        actor: Actor::Staff(row.released_by),
        action: "release.begun",
        subject: ("release", Some(row.id.uuid())),
        details: json!({
            "decisions": row.total, "mode": row.mode, "at": row.send_at, "service": what.service, "kind": what.kind,
        }),
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}

/// Releases one decision in the caller's transaction.
///
/// # Errors
/// Stale when it is not pending any more; what its release refuses.
pub(crate) async fn alone(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    event: &event::Model,
    decision: DecisionId,
    when: When,
) -> Result<()> {
    let row = release::Model {
        id: ReleaseId::new(),
        event_id: event.id,
        mode: when.mode(),
        send_at: when.at(),
        total: 1,
        released_by: staff,
        created_at: app.clock.now(),
    };
    write_down(tx, app, &row, &[decision], &What::default()).await?;
    if !one::release(tx, app, &row, event, decision).await? {
        return Err(db::Error::Stale { what: "decision" }.into());
    }
    for item in repo::next_items(tx, row.id, 1).await? {
        note(tx, &item, ItemState::Released, None).await?;
    }
    Ok(())
}

/// Five values a row; SQLite binds at most 32,766.
const ITEMS: usize = 1_000;

/// A job's share of a release; the rest is enqueued behind what waits already. Begun again after a kill, it finds
/// released what was.
///
/// # Errors
/// When the database refuses; what was released until then stays released.
pub(crate) async fn part(app: &App, release: ReleaseId) -> Result<()> {
    let Some(release) = release::Entity::find_by_id(release).one(app.db.reader()).await? else {
        return Ok(());
    };
    let (_, more) = share(app, &release).await?;
    let tx = app.db.begin_write().await?;
    if more {
        let rest = Job::Release { release: release.id };
        jobs::enqueue(&tx, &app.clock, &rest, app.clock.now()).await?;
    }
    let triage = crate::triage::board::topic(release.event_id);
    app.live.commit_all(tx, &[&topic(release.event_id), &triage]).await?;
    Ok(())
}

/// The topic of live updates of an event's release.
pub(crate) fn topic(event: EventId) -> String {
    format!("release:{event}")
}

/// Releases the next [`AT_ONCE`]; true when more wait.
async fn share(app: &App, release: &release::Model) -> Result<(Released, bool)> {
    let event = event::Entity::find_by_id(release.event_id)
        .one(app.db.reader())
        .await?
        .ok_or(Error::NotFound)?;
    let mut items = repo::next_items(app.db.reader(), release.id, AT_ONCE as u64 + 1).await?;
    let more = items.len() > AT_ONCE;
    items.truncate(AT_ONCE);
    let mut done = Released::default();
    for item in items {
        let tx = app.db.begin_write().await?;
        match one::release(&tx, app, release, &event, item.decision_id).await {
            Ok(released) => {
                let state = if released {
                    ItemState::Released
                } else {
                    ItemState::Passed
                };
                note(&tx, &item, state, None).await?;
                tx.commit().await?;
                done.released += u64::from(released);
            }
            Err(error) if error.is_refusal() => {
                tx.rollback().await?;
                done.refused.push(refused(app, release, &item, error).await?);
            }
            Err(error) => return Err(error),
        }
    }
    app.wake.notify();
    crate::stage::service::commit(app, app.db.begin_write().await?, event.id).await?;
    Ok((done, more))
}

async fn note(tx: &WriteTx, item: &release_item::Model, state: ItemState, why: Option<&str>) -> Result<()> {
    release_item::Entity::update_many()
        .col_expr(release_item::Column::State, Expr::value(state))
        .col_expr(release_item::Column::Why, Expr::value(why))
        .filter(release_item::Column::ReleaseId.eq(item.release_id))
        .filter(release_item::Column::DecisionId.eq(item.decision_id))
        .filter(release_item::Column::State.eq(ItemState::Waiting))
        .exec(tx)
        .await?;
    Ok(())
}

/// Notes beside the decision why it stayed pending.
async fn refused(
    app: &App,
    release: &release::Model,
    item: &release_item::Model,
    error: Error,
) -> Result<(QuestionId, Error)> {
    let tx = app.db.begin_write().await?;
    let decision = decision::Entity::find_by_id(item.decision_id)
        .one(&tx)
        .await?
        .ok_or(Error::NotFound)?;
    note(&tx, item, ItemState::Refused, Some(error.key())).await?;
    let entry = audit::Entry {
        event: Some(release.event_id),
        actor: Actor::Staff(release.released_by),
        action: "release.refused",
        subject: ("question", Some(decision.question_id.uuid())),
        details: json!({ "why": error.key() }),
    };
    audit::record(&tx, &app.clock, entry).await?;
    tx.commit().await?;
    Ok((decision.question_id, error))
}
