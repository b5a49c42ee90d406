//! The page of routing and release.

use super::{
    Pending,
    rows::{
        CrewRow, ProposalRow, Refusal, ReleaseRow, ShareRow, Waiting, crew_rows, plan, proposals, releases, share_rows,
        waiting,
    },
};
use crate::{
    service::crew::Crews,
    triage::{
        pages::enter,
        repo::{self, Rest},
        service::release::Released,
    },
};
use askama::Template;
use axum::extract::{Path, Query, State};
use chrono::Datelike;
use db::{entity::event, people};
use domain::{
    DecisionId, Lang, ServiceId,
    state::{decision::DecisionKind, question::Prefers},
};
use serde::Deserialize;
use std::collections::HashMap;
use web::{App, Choice, Chrome, Errors, auth::Moderator, render_form};

#[derive(Template)]
#[template(path = "triage/routing.html")]
struct RoutingPage {
    c: Chrome,
    event: event::Model,
    errors: Errors,
    address: Address,
    crews: Vec<CrewRow>,
    shares: Vec<ShareRow>,
    /// All that nobody decided about.
    undecided: usize,
    /// What the filter picks of them.
    rest: usize,
    services: Vec<Choice>,
    languages: Vec<Choice>,
    prefers: Vec<Choice>,
    proposals: Vec<ProposalRow>,
    targets: Vec<Choice>,
    kinds: Vec<Choice>,
    waiting: Vec<Waiting>,
    /// All that the filter picks; `waiting` are the first of them.
    pending: usize,
    when: When,
    releases: Vec<ReleaseRow>,
    /// How many a job still has to release, and how many one has to route.
    running: Option<usize>,
    routing: Option<u64>,
    released: Option<u64>,
    refused: Vec<Refusal>,
    /// The year in which answers would be due and of which no holidays are known.
    unknown_year: Option<i32>,
}

impl RoutingPage {
    fn base(&self) -> String {
        format!("/desk/events/{}", self.event.slug)
    }
    fn no_crew(&self) -> bool {
        self.crews.iter().any(CrewRow::missing)
    }
    fn is_live(&self) -> bool {
        self.running.is_some() || self.routing.is_some()
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
    fn all_rest(&self) -> usize {
        self.crews.iter().map(|crew| crew.rest).sum()
    }
    fn is_when(&self, when: &str) -> bool {
        self.when.when == when || (when == "now" && self.when.when.is_empty())
    }
}

/// So many pending decisions stand on the page; more can be released, but nobody picks among them by hand.
pub(super) const SHOWN: u64 = 300;
/// So many undecided questions are looked at for a proposal, from the first on.
pub(super) const LOOKED_AT: u64 = 200;

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Address {
    service: String,
    written: String,
    prefers: String,
    to: String,
    kind: String,
}

impl Address {
    pub(super) fn rest(&self) -> Rest {
        Rest {
            service: self.service.parse().ok(),
            written: self.written.parse().ok(),
            prefers: self.prefers.parse().ok(),
            ..Rest::default()
        }
    }
    pub(super) fn pending(&self) -> Pending {
        Pending {
            to: self.to.clone(),
            kind: self.kind.clone(),
        }
    }
    pub(super) fn of(pending: &Pending) -> Self {
        Self {
            to: pending.to.clone(),
            kind: pending.kind.clone(),
            ..Self::default()
        }
    }
    fn narrows_rest(&self) -> bool {
        self.rest() != Rest::default()
    }
    fn narrows_pending(&self) -> bool {
        self.pending().what().is_filter()
    }
}

/// What the release's form said about when its mails go.
#[derive(Clone, Debug, Default)]
pub(super) struct When {
    pub(super) when: String,
    pub(super) at: String,
}

/// What a form that was sent leaves on the page.
#[derive(Default)]
pub(super) struct Sent {
    pub(super) errors: Errors,
    pub(super) when: When,
    pub(super) picked: Vec<DecisionId>,
    pub(super) done: Option<Released>,
}

pub(super) async fn show(
    State(app): State<App>,
    _: Moderator,
    c: Chrome,
    Path(slug): Path<String>,
    Query(address): Query<Address>,
) -> web::Result {
    let (event, c) = enter(&app, c, &slug).await?;
    page(&app, c, event, address, Sent::default()).await
}

pub(super) async fn page(app: &App, c: Chrome, event: event::Model, address: Address, sent: Sent) -> web::Result {
    let conn = app.db.reader();
    let services = people::services(conn, c.lang()).await?;
    let names: HashMap<ServiceId, String> = services.iter().cloned().collect();
    let rest = repo::undecided_counts(conn, event.id, &address.rest()).await?;
    let undecided = repo::undecided_counts(conn, event.id, &Rest::default()).await?;
    let what = address.pending().what();
    let counts = repo::waiting_counts(conn, event.id, &what).await?;
    let crews = Crews::load(conn, &event, c.now).await?;
    let plan = plan(app, &crews, &services, &counts, &rest).await?;
    let due = crate::service::assign::due(app, &event);
    let (waiting, refused) = waiting(app, &c, &event, &what, &names, (sent.done.as_ref(), &sent.picked)).await?;
    let chosen = |id: &ServiceId, field: &str| id.to_string() == field;
    let page = RoutingPage {
        crews: crew_rows(&crews, &services, &names, &counts, &rest),
        shares: share_rows(&plan, &names),
        undecided: undecided.values().sum(),
        rest: rest.values().sum(),
        services: services
            .iter()
            .map(|(id, name)| Choice::new(id, name).chosen(chosen(id, &address.service)))
            .collect(),
        languages: Lang::ALL
            .iter()
            .map(|l| Choice::new(l, c.t(format!("written-{l}"))).chosen(address.written == l.as_str()))
            .collect(),
        prefers: Prefers::ALL
            .iter()
            .map(|p| Choice::new(p, c.t(format!("prefers-{p}"))).chosen(address.prefers == p.as_str()))
            .collect(),
        proposals: proposals(app, &c, &event, &address, &names).await?,
        targets: services
            .iter()
            .map(|(id, name)| Choice::new(id, name).chosen(chosen(id, &address.to)))
            .collect(),
        kinds: DecisionKind::ALL
            .iter()
            .filter(|k| **k != DecisionKind::Reserve)
            .map(|k| Choice::new(k, c.t(format!("decision-{k}"))).chosen(address.kind == k.as_str()))
            .collect(),
        waiting,
        pending: counts.values().sum(),
        releases: releases(app, &event).await?,
        running: repo::releasing(conn, event.id).await?,
        routing: repo::routing(conn, event.id).await?,
        released: sent.done.as_ref().map(|d| d.released),
        refused,
        unknown_year: Some(due.year()).filter(|y| !app.settings.events.holidays.knows(*y)),
        errors: sent.errors,
        when: sent.when,
        address,
        c,
        event,
    };
    render_form(&page.errors, &page)
}
