//! What the operator does at the stage, one conditional step each.

use super::{
    Seen, Shown, commit, elapsed,
    from_hall::from_hall,
    not_reached::leave,
    played::Played,
    state::{Cue, Done, step_from},
    undo::undo,
};
use crate::{
    Error, Result,
    stage::{plan, rehearsal::Now},
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
    /// A question that the hall asked comes behind what is on.
    FromHall(QuestionId),
    Undo,
    /// Operates from now on.
    Take,
    /// To who speaks; empty takes it off.
    Message(String),
    /// Another sitting is played.
    Sheet(SheetId),
}

/// Does it, when the stage still stands as the operator saw it. Who does the first act operates.
///
/// # Errors
/// Stale when somebody acted meanwhile; a refusal while another one operates, or when the deed has no sense now.
pub async fn act(app: &App, staff: StaffId, event: EventId, seen: Seen, deed: Deed) -> Result<()> {
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

async fn one(tx: &WriteTx, app: &App, staff: StaffId, event: EventId, seen: Seen, deed: Deed) -> Result<()> {
    let now = Now::load(tx, event).await?;
    if seen != now.seen() {
        return Err(db::Error::Stale { what: "stage" }.into());
    }
    if let Some(rehearsal) = &now.rehearsal
        && rehearsal.asks(tx, app.clock.now()).await?
    {
        return Err(Error::Refused("refused-rehearsal-asks"));
    }
    let other = now
        .run
        .and_then(|run| run.operator_id)
        .filter(|operator| *operator != staff);
    if other.is_some() && deed != Deed::Take {
        return Err(Error::Refused("refused-other-operates"));
    }
    match deed {
        // These take the question's row before the stage's, as everybody does.
        Deed::NotReached(question) => leave(tx, app, staff, question, Some(seen)).await,
        Deed::FromHall(question) => from_hall(tx, app, staff, event, question, seen).await,
        Deed::Undo => undo(tx, app, staff, event, seen).await,
        deed => {
            let played = Played::take(tx, app, event).await?;
            if played.seen() != seen {
                return Err(db::Error::Stale { what: "stage" }.into());
            }
            simple(tx, app, staff, played, deed).await
        }
    }
}

/// What changes nothing but the row, and what is noted about its line.
async fn simple(tx: &WriteTx, app: &App, staff: StaffId, mut played: Played, deed: Deed) -> Result<()> {
    let now = app.clock.now();
    let mut run = played.was.clone();
    run.operator_id = Some(staff);
    let mut done = Done::new("shown", staff);
    match deed {
        Deed::Next => turn(tx, app, &mut played, &mut run, 1, &mut done).await?,
        Deed::Back => turn(tx, app, &mut played, &mut run, -1, &mut done).await?,
        Deed::Show(shown) => {
            played.take_in(tx, shown).await?;
            played.turn_to(tx, app, &mut run, shown, &mut done).await?;
        }
        Deed::Hold if run.held || Shown::of(Some(&run)) == Shown::Nothing => {
            return Err(Error::Refused("refused-nothing-shown"));
        }
        Deed::Hold => {
            done.kind = "held";
            run.used_ms = elapsed(&run, now).num_milliseconds();
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
            let stood = played.cue(tx, subject).await?;
            done.cues.push(stood);
            let answered_at = yes.then_some(now);
            played.keep(tx, Cue { answered_at, ..stood }).await?;
        }
        Deed::Message(typed) => {
            done.kind = "message";
            run.message = text::line(&typed, MESSAGE)?;
        }
        Deed::Sheet(sheet) => {
            done.kind = "sitting";
            plan::of_event(tx, run.event_id, sheet).await?.ok_or(Error::NotFound)?;
            run.sheet_id = Some(sheet);
            played.turn_to(tx, app, &mut run, Shown::Nothing, &mut done).await?;
        }
        Deed::Take => done.kind = "taken",
        Deed::NotReached(_) | Deed::FromHall(_) | Deed::Undo => return Err(Error::NotFound),
    }
    played.store(tx, app, run, done).await
}

async fn turn(
    tx: &WriteTx,
    app: &App,
    played: &mut Played,
    run: &mut stage_run::Model,
    by: isize,
    done: &mut Done,
) -> Result<()> {
    let order = played.order(tx, run.sheet_id).await?;
    let to = step_from(&order, Shown::of(Some(run)), by);
    played.turn_to(tx, app, run, to, done).await
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
    let now = Now::load(reader, event).await?.seen();
    let version = seen.unwrap_or(now.version);
    match act(app, staff, event, Seen { version, ..now }, deed).await {
        Ok(()) => {}
        Err(Error::Db(error)) if error.is_stale() && seen.is_some() => {}
        Err(error) => return Err(error),
    }
    Ok(Shown::of(Now::load(reader, event).await?.run.as_ref()))
}
