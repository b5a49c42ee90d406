//! Answers that need no review: of a service whose crew is trusted, as long as nothing about them is in doubt.

use super::rules;
use crate::Error;
use db::{
    audit::{self, Actor},
    entity::{answer, assignment},
    prelude::*,
};
use domain::{
    AnswerId,
    job::Job,
    state::{Transitions, answer::AnswerState, assignment::AssignmentState},
    text::AnswerText,
};
use mail::read::Reading;
use serde_json::json;
use web::App;

/// Nothing in how the mail was read that a person should look at: no flag, no file, no answer in pieces.
pub(crate) fn is_clear(reading: &Reading) -> bool {
    reading.flags.is_empty() && reading.attachments.is_empty() && reading.pairs.is_empty()
}

/// Approves an answer that just came in, and has it delivered, when its service's rule says so; says whether it did.
/// `assignment` is as it stood before. A further answer beside one that is there is never taken: somebody must choose.
pub(crate) async fn approve(
    tx: &WriteTx,
    app: &App,
    assignment: &assignment::Model,
    id: AnswerId,
    text: &str,
) -> Result<bool, Error> {
    let (Some(_), Some(_), Some(service)) = (assignment.question_id, assignment.crew_member_id, assignment.service_id)
    else {
        return Ok(false);
    };
    let first = AssignmentState::OPEN.contains(&assignment.state);
    if !first || AnswerText::parse(text).is_err() || !rules::is_auto(tx, assignment.event_id, service).await? {
        return Ok(false);
    }
    let now = app.clock.now();
    let result = answer::Entity::update_many()
        .col_expr(answer::Column::State, Expr::value(AnswerState::Approved))
        .col_expr(answer::Column::Version, Expr::col(answer::Column::Version).add(1))
        .col_expr(answer::Column::ReviewedAt, Expr::value(Some(now)))
        .filter(answer::Column::Id.eq(id))
        .filter(answer::Column::State.is_in(AnswerState::sources(AnswerState::Approved)))
        .exec(tx)
        .await?;
    // The same words again were an answer that is there, and is not approved a second time.
    if result.rows_affected == 0 {
        return Ok(false);
    }
    jobs::enqueue(tx, &app.clock, &Job::Deliver { answer: id }, now).await?;
    let entry = audit::Entry {
        event: Some(assignment.event_id),
        actor: Actor::System,
        action: "answer.approved_by_rule",
        subject: ("answer", Some(id.uuid())),
        details: json!({ "service": service }),
    };
    audit::record(tx, &app.clock, entry).await?;
    Ok(true)
}
