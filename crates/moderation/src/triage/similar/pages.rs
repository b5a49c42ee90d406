//! The groups that are proposed, and the presses of both pages.

use super::{repo as own, service};
use crate::{
    repo as common,
    triage::{
        pages::{commit, enter, pair, panel},
        repo::{self, Line},
    },
};
use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use db::entity::event;
use domain::QuestionId;
use serde::Deserialize;
use std::collections::HashMap;
use web::{App, Chrome, Errors, Form, auth::Moderator, redirect, render_form};

/// Groups on a page.
const SHOWN: usize = 20;

pub fn routes() -> web::Router {
    web::Router::new()
        .route("/desk/events/{slug}/similar", get(show).post(act))
        .route("/desk/events/{slug}/questions/{id}/similar", post(join))
}

struct Group {
    number: i32,
    members: Vec<Member>,
}

#[expect(clippy::struct_excessive_bools, reason = "what a line shows or not, each by itself")]
struct Member {
    line: Line,
    answered: bool,
    leads: bool,
    /// It may still be joined to another.
    waits: bool,
    ticked: bool,
    near: &'static str,
}

#[derive(Template)]
#[template(path = "triage/similar.html")]
struct SimilarPage {
    c: Chrome,
    event: event::Model,
    errors: Errors,
    groups: Vec<Group>,
    next: Option<i32>,
    after: i32,
    /// Questions came since: the next survey is under way.
    renewing: bool,
    never: bool,
}

impl SimilarPage {
    fn base(&self) -> String {
        format!("/desk/events/{}", self.event.slug)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Place {
    after: i32,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Input {
    act: String,
    after: i32,
    group: i32,
    lead: String,
    /// `QUESTION:DECISION` of the ticked ones.
    pick: Vec<String>,
    member: Vec<QuestionId>,
}

async fn show(
    State(app): State<App>,
    _: Moderator,
    c: Chrome,
    Path(slug): Path<String>,
    Query(place): Query<Place>,
) -> web::Result {
    let typed = Input {
        after: place.after,
        ..Input::default()
    };
    page(&app, c, &slug, typed, Errors::new()).await
}

async fn page(app: &App, c: Chrome, slug: &str, typed: Input, errors: Errors) -> web::Result {
    let (event, c) = enter(app, c, slug).await?;
    let conn = app.db.reader();
    let mut found = own::groups(conn, event.id, typed.after, SHOWN as u64 + 1).await?;
    let next = if found.len() > SHOWN {
        found.pop_last();
        found.keys().next_back().copied()
    } else {
        None
    };
    let ids: Vec<QuestionId> = found.values().flatten().map(|(id, _)| *id).collect();
    let answered = own::answered(conn, ids.iter().copied()).await?;
    let lines = repo::lines_of(conn, &ids, c.lang()).await?;
    let mut lines: HashMap<QuestionId, Line> = lines.into_iter().map(|line| (line.question.id, line)).collect();
    let mut groups = Vec::new();
    for (number, rows) in found {
        let own = number == typed.group;
        let brief: Vec<(QuestionId, i32, bool)> = rows
            .iter()
            .filter_map(|(id, _)| lines.get(id).map(|line| (*id, line.number(), line.waiting())))
            .collect();
        let proposed = service::proposed_lead(conn, &brief).await?;
        let lead = typed.lead.parse().ok().filter(|_| own).or(proposed);
        let member = |(id, milli): (QuestionId, i32)| {
            let line = lines.remove(&id)?;
            Some(Member {
                answered: answered.contains(&id),
                leads: lead == Some(id),
                waits: line.waiting(),
                ticked: !own || typed.pick.iter().any(|pick| pick.starts_with(&id.to_string())),
                near: if milli >= 750 { "similar-same" } else { "similar-close" },
                line,
            })
        };
        groups.push(Group {
            number,
            members: rows.into_iter().filter_map(member).collect(),
        });
    }
    let survey = own::surveyed(conn, event.id).await?;
    let page = SimilarPage {
        never: survey.as_ref().is_none_or(|row| row.done_at.is_none()),
        renewing: survey.is_some_and(|row| (row.done_number, row.done_change) < (row.asked_number, row.asked_change)),
        after: typed.after,
        c,
        event,
        groups,
        next,
        errors,
    };
    render_form(&page.errors, &page)
}

async fn act(
    State(app): State<App>,
    staff: Moderator,
    c: Chrome,
    Path(slug): Path<String>,
    Form(input): Form<Input>,
) -> web::Result<Response> {
    let (event, bound) = enter(&app, c.clone(), &slug).await?;
    let tx = app.db.begin_write().await?;
    let done = if input.act == "dismiss" {
        let done = service::dismiss(&tx, &app, staff.id, event.id, &input.member).await;
        done.map(|()| ("similar-dismissed", input.member.len()))
            .map_err(|error| (0, error))
    } else {
        let picked: Vec<_> = input.pick.iter().filter_map(|text| pair(text)).collect();
        match input.lead.parse() {
            Ok(lead) => service::join_all(&tx, &app, staff.id, event.id, lead, &picked)
                .await
                .map(|n| ("similar-joined", n)),
            Err(_) => Err((0, crate::Error::Refused("refused-no-lead"))),
        }
    };
    let (number, done) = match done {
        Ok(done) => (0, Ok(done)),
        Err((number, error)) => (number, Err(error)),
    };
    match commit(&app, &event, tx, done).await {
        Ok((flash, n)) => {
            let to = format!("/desk/events/{slug}/similar?after={}", input.after);
            Ok(redirect(to).flash_n(flash, n).into_response())
        }
        Err(crate::Error::NotFound) => Err(web::Error::NotFound),
        Err(error) if error.is_refusal() => {
            let why = error.sentence(&bound.words);
            let message = match number {
                0 => web::Message::new("refused").arg("why", why),
                _ => web::Message::new("refused-number")
                    .arg("number", number)
                    .arg("why", why),
            };
            page(&app, c, &slug, input, Errors::form(message)).await
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Press {
    /// `join:QUESTION`, or `lead`.
    act: String,
    seen: String,
}

/// The buttons beside one question.
async fn join(
    State(app): State<App>,
    staff: Moderator,
    c: Chrome,
    Path((slug, id)): Path<(String, QuestionId)>,
    Form(input): Form<Press>,
) -> web::Result<Response> {
    let (event, bound) = enter(&app, c.clone(), &slug).await?;
    let question = common::question_of(app.db.reader(), event.id, id)
        .await?
        .ok_or(web::Error::NotFound)?;
    let tx = app.db.begin_write().await?;
    let (flash, done) = if input.act == "lead" {
        let done = service::lead_instead(&tx, &app, staff.id, event.id, id).await;
        ("similar-leads", done)
    } else {
        let other = input.act.strip_prefix("join:").and_then(|id| id.parse().ok());
        let other = other.ok_or(web::Error::NotFound)?;
        let picked = [(id, input.seen.parse().ok())];
        let done = service::join_all(&tx, &app, staff.id, event.id, other, &picked).await;
        ("triage-merged", done.map(drop).map_err(|(_, error)| error))
    };
    match commit(&app, &event, tx, done).await {
        Ok(()) => Ok(redirect(format!("/desk/events/{slug}/questions/{id}"))
            .flash_n(flash, question.number.unwrap_or_default())
            .into_response()),
        Err(crate::Error::NotFound) => Err(web::Error::NotFound),
        Err(error) if error.is_refusal() => {
            let errors = Errors::form(web::Message::new("refused").arg("why", error.sentence(&bound.words)));
            panel::page(&app, c, &slug, id, errors, panel::Typed::default()).await
        }
        Err(error) => Err(error.into()),
    }
}
