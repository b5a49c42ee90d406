//! What the operator does at the stage, one conditional step each.

use super::{
    Shown, commit, not_reached,
    state::{self, Done, keep, step_from, store, take, turn_to},
    undo::undo,
};
use crate::{
    Error, Result,
    stage::{
        plan::{self, cues},
        repo,
    },
};
use db::{entity::stage_run, prelude::*};
use domain::{EventId, QuestionId, ReverseId, SheetId, StaffId, text};
use web::App;

/// Most characters of a message to who speaks.
const MESSAGE: usize = 200;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    Next,
    Back,
    /// Something of the order, or a question for the stage that stands in no run: then it comes into this one, after
    /// what is shown now.
    Show(Shown),
    /// The screen shows the event's title, and the timer stands.
    Hold,
    Resume,
    Answered(bool),
    /// Time did not allow it: its crew answers.
    NotReached(QuestionId),
    Undo,
    /// Operates from now on.
    Take,
    /// To who speaks; empty takes it off.
    Message(String),
    /// Another sitting is played.
    Sheet(SheetId),
}

/// Does it, when the stage still stands at the version that the operator saw. Who does the first act operates.
///
/// # Errors
/// Stale when somebody acted meanwhile; a refusal while another one operates, or when the deed has no sense now.
pub async fn act(app: &App, staff: StaffId, event: EventId, seen: i32, deed: Deed) -> Result<()> {
    let tx = app.db.begin_write().await?;
    match one(&tx, app, staff, event, seen, deed).await {
        Ok(()) => {
            commit(app, tx, event).await?;
            app.wake.notify();
            Ok(())
        }
        Err(error) => {
            tx.rollback().await?;
            Err(error)
        }
    }
}

async fn one(tx: &WriteTx, app: &App, staff: StaffId, event: EventId, seen: i32, deed: Deed) -> Result<()> {
    let was = repo::run(tx, event).await?;
    if seen != was.as_ref().map_or(0, |run| run.version) {
        return Err(db::Error::Stale { what: "stage" }.into());
    }
    let other = was
        .and_then(|run| run.operator_id)
        .filter(|operator| *operator != staff);
    if other.is_some() && deed != Deed::Take {
        return Err(Error::Refused("refused-other-operates"));
    }
    match deed {
        // Both take the question's row before the stage's, as everybody does.
        Deed::NotReached(question) => not_reached(tx, app, staff, question).await,
        Deed::Undo => undo(tx, app, staff, event, seen).await,
        deed => {
            let was = take(tx, app, event).await?;
            if was.version != seen {
                return Err(db::Error::Stale { what: "stage" }.into());
            }
            simple(tx, app, staff, was, deed).await
        }
    }
}

/// What changes nothing but the row, and what is noted about its line.
async fn simple(tx: &WriteTx, app: &App, staff: StaffId, was: stage_run::Model, deed: Deed) -> Result<()> {
    let (event, now) = (was.event_id, app.clock.now());
    let mut run = was.clone();
    run.operator_id = Some(staff);
    let mut done = Done::new("shown", staff);
    match deed {
        Deed::Next => turn(tx, app, &mut run, 1, &mut done).await?,
        Deed::Back => turn(tx, app, &mut run, -1, &mut done).await?,
        Deed::Show(shown) => {
            plan::take_in(tx, event, Shown::of(Some(&run)), shown, run.sheet_id).await?;
            turn_to(tx, app, &mut run, shown, &mut done).await?;
        }
        Deed::Hold if run.held || Shown::of(Some(&run)) == Shown::Nothing => {
            return Err(Error::Refused("refused-nothing-shown"));
        }
        Deed::Hold => {
            done.kind = "held";
            run.used_ms = state::elapsed(&run, now).num_milliseconds();
            run.started_at = None;
            run.held = true;
        }
        Deed::Resume if !run.held => return Err(Error::Refused("refused-not-held")),
        Deed::Resume => {
            done.kind = "resumed";
            run.started_at = Some(now);
            run.held = false;
        }
        Deed::Answered(yes) => {
            let subject = Shown::of(Some(&run)).subject();
            let subject = subject.ok_or(Error::Refused("refused-nothing-shown"))?;
            done.kind = if yes { "answered" } else { "unanswered" };
            let stood = state::cue(tx, subject).await?;
            done.cues.push(stood);
            let answered_at = yes.then_some(now);
            keep(tx, event, state::Cue { answered_at, ..stood }).await?;
        }
        Deed::Message(typed) => {
            done.kind = "message";
            run.message = text::line(&typed, MESSAGE)?;
        }
        Deed::Sheet(sheet) => {
            done.kind = "sitting";
            plan::of_event(tx, event, sheet).await?.ok_or(Error::NotFound)?;
            run.sheet_id = Some(sheet);
            turn_to(tx, app, &mut run, Shown::Nothing, &mut done).await?;
        }
        Deed::Take => done.kind = "taken",
        Deed::NotReached(_) | Deed::Undo => return Err(Error::NotFound),
    }
    store(tx, app, &was, run, done).await
}

async fn turn(tx: &WriteTx, app: &App, run: &mut stage_run::Model, by: isize, done: &mut Done) -> Result<()> {
    let order: Vec<Shown> = cues(tx, run.event_id, run.sheet_id)
        .await?
        .iter()
        .map(|c| c.shown)
        .collect();
    let to = step_from(&order, Shown::of(Some(run)), by);
    turn_to(tx, app, run, to, done).await
}

/// Shows the next line, after the last one nothing. `seen` is the version that the operator's page showed: a second press
/// on an old page does nothing.
///
/// # Errors
/// When the database refuses, or another one operates.
pub async fn next(app: &App, staff: StaffId, event: EventId, seen: Option<i32>) -> Result<Shown> {
    freely(app, staff, event, seen, Deed::Next).await
}

/// Shows the line before, or nothing before the first one. See [`next`].
///
/// # Errors
/// When the database refuses, or another one operates.
pub async fn back(app: &App, staff: StaffId, event: EventId, seen: Option<i32>) -> Result<Shown> {
    freely(app, staff, event, seen, Deed::Back).await
}

/// Shows a released live question.
///
/// # Errors
/// [`Error::NotFound`] when it is not in the order of this event.
pub async fn show(app: &App, staff: StaffId, event: EventId, question: QuestionId) -> Result<()> {
    let deed = Deed::Show(Shown::Question(question));
    freely(app, staff, event, None, deed).await.map(drop)
}

/// Shows a question that the host asks back.
///
/// # Errors
/// [`Error::NotFound`] when it was not picked, or is of another event.
pub async fn show_reverse(app: &App, staff: StaffId, event: EventId, reverse: ReverseId) -> Result<()> {
    let deed = Deed::Show(Shown::Reverse(reverse));
    freely(app, staff, event, None, deed).await.map(drop)
}

async fn freely(app: &App, staff: StaffId, event: EventId, seen: Option<i32>, deed: Deed) -> Result<Shown> {
    let reader = app.db.reader();
    let version = repo::run(reader, event).await?.map_or(0, |run| run.version);
    match act(app, staff, event, seen.unwrap_or(version), deed).await {
        Ok(()) => {}
        Err(Error::Db(error)) if error.is_stale() && seen.is_some() => {}
        Err(error) => return Err(error),
    }
    Ok(Shown::of(repo::run(reader, event).await?.as_ref()))
}
