//! Every outgoing mail, newest first.

use crate::{TEXTS, pages::ZONE, repo};
use axum::{
    extract::{Query, State},
    routing::get,
};
use db::{
    entity::outgoing_mail,
    page,
    sight::{self, Veil},
};
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
    to: To,
    subject: String,
    kind: String,
    event: String,
}

/// Whom a mail goes to, as far as it may be seen.
pub(super) struct To {
    pub(super) name: String,
    pub(super) email: String,
}

impl To {
    /// `veil` covers the asker of the question that the mail is about; a crew is named all the same.
    pub(super) fn of(c: &Chrome, mail: &outgoing_mail::Model, veil: Option<&Veil>) -> Self {
        if veil.is_some() && mail.kind != MailKind::Assignment {
            return Self {
                name: c.t("outbox-blind"),
                email: String::new(),
            };
        }
        Self {
            name: mail.to_name.clone(),
            email: mail.to_email.to_string(),
        }
    }
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
    let veils = sight::veils(conn, found.rows.iter().filter_map(|m| m.question_id)).await?;
    let rows = found.rows.into_iter().map(|mail| {
        let veil = mail.question_id.and_then(|id| veils.get(&id));
        let subject = mail.letter["subject"].as_str().unwrap_or_default();
        Row {
            subject: veil.map_or_else(|| subject.to_owned(), |veil| veil.cover(subject)),
            to: To::of(&c, &mail, veil),
            kind: super::kind_label(&c, mail.kind),
            event: mail
                .event_id
                .and_then(|id| titles.get(&id).cloned())
                .unwrap_or_default(),
            mail,
        }
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
