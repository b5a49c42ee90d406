//! The pages of answers: for crew and partners by their links, for staff at the desk.

pub(crate) mod answer_link;
mod assignments;
mod enter;
mod given;
mod held;
mod mail_view;
mod queue;
mod review;

pub(crate) use given::{AnswerPage, Given, Input, given};

use crate::{TEXTS, repo::event_by_slug};
use axum::routing::{get, post};
use db::entity::event;
use serde::Deserialize;
use std::str::FromStr;
use web::{App, Chrome, Error, Router};

pub(crate) fn routes() -> Router {
    Router::new()
        .route("/a/{token}", get(answer_link::page).post(answer_link::answer))
        .route("/desk/events/{slug}/answers", get(queue::page))
        .route(
            "/desk/events/{slug}/answers/{id}",
            get(review::page).post(review::decide),
        )
        .route("/desk/events/{slug}/answers/{id}/return", post(review::give_back))
        .route("/desk/events/{slug}/answers/{id}/take-back", post(review::take_back))
        .route("/desk/events/{slug}/answers/{id}/files/{file}", get(review::file))
        .route("/desk/events/{slug}/assignments", get(assignments::page))
        .route(
            "/desk/events/{slug}/assignments/{id}",
            get(enter::page).post(enter::answer),
        )
        .route("/desk/events/{slug}/assignments/{id}/pass-on", post(enter::pass_on))
        .route("/desk/quarantine", get(held::list))
        .route("/desk/quarantine/{id}", get(held::page))
        .route("/desk/quarantine/{id}/discard", post(held::discard))
        .route("/desk/quarantine/{id}/accept", post(held::accept))
        .route("/desk/quarantine/{id}/confirm", post(held::confirm))
}

/// A form that is one button.
#[derive(Deserialize)]
pub(crate) struct Press {}

/// An id in an address; what is none is not there.
pub(crate) fn id<T: FromStr>(text: &str) -> Result<T, Error> {
    text.parse().map_err(|_| Error::NotFound)
}

/// The event of a desk page, and the page's chrome with it.
pub(crate) async fn desk(app: &App, c: Chrome, slug: &str) -> Result<(Chrome, event::Model), Error> {
    let event = event_by_slug(app.db.reader(), slug).await?.ok_or(Error::NotFound)?;
    let title = c.either(&event.title, &event.title_en).to_owned();
    Ok((c.with(&TEXTS).for_event(slug, title), event))
}
