//! An event's articles.

use crate::{article, repo};
use axum::extract::{Path, State};
use db::entity::article::Model;
use serde::Deserialize;
use web::{App, Chrome, Form, auth::Editor};

#[derive(askama::Template)]
#[template(path = "desk/articles.html")]
struct Articles {
    c: Chrome,
    zone: String,
    rows: Vec<Model>,
    /// Answered on stage, by crews, asked back.
    offered: [u64; 3],
}

impl Articles {
    fn material(&self) -> String {
        let [live, crew, reverse] = &self.offered;
        let args: [(&str, &dyn web::lang::Arg); 3] = [("live", live), ("crew", crew), ("reverse", reverse)];
        self.c.ta("articles-material", &args)
    }
    fn is_open(&self, article: &Model) -> bool {
        article::visible(article, self.c.now)
    }
}

pub(super) async fn page(State(app): State<App>, c: Chrome, _: Editor, Path(slug): Path<String>) -> web::Result {
    let conn = app.db.reader();
    let event = repo::event_by_slug(conn, &slug).await?;
    let articles = repo::articles_of(conn, event.id).await?;
    let title = c.either(&event.title, &event.title_en).to_owned();
    web::render(&Articles {
        c: c.with(&crate::TEXTS).for_event(event.slug, title),
        zone: event.time_zone,
        rows: articles,
        offered: repo::offered_counts(conn, event.id).await?,
    })
}

#[derive(Deserialize)]
pub(super) struct Input {
    /// `report`; anything else is a conversation.
    #[serde(default)]
    shape: String,
}

pub(super) async fn create(
    State(app): State<App>,
    Editor(staff): Editor,
    Path(slug): Path<String>,
    Form(input): Form<Input>,
) -> web::Result<web::Redirect> {
    let event = repo::event_by_slug(app.db.reader(), &slug).await?;
    let tx = app.db.begin_write().await?;
    let shape = if input.shape == "report" {
        article::Shape::Report
    } else {
        article::Shape::Conversation
    };
    let id = article::create(&tx, &app, staff.id, event.id, shape).await?;
    tx.commit().await?;
    Ok(web::redirect(format!("/desk/articles/{id}")).flash("article-created"))
}
