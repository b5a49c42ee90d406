//! Thanks after the event: looked at, drafted, sent.

use super::open;
use crate::staff::service::thanks::{self, Progress};
use axum::{
    extract::{Path, State},
    response::IntoResponse,
    routing::get,
};
use serde::Deserialize;
use web::{App, Chrome, Form, auth::Moderator, redirect, render};

pub(super) fn routes() -> web::Router {
    web::Router::new().route("/desk/events/{slug}/thanks", get(show).post(act))
}

/// The next mail as it would be.
struct Preview {
    to: String,
    subject: String,
    text: String,
}

#[derive(askama::Template)]
#[template(path = "staff/thanks.html")]
struct Page {
    c: Chrome,
    progress: Progress,
    preview: Option<Preview>,
}

async fn show(State(app): State<App>, Path(slug): Path<String>, _: Moderator, c: Chrome) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    let conn = app.db.reader();
    let preview = thanks::next(conn, event.id).await?.map(|mail| Preview {
        to: mail.to_name,
        subject: mail.letter.subject.clone(),
        text: mail.letter.plain(),
    });
    render(&Page {
        progress: thanks::progress(conn, event.id).await?,
        preview,
        c,
    })
}

#[derive(Deserialize)]
struct Posted {
    act: String,
}

async fn act(
    State(app): State<App>,
    Path(slug): Path<String>,
    staff: Moderator,
    c: Chrome,
    Form(form): Form<Posted>,
) -> web::Result {
    let (event, _) = open(&app, c, &slug).await?;
    let (flash, n) = if form.act == "queue" {
        (
            "thanks-queued-n",
            thanks::queue_all(&app, staff.actor(), event.id).await?,
        )
    } else {
        (
            "thanks-drafted-n",
            thanks::draft_all(&app, staff.actor(), event.id).await?,
        )
    };
    Ok(redirect(format!("/desk/events/{slug}/thanks"))
        .flash_n(flash, n)
        .into_response())
}
