//! The last act is taken back: what the hall saw, the timer, the mark, and a question that went to its crew.

use super::{
    Seen, Shown,
    from_hall::go_back,
    played::Played,
    state::{Done, Left, Stood},
};
use crate::{
    Error, Result,
    service::deed::record,
    stage::rehearsal::{self, Past, Rehearsal},
};
use db::{
    audit::{self, Actor},
    entity::{assignment, decision, outgoing_mail, question, stage_act},
    prelude::*,
};
use domain::{
    EventId, StaffId,
    state::{
        Transitions, assignment::AssignmentState, decision::DecisionState, mail::OutgoingState, question::QuestionState,
    },
};
use serde_json::json;
use std::collections::HashSet;
use web::App;

/// So many acts are looked through for the last one that stands.
const BACK: u64 = 200;
/// These are no acts that the hall or who speaks would notice.
const PASSED_OVER: [&str; 2] = ["undone", "taken"];

/// The last act that an undo would take back, of the day or of a rehearsal.
pub(crate) async fn undoable(
    conn: &impl ConnectionTrait,
    event: EventId,
    rehearsal: Option<&Rehearsal>,
) -> Result<Option<Past>> {
    let acts: Vec<Past> = if let Some(rehearsal) = rehearsal {
        rehearsal.book.acts().iter().rev().cloned().collect()
    } else {
        let acts = stage_act::Entity::find()
            .filter(stage_act::Column::EventId.eq(event))
            .order_by_desc(stage_act::Column::Version)
            .limit(BACK);
        acts.all(conn).await?.into_iter().map(past).collect()
    };
    let undone: HashSet<_> = acts.iter().filter_map(|act| act.undoes).collect();
    let mut standing = acts
        .into_iter()
        .filter(|act| !PASSED_OVER.contains(&act.kind.as_str()) && !undone.contains(&act.id));
    Ok(standing.next())
}

fn past(act: stage_act::Model) -> Past {
    Past {
        id: act.id,
        kind: act.kind,
        stood: serde_json::from_value(act.stood).unwrap_or_default(),
        undoes: act.undoes,
    }
}

/// What was on the screen until this act; nothing while it was held.
pub(crate) fn shown_before(act: &stage_act::Model) -> Shown {
    let stood: Stood = serde_json::from_value(act.stood.clone()).unwrap_or_default();
    stood.shown()
}

pub(super) async fn undo(tx: &WriteTx, app: &App, staff: StaffId, event: EventId, seen: Seen) -> Result<()> {
    let rehearsal = rehearsal::of(tx, event).await?;
    let act = undoable(tx, event, rehearsal.as_ref()).await?;
    let Past { id, stood, .. } = act.ok_or(Error::Refused("refused-no-act"))?;
    if let Some(left) = stood.left {
        come_back(tx, app, staff, left).await?;
    }
    if let Some(joined) = stood.joined {
        go_back(tx, app, staff, joined).await?;
    }
    let mut played = Played::take(tx, app, event).await?;
    if played.seen() != seen {
        return Err(db::Error::Stale { what: "stage" }.into());
    }
    // Backwards: what an act touched twice stands as before the first time.
    for cue in stood.cues.iter().rev() {
        played.keep(tx, *cue).await?;
    }
    let mut run = played.was.clone();
    run.operator_id = Some(staff);
    stood.put_back(&mut run);
    let mut done = Done::new("undone", staff);
    done.undoes = Some(id);
    played.store(tx, app, run, done).await
}

/// A question that was not reached is on stage again, while nobody was asked about it.
async fn come_back(tx: &WriteTx, app: &App, staff: StaffId, left: Left) -> Result<()> {
    // An undo is no step of a question's way, so the table of steps does not know it: it puts back what stood.
    let back = question::Entity::update_many()
        .col_expr(question::Column::State, Expr::value(QuestionState::Live))
        .col_expr(question::Column::UpdatedAt, Expr::value(app.clock.now()))
        .col_expr(question::Column::Version, Expr::col(question::Column::Version).add(1))
        .filter(question::Column::Id.eq(left.question))
        .filter(question::Column::State.eq(QuestionState::Routed))
        .exec(tx)
        .await?;
    if back.rows_affected != 1 {
        return Err(Error::Refused("refused-crew-has-it"));
    }
    unsend(tx, left).await?;
    let withdrawn = assignment::Entity::update_many()
        .col_expr(assignment::Column::State, Expr::value(AssignmentState::Withdrawn))
        .filter(assignment::Column::Id.eq(left.assignment))
        .filter(assignment::Column::State.is_in(AssignmentState::sources(AssignmentState::Withdrawn)))
        .exec(tx)
        .await?;
    if withdrawn.rows_affected != 1 {
        return Err(Error::Refused("refused-crew-has-it"));
    }
    let again = decision::Entity::update_many()
        .col_expr(decision::Column::State, Expr::value(DecisionState::Released))
        .filter(decision::Column::Id.eq(left.decision))
        .filter(decision::Column::State.eq(DecisionState::Dropped))
        .exec(tx)
        .await;
    match again {
        Ok(result) => one_row(&result, "decision")?,
        // A reserve moved up meanwhile.
        Err(error) if db::conflict(&error).is_some() => return Err(Error::Refused("refused-place-taken")),
        Err(error) => return Err(error.into()),
    }
    let row = question::Entity::find_by_id(left.question).one(tx).await?;
    let row = row.ok_or(Error::NotFound)?;
    let entry = audit::Entry {
        event: Some(row.event_id),
        actor: Actor::Staff(staff),
        action: "assignment.withdrawn",
        subject: ("assignment", Some(left.assignment.uuid())),
        details: json!({ "question": left.question }),
    };
    audit::record(tx, &app.clock, entry).await?;
    record(tx, app, staff, &row, "question.reached_after_all", json!({})).await
}

/// The crew's mail does not go; when it went, or is going, nothing is undone.
async fn unsend(tx: &WriteTx, left: Left) -> Result<()> {
    let mails = outgoing_mail::Entity::find()
        .filter(outgoing_mail::Column::AssignmentId.eq(left.assignment))
        .filter(outgoing_mail::Column::State.ne(OutgoingState::Dropped))
        .all(tx)
        .await?;
    for row in mails {
        let waits = matches!(row.state, OutgoingState::Draft | OutgoingState::Queued) && row.attempts == 0;
        if !waits {
            return Err(Error::Refused("refused-crew-mail-gone"));
        }
        match mail::outbox::drop(tx, row.id).await {
            Ok(()) => {}
            Err(mail::Error::Db(error)) if error.is_stale() => return Err(Error::Refused("refused-crew-mail-gone")),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
