//! `/desk/events/{slug}/answers/rules`: whether it takes two to edit and to approve, and whose answers need no review.

use super::desk;
use crate::{
    answers::service::rules::{self, Rules},
    repo::event_by_slug,
};
use axum::{
    extract::{Path, State},
    response::IntoResponse,
};
use db::people;
use domain::ServiceId;
use serde::Deserialize;
use std::collections::BTreeSet;
use web::{App, Choice, Chrome, Error, Errors, Form, Result, auth::Moderator, redirect, render};

#[derive(askama::Template)]
#[template(path = "answers/rules.html")]
struct Page {
    c: Chrome,
    base: String,
    four_eyes: bool,
    services: Vec<Choice>,
    errors: Errors,
}

pub(super) async fn page(State(app): State<App>, _: Moderator, c: Chrome, Path(slug): Path<String>) -> Result {
    let (c, event) = desk(&app, c, &slug).await?;
    let conn = app.db.reader();
    let rules = rules::of(conn, event.id).await?;
    let services = people::services(conn, c.lang()).await?;
    let choice = |(id, name): (ServiceId, String)| Choice::new(id, name).chosen(rules.auto.contains(&id));
    render(&Page {
        base: format!("/desk/events/{slug}"),
        four_eyes: rules.four_eyes,
        services: services.into_iter().map(choice).collect(),
        errors: Errors::new(),
        c,
    })
}

#[derive(Deserialize)]
pub(super) struct Input {
    #[serde(default)]
    four_eyes: bool,
    #[serde(default)]
    auto: Vec<String>,
}

pub(super) async fn save(
    State(app): State<App>,
    staff: Moderator,
    Path(slug): Path<String>,
    Form(input): Form<Input>,
) -> Result {
    let conn = app.db.reader();
    let event = event_by_slug(conn, &slug).await?.ok_or(Error::NotFound)?;
    let named: BTreeSet<ServiceId> = input.auto.iter().filter_map(|id| id.parse().ok()).collect();
    let known = people::services(conn, domain::Lang::Ko).await?;
    let rules = Rules {
        four_eyes: input.four_eyes,
        auto: known
            .into_iter()
            .map(|(id, _)| id)
            .filter(|id| named.contains(id))
            .collect(),
    };
    let tx = app.db.begin_write().await?;
    rules::save(&tx, &app, staff.id, event.id, &rules).await?;
    tx.commit().await?;
    Ok(redirect(format!("/desk/events/{slug}/answers/rules"))
        .flash("saved")
        .into_response())
}
