//! `/desk/events/{slug}/messages`: what asker and crew said to each other, and what waits there for a moderator.

use crate::{
    TEXTS,
    answers::{
        pages::{Press, desk, id},
        repo::{Lookup, Subject, Wanted},
    },
    repo::event_by_slug,
    talk::{
        repo::{self, Said},
        service,
    },
};
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::IntoResponse,
};
use db::people;
use serde::Deserialize;
use web::{App, Choice, Chrome, Error, Errors, Form, Result, auth::Moderator, redirect, render_status};

struct Row {
    said: Said,
    subject: Subject,
    /// A crew has the question: a message needs no choice of one.
    at_crew: bool,
}

#[derive(askama::Template)]
#[template(path = "talk/messages.html")]
struct Page {
    c: Chrome,
    base: String,
    zone: String,
    held: bool,
    rows: Vec<Row>,
    services: Vec<Choice>,
    follow_ups: String,
    errors: Errors,
}

#[derive(Deserialize)]
pub(super) struct Filter {
    #[serde(default)]
    view: String,
}

pub(super) async fn page(
    State(app): State<App>,
    _: Moderator,
    c: Chrome,
    Path(slug): Path<String>,
    Query(filter): Query<Filter>,
) -> Result {
    show(
        &app,
        c,
        &slug,
        filter.view != "all",
        None,
        Errors::new(),
        StatusCode::OK,
    )
    .await
}

async fn show(
    app: &App,
    c: Chrome,
    slug: &str,
    held: bool,
    typed: Option<String>,
    errors: Errors,
    status: StatusCode,
) -> Result {
    let (c, event) = desk(app, c, slug).await?;
    let conn = app.db.reader();
    let said = repo::of_event(conn, event.id, held, c.lang()).await?;
    let mut wanted = Wanted::default();
    for row in &said {
        wanted.about(Some(row.question), None);
    }
    let lookup = Lookup::load(conn, c.lang(), wanted).await?;
    let mut rows = Vec::with_capacity(said.len());
    for said in said {
        let at_crew = if said.state == "held" {
            service::reaches(conn, said.question).await?
        } else {
            true
        };
        rows.push(Row {
            subject: lookup.subject(Some(said.question), None),
            said,
            at_crew,
        });
    }
    let services = people::services(conn, c.lang()).await?;
    let stored = repo::rounds(conn, event.id).await?.to_string();
    let page = Page {
        base: format!("/desk/events/{slug}"),
        zone: event.time_zone,
        held,
        rows,
        services: services.into_iter().map(|(id, name)| Choice::new(id, name)).collect(),
        follow_ups: typed.unwrap_or(stored),
        errors,
        c,
    };
    render_status(status, &page)
}

#[derive(Deserialize)]
pub(super) struct Forward {
    #[serde(default)]
    service: String,
}

pub(super) async fn forward(
    State(app): State<App>,
    staff: Moderator,
    c: Chrome,
    Path((slug, message)): Path<(String, String)>,
    Form(input): Form<Forward>,
) -> Result {
    let event = event_by_slug(app.db.reader(), &slug).await?.ok_or(Error::NotFound)?;
    let tx = app.db.begin_write().await?;
    let words = c.with(&TEXTS).words;
    service::forward(&tx, &app, staff.id, event.id, id(&message)?, input.service.parse().ok())
        .await
        .map_err(|e| e.on(&words))?;
    tx.commit().await?;
    app.wake.notify();
    Ok(redirect(format!("/desk/events/{slug}/messages"))
        .flash("message-forwarded")
        .into_response())
}

pub(super) async fn close(
    State(app): State<App>,
    staff: Moderator,
    c: Chrome,
    Path((slug, message)): Path<(String, String)>,
    _: Form<Press>,
) -> Result {
    let event = event_by_slug(app.db.reader(), &slug).await?.ok_or(Error::NotFound)?;
    let words = c.with(&TEXTS).words;
    let tx = app.db.begin_write().await?;
    service::close(&tx, &app, staff.id, event.id, id(&message)?)
        .await
        .map_err(|e| e.on(&words))?;
    tx.commit().await?;
    Ok(redirect(format!("/desk/events/{slug}/messages"))
        .flash("message-closed")
        .into_response())
}

#[derive(Deserialize)]
pub(super) struct Rule {
    #[serde(default)]
    follow_ups: String,
}

pub(super) async fn rule(
    State(app): State<App>,
    staff: Moderator,
    c: Chrome,
    Path(slug): Path<String>,
    Form(input): Form<Rule>,
) -> Result {
    let event = event_by_slug(app.db.reader(), &slug).await?.ok_or(Error::NotFound)?;
    let Some(rounds) = input.follow_ups.trim().parse().ok().filter(|n| (0..=20).contains(n)) else {
        let mut errors = Errors::new();
        errors.add("follow_ups", "talk-rule-wrong");
        return show(
            &app,
            c,
            &slug,
            true,
            Some(input.follow_ups),
            errors,
            StatusCode::UNPROCESSABLE_ENTITY,
        )
        .await;
    };
    let tx = app.db.begin_write().await?;
    service::rule(&tx, &app, staff.id, event.id, rounds).await?;
    tx.commit().await?;
    Ok(redirect(format!("/desk/events/{slug}/messages"))
        .flash("saved")
        .into_response())
}
