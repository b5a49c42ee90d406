//! Who answers on stage, and what they would be told.

use super::Operator;
use crate::{
    stage::speakers::{self, Told},
    triage::pages_enter as enter,
};
use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use db::{entity::event, people};
use web::{App, Chrome, auth::Moderator, redirect, render};

struct Row {
    who: String,
    email: String,
    questions: usize,
    told: Told,
}

#[derive(Template)]
#[template(path = "stage/speakers.html")]
struct SpeakersPage {
    c: Chrome,
    event: event::Model,
    rows: Vec<Row>,
    going: usize,
}

impl SpeakersPage {
    fn base(&self) -> String {
        format!("/desk/events/{}", self.event.slug)
    }
}

pub(super) async fn show(State(app): State<App>, _: Operator, c: Chrome, Path(slug): Path<String>) -> web::Result {
    let (event, c) = enter(&app, c, &slug).await?;
    let rows: Vec<Row> = speakers::outlook(app.db.reader(), event.id)
        .await?
        .into_iter()
        .map(|(speaker, told)| Row {
            who: people::speaker_person(&speaker.row).line(),
            email: speaker.row.email.map(|email| email.to_string()).unwrap_or_default(),
            questions: speaker.asked.len(),
            told,
        })
        .collect();
    render(&SpeakersPage {
        going: rows.iter().filter(|row| row.told.would_go()).count(),
        c,
        event,
        rows,
    })
}

pub(super) async fn tell(
    State(app): State<App>,
    staff: Moderator,
    c: Chrome,
    Path(slug): Path<String>,
    _: web::Form<Vec<(String, String)>>,
) -> web::Result<Response> {
    let (event, _) = enter(&app, c, &slug).await?;
    let tx = app.db.begin_write().await?;
    let mails = speakers::tell(&tx, &app, staff.id, event.id).await?;
    tx.commit().await?;
    app.wake.notify();
    Ok(redirect(format!("/desk/events/{slug}/run/speakers"))
        .flash_n("speakers-told", i64::try_from(mails.0).unwrap_or(i64::MAX))
        .into_response())
}
