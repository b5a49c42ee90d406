//! The correction of a released decision: what goes back, which mails went out, and the press that does it.

use super::{commit, enter};
use crate::{
    repo as common,
    triage::service::undo::{self, Written},
};
use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use db::entity::{decision, event, question};
use domain::{QuestionId, state::decision::DecisionKind};
use serde::Deserialize;
use web::{App, Chrome, Form, auth::Moderator, redirect, render};

#[derive(Template)]
#[template(path = "triage/undo.html")]
struct UndoPage {
    c: Chrome,
    event: event::Model,
    question: question::Model,
    decision: decision::Model,
    mails: Vec<Written>,
    refused: Option<&'static str>,
}

impl UndoPage {
    fn base(&self) -> String {
        format!("/desk/events/{}", self.event.slug)
    }
    fn is(&self, kind: DecisionKind) -> bool {
        self.decision.kind == kind
    }
}

pub(super) async fn show(
    State(app): State<App>,
    _: Moderator,
    c: Chrome,
    Path((slug, id)): Path<(String, QuestionId)>,
) -> web::Result {
    let (event, c) = enter(&app, c, &slug).await?;
    let conn = app.db.reader();
    let question = common::question_of(conn, event.id, id)
        .await?
        .ok_or(web::Error::NotFound)?;
    let outlook = undo::outlook(conn, id).await.map_err(|error| error.on(&c.words))?;
    render(&UndoPage {
        c,
        event,
        question,
        decision: outlook.decision,
        mails: outlook.mails,
        refused: outlook.refused,
    })
}

#[derive(Debug, Deserialize)]
pub(super) struct Input {}

pub(super) async fn confirm(
    State(app): State<App>,
    staff: Moderator,
    c: Chrome,
    Path((slug, id)): Path<(String, QuestionId)>,
    Form(Input {}): Form<Input>,
) -> web::Result<Response> {
    let (event, c) = enter(&app, c, &slug).await?;
    let question = common::question_of(app.db.reader(), event.id, id)
        .await?
        .ok_or(web::Error::NotFound)?;
    let tx = app.db.begin_write().await?;
    let done = undo::released(&tx, &app, staff.id, id).await;
    let moved = commit(&app, &event, tx, done)
        .await
        .map_err(|error| error.on(&c.words))?;
    app.wake.notify();
    let flash = if moved.is_some() {
        "undo-corrected-moved"
    } else {
        "undo-corrected"
    };
    Ok(redirect(format!("/desk/events/{slug}/questions/{id}"))
        .flash_n(flash, question.number.unwrap_or_default())
        .into_response())
}
