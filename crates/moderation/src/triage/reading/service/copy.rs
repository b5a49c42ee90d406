//! The question as it stands on stage and in print, beside the asker's own words, which nobody changes.

use crate::service::deed::record;
use crate::{Error, Result};
use db::{
    entity::{question, question_copy},
    prelude::*,
};
use domain::{StaffId, text::QuestionText};
use sea_orm::sea_query::OnConflict;
use serde_json::json;
use web::App;

/// Saves the copy. `seen` is the version that the form was made from, 0 where there was none: whoever came first is not
/// overwritten unseen.
pub async fn save(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    question: &question::Model,
    seen: i32,
    body: &QuestionText,
) -> Result<()> {
    if question.board.is_none() {
        return Err(Error::NotFound);
    }
    if body.as_str() == question.body {
        return Err(Error::Refused("refused-copy-same"));
    }
    // The counter first, as everywhere.
    let change = db::question_changed(tx, question.event_id).await?;
    let now = app.clock.now();
    let done = if seen == 0 {
        let row = question_copy::ActiveModel {
            question_id: Set(question.id),
            event_id: Set(question.event_id),
            body: Set(body.as_str().to_owned()),
            staff_id: Set(staff),
            version: Set(1),
            updated_at: Set(now),
        };
        question_copy::Entity::insert(row)
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?
    } else {
        question_copy::Entity::update_many()
            .col_expr(question_copy::Column::Body, Expr::value(body.as_str()))
            .col_expr(question_copy::Column::StaffId, Expr::value(staff))
            .col_expr(question_copy::Column::Version, Expr::value(seen.saturating_add(1)))
            .col_expr(question_copy::Column::UpdatedAt, Expr::value(now))
            .filter(question_copy::Column::QuestionId.eq(question.id))
            .filter(question_copy::Column::Version.eq(seen))
            .exec(tx)
            .await?
            .rows_affected
    };
    if done != 1 {
        return Err(Error::Refused("refused-copy-meanwhile"));
    }
    changed(tx, question, change).await?;
    let details = json!({ "version": seen.saturating_add(1) });
    record(tx, app, staff, question, "copy.saved", details).await
}

/// Takes the copy away: the asker's own words stand again.
pub async fn drop(tx: &WriteTx, app: &App, staff: StaffId, question: &question::Model, seen: i32) -> Result<()> {
    let change = db::question_changed(tx, question.event_id).await?;
    let done = question_copy::Entity::delete_many()
        .filter(question_copy::Column::QuestionId.eq(question.id))
        .filter(question_copy::Column::Version.eq(seen))
        .exec(tx)
        .await?;
    if done.rows_affected != 1 {
        return Err(Error::Refused("refused-copy-meanwhile"));
    }
    changed(tx, question, change).await?;
    record(tx, app, staff, question, "copy.dropped", json!({})).await
}

async fn changed(tx: &WriteTx, question: &question::Model, change: i64) -> Result<()> {
    let result = question::Entity::update_many()
        .col_expr(question::Column::ChangeSeq, Expr::value(change))
        .filter(question::Column::Id.eq(question.id))
        .exec(tx)
        .await?;
    Ok(one_row(&result, "question")?)
}
