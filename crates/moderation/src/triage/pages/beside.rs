//! What stands beside the board: live updates, who has a question open, its tags, kept views.

use super::{
    enter,
    list::{Typed, page},
    list_act::list_href,
};
use crate::{
    repo as common,
    triage::board::{self, Address, presence},
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use db::{
    entity::{event, question_count},
    prelude::*,
};
use domain::{EventId, QuestionId};
use serde::Deserialize;
use std::time::Duration;
use web::{App, Chrome, Errors, Form, auth::Moderator, redirect};

/// New questions are seen so soon.
const LOOK: Duration = Duration::from_secs(2);

/// Tells the board that something changed.
pub(super) async fn live(
    State(app): State<App>,
    _: Moderator,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> web::Result<Response> {
    let event = common::event_by_slug(app.db.reader(), &slug)
        .await?
        .ok_or(web::Error::NotFound)?;
    let topic = board::topic(event.id);
    let subscription = app.live.resume(&topic, &headers);
    if app.live.readers(&topic) == 1 {
        tokio::spawn(watch(app.clone(), event.id, topic));
    }
    Ok(web::live::sse(subscription))
}

/// A submission counts no topic, which every one of them would wait for: whoever has readers looks at the counter that
/// it takes anyway.
async fn watch(app: App, event: EventId, topic: String) {
    let mut last = None;
    while app.live.readers(&topic) > 0 {
        if let Ok(now) = question_count::Entity::find_by_id(event).one(app.db.reader()).await {
            if last.is_some() && last.as_ref() != Some(&now) {
                app.live.publish(&topic, "changed", "");
            }
            last = Some(now);
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// What a page says while it is open, and once more when it closes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Here {
    leaves: String,
}

pub(super) async fn here(
    State(app): State<App>,
    staff: Moderator,
    Path((slug, id)): Path<(String, QuestionId)>,
    c: Chrome,
    Form(input): Form<Here>,
) -> web::Result<Response> {
    let (event, _) = enter(&app, c, &slug).await?;
    common::question_of(app.db.reader(), event.id, id)
        .await?
        .ok_or(web::Error::NotFound)?;
    if input.leaves.is_empty() {
        presence::here(&app, event.id, id, staff.id).await?;
    } else {
        presence::gone(&app, event.id, id, staff.id).await?;
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Who else reads a question, and its tags: what a question's own page shows at its head. Rendered by itself, so that
/// the page needs to know nothing of it.
#[derive(Template)]
#[template(path = "triage/beside.html")]
struct Beside {
    c: Chrome,
    event: event::Model,
    question: QuestionId,
    here: Vec<String>,
    tags: Vec<String>,
    known: Vec<String>,
}

impl Beside {
    fn base(&self) -> String {
        format!("/desk/events/{}", self.event.slug)
    }
}

/// Its markup, to be printed as it is.
pub(super) async fn beside(
    conn: &impl ConnectionTrait,
    c: &Chrome,
    event: &event::Model,
    question: QuestionId,
) -> web::Result<String> {
    let staff = c.staff.as_ref().ok_or(web::Error::NotFound)?.id;
    let mut here = presence::others(conn, event.id, staff, c.now).await?;
    let mut tags = board::tags::of(conn, &[question]).await?;
    let known = board::tags::all(conn, event.id).await?;
    let part = Beside {
        c: c.clone(),
        event: event.clone(),
        question,
        here: here.remove(&question).unwrap_or_default(),
        tags: tags.remove(&question).unwrap_or_default(),
        known: known.into_iter().map(|t| t.name).collect(),
    };
    part.render().map_err(web::Error::internal)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TagInput {
    put: String,
    take: String,
}

pub(super) async fn tags(
    State(app): State<App>,
    staff: Moderator,
    Path((slug, id)): Path<(String, QuestionId)>,
    c: Chrome,
    Form(input): Form<TagInput>,
) -> web::Result<Response> {
    let (event, c) = enter(&app, c, &slug).await?;
    common::question_of(app.db.reader(), event.id, id)
        .await?
        .ok_or(web::Error::NotFound)?;
    let tx = app.db.begin_write().await?;
    let done = if input.take.is_empty() {
        board::tags::put(&tx, &app, staff.id, event.id, &input.put, &[id]).await
    } else {
        board::tags::take(&tx, &app, staff.id, event.id, &input.take, &[id]).await
    };
    super::commit(&app, &event, tx, done)
        .await
        .map_err(|error| error.on(&c.words))?;
    Ok(redirect(format!("/desk/events/{slug}/questions/{id}#tags"))
        .flash("saved")
        .into_response())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ViewInput {
    name: String,
    shared: Option<String>,
    forget: String,
    back: String,
}

/// Keeps the filters under a name, or forgets a view.
pub(super) async fn views(
    State(app): State<App>,
    staff: Moderator,
    c: Chrome,
    Path(slug): Path<String>,
    Form(input): Form<ViewInput>,
) -> web::Result<Response> {
    let (event, bound) = enter(&app, c.clone(), &slug).await?;
    let address = Address::parse(&input.back);
    let tx = app.db.begin_write().await?;
    let done = if let Ok(id) = input.forget.parse() {
        board::views::forget(&tx, &app, staff.id, event.id, id).await
    } else {
        let (query, shared) = (address.first().query(), input.shared.is_some());
        board::views::keep(&tx, &app, staff.id, event.id, &input.name, &query, shared).await
    };
    match done {
        Ok(()) => tx.commit().await?,
        Err(crate::Error::Text(error)) => {
            tx.rollback().await?;
            let mut errors = Errors::new();
            errors.add("name", error);
            let typed = Typed {
                errors,
                name: input.name,
                ..Typed::default()
            };
            return page(&app, c, &slug, staff.id, address, typed).await;
        }
        Err(error) => return Err(error.on(&bound.words)),
    }
    Ok(redirect(list_href(&slug, &address)).flash("saved").into_response())
}
