//! The triage list: search, filters, columns, and a decision by each button.

use super::{Act, commit, enter, pair};
use crate::{
    repo as common,
    triage::{
        repo::{self, Column, Counts, Filter, Line},
        service::decide::{self, Choice as Verdict},
    },
};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use db::{
    entity::{event, field},
    people::{self, in_lang},
    prelude::*,
};
use domain::{DecisionId, Lang, QuestionId, state::question::Prefers};
use serde::{Deserialize, Serialize};
use web::{App, Choice, Chrome, Errors, Form, auth::Moderator, redirect, render_status};

/// The filters as they stand in the address.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Address {
    #[serde(skip_serializing_if = "String::is_empty")]
    q: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    state: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    service: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    field: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    prefers: String,
    /// The question's language; `lang` is the page's.
    #[serde(skip_serializing_if = "String::is_empty")]
    written: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    after: String,
}

impl Address {
    fn filter(&self) -> Filter {
        Filter {
            column: Column::parse(&self.state),
            text: self.q.clone(),
            service: self.service.parse().ok(),
            field: self.field.parse().ok(),
            prefers: self.prefers.parse().ok(),
            lang: self.written.parse().ok(),
            after: self.after.parse().ok(),
        }
    }

    fn query(&self) -> String {
        serde_html_form::to_string(self).unwrap_or_default()
    }

    fn column(&self, column: Column) -> String {
        let state = if column == Column::Inbox {
            String::new()
        } else {
            column.as_str().to_owned()
        };
        Self {
            state,
            after: String::new(),
            ..self.clone()
        }
        .query()
    }

    fn page(&self, after: &str) -> String {
        Self {
            after: after.to_owned(),
            ..self.clone()
        }
        .query()
    }
}

struct Tab {
    label: String,
    query: String,
    count: i64,
    current: bool,
}

#[derive(Template)]
#[template(path = "triage/list.html")]
struct ListPage {
    c: Chrome,
    event: event::Model,
    address: Address,
    tabs: Vec<Tab>,
    lines: Vec<Line>,
    next: Option<String>,
    first: Option<String>,
    services: Vec<Choice>,
    fields: Vec<Choice>,
    prefers: Vec<Choice>,
    languages: Vec<Choice>,
    used: usize,
    counts: Counts,
    errors: Errors,
    reason: String,
    picked: Vec<String>,
}

impl ListPage {
    fn base(&self) -> String {
        format!("/desk/events/{}", self.event.slug)
    }
    fn is_picked(&self, line: &Line) -> bool {
        self.picked.iter().any(|p| p.starts_with(&line.question.id.to_string()))
    }
    /// Whether the pending decision is of this kind: its button would change nothing.
    fn pending_is(line: &Line, kind: &str) -> bool {
        line.pending.as_ref().is_some_and(|d| d.kind.as_str() == kind)
    }
    fn full(&self) -> bool {
        usize::try_from(self.event.live_places).unwrap_or_default() <= self.used
    }
    fn narrowed(&self) -> bool {
        let Address {
            q,
            service,
            field,
            prefers,
            written,
            ..
        } = &self.address;
        [q, service, field, prefers, written].iter().any(|f| !f.is_empty())
    }
}

/// What was typed into the form around the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Input {
    act: String,
    pick: Vec<String>,
    reason: String,
    back: String,
}

pub(super) async fn show(
    State(app): State<App>,
    _: Moderator,
    c: Chrome,
    Path(slug): Path<String>,
    Query(address): Query<Address>,
) -> web::Result {
    page(&app, c, &slug, address, Errors::new(), &Input::default()).await
}

async fn page(app: &App, c: Chrome, slug: &str, address: Address, errors: Errors, input: &Input) -> web::Result {
    let (event, c) = enter(app, c, slug).await?;
    let (conn, lang) = (app.db.reader(), c.lang());
    let filter = address.filter();
    let found = repo::page(conn, event.id, &filter, lang).await?;
    let counts = repo::counts(conn, event.id).await?;
    let tabs = Column::ALL.into_iter().map(|column| Tab {
        label: c.t(format!("column-{}", column.as_str())),
        query: address.column(column),
        count: counts.of(column),
        current: column == filter.column,
    });
    let services = people::services(conn, lang).await?;
    let fields = field::Entity::find()
        .order_by_asc(field::Column::Position)
        .all(conn)
        .await?;
    let page = ListPage {
        tabs: tabs.collect(),
        next: found.next.map(|after| address.page(&after)),
        first: filter.after.map(|_| address.page("")),
        lines: found.rows,
        services: choices(
            services.into_iter().map(|(id, name)| (id.to_string(), name)),
            &address.service,
        ),
        fields: choices(
            fields
                .iter()
                .map(|f| (f.id.to_string(), in_lang(lang, &f.name, &f.name_en))),
            &address.field,
        ),
        prefers: choices(
            Prefers::ALL
                .iter()
                .map(|p| (p.to_string(), c.t(format!("prefers-{p}")))),
            &address.prefers,
        ),
        languages: choices(
            Lang::ALL.iter().map(|l| (l.to_string(), c.t(format!("written-{l}")))),
            &address.written,
        ),
        used: repo::taken_places(conn, event.id).await?.len(),
        counts,
        reason: input.reason.clone(),
        picked: input.pick.clone(),
        c,
        event,
        address,
        errors,
    };
    let status = if page.errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    render_status(status, &page)
}

fn choices(all: impl Iterator<Item = (String, String)>, chosen: &str) -> Vec<Choice> {
    all.map(|(value, label)| {
        let chosen = value == chosen;
        Choice::new(value, label).chosen(chosen)
    })
    .collect()
}

pub(super) async fn act(
    State(app): State<App>,
    staff: Moderator,
    c: Chrome,
    Path(slug): Path<String>,
    Form(input): Form<Input>,
) -> web::Result<Response> {
    let address: Address = serde_html_form::from_str(&input.back).unwrap_or_default();
    let (event, bound) = enter(&app, c.clone(), &slug).await?;
    if matches!(input.act.as_str(), "route-picked" | "decline-picked") {
        return bulk(&app, &staff, c, &slug, address, &event, &input).await;
    }
    let Some(act) = Act::parse(&input.act) else {
        return Err(web::Error::BadRequest("oops-bad-request-body".into()));
    };
    let question = common::question_of(app.db.reader(), event.id, act.question)
        .await?
        .ok_or(web::Error::NotFound)?;
    let tx = app.db.begin_write().await?;
    let (id, who, seen) = (question.id, staff.id, act.seen);
    let (done, flash) = match act.verb.as_str() {
        "live" => {
            let live = Verdict::Live { speaker: None };
            (
                decide::decide(&tx, &app, who, id, seen, live).await.map(drop),
                "triage-live",
            )
        }
        "route" => {
            let route = Verdict::Route { service: None };
            (
                decide::decide(&tx, &app, who, id, seen, route).await.map(drop),
                "triage-routed",
            )
        }
        "drop" => (decide::drop_pending(&tx, &app, who, id, seen).await, "triage-undone"),
        _ => return Err(web::Error::BadRequest("oops-bad-request-body".into())),
    };
    match commit(&app, &event, tx, done).await {
        Ok(()) => Ok(redirect(list_href(&slug, &address))
            .flash_n(flash, question.number.unwrap_or_default())
            .into_response()),
        // The list is read again, so the page shows both what stands now and why nothing was done.
        Err(error) if error.is_refusal() => {
            let errors = Errors::form(web::Message::new("refused").arg("why", error.sentence(&bound.words)));
            page(&app, c, &slug, address, errors, &Input::default()).await
        }
        Err(error) => Err(error.into()),
    }
}

fn list_href(slug: &str, address: &Address) -> String {
    let query = address.query();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("/desk/events/{slug}/triage{mark}{query}")
}

/// Routes or declines all that were ticked, each in its own transaction.
async fn bulk(
    app: &App,
    staff: &Moderator,
    c: Chrome,
    slug: &str,
    address: Address,
    event: &event::Model,
    input: &Input,
) -> web::Result<Response> {
    let picked: Vec<(QuestionId, Option<DecisionId>)> = input.pick.iter().filter_map(|p| pair(p)).collect();
    let mut errors = Errors::new();
    if picked.is_empty() {
        errors.add("", "triage-pick-some");
    }
    let choice = if input.act == "decline-picked" {
        match decide::checked_reason(&input.reason) {
            Ok(reason) => Verdict::Decline { reason },
            Err(crate::Error::Text(error)) => {
                errors.add("reason", error);
                Verdict::Decline { reason: String::new() }
            }
            Err(error) => return Err(error.into()),
        }
    } else {
        Verdict::Route { service: None }
    };
    if !errors.is_empty() {
        return page(app, c, slug, address, errors, input).await;
    }
    let (mut done, mut left) = (0_i64, Vec::new());
    for (id, seen) in picked {
        let Some(question) = common::question_of(app.db.reader(), event.id, id).await? else {
            continue;
        };
        let tx = app.db.begin_write().await?;
        let outcome = decide::decide(&tx, app, staff.id, id, seen, choice.clone()).await;
        match commit(app, event, tx, outcome).await {
            Ok(_) => done += 1,
            Err(error) if error.is_refusal() => left.push((question.number.unwrap_or_default(), error)),
            Err(error) => return Err(error.into()),
        }
    }
    if left.is_empty() {
        let flash = if input.act == "decline-picked" {
            "triage-declined-n"
        } else {
            "triage-routed-n"
        };
        return Ok(redirect(list_href(slug, &address)).flash_n(flash, done).into_response());
    }
    let words = c.clone().with(&crate::TEXTS).words;
    for (number, error) in left {
        let message = web::Message::new("refused-number")
            .arg("number", number)
            .arg("why", error.sentence(&words));
        errors.add("", message);
    }
    page(app, c, slug, address, errors, &Input::default()).await
}
