//! The reading queue: one question after another, the least read first.

use super::{ScoreForm, Typed};
use crate::{
    repo as common,
    triage::{
        board::follow,
        pages::enter,
        reading::repo::{self, Progress},
        repo::{self as triage, Line},
    },
};
use askama::Template;
use axum::extract::{Path, State};
use db::entity::event;
use domain::QuestionId;
use web::{App, Chrome, Errors, auth::Moderator, render_form};

struct Next {
    line: Line,
    scores: ScoreForm,
}

#[derive(Template)]
#[template(path = "triage/reading/queue.html")]
struct QueuePage {
    c: Chrome,
    event: event::Model,
    errors: Errors,
    progress: Progress,
    next: Option<Next>,
}

impl QueuePage {
    fn base(&self) -> String {
        format!("/desk/events/{}", self.event.slug)
    }
}

pub(super) async fn show(State(app): State<App>, _: Moderator, c: Chrome, Path(slug): Path<String>) -> web::Result {
    page(&app, c, &slug, None, Errors::new(), Typed::default()).await
}

/// The page of the next question, or of `this` one, whose form was refused.
pub(super) async fn page(
    app: &App,
    c: Chrome,
    slug: &str,
    this: Option<QuestionId>,
    errors: Errors,
    typed: Typed,
) -> web::Result {
    let (event, c) = enter(app, c, slug).await?;
    let me = c.staff.as_ref().map(|s| s.id).ok_or(web::Error::NotFound)?;
    let conn = app.db.reader();
    let id = match this {
        Some(id) => Some(id),
        None => {
            // Every question has its figures then, along which the next one is found.
            follow::catch_up(&app.db, event.id).await?;
            repo::next(&app.db, event.id, me).await?
        }
    };
    let next = match id {
        Some(id) => Some(one(app, &c, &event, id, me, typed).await?),
        None => None,
    };
    let page = QueuePage {
        progress: repo::progress(conn, event.id, me).await?,
        c,
        event,
        errors,
        next,
    };
    render_form(&page.errors, &page)
}

async fn one(
    app: &App,
    c: &Chrome,
    event: &event::Model,
    id: QuestionId,
    me: domain::StaffId,
    typed: Typed,
) -> web::Result<Next> {
    let conn = app.db.reader();
    let question = common::question_of(conn, event.id, id)
        .await?
        .ok_or(web::Error::NotFound)?;
    let Some(line) = triage::lines(conn, vec![question], c.lang()).await?.pop() else {
        return Err(web::Error::NotFound);
    };
    Ok(Next {
        scores: ScoreForm::of(app, event.id, id, me, c.lang(), typed).await?,
        line,
    })
}
