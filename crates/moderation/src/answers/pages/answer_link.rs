//! `/a/{token}`: an assignment is answered without mail and without an account. GET shows; only POST changes.

use super::{AnswerPage, Input, given};
use crate::answers::{repo, service::receive_link};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
};
use db::entity::assignment;
use domain::{
    AssignmentId,
    text::AnswerText,
    token::{Purpose, day_stamp},
};
use std::time::Duration;
use web::{App, Chrome, Error, Errors, Form, Result, limit, redirect, render, render_status};

pub(super) async fn page(State(app): State<App>, c: Chrome, Path(token): Path<String>) -> Result {
    let row = open(&app, &token).await?;
    render(&given(&app, c, &row, format!("/a/{token}")).await?)
}

pub(super) async fn answer(
    State(app): State<App>,
    c: Chrome,
    Path(token): Path<String>,
    Form(input): Form<Input>,
) -> Result {
    let row = open(&app, &token).await?;
    limit::check(&app, "answer-link", &row.id.to_string(), 60, Duration::from_hours(1)).await?;
    submit(&app, c, &row, format!("/a/{token}"), input.text).await
}

/// Stores what was typed, or shows it again with what is wrong.
pub(crate) async fn submit(app: &App, c: Chrome, row: &assignment::Model, here: String, text: String) -> Result {
    let mut errors = Errors::new();
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    if let Some(answer) = errors.check("text", AnswerText::parse(&text)) {
        let tx = app.db.begin_write().await?;
        match receive_link(&tx, app, row.id, answer).await {
            Ok(_) => {
                tx.commit().await?;
                return Ok(redirect(here).flash("answer-taken").into_response());
            }
            Err(crate::Error::Refused(key)) => {
                tx.rollback().await?;
                errors.add("", key);
                status = StatusCode::CONFLICT;
            }
            Err(error) => return Err(error.into()),
        }
    }
    let page = given(app, c, row, here).await?;
    render_status(status, &AnswerPage { errors, text, ..page })
}

/// The assignment behind the token, as long as the link counts and whom it asks is still there.
pub(crate) async fn open(app: &App, token: &str) -> Result<assignment::Model> {
    let claim = app.keys.verify(Purpose::AnswerLink, token).ok_or(Error::NotFound)?;
    if day_stamp(app.clock.now()) > claim.stamp {
        return Err(Error::Gone);
    }
    let conn = app.db.reader();
    let found = repo::assignment_by_id(conn, AssignmentId::from_uuid(claim.id)).await?;
    let row = found.ok_or(Error::NotFound)?;
    match repo::addressee(conn, &row).await? {
        Some(to) if !to.removed => Ok(row),
        _ => Err(Error::Gone),
    }
}
