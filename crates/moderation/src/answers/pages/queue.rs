//! The answers of an event by state: what waits for review comes first.

use super::desk;
use crate::answers::repo::{self, Lookup, Subject, Wanted};
use axum::extract::{Path, Query, State};
use chrono::{DateTime, Utc};
use domain::{AnswerId, state::answer::AnswerState};
use serde::Deserialize;
use web::{App, Chrome, Result, auth::Reviewer, render};

#[derive(Deserialize)]
pub(super) struct Filter {
    #[serde(default)]
    state: String,
    #[serde(default)]
    after: String,
}

/// A choice of what the list shows.
pub(super) struct Tab {
    pub(super) value: &'static str,
    pub(super) label: String,
    pub(super) count: u64,
    pub(super) current: bool,
}

struct Row {
    id: AnswerId,
    subject: Subject,
    who: String,
    source: &'static str,
    state: &'static str,
    at: DateTime<Utc>,
}

#[derive(askama::Template)]
#[template(path = "answers/queue.html")]
struct Page {
    c: Chrome,
    base: String,
    tabs: Vec<Tab>,
    state: &'static str,
    rows: Vec<Row>,
    next: Option<String>,
    /// Messages that wait for a moderator.
    held: u64,
}

pub(super) async fn page(
    State(app): State<App>,
    _: Reviewer,
    c: Chrome,
    Path(slug): Path<String>,
    Query(filter): Query<Filter>,
) -> Result {
    let (c, event) = desk(&app, c, &slug).await?;
    let conn = app.db.reader();
    let state = filter.state.parse().unwrap_or(AnswerState::InReview);
    let page = repo::answers(conn, event.id, state, filter.after.parse().ok()).await?;
    let counts = repo::answer_counts(conn, event.id).await?;
    let mut wanted = Wanted::default();
    for row in &page.rows {
        wanted.answer(row);
    }
    let lookup = Lookup::load(conn, c.lang(), wanted).await?;
    let rows = page.rows.iter().map(|row| Row {
        id: row.id,
        subject: lookup.subject(row.question_id, row.reverse_id),
        who: lookup.answerer(row),
        source: row.source.as_str(),
        state: row.state.as_str(),
        at: row.received_at,
    });
    let tabs = [AnswerState::InReview, AnswerState::Returned, AnswerState::Approved].map(|choice| Tab {
        value: choice.as_str(),
        label: c.t(format!("state-{choice}")),
        count: counts.get(choice.as_str()).copied().unwrap_or_default(),
        current: choice == state,
    });
    render(&Page {
        base: format!("/desk/events/{slug}"),
        tabs: tabs.into(),
        state: state.as_str(),
        rows: rows.collect(),
        next: page.next,
        held: crate::talk::repo::held_count(conn, event.id).await?,
        c,
    })
}
