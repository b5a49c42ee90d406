//! Every outgoing mail, newest first.

use crate::{TEXTS, pages::ZONE, repo};
use axum::{
    extract::{Query, State},
    routing::get,
};
use db::{entity::outgoing_mail, page};
use domain::state::mail::{MailKind, OutgoingState};
use serde::Deserialize;
use std::collections::HashMap;
use web::{App, Choice, Chrome, Errors, Result, auth::Reviewer, render};

pub(crate) fn routes() -> web::Router {
    web::Router::new().route("/desk/outbox", get(page))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    state: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    event: String,
    #[serde(default)]
    q: String,
    #[serde(default)]
    before: String,
}

impl Asked {
    /// The same filters behind another cursor.
    fn href(&self, before: &str) -> String {
        let pairs = [
            ("state", self.state.as_str()),
            ("kind", &self.kind),
            ("event", &self.event),
            ("q", &self.q),
            ("before", before),
        ];
        let kept = pairs.iter().filter(|(_, v)| !v.is_empty());
        let query = kept
            .map(|(k, v)| format!("{k}={}", super::encode(v)))
            .collect::<Vec<_>>()
            .join("&");
        format!("/desk/outbox?{query}")
    }
}

struct Row {
    mail: outgoing_mail::Model,
    subject: String,
    kind: String,
    event: String,
}

#[derive(askama::Template)]
#[template(path = "outbox.html")]
struct Page {
    c: Chrome,
    errors: Errors,
    asked: Asked,
    counts: Vec<(OutgoingState, u64)>,
    states: Vec<Choice>,
    kinds: Vec<Choice>,
    events: Vec<Choice>,
    rows: page::Page<Row>,
    zone: &'static str,
}

async fn page(State(app): State<App>, c: Chrome, _staff: Reviewer, Query(asked): Query<Asked>) -> Result {
    let conn = app.db.reader();
    let c = c.with(&TEXTS);
    let events = repo::events(conn).await?;
    let filter = repo::OutboxFilter {
        state: asked.state.parse().ok(),
        kind: asked.kind.parse().ok(),
        event: events.iter().find(|e| e.slug == asked.event).map(|e| e.id),
        q: asked.q.trim().to_owned(),
        before: asked.before.parse().ok(),
    };
    let found = repo::outbox(conn, &filter).await?;
    let titles: HashMap<_, _> = events
        .iter()
        .map(|e| (e.id, c.either(&e.title, &e.title_en).to_owned()))
        .collect();
    let rows = found.rows.into_iter().map(|mail| Row {
        subject: mail.letter["subject"].as_str().unwrap_or_default().to_owned(),
        kind: super::kind_label(&c, mail.kind),
        event: mail
            .event_id
            .and_then(|id| titles.get(&id).cloned())
            .unwrap_or_default(),
        mail,
    });
    let rows = page::Page {
        rows: rows.collect(),
        next: found.next,
    };
    let counts = repo::outbox_counts(conn).await?;
    let counts = OutgoingState::ALL
        .iter()
        .filter_map(|s| counts.get(s).map(|n| (*s, *n)))
        .collect();
    let states = OutgoingState::ALL.iter();
    let states = states
        .map(|s| Choice::new(s, c.t(format!("state-{s}"))).chosen(filter.state == Some(*s)))
        .collect();
    let kinds = MailKind::ALL.iter();
    let kinds = kinds
        .map(|k| Choice::new(k, super::kind_label(&c, *k)).chosen(filter.kind == Some(*k)))
        .collect();
    let events = events.iter();
    let events = events
        .map(|e| Choice::new(&e.slug, c.either(&e.title, &e.title_en)).chosen(filter.event == Some(e.id)))
        .collect();
    render(&Page {
        c,
        errors: Errors::new(),
        asked,
        counts,
        states,
        kinds,
        events,
        rows,
        zone: ZONE,
    })
}
