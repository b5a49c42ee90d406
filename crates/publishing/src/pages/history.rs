//! Revisions of an article: what changed from one to the next, and the way back.

use super::edit::{label, plain_of};
use crate::{
    Error,
    article::{self, Draft},
    repo,
};
use axum::extract::{Path, Query, State};
use chrono::{DateTime, Utc};
use db::entity::article::Model;
use domain::{ArticleId, state::article::ArticleState};
use serde::Deserialize;
use web::{App, Chrome, Form, auth::Editor, diff};

/// Revisions on one page.
const MANY: u64 = 50;

#[derive(askama::Template)]
#[template(path = "desk/history.html")]
struct History {
    c: Chrome,
    article: Model,
    zone: String,
    rows: Vec<(i32, DateTime<Utc>, String)>,
    older: Option<i32>,
    shown: Option<Shown>,
}

/// One revision beside the one before it.
struct Shown {
    n: i32,
    at: DateTime<Utc>,
    changes: Vec<Change>,
    may_restore: bool,
}

struct Change {
    label: String,
    pieces: Vec<diff::Piece>,
}

#[derive(Deserialize)]
pub(super) struct Which {
    /// From before this number on.
    before: Option<i32>,
    n: Option<i32>,
}

pub(super) async fn page(
    State(app): State<App>,
    c: Chrome,
    _: Editor,
    Path(id): Path<ArticleId>,
    Query(which): Query<Which>,
) -> web::Result {
    let conn = app.db.reader();
    let row = repo::article(conn, id).await?;
    let event = repo::event(conn, row.event_id).await?;
    let title = c.either(&event.title, &event.title_en).to_owned();
    let c = c.with(&crate::TEXTS).for_event(event.slug, title);
    let mut rows = repo::revisions(conn, id, which.before.unwrap_or(i32::MAX), MANY + 1).await?;
    let more = rows.len() as u64 > MANY;
    rows.truncate(usize::try_from(MANY).unwrap_or(usize::MAX));
    let last = rows.first().map(|r| r.0).filter(|_| which.before.is_none());
    let shown = match which.n.or(last) {
        Some(n) => shown(&app, &c, &row, n).await?,
        None => None,
    };
    web::render(&History {
        older: rows.last().map(|r| r.0).filter(|_| more),
        c,
        article: row,
        zone: event.time_zone,
        rows,
        shown,
    })
}

async fn shown(app: &App, c: &Chrome, row: &Model, n: i32) -> Result<Option<Shown>, Error> {
    let conn = app.db.reader();
    let Some(revision) = repo::revision(conn, row.id, n).await? else {
        return Ok(None);
    };
    let after: Draft = serde_json::from_value(revision.draft)?;
    let before = match repo::revision(conn, row.id, n - 1).await? {
        Some(before) => serde_json::from_value(before.draft)?,
        None => Draft {
            blocks: Vec::new(),
            title: String::new(),
            ..after.clone()
        },
    };
    let (_, current) = article::current(conn, row.id).await?;
    Ok(Some(Shown {
        n,
        at: revision.at,
        changes: changes(c, &before, &after),
        may_restore: row.state != ArticleState::Withdrawn && current != after,
    }))
}

/// What changed, in the order of the article: fields, blocks, what was taken out, the order.
fn changes(c: &Chrome, before: &Draft, after: &Draft) -> Vec<Change> {
    let mut all = Vec::new();
    let mut add = |label: String, old: String, new: String| {
        if old != new {
            let pieces = diff::words(&old, &new);
            all.push(Change { label, pieces });
        }
    };
    for name in ["title", "standfirst", "keywords", "slug", "lang"] {
        add(
            c.t(format!("field-{name}")),
            plain_of(before, name),
            plain_of(after, name),
        );
    }
    for block in &after.blocks {
        let name = block.id.to_string();
        let known = before.blocks.iter().any(|b| b.id == block.id);
        let (old, new) = (plain_of(before, &name), plain_of(after, &name));
        let label = label(c, block, after);
        if !known && new.is_empty() {
            all.push(Change {
                label: c.t1("history-added", "what", label),
                pieces: Vec::new(),
            });
        } else if old != new {
            all.push(Change {
                label,
                pieces: diff::words(&old, &new),
            });
        }
    }
    for block in &before.blocks {
        if after.blocks.iter().all(|b| b.id != block.id) {
            let label = label(c, block, before);
            let text = plain_of(before, &block.id.to_string());
            all.push(Change {
                label: c.t1("history-removed", "what", label),
                pieces: diff::words(&text, ""),
            });
        }
    }
    let order = |of: &Draft, with: &Draft| -> Vec<_> {
        let both = |id| with.blocks.iter().any(|b| b.id == id);
        of.blocks.iter().map(|b| b.id).filter(|id| both(*id)).collect()
    };
    if order(before, after) != order(after, before) {
        all.push(Change {
            label: c.t("history-order"),
            pieces: Vec::new(),
        });
    }
    all
}

#[derive(Deserialize)]
pub(super) struct Back {
    n: i32,
}

pub(super) async fn restore(
    State(app): State<App>,
    Editor(staff): Editor,
    Path(id): Path<ArticleId>,
    Form(Back { n }): Form<Back>,
) -> web::Result<web::Redirect> {
    article::restore(&app, staff.id, id, n).await?;
    Ok(web::redirect(format!("/desk/articles/{id}")).flash("history-restored"))
}
