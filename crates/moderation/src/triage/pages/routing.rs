//! Routing and release: who gets how many, what is pending, and the button that makes it true.

use super::enter;
use crate::{
    service::assign,
    triage::{
        repo::{self, Line},
        service::{
            release::{self, Pressed, Released},
            route_rest as service,
        },
    },
};
use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use db::{
    entity::{decision, event, speaker},
    people,
};
use domain::{DecisionId, QuestionId, state::decision::DecisionKind};
use serde::Deserialize;
use std::collections::HashMap;
use web::{App, Chrome, Form, auth::Moderator, redirect, render};

/// One service with its crew and what would go to it.
struct Crew {
    name: String,
    members: Vec<String>,
    /// Undecided questions that concern it.
    rest: usize,
    /// Pending routings to it.
    pending: usize,
}

impl Crew {
    fn missing(&self) -> bool {
        self.members.is_empty() && self.rest + self.pending > 0
    }
}

/// One pending decision.
struct Waiting {
    decision: decision::Model,
    line: Line,
    /// What is decided, in words: the place, the service, the reason.
    what: String,
    by: String,
}

struct Refusal {
    number: i32,
    question: QuestionId,
    why: String,
}

#[derive(Template)]
#[template(path = "triage/routing.html")]
struct RoutingPage {
    c: Chrome,
    event: event::Model,
    crews: Vec<Crew>,
    rest: usize,
    waiting: Vec<Waiting>,
    /// All that are pending; `waiting` are the first of them.
    pending: usize,
    /// How many a job still has to release.
    running: Option<usize>,
    released: Option<u64>,
    refused: Vec<Refusal>,
}

impl RoutingPage {
    fn base(&self) -> String {
        format!("/desk/events/{}", self.event.slug)
    }
    fn no_crew(&self) -> bool {
        self.crews.iter().any(Crew::missing)
    }
    /// The state that the release will lead to.
    const fn state_of(waiting: &Waiting) -> &'static str {
        match waiting.decision.kind {
            DecisionKind::Live => "live",
            DecisionKind::Route => "routed",
            DecisionKind::Decline => "declined",
            DecisionKind::Merge | DecisionKind::Duplicate => "merged",
            DecisionKind::Reserve => "reserve",
        }
    }
    fn pending_routes(&self) -> usize {
        self.crews.iter().map(|crew| crew.pending).sum()
    }
}

/// So many pending decisions stand on the page; more can be released, but nobody picks among them by hand.
const SHOWN: usize = 300;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Input {
    /// `all`, or those that are ticked.
    what: String,
    pick: Vec<DecisionId>,
}

pub(super) async fn show(State(app): State<App>, _: Moderator, c: Chrome, Path(slug): Path<String>) -> web::Result {
    let (event, c) = enter(&app, c, &slug).await?;
    page(&app, c, event, None).await
}

async fn page(app: &App, c: Chrome, event: event::Model, done: Option<Released>) -> web::Result {
    let conn = app.db.reader();
    let lang = c.lang();
    let rest = repo::undecided_rows(conn, event.id).await?;
    let mut pending = repo::pending(conn, event.id).await?;
    let services = people::services(conn, lang).await?;
    let mut crews = Vec::new();
    for (id, name) in &services {
        let members = assign::active(conn, *id).await?;
        crews.push(Crew {
            name: name.clone(),
            members: members.iter().map(|m| people::crew_person(m).name()).collect(),
            rest: rest.iter().filter(|(_, service)| service == id).count(),
            pending: pending.iter().filter(|d| d.service_id == Some(*id)).count(),
        });
    }
    let services: HashMap<_, _> = services.into_iter().collect();
    let running = repo::releasing(conn, event.id, &pending).await?;
    let kept = repo::refusals(conn, event.id, &pending).await?;
    let all = pending.len();
    pending.truncate(SHOWN);
    let speakers = repo::speakers(conn, event.id).await?;
    let mut ids: Vec<QuestionId> = pending.iter().map(|d| d.question_id).collect();
    ids.extend(done.iter().flat_map(|d| &d.refused).map(|(id, _)| *id));
    ids.extend(kept.keys());
    let lines: HashMap<QuestionId, Line> = repo::lines_of(conn, &ids, lang)
        .await?
        .into_iter()
        .map(|l| (l.question.id, l))
        .collect();
    let targets: Vec<QuestionId> = pending.iter().filter_map(|d| d.merged_into).collect();
    let targets: HashMap<QuestionId, i32> = repo::lines_of(conn, &targets, lang)
        .await?
        .into_iter()
        .map(|l| (l.question.id, l.number()))
        .collect();
    let waiting = pending.into_iter().filter_map(|decision| {
        let line = lines.get(&decision.question_id)?.clone();
        let what = match decision.kind {
            DecisionKind::Live => live_words(&c, &decision, &speakers),
            DecisionKind::Route => decision
                .service_id
                .and_then(|s| services.get(&s).cloned())
                .unwrap_or_default(),
            DecisionKind::Decline => decision.reason.clone().unwrap_or_default(),
            // Reserves are not released.
            DecisionKind::Reserve => String::new(),
            DecisionKind::Merge | DecisionKind::Duplicate => {
                let number = decision
                    .merged_into
                    .and_then(|q| targets.get(&q).copied())
                    .unwrap_or_default();
                c.t1("merge-into", "n", number)
            }
        };
        Some(Waiting {
            what,
            by: line.decided_by.clone(),
            line,
            decision,
        })
    });
    let waiting = waiting.collect();
    let refused = done.iter().flat_map(|d| &d.refused).map(|(id, error)| Refusal {
        number: lines.get(id).map_or(0, Line::number),
        question: *id,
        why: error.sentence(&c.words),
    });
    let mut refused: Vec<Refusal> = refused.collect();
    for (id, why) in kept {
        if !refused.iter().any(|r| r.question == id) {
            refused.push(Refusal {
                number: lines.get(&id).map_or(0, Line::number),
                question: id,
                why: c.t(why),
            });
        }
    }
    refused.sort_by_key(|r| r.number);
    let released = done.as_ref().map(|d| d.released);
    render(&RoutingPage {
        rest: rest.len(),
        c,
        event,
        crews,
        waiting,
        pending: all,
        running,
        released,
        refused,
    })
}

fn live_words(c: &Chrome, decision: &decision::Model, speakers: &[speaker::Model]) -> String {
    let place = c.t1("place-n", "n", decision.place.unwrap_or_default());
    let speaker = speakers.iter().find(|s| Some(s.id) == decision.speaker_id);
    match speaker {
        Some(speaker) => format!("{place} · {}", people::speaker_person(speaker).name()),
        None => place,
    }
}

/// A form that is one button.
#[derive(Debug, Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn route_rest(
    State(app): State<App>,
    staff: Moderator,
    Path(slug): Path<String>,
    c: Chrome,
    Form(Nothing {}): Form<Nothing>,
) -> web::Result<Response> {
    let (event, _) = enter(&app, c, &slug).await?;
    let routed = service::route_rest(&app, staff.id, event.id).await?;
    let routed = i64::try_from(routed).unwrap_or(i64::MAX);
    Ok(redirect(format!("/desk/events/{slug}/routing"))
        .flash_n("triage-routed-n", routed)
        .into_response())
}

pub(super) async fn release(
    State(app): State<App>,
    staff: Moderator,
    Path(slug): Path<String>,
    c: Chrome,
    Form(input): Form<Input>,
) -> web::Result<Response> {
    let (event, c) = enter(&app, c, &slug).await?;
    let only = if input.what == "all" {
        None
    } else if input.pick.is_empty() {
        return Ok(redirect(format!("/desk/events/{slug}/routing"))
            .flash("triage-pick-some")
            .into_response());
    } else {
        Some(&input.pick[..])
    };
    let done = match release::press(&app, staff.id, event.id, only).await? {
        Pressed::Done(done) => done,
        Pressed::Begun(of) => {
            let of = i64::try_from(of).unwrap_or(i64::MAX);
            return Ok(redirect(format!("/desk/events/{slug}/routing"))
                .flash_n("triage-release-begun", of)
                .into_response());
        }
    };
    if done.refused.is_empty() {
        let released = i64::try_from(done.released).unwrap_or(i64::MAX);
        return Ok(redirect(format!("/desk/events/{slug}/routing"))
            .flash_n("triage-released-n", released)
            .into_response());
    }
    page(&app, c, event, Some(done)).await
}

/// Tells the page that a job released some.
pub(super) async fn live(State(app): State<App>, _: Moderator, Path(slug): Path<String>) -> web::Result<Response> {
    let event = crate::repo::event_by_slug(app.db.reader(), &slug)
        .await?
        .ok_or(web::Error::NotFound)?;
    Ok(web::live::sse(app.live.subscribe(&release::topic(event.id))))
}
