//! Who did what to what.

use super::facts;
use crate::{TEXTS, pages::ZONE, repo};
use axum::{
    extract::{Query, State},
    routing::get,
};
use db::page;
use domain::state::people::ActorKind;
use serde::Deserialize;
use std::collections::HashMap;
use web::{App, Choice, Chrome, Errors, Result, auth::Administrator, render};

pub(crate) fn routes() -> web::Router {
    web::Router::new().route("/desk/audit", get(page))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    event: String,
    #[serde(default)]
    actor: String,
    #[serde(default)]
    action: String,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    before: String,
}

impl Asked {
    fn href(&self, before: &str) -> String {
        let pairs = [
            ("event", self.event.as_str()),
            ("actor", &self.actor),
            ("action", &self.action),
            ("subject", &self.subject),
            ("before", before),
        ];
        let kept = pairs.iter().filter(|(_, v)| !v.is_empty());
        let query = kept
            .map(|(k, v)| format!("{k}={}", super::encode(v)))
            .collect::<Vec<_>>()
            .join("&");
        format!("/desk/audit?{query}")
    }
}

#[derive(askama::Template)]
#[template(path = "audit.html")]
struct Page {
    c: Chrome,
    errors: Errors,
    asked: Asked,
    events: Vec<Choice>,
    actors: Vec<Choice>,
    titles: HashMap<domain::EventId, String>,
    rows: page::Page<repo::Audited>,
    /// Of the questions among them.
    numbers: HashMap<uuid::Uuid, i32>,
    zone: &'static str,
}

impl Page {
    /// In words; what an older release noted and this one does not know keeps its technical name.
    fn deed(&self, action: &str) -> String {
        let key = format!("deed-{}", action.replace(['.', '_'], "-"));
        self.c.words.get(&key).unwrap_or_else(|| action.to_owned())
    }
    /// What it was done to, in words, as above.
    fn subject(&self, entry: &db::entity::audit_entry::Model) -> String {
        if let Some(number) = entry.subject_id.and_then(|id| self.numbers.get(&id)) {
            return self.c.t1("subject-question-n", "n", *number);
        }
        let kind = &entry.subject_kind;
        let key = format!("subject-{}", kind.replace('_', "-"));
        self.c.words.get(&key).unwrap_or_else(|| kind.clone())
    }
    fn facts(&self, entry: &db::entity::audit_entry::Model) -> String {
        facts::in_words(&self.c, &entry.action, &entry.details)
    }
    #[expect(clippy::ref_option, reason = "a template passes fields by reference")]
    fn title(&self, id: &Option<domain::EventId>) -> &str {
        id.as_ref()
            .and_then(|id| self.titles.get(id))
            .map_or("", String::as_str)
    }
}

async fn page(State(app): State<App>, c: Chrome, _staff: Administrator, Query(asked): Query<Asked>) -> Result {
    let conn = app.db.reader();
    let c = c.with(&TEXTS);
    let events = repo::events(conn).await?;
    let filter = repo::AuditFilter {
        event: events.iter().find(|e| e.slug == asked.event).map(|e| e.id),
        actor: asked.actor.parse().ok(),
        action: asked.action.trim().to_owned(),
        subject: asked.subject.parse().ok(),
        before: asked.before.parse().ok(),
    };
    let rows = repo::audit(conn, &filter, c.lang()).await?;
    let numbers = super::audit_file::numbers(conn, rows.rows.iter().map(|row| &row.entry)).await?;
    let titles = events
        .iter()
        .map(|e| (e.id, c.either(&e.title, &e.title_en).to_owned()))
        .collect();
    let events = events.iter();
    let events = events
        .map(|e| Choice::new(&e.slug, c.either(&e.title, &e.title_en)).chosen(filter.event == Some(e.id)))
        .collect();
    let actors = ActorKind::ALL.iter();
    let actors = actors
        .map(|a| Choice::new(a, c.t(format!("actor-{a}"))).chosen(filter.actor == Some(*a)))
        .collect();
    render(&Page {
        c,
        errors: Errors::new(),
        asked,
        events,
        actors,
        titles,
        rows,
        numbers,
        zone: ZONE,
    })
}
