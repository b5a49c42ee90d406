//! A question from the hall comes into the run, behind what is on.

use super::{
    Seen, Shown,
    played::Played,
    state::{Done, Joined},
};
use crate::{
    Error, Result,
    stage::plan,
    telephones::service as telephones,
    triage::{
        repo as triage,
        service::{
            decide::{self, Choice},
            release::{self, When},
            undo,
        },
    },
};
use chrono::TimeDelta;
use db::{
    entity::{event, stage_line, stage_sheet},
    prelude::*,
};
use domain::{
    EventId, QuestionId, StaffId,
    state::{decision::DecisionKind, question::QuestionState},
};
use web::App;

/// So long the mail to its asker waits: when it is taken back until then, nobody was told.
const GRACE: TimeDelta = TimeDelta::minutes(2);

/// Decides that the question is answered live, as triage does, releases that, and puts it behind what is on. A moderator's
/// pending decision that it is live stands as it was made.
///
/// # Errors
/// [`Error::NotFound`] unless it came from the hall; what a decision refuses: no place is free, it has left triage, somebody
/// else decided otherwise; [`Error::Refused`] when it is in the order already, and in a rehearsal.
pub(super) async fn from_hall(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    event: EventId,
    question: QuestionId,
    seen: Seen,
) -> Result<()> {
    if seen.rehearsal.is_some() {
        return Err(Error::Refused("refused-hall-rehearsed"));
    }
    let event = event::Entity::find_by_id(event).one(tx).await?.ok_or(Error::NotFound)?;
    let asked = telephones::questions(tx, &event).await?;
    let asked = asked.iter().find(|asked| asked.id == question).ok_or(Error::NotFound)?;
    let released = asked.state != QuestionState::Live;
    if released {
        let stood = triage::pending_of(tx, question).await?;
        if stood.is_none_or(|decision| decision.kind != DecisionKind::Live) {
            decide::decide(tx, app, staff, question, None, Choice::Live { speaker: None }).await?;
        }
        let decision = triage::pending_of(tx, question).await?.ok_or(Error::NotWaiting)?;
        let when = When::At(app.clock.now() + GRACE);
        release::alone(tx, app, staff, &event, decision.id, when).await?;
    }
    let shown = Shown::Question(question);
    if !plan::left_over(tx, event.id, None).await?.contains(&shown) {
        return Err(Error::Refused("refused-hall-on-stage"));
    }
    let mut played = Played::take(tx, app, event.id).await?;
    if played.seen() != seen {
        return Err(db::Error::Stale { what: "stage" }.into());
    }
    played.take_in(tx, shown).await?;
    let mut run = played.was.clone();
    run.operator_id = Some(staff);
    let mut done = Done::new("from_hall", staff);
    done.joined = Some(Joined { question, released });
    played.store(tx, app, run, done).await
}

/// It leaves the run, and waits for triage again.
pub(super) async fn go_back(tx: &WriteTx, app: &App, staff: StaffId, joined: Joined) -> Result<()> {
    if joined.released {
        undo::released(tx, app, staff, joined.question).await?;
    }
    let line = stage_line::Entity::find().filter(stage_line::Column::QuestionId.eq(joined.question));
    let Some(line) = line.one(tx).await? else {
        return Ok(());
    };
    stage_line::Entity::delete_by_id(line.id).exec(tx).await?;
    // Who has the run's page open reads it again before they save.
    stage_sheet::Entity::update_many()
        .col_expr(
            stage_sheet::Column::Version,
            Expr::col(stage_sheet::Column::Version).add(1),
        )
        .filter(stage_sheet::Column::Id.eq(line.sheet_id))
        .exec(tx)
        .await?;
    Ok(())
}
