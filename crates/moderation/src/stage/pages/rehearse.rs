//! A rehearsal is begun, goes on, and ends by a page that says what it deletes.

use super::{Operator, operate::href};
use crate::{
    TEXTS,
    stage::{
        rehearsal::{self, Rehearsal},
        service::Shown,
    },
    triage::pages_enter as enter,
};
use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use db::{entity::event, people, prelude::ConnectionTrait};
use domain::RehearsalId;
use serde::Deserialize;
use web::{App, Chrome, Error, Form, redirect, render};

/// What the operator's page says about the rehearsal that is on.
pub(super) struct Rehearsed {
    pub(super) id: RehearsalId,
    /// Who began it, and when.
    pub(super) who: String,
    pub(super) since: DateTime<Utc>,
    /// Somebody should say that it goes on.
    pub(super) asks: bool,
}

impl Rehearsed {
    pub(super) async fn load(
        conn: &impl ConnectionTrait,
        rehearsal: Option<&Rehearsal>,
        now: DateTime<Utc>,
    ) -> crate::Result<Option<Self>> {
        let Some(rehearsal) = rehearsal else {
            return Ok(None);
        };
        let mut names = people::staff_names(conn, [rehearsal.staff]).await?;
        Ok(Some(Self {
            id: rehearsal.id,
            who: names.remove(&rehearsal.staff).unwrap_or_default(),
            since: rehearsal.began_at,
            asks: rehearsal.asks(conn, now).await?,
        }))
    }
}

#[derive(Template)]
#[template(path = "stage/rehearsal.html")]
struct EndPage {
    c: Chrome,
    event: event::Model,
    rehearsal: Rehearsed,
    /// What was done, how often.
    acts: i32,
    /// What was noted: the beginning of its question, and the note.
    notes: Vec<(String, String)>,
}

impl EndPage {
    fn base(&self) -> String {
        format!("/desk/events/{}", self.event.slug)
    }
}

/// Asks before it ends; where none is on any more, the stage says so.
pub(super) async fn show(
    State(app): State<App>,
    _: Operator,
    c: Chrome,
    Path(slug): Path<String>,
) -> web::Result<Response> {
    let (event, c) = enter(&app, c, &slug).await?;
    let c = c.with(&TEXTS);
    let conn = app.db.reader();
    let on = rehearsal::of(conn, event.id).await?;
    let (Some(on), Some(rehearsal)) = (&on, Rehearsed::load(conn, on.as_ref(), c.now).await?) else {
        return Ok(redirect(href(&slug)).flash("stage-rehearsal-ended").into_response());
    };
    let cards = super::scene::cards(conn, &event, c.lang()).await?;
    let question = |about: &Shown| cards.get(about).map(|card| domain::text::excerpt(&card.body, 80));
    let notes = on.book.written().iter();
    let page = EndPage {
        acts: on.book.count(),
        notes: notes
            .map(|note| (question(&note.about).unwrap_or_default(), note.body.clone()))
            .collect(),
        rehearsal,
        c,
        event,
    };
    render(&page).map(IntoResponse::into_response)
}

#[derive(Debug, Deserialize)]
pub(super) struct Press {
    act: String,
    rehearsal: Option<RehearsalId>,
}

pub(super) async fn press(
    State(app): State<App>,
    Operator(staff): Operator,
    c: Chrome,
    Path(slug): Path<String>,
    Form(press): Form<Press>,
) -> web::Result<Response> {
    let (event, c) = enter(&app, c, &slug).await?;
    let (done, flash) = match (press.act.as_str(), press.rehearsal) {
        ("begin", _) => (
            rehearsal::begin(&app, staff.id, event.id).await,
            "stage-rehearsal-begun",
        ),
        ("keep", Some(id)) => (rehearsal::keep_on(&app, event.id, id).await, "stage-rehearsal-kept"),
        ("end", Some(id)) => (
            rehearsal::end(&app, staff.id, event.id, id).await,
            "stage-rehearsal-ended",
        ),
        _ => return Err(Error::BadRequest("oops-bad-request-body".into())),
    };
    done.map_err(|error| error.on(&c.words))?;
    Ok(redirect(href(&slug)).flash(flash).into_response())
}
