//! What readers do with an article beside reading it. The article's own page is the same for everybody and runs nothing;
//! whatever needs more stands on a page of its own.

mod comments;
mod desk;
mod share;
mod useful;

use crate::{Error, article, repo};
use axum::routing::{get, post};
use db::entity::article::Model;
use domain::{Lang, state::article::ArticleState};
use web::App;

pub(super) fn routes() -> web::Router {
    axum::Router::new()
        .route("/articles/{slug}/useful", get(useful::page).post(useful::say))
        .route("/articles/{slug}/useful/why", post(useful::why))
        .route("/articles/{slug}/share", get(share::page))
        .route("/articles/{slug}/comments", get(comments::page).post(comments::send))
        .route("/articles/{slug}/comments/{id}/withdraw", post(comments::withdraw))
        .route("/desk/comments", get(desk::page))
        .route("/desk/comments/{id}", post(desk::act))
}

/// The article that readers may see now, as they see it.
struct Seen {
    row: Model,
    title: String,
    standfirst: String,
    lang: Lang,
    zone: String,
}

async fn seen(app: &App, slug: &str) -> Result<Seen, Error> {
    let row = repo::article_by_slug(app.db.reader(), slug)
        .await?
        .ok_or(Error::NotFound)?;
    if !article::visible(&row, app.clock.now()) {
        let withdrawn = row.state == ArticleState::Withdrawn;
        return Err(if withdrawn { Error::Gone } else { Error::NotFound });
    }
    let snapshot: article::Snapshot = serde_json::from_value(row.snapshot.clone().unwrap_or_default())?;
    Ok(Seen {
        row,
        title: snapshot.title,
        standfirst: snapshot.standfirst,
        lang: snapshot.lang,
        zone: snapshot.event.time_zone,
    })
}
