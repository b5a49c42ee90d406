//! The front page: what was published.

use crate::{article, repo};
use axum::extract::State;
use chrono::{DateTime, Utc};
use db::people::in_lang;
use domain::Lang;
use web::{App, Chrome};

#[derive(askama::Template)]
#[template(path = "front.html")]
struct Front {
    c: Chrome,
    articles: Vec<Entry>,
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

pub(super) async fn page(State(app): State<App>, c: Chrome) -> web::Result {
    let now = app.clock.now();
    let lang = c.lang();
    let rows = repo::published(app.db.reader()).await?;
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
    })
}
