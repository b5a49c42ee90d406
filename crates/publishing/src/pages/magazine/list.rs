//! All issues, by their covers.

use super::{Asks, Frame, face};
use crate::{
    Cache, Error,
    magazine::{self, Cover},
};
use askama::Template;
use axum::{
    Extension,
    extract::{Query, State},
    http::{HeaderMap, Method},
};
use domain::Lang;
use serde::Deserialize;
use web::{App, Chrome};

/// Covers on one page.
const COVERS: usize = 24;

#[derive(Template)]
#[template(path = "magazine/list.html")]
struct List {
    c: Frame,
    issues: Vec<Issue>,
    /// The last number here, when there are more below it.
    older: Option<i32>,
    /// The page does not begin at the beginning.
    later: bool,
}

struct Issue {
    cover: Cover,
    zone: String,
    articles: usize,
}

#[derive(Deserialize)]
pub(super) struct From {
    after: Option<String>,
}

pub(super) async fn page(
    State(app): State<App>,
    Extension(cache): Extension<Cache>,
    c: Chrome,
    Query(from): Query<From>,
    method: Method,
    headers: HeaderMap,
) -> web::Result {
    let asks = Asks {
        app: &app,
        cache: &cache,
        method: &method,
        headers: &headers,
    };
    let after: Option<i32> = from.after.and_then(|n| n.parse().ok());
    let path = after.map_or_else(|| "/magazine".to_owned(), |n| format!("/magazine?after={n}"));
    let lang = c.lang();
    asks.send(format!("{lang} {path}"), face(true), make(&app, lang, path, after))
        .await
}

async fn make(app: &App, lang: Lang, path: String, after: Option<i32>) -> Result<String, Error> {
    let (conn, now) = (app.db.reader(), app.clock.now());
    let mut rows = magazine::shown_issues(conn, after, COVERS as u64 + 1).await?;
    if rows.is_empty() && after.is_some() {
        return Err(Error::NotFound);
    }
    let more = rows.len() > COVERS;
    rows.truncate(COVERS);
    let older = rows.last().filter(|_| more).map(|row| row.number);
    let mut issues = Vec::with_capacity(rows.len());
    for row in rows {
        let contents = magazine::contents(conn, &row, now, false).await?;
        issues.push(Issue {
            cover: magazine::frontispiece(conn, &row).await?,
            zone: contents.entries().next().map(|e| e.zone.clone()).unwrap_or_default(),
            articles: contents.entries().count(),
        });
    }
    let list = List {
        c: Frame::new(app, lang, path),
        issues,
        older,
        later: after.is_some(),
    };
    Ok(list.render()?)
}
