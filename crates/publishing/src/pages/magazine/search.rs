//! A search in what is published, in Korean and English.

use super::{Frame, MANY, archive, encode, private};
use crate::{
    Error, article,
    magazine::{self, Entry, Excerpt},
};
use askama::Template;
use axum::{
    extract::{Query, State},
    response::IntoResponse,
};
use db::words::Search;
use domain::{Lang, text};
use serde::Deserialize;
use std::collections::HashMap;
use web::{App, Chrome};

/// Characters of a search; the rest says nothing more.
const LONGEST: usize = 100;

#[derive(Template)]
#[template(path = "magazine/search.html")]
struct Found {
    c: Frame,
    typed: String,
    /// Nothing was asked for yet, or nothing that could be found.
    asked: bool,
    hits: Vec<(Entry, Option<Excerpt>)>,
    n: i64,
    older: Option<String>,
}

impl Found {
    fn count(&self) -> String {
        if self.n > magazine::MOST_FOUND {
            self.c.t("magazine-found-more")
        } else {
            self.c.t1("magazine-found", "n", self.n)
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    q: String,
    after: Option<String>,
}

pub(super) async fn page(State(app): State<App>, c: Chrome, Query(asked): Query<Asked>) -> web::Result {
    let typed: String = text::tidy(&asked.q).chars().take(LONGEST).collect();
    Ok(private(make(&app, c.lang(), typed, asked.after).await?).into_response())
}

async fn make(app: &App, lang: Lang, typed: String, after: Option<String>) -> Result<String, Error> {
    let (conn, now) = (app.db.reader(), app.clock.now());
    // What tells who asks is a matter of the desk; here a name that was printed is a word like others.
    let search = Search::parse(&typed).map(Search::without_names);
    let path = match (typed.is_empty(), &after) {
        (true, _) => "/magazine/search".to_owned(),
        (false, None) => format!("/magazine/search?q={}", encode(&typed)),
        (false, Some(slug)) => format!("/magazine/search?q={}&after={}", encode(&typed), encode(slug)),
    };
    let mut found = Found {
        c: Frame::new(app, lang, path),
        typed,
        asked: search.is_some(),
        hits: Vec::new(),
        n: 0,
        older: None,
    };
    if let Some(search) = search {
        magazine::catch_up(app).await?;
        let than = archive::edge(conn, after.as_deref(), now).await?;
        let mut ids = magazine::found(conn, &search, than, MANY + 1).await?;
        let more = ids.len() > MANY;
        ids.truncate(MANY);
        let rows = magazine::in_order(conn, &ids).await?;
        found.older = rows.last().filter(|_| more).map(|row| row.slug.clone());
        found.n = magazine::many_found(conn, &search).await?;
        let mut excerpts: HashMap<_, _> = rows
            .iter()
            .filter_map(|row| {
                let shown: article::Snapshot = serde_json::from_value(row.snapshot.clone()?).ok()?;
                Some((row.id, magazine::excerpt(&shown, &found.typed)?))
            })
            .collect();
        // What may not be seen is no entry, and its excerpt stays here.
        let entries = magazine::entries(conn, rows, now).await?;
        found.hits = entries
            .into_iter()
            .map(|e| (excerpts.remove(&e.id), e))
            .map(|(x, e)| (e, x))
            .collect();
    }
    Ok(found.render()?)
}
