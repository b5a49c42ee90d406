//! Undo: what stood before stands again, by a new, audited decision. An undo that is undone does again.
//!
//! After the release it is a correction (see `correct.rs`): the question waits for triage again.

use super::{
    correct,
    decide::{check, hold},
    reserves::move_up,
    step::{Cause, Draft, keep, step, turn},
};
use crate::service::deed::record;
use crate::{Error, Result, triage::repo};
use db::{
    entity::{decision, event, question, triage_act},
    prelude::*,
};
use domain::{
    ActId, DecisionId, EventId, QuestionId, StaffId,
    state::{
        decision::{DecisionKind, DecisionState},
        question::QuestionState,
    },
};
use serde_json::json;
use web::App;

/// What an undo found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undone {
    /// There is nothing of theirs that still stands.
    Nothing,
    /// What stood before stands again.
    Done(Restored),
    /// It was released: nothing is changed yet. The page `questions/ID/undo` shows which mails went out, and asks.
    Released(QuestionId),
}

/// What stands again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restored {
    pub question: QuestionId,
    /// Nothing: the question waits for triage.
    pub kind: Option<DecisionKind>,
    pub place: Option<i32>,
    /// Its own place was taken meanwhile, so it has another.
    pub elsewhere: bool,
}

/// Undoes the staff member's last decision in the event that still stands. Pressed again, the one before it.
///
/// # Errors
/// See [`of_act`].
pub async fn last(tx: &WriteTx, app: &App, staff: StaffId, event: EventId) -> Result<Undone> {
    latest(tx, app, staff, event, false).await
}

/// Does again what the staff member took back last.
///
/// # Errors
/// See [`of_act`].
pub async fn again(tx: &WriteTx, app: &App, staff: StaffId, event: EventId) -> Result<Undone> {
    latest(tx, app, staff, event, true).await
}

async fn latest(tx: &WriteTx, app: &App, staff: StaffId, event: EventId, back: bool) -> Result<Undone> {
    turn(tx, event).await?;
    for act in repo::acts_of(tx, staff, event, back).await? {
        match standing(tx, &act).await? {
            Standing::Pending | Standing::Nothing => return of_act(tx, app, staff, act.id).await.map(Undone::Done),
            Standing::Released => return Ok(Undone::Released(act.question_id)),
            Standing::Gone => {}
        }
    }
    Ok(Undone::Nothing)
}

/// Undoes a decision that is pending, whoever made it.
///
/// # Errors
/// See [`of_act`].
pub async fn of(tx: &WriteTx, app: &App, staff: StaffId, decision: DecisionId) -> Result<Restored> {
    let act = repo::act_that_made(tx, decision).await?.ok_or(Error::NotFound)?;
    of_act(tx, app, staff, act.id).await
}

/// Whether what an act left is still so.
enum Standing {
    Pending,
    Released,
    /// The act left the question without a decision, and it has none.
    Nothing,
    Gone,
}

async fn standing(conn: &impl ConnectionTrait, act: &triage_act::Model) -> Result<Standing> {
    if repo::last_act(conn, act.question_id)
        .await?
        .is_none_or(|last| last.id != act.id)
    {
        return Ok(Standing::Gone);
    }
    let Some(made) = act.made else {
        let free = question::Entity::find_by_id(act.question_id).one(conn).await?;
        let free = free.is_some_and(|q| q.state == QuestionState::Received && q.pending.is_none());
        return Ok(if free { Standing::Nothing } else { Standing::Gone });
    };
    let made = decision::Entity::find_by_id(made).one(conn).await?;
    Ok(match made.map(|d| d.state) {
        Some(DecisionState::Pending) => Standing::Pending,
        Some(DecisionState::Released) => Standing::Released,
        Some(DecisionState::Dropped) | None => Standing::Gone,
    })
}

/// Undoes an act: what it dropped stands again, at its place or rank, and who moved up because of it goes back.
///
/// # Errors
/// [`Error::Refused`] when something was decided about the question since, or it was released; [`Error::NoPlace`] when
/// its live place was taken and none is free; what [`super::decide::decide`] refuses.
pub async fn of_act(tx: &WriteTx, app: &App, staff: StaffId, id: ActId) -> Result<Restored> {
    let act = repo::act(tx, id).await?.ok_or(Error::NotFound)?;
    turn(tx, act.event_id).await?;
    match standing(tx, &act).await? {
        Standing::Pending | Standing::Nothing => {}
        Standing::Released => return Err(Error::Refused("refused-undo-released")),
        Standing::Gone => return Err(Error::Refused("refused-undo-gone")),
    }
    let event = event::Entity::find_by_id(act.event_id)
        .one(tx)
        .await?
        .ok_or(Error::NotFound)?;
    let caused = repo::acts_because(tx, act.id).await?;
    for moved in &caused {
        put_back(tx, app, staff, &event, moved).await?;
    }
    let stood = match act.dropped {
        Some(dropped) => decision::Entity::find_by_id(dropped).one(tx).await?,
        None => None,
    };
    let draft = stood.as_ref().map(Draft::like);
    let joins = draft.as_ref().and_then(|draft| draft.merged_into);
    let question = hold(tx, act.question_id, joins).await?;
    if let Some(draft) = &draft {
        check(tx, &event, &question, draft).await?;
    }
    let before = repo::pending_of(tx, question.id).await?;
    if before.as_ref().map(|d| d.id) != act.made {
        return Err(Error::Refused("refused-undo-gone"));
    }
    let cause = Cause {
        undoes: Some(act.id),
        back: !act.back,
        ..Cause::staff(staff)
    };
    let kind = draft.as_ref().map(|draft| draft.kind);
    let stepped = step(tx, app, &event, question.id, before.as_ref(), draft, cause).await?;
    let action = if act.back { "decision.redone" } else { "decision.undone" };
    let details = json!({ "kind": kind, "place": stepped.place, "rank": stepped.rank, "from": before.map(|d| d.kind) });
    record(tx, app, staff, &question, action, details).await?;
    if let Some(place) = stepped.freed.filter(|_| kind != Some(DecisionKind::Live))
        && wanted(tx, &act).await?
    {
        move_up(tx, app, &event, place, Some(stepped.act), Some(question.id)).await?;
    }
    let wish = stood.and_then(|d| d.place);
    Ok(Restored {
        question: question.id,
        kind,
        place: stepped.place,
        elsewhere: stepped.place.is_some() && stepped.place != wish,
    })
}

/// A reserve that moved up goes back to its rank, if it still stands where it moved.
async fn put_back(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    event: &event::Model,
    moved: &triage_act::Model,
) -> Result<()> {
    if !matches!(standing(tx, moved).await?, Standing::Pending) {
        return Ok(());
    }
    let (Some(reserve), Some(made)) = (moved.dropped, moved.made) else {
        return Ok(());
    };
    let Some(question) = keep(tx, moved.question_id, &[QuestionState::Received]).await? else {
        return Ok(());
    };
    let (Some(reserve), Some(live)) = (
        decision::Entity::find_by_id(reserve).one(tx).await?,
        repo::pending_of(tx, question.id).await?.filter(|d| d.id == made),
    ) else {
        return Ok(());
    };
    let cause = Cause {
        decided_by: reserve.decided_by,
        staff: None,
        undoes: Some(moved.id),
        because: None,
        back: true,
    };
    let stepped = step(
        tx,
        app,
        event,
        question.id,
        Some(&live),
        Some(Draft::like(&reserve)),
        cause,
    )
    .await?;
    let details = json!({ "kind": reserve.kind, "rank": stepped.rank, "from": live.kind });
    record(tx, app, staff, &question, "decision.moved_back", details).await
}

/// Whether a reserve moves into the place that an undo frees. What is done again moves up whom it moved up before. What
/// is taken back gives its place to a reserve that came after it and so waited for it; one that waited beside the free
/// place before did not get it then either, and undo restores what was.
async fn wanted(tx: &WriteTx, act: &triage_act::Model) -> Result<bool> {
    if act.staff_id.is_none() {
        return Ok(false);
    }
    if let (true, Some(first)) = (act.back, act.undoes) {
        return Ok(!repo::acts_because(tx, first).await?.is_empty());
    }
    let Some(reserve) = repo::reserves(tx, act.event_id).await?.into_iter().next() else {
        return Ok(false);
    };
    let Some(made) = repo::act_that_made(tx, reserve.id).await? else {
        return Ok(false);
    };
    Ok(since(tx, made).await? > act.seq)
}

/// The number of the act that first led to what this one made: an undo restores what an older act had made.
async fn since(tx: &WriteTx, mut act: triage_act::Model) -> Result<i64> {
    while let Some(undone) = act.undoes {
        let Some(undone) = repo::act(tx, undone).await? else {
            break;
        };
        let Some(before) = repo::act_before(tx, undone.question_id, undone.seq).await? else {
            break;
        };
        act = before;
    }
    Ok(act.seq)
}

/// What a correction of a released decision will find: the page shows it before.
///
/// # Errors
/// [`Error::NotFound`] when the question has no released decision.
pub async fn outlook(conn: &impl ConnectionTrait, question: QuestionId) -> Result<correct::Outlook> {
    correct::outlook(conn, question).await
}

/// Undoes what was released: the question waits for triage again, its crew and its asker are told by mails that wait as
/// drafts. Call `app.wake.notify()` after the commit.
///
/// # Errors
/// [`Error::Refused`] when it was on stage, or an answer to it has come in.
pub async fn released(tx: &WriteTx, app: &App, staff: StaffId, question: QuestionId) -> Result<Option<QuestionId>> {
    correct::correct(tx, app, staff, question).await
}

pub use correct::{Outlook, Written};
