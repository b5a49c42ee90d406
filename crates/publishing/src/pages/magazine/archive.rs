//! Everything that is published, by year, service and keyword.

use super::{Asks, Frame, MANY, encode, face};
use crate::{
    Cache, Error, article,
    magazine::{self, Counts, Entry, Facet},
    repo,
};
use askama::Template;
use axum::{
    Extension,
    extract::{Path, Query, State},
    http::{HeaderMap, Method},
};
use chrono::{DateTime, Utc};
use db::prelude::ConnectionTrait;
use domain::{ArticleId, Lang};
use serde::Deserialize;
use web::{App, Chrome};

#[derive(Template)]
#[template(path = "magazine/archive.html")]
struct Archive {
    c: Frame,
    counts: Counts,
}

#[derive(Template)]
#[template(path = "magazine/facet.html")]
struct Shelf {
    c: Frame,
    kind: Facet,
    label: String,
    /// Without a query.
    path: String,
    entries: Vec<Entry>,
    older: Option<String>,
    later: bool,
}

pub(super) async fn overview(
    State(app): State<App>,
    Extension(cache): Extension<Cache>,
    c: Chrome,
    method: Method,
    headers: HeaderMap,
) -> web::Result {
    let lang = c.lang();
    let asks = Asks {
        app: &app,
        cache: &cache,
        method: &method,
        headers: &headers,
    };
    let make = async {
        let archive = Archive {
            counts: magazine::counts(app.db.reader(), lang).await?,
            c: Frame::new(&app, lang, "/magazine/archive"),
        };
        Ok(archive.render()?)
    };
    asks.send(format!("{lang} /magazine/archive"), face(true), make).await
}

#[derive(Deserialize)]
pub(super) struct From {
    /// The slug of the article after which the list goes on.
    pub(super) after: Option<String>,
}

pub(super) async fn list(
    State(app): State<App>,
    Extension(cache): Extension<Cache>,
    c: Chrome,
    Path((kind, value)): Path<(String, String)>,
    Query(from): Query<From>,
    method: Method,
    headers: HeaderMap,
) -> web::Result {
    let kind = Facet::parse(&kind).ok_or(web::Error::NotFound)?;
    let asks = Asks {
        app: &app,
        cache: &cache,
        method: &method,
        headers: &headers,
    };
    let lang = c.lang();
    let path = format!("/magazine/archive/{}/{}", kind.as_str(), encode(&value));
    let key = match &from.after {
        Some(slug) => format!("{lang} {path}?after={slug}"),
        None => format!("{lang} {path}"),
    };
    asks.send(key, face(true), make(&app, lang, (kind, value), path, from.after))
        .await
}

async fn make(
    app: &App,
    lang: Lang,
    (kind, value): (Facet, String),
    path: String,
    after: Option<String>,
) -> Result<String, Error> {
    let (conn, now) = (app.db.reader(), app.clock.now());
    let (stored, label) = magazine::facet(conn, kind, &value, lang)
        .await?
        .ok_or(Error::NotFound)?;
    let than = edge(conn, after.as_deref(), now).await?;
    let mut rows = magazine::list(conn, kind, &stored, than, MANY + 1).await?;
    let more = rows.len() > MANY;
    rows.truncate(MANY);
    let older = rows.last().filter(|_| more).map(|row| row.slug.clone());
    let entries = magazine::entries(conn, rows, now).await?;
    if entries.is_empty() {
        return Err(Error::NotFound);
    }
    let here = match &after {
        Some(slug) => format!("{path}?after={slug}"),
        None => path.clone(),
    };
    let shelf = Shelf {
        c: Frame::new(app, lang, here),
        kind,
        label,
        path,
        entries,
        older,
        later: after.is_some(),
    };
    Ok(shelf.render()?)
}

/// Where a list goes on, by the article that stood last; one that is gone is no place.
pub(super) async fn edge(
    conn: &impl ConnectionTrait,
    after: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Option<(DateTime<Utc>, ArticleId)>, Error> {
    let Some(slug) = after else { return Ok(None) };
    let row = repo::article_by_slug(conn, slug).await?;
    let row = row.filter(|row| article::visible(row, now)).ok_or(Error::NotFound)?;
    Ok(row.published_at.map(|at| (at, row.id)))
}
