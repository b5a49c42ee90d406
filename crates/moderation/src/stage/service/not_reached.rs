//! What time did not allow.

use super::{
    Seen, Shown, hold,
    played::Played,
    state::{Cue, Done, Left, step_from},
};
use crate::{
    Error, Result,
    service::{assign, deed::record},
    stage::repo,
    triage::{repo as triage, service::decide::set_state},
};
use db::{entity::question, prelude::*};
use domain::{
    QuestionId, StaffId,
    state::{decision::DecisionState, question::QuestionState},
};
use serde_json::json;
use web::App;

/// Time did not allow it: the question goes to the crew of its service, and its place is free. When the hall saw it,
/// the hall sees the next line. In a rehearsal it is passed over, and that is all. Commit it with [`super::commit`], and wake
/// the sender.
///
/// # Errors
/// [`Error::NoCrew`]; stale when it is not on stage; [`Error::Refused`] when an answer to it was noted.
pub async fn not_reached(tx: &WriteTx, app: &App, staff: StaffId, question: QuestionId) -> Result<()> {
    leave(tx, app, staff, question, None).await
}

/// The same while the stage stands as the operator saw it.
pub(super) async fn leave(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    question: QuestionId,
    seen: Option<Seen>,
) -> Result<()> {
    let question = hold(tx, question).await?;
    let mut played = Played::take(tx, app, question.event_id).await?;
    if seen.is_some_and(|seen| seen != played.seen()) {
        return Err(db::Error::Stale { what: "stage" }.into());
    }
    if !repo::notes(tx, [question.id], played.rehearsal()).await?.is_empty() {
        return Err(Error::Refused("refused-reached"));
    }
    let mut run = played.was.clone();
    run.operator_id = run.operator_id.or(Some(staff));
    let mut done = Done::new("not_reached", staff);
    let shown = Shown::Question(question.id);
    if Shown::of(Some(&run)) == shown {
        let order = played.order(tx, run.sheet_id).await?;
        let after = step_from(&order, shown, 1);
        played.turn_to(tx, app, &mut run, after, &mut done).await?;
    }
    if played.rehearsal().is_some() {
        let stood = played.cue(tx, question.id.uuid()).await?;
        done.cues.push(stood);
        played.keep(tx, Cue { gone: true, ..stood }).await?;
    } else {
        done.left = Some(to_crew(tx, app, staff, &question).await?);
    }
    played.store(tx, app, run, done).await
}

async fn to_crew(tx: &WriteTx, app: &App, staff: StaffId, question: &question::Model) -> Result<Left> {
    let decision = triage::live_of(tx, question.id).await?.ok_or(Error::NotFound)?;
    set_state(tx, decision.id, DecisionState::Dropped).await?;
    let result = question::Entity::update_many()
        .col_expr(question::Column::State, Expr::value(QuestionState::Routed))
        .col_expr(question::Column::UpdatedAt, Expr::value(app.clock.now()))
        .col_expr(question::Column::Version, Expr::col(question::Column::Version).add(1))
        .filter(question::Column::Id.eq(question.id))
        .filter(question::Column::State.eq(QuestionState::Live))
        .exec(tx)
        .await?;
    one_row(&result, "question")?;
    let assignment = assign::to_crew(tx, app, question, question.service_id).await?;
    let details = json!({ "place": decision.place });
    record(tx, app, staff, question, "question.not_reached", details).await?;
    Ok(Left {
        question: question.id,
        decision: decision.id,
        assignment,
    })
}
