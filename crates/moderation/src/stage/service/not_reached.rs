//! What time did not allow.

use super::{
    Shown, hold,
    state::{Done, Left, step_from, store, take, turn_to},
};
use crate::{
    Error, Result,
    service::{assign, deed::record},
    stage::{plan::cues, repo},
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
/// the hall sees the next line. Commit it with [`super::commit`], and wake the sender.
///
/// # Errors
/// [`Error::NoCrew`]; stale when it is not on stage; [`Error::Refused`] when an answer to it was noted.
pub async fn not_reached(tx: &WriteTx, app: &App, staff: StaffId, question: QuestionId) -> Result<()> {
    let question = hold(tx, question).await?;
    if !repo::notes(tx, [question.id]).await?.is_empty() {
        return Err(Error::Refused("refused-reached"));
    }
    let was = take(tx, app, question.event_id).await?;
    let mut run = was.clone();
    run.operator_id = run.operator_id.or(Some(staff));
    let mut done = Done::new("not_reached", staff);
    if Shown::of(Some(&run)) == Shown::Question(question.id) {
        let order = cues(tx, question.event_id, run.sheet_id).await?;
        let order: Vec<Shown> = order.iter().map(|cue| cue.shown).collect();
        let after = step_from(&order, Shown::Question(question.id), 1);
        turn_to(tx, app, &mut run, after, &mut done).await?;
    }
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
    let assignment = assign::to_crew(tx, app, &question, question.service_id).await?;
    done.left = Some(Left {
        question: question.id,
        decision: decision.id,
        assignment,
    });
    store(tx, app, &was, run, done).await?;
    let details = json!({ "place": decision.place });
    record(tx, app, staff, &question, "question.not_reached", details).await
}
