//! Whether the clock is right: staff say so when a machine slept or was set.

use crate::{
    TEXTS,
    pages::{Nothing, ZONE},
};
use axum::{extract::State, response::IntoResponse, routing::get};
use db::{audit, entity::clock_watch};
use web::{App, Chrome, Form, Result, auth::Moderator, redirect, render};

pub(crate) fn routes() -> web::Router {
    web::Router::new().route("/desk/clock", get(page).post(confirm))
}

#[derive(askama::Template)]
#[template(path = "clock.html")]
struct Page {
    c: Chrome,
    doubt: Option<clock_watch::Model>,
    zone: &'static str,
}

impl Page {
    fn why(&self) -> String {
        let doubt = self.doubt.as_ref().and_then(|row| row.doubt.as_deref());
        self.c.t(format!("clock-{}", doubt.unwrap_or("fine")))
    }
}

async fn page(State(app): State<App>, c: Chrome, _: Moderator) -> Result {
    let doubt = jobs::clock::doubted(&app.db).await?;
    render(&Page {
        c: c.with(&TEXTS),
        doubt,
        zone: ZONE,
    })
}

async fn confirm(State(app): State<App>, staff: Moderator, Form(Nothing {}): Form<Nothing>) -> Result {
    let tx = app.db.begin_write().await?;
    jobs::clock::confirm(&tx, &app.clock, staff.id).await?;
    let entry = audit::Entry {
        event: None,
        actor: staff.actor(),
        action: "clock.confirmed",
        subject: ("clock", None),
        details: serde_json::json!({}),
    };
    audit::record(&tx, &app.clock, entry).await?;
    tx.commit().await?;
    Ok(redirect("/desk/clock").flash("clock-confirmed").into_response())
}
