//! Review: the kept text is edited, and approved.

use super::rules;
use crate::Error;
use db::{
    audit::{self, Actor},
    entity::{answer, answer_edit},
    prelude::*,
};
use domain::{
    AnswerId, StaffId,
    job::Job,
    state::{Transitions, answer::AnswerState},
    text::AnswerText,
};
use sea_orm::sea_query::Query;
use serde_json::json;
use web::App;

/// Approves the answer with this text, and has it delivered when it answers a partner's question. `version` is the
/// one that the reviewer read. Call `app.wake.notify()` after the commit.
///
/// # Errors
/// Stale when somebody else edited, approved or returned it first. Where it takes four eyes, a refusal for who edited it
/// last, typed it in, or changes it now.
pub async fn approve(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    answer: AnswerId,
    body: AnswerText,
    version: i32,
) -> Result<(), Error> {
    let row = answer::Entity::find_by_id(answer)
        .one(tx)
        .await?
        .ok_or(Error::NotFound)?;
    let now = app.clock.now();
    let edited = row.body != body.as_str();
    let four_eyes = rules::four_eyes(tx, row.event_id).await?;
    if four_eyes && row.version == version {
        if edited {
            return Err(Error::Refused("review-four-eyes-edited"));
        }
        if row.staff_id == Some(staff) || rules::editor(tx, answer).await? == Some(staff) {
            return Err(Error::Refused("review-four-eyes-own"));
        }
    }
    let mut update = answer::Entity::update_many();
    if four_eyes {
        let own = Query::select()
            .column(answer_edit::Column::AnswerId)
            .from(answer_edit::Entity)
            .and_where(answer_edit::Column::StaffId.eq(staff))
            .to_owned();
        update = update.filter(answer::Column::Id.not_in_subquery(own));
    }
    let result = update
        .col_expr(answer::Column::State, Expr::value(AnswerState::Approved))
        .col_expr(answer::Column::Body, Expr::value(body.into_string()))
        .col_expr(answer::Column::Version, Expr::value(version + 1))
        .col_expr(answer::Column::ReviewedBy, Expr::value(Some(staff)))
        .col_expr(answer::Column::ReviewedAt, Expr::value(Some(now)))
        .filter(answer::Column::Id.eq(answer))
        .filter(answer::Column::Version.eq(version))
        .filter(answer::Column::State.is_in(AnswerState::sources(AnswerState::Approved)))
        .exec(tx)
        .await?;
    one_row(&result, "answer")?;
    if row.question_id.is_some() {
        jobs::enqueue(tx, &app.clock, &Job::Deliver { answer }, now).await?;
    }
    note(tx, app, staff, &row, "answer.approved", json!({ "edited": edited })).await
}

/// Keeps an edited text; the answer stays in review.
///
/// # Errors
/// Stale when somebody else was faster.
pub async fn edit(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    answer: AnswerId,
    body: AnswerText,
    version: i32,
) -> Result<(), Error> {
    let row = rewrite(tx, app, staff, answer, body, version, &[AnswerState::InReview]).await?;
    note(tx, app, staff, &row, "answer.edited", json!({})).await
}

/// Another text for an answer that is in one of `states`, by this editor; the row as it was.
pub(super) async fn rewrite(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    answer: AnswerId,
    body: AnswerText,
    version: i32,
    states: &[AnswerState],
) -> Result<answer::Model, Error> {
    let row = answer::Entity::find_by_id(answer)
        .one(tx)
        .await?
        .ok_or(Error::NotFound)?;
    let result = answer::Entity::update_many()
        .col_expr(answer::Column::Body, Expr::value(body.into_string()))
        .col_expr(answer::Column::Version, Expr::value(version + 1))
        .filter(answer::Column::Id.eq(answer))
        .filter(answer::Column::Version.eq(version))
        .filter(answer::Column::State.is_in(states.iter().copied()))
        .exec(tx)
        .await?;
    one_row(&result, "answer")?;
    rules::edited(tx, app, staff, answer).await?;
    Ok(row)
}

pub(super) async fn note(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    row: &answer::Model,
    action: &'static str,
    details: serde_json::Value,
) -> Result<(), Error> {
    let entry = audit::Entry {
        event: Some(row.event_id),
        actor: Actor::Staff(staff),
        action,
        subject: ("answer", Some(row.id.uuid())),
        details,
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}
