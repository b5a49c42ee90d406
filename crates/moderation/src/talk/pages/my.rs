//! `/my/questions/{id}/write`: the asker says more: what the crew asked, or a question on after the answer.

use crate::{
    TEXTS,
    answers::repo::Subject,
    service::assign::event_of,
    talk::{
        repo::{self, Said},
        service::{self, Way},
    },
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
};
use db::entity::question;
use domain::{QuestionId, text::AnswerText};
use serde::Deserialize;
use std::time::Duration;
use web::{App, Chrome, Error, Errors, Form, Result, auth::PartnerSession, limit, redirect, render_status};

#[derive(askama::Template)]
#[template(path = "talk/write.html")]
struct Page {
    c: Chrome,
    id: QuestionId,
    subject: Subject,
    said: Vec<Said>,
    zone: String,
    /// The crew asked something that has no reply yet.
    asked: bool,
    text: String,
    errors: Errors,
}

#[derive(Deserialize)]
pub(super) struct Input {
    #[serde(default)]
    text: String,
}

pub(super) async fn page(State(app): State<App>, partner: PartnerSession, c: Chrome, Path(id): Path<String>) -> Result {
    let row = find(&app, partner, &id).await?;
    show(&app, c, row, String::new(), Errors::new(), StatusCode::OK).await
}

async fn show(app: &App, c: Chrome, row: question::Model, text: String, errors: Errors, status: StatusCode) -> Result {
    let conn = app.db.reader();
    let event = event_of(conn, row.event_id).await?;
    let title = c.either(&event.title, &event.title_en).to_owned();
    let c = c.with(&TEXTS).for_event(event.slug, title);
    let said = repo::with_asker(conn, row.id, c.lang()).await?;
    let page = Page {
        id: row.id,
        subject: crate::answers::repo::subject(conn, Some(row.id), None, c.lang()).await?,
        asked: said.iter().any(|m| m.kind == "ask" && m.state == "open"),
        said,
        zone: event.time_zone,
        text,
        errors,
        c,
    };
    render_status(status, &page)
}

pub(super) async fn send(
    State(app): State<App>,
    partner: PartnerSession,
    c: Chrome,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result {
    let row = find(&app, partner, &id).await?;
    limit::check(
        &app,
        "asker-message",
        &row.invitation_id.to_string(),
        30,
        Duration::from_hours(1),
    )
    .await?;
    let mut errors = Errors::new();
    let Some(text) = errors.check("text", AnswerText::parse(&input.text)) else {
        return show(&app, c, row, input.text, errors, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let tx = app.db.begin_write().await?;
    match service::tell(&tx, &app, &row, text.as_str(), Way::PAGE).await {
        Ok(_) => {
            tx.commit().await?;
            app.wake.notify();
            Ok(redirect(format!("/my/questions/{}", row.id))
                .flash("my-write-sent")
                .into_response())
        }
        Err(error) if error.is_refusal() => {
            tx.rollback().await?;
            show(
                &app,
                c,
                row,
                input.text,
                Errors::form(error.key()),
                StatusCode::CONFLICT,
            )
            .await
        }
        Err(error) => Err(error.into()),
    }
}

async fn find(app: &App, partner: PartnerSession, id: &str) -> Result<question::Model> {
    let id = id.parse().map_err(|_| Error::NotFound)?;
    let found = repo::own_question(app.db.reader(), partner.invitation, id).await?;
    found.ok_or(Error::NotFound)
}
