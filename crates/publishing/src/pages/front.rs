//! The front page: what was published.

use crate::{article, repo};
use axum::extract::{Query, State};
use chrono::{DateTime, Utc};
use db::people::in_lang;
use domain::Lang;
use serde::Deserialize;
use web::{App, Chrome};

/// Articles on one page.
const MANY: usize = 20;

#[derive(askama::Template)]
#[template(path = "front.html")]
struct Front {
    c: Chrome,
    articles: Vec<Entry>,
    /// The list begins here.
    first: bool,
    /// The last one here, when there are more after it.
    older: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct From {
    /// The slug of the article after which the list goes on.
    after: Option<String>,
}

struct Entry {
    slug: String,
    lang: Lang,
    title: String,
    standfirst: String,
    at: Option<DateTime<Utc>>,
    event: String,
    zone: String,
}

pub(super) async fn page(State(app): State<App>, c: Chrome, Query(from): Query<From>) -> web::Result {
    let now = app.clock.now();
    let lang = c.lang();
    let conn = app.db.reader();
    // One that is gone meanwhile, or never was: from the beginning.
    let than = match &from.after {
        Some(slug) => repo::article_by_slug(conn, slug)
            .await?
            .filter(|row| article::visible(row, now)),
        None => None,
    };
    let mut rows = repo::published(conn, than.as_ref(), MANY as u64 + 1).await?;
    let more = rows.len() > MANY;
    rows.truncate(MANY);
    let older = rows.last().filter(|_| more).map(|(row, _)| row.slug.clone());
    let visible = rows.into_iter().filter(|(row, _)| article::visible(row, now));
    // Title and standfirst are those that readers were shown last, not what an editor is typing.
    let articles = visible
        .filter_map(|(row, event)| {
            let shown: article::Snapshot = serde_json::from_value(row.snapshot?).ok()?;
            let zone = event.as_ref().map(|e| e.time_zone.clone()).unwrap_or_default();
            Some(Entry {
                slug: row.slug,
                lang: shown.lang,
                title: shown.title,
                standfirst: shown.standfirst,
                at: row.published_at,
                event: event.map_or(shown.event.title, |e| in_lang(lang, &e.title, &e.title_en)),
                zone,
            })
        })
        .collect();
    web::render(&Front {
        c: c.with(&crate::TEXTS),
        articles,
        first: than.is_none(),
        older,
    })
}
