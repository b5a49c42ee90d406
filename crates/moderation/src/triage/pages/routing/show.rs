//! The page of routing and release.

use super::Pending;
use crate::{
    service::crew::{Crews, Plan},
    triage::{
        pages::enter,
        repo::{self, Line, Rest},
        service::{
            release::{self, Released},
            suggest::{Advisor, Like, Proposal},
        },
    },
};
use askama::Template;
use axum::extract::{Path, Query, State};
use chrono::{DateTime, Datelike, Utc};
use db::{
    entity::{decision, event, speaker},
    people,
};
use domain::{
    DecisionId, Lang, QuestionId, ReleaseId, ServiceId,
    state::{
        decision::DecisionKind,
        question::Prefers,
        release::{ItemState, ReleaseMode},
    },
};
use serde::Deserialize;
use std::collections::{HashMap, HashSet};
use web::{App, Choice, Chrome, Errors, auth::Moderator, render_form};

/// One service, the crew that answers for it, and what would go there.
struct CrewRow {
    name: String,
    /// The crew that answers; empty when nobody can be asked.
    crew: String,
    /// Another service's crew.
    elsewhere: bool,
    second: bool,
    members: Vec<String>,
    /// Undecided questions that concern it.
    rest: usize,
    /// Pending routings to it.
    pending: usize,
}

impl CrewRow {
    fn missing(&self) -> bool {
        self.members.is_empty() && self.rest + self.pending > 0
    }
}

/// What one person would get.
struct ShareRow {
    person: String,
    crew: String,
    stands_in: bool,
    open: i64,
    pending: usize,
    rest: usize,
}

impl ShareRow {
    fn total(&self) -> usize {
        usize::try_from(self.open).unwrap_or_default() + self.pending + self.rest
    }
}

/// A question that speaks of another service.
struct ProposalRow {
    line: Line,
    to: ServiceId,
    service: String,
    why: String,
}

/// One pending decision.
struct Waiting {
    decision: decision::Model,
    line: Line,
    /// What is decided, in words: the place, the service, the reason.
    what: String,
    by: String,
    picked: bool,
}

struct Refusal {
    number: i32,
    question: QuestionId,
    why: String,
}

struct ReleaseRow {
    id: ReleaseId,
    at: DateTime<Utc>,
    by: String,
    mode: ReleaseMode,
    send_at: Option<DateTime<Utc>>,
    total: i32,
    released: i64,
    refused: i64,
}

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
const SHOWN: u64 = 300;
/// So many undecided questions are looked at for a proposal, from the first on.
const LOOKED_AT: u64 = 200;

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

async fn plan(
    app: &App,
    crews: &Crews,
    services: &[(ServiceId, String)],
    pending: &HashMap<Option<ServiceId>, usize>,
    rest: &HashMap<ServiceId, usize>,
) -> crate::Result<Plan> {
    let of = |n: Option<&usize>, id: ServiceId| std::iter::repeat_n(id, n.copied().unwrap_or_default());
    let routed: Vec<ServiceId> = services
        .iter()
        .flat_map(|(id, _)| of(pending.get(&Some(*id)), *id))
        .collect();
    let left: Vec<ServiceId> = services.iter().flat_map(|(id, _)| of(rest.get(id), *id)).collect();
    crews.plan(app.db.reader(), &routed, &left).await
}

fn crew_rows(
    crews: &Crews,
    services: &[(ServiceId, String)],
    names: &HashMap<ServiceId, String>,
    pending: &HashMap<Option<ServiceId>, usize>,
    rest: &HashMap<ServiceId, usize>,
) -> Vec<CrewRow> {
    let rows = services.iter().map(|(id, name)| {
        let way = crews.way(*id);
        let members = way.iter().flat_map(|w| &w.candidates);
        CrewRow {
            name: name.clone(),
            crew: way
                .as_ref()
                .and_then(|w| names.get(&w.crew).cloned())
                .unwrap_or_default(),
            elsewhere: way.as_ref().is_some_and(|w| w.crew != *id),
            second: way.as_ref().is_some_and(|w| w.second),
            members: members.map(|m| people::crew_person(&m.member).name()).collect(),
            rest: rest.get(id).copied().unwrap_or_default(),
            pending: pending.get(&Some(*id)).copied().unwrap_or_default(),
        }
    });
    rows.collect()
}

fn share_rows(plan: &Plan, names: &HashMap<ServiceId, String>) -> Vec<ShareRow> {
    let rows = plan.shares.values().map(|share| ShareRow {
        person: people::crew_person(&share.member).name(),
        crew: names.get(&share.crew).cloned().unwrap_or_default(),
        stands_in: share.stands_in,
        open: share.open,
        pending: share.pending,
        rest: share.rest,
    });
    let mut rows: Vec<ShareRow> = rows.collect();
    rows.sort_by(|a, b| (&a.crew, &a.person).cmp(&(&b.crew, &b.person)));
    rows
}

async fn proposals(
    app: &App,
    c: &Chrome,
    event: &event::Model,
    address: &Address,
    names: &HashMap<ServiceId, String>,
) -> web::Result<Vec<ProposalRow>> {
    let conn = app.db.reader();
    let questions = repo::undecided_texts(conn, event.id, &address.rest(), LOOKED_AT).await?;
    let mut found = Advisor::of(app).proposals(app, &questions).await?;
    let meant = questions.into_iter().filter(|q| found.contains_key(&q.id)).collect();
    let lines = repo::lines(conn, meant, c.lang()).await?;
    let rows = lines.into_iter().filter_map(|line| {
        let proposal = found.remove(&line.question.id)?;
        Some(ProposalRow {
            to: proposal.service,
            service: names.get(&proposal.service).cloned().unwrap_or_default(),
            why: why(c, &proposal, event),
            line,
        })
    });
    Ok(rows.collect())
}

/// What speaks for a proposal, in words.
pub(in crate::triage::pages) fn why(c: &Chrome, proposal: &Proposal, event: &event::Model) -> String {
    let here: Vec<&Like> = proposal.like.iter().filter(|l| l.event == event.id).collect();
    let like = if !here.is_empty() {
        let numbers: Vec<String> = here.iter().map(|l| l.number.to_string()).collect();
        Some(c.t1("suggest-like", "numbers", numbers.join(", ")))
    } else if proposal.like.is_empty() {
        None
    } else {
        Some(c.t("suggest-like-before"))
    };
    let named = proposal.named.as_ref().map(|name| c.t1("suggest-named", "name", name));
    named.into_iter().chain(like).collect::<Vec<_>>().join(" · ")
}

async fn waiting(
    app: &App,
    c: &Chrome,
    event: &event::Model,
    what: &release::What,
    services: &HashMap<ServiceId, String>,
    (done, picked): (Option<&Released>, &[DecisionId]),
) -> web::Result<(Vec<Waiting>, Vec<Refusal>)> {
    let (conn, lang) = (app.db.reader(), c.lang());
    let pending = repo::waiting(conn, event.id, what, Some(SHOWN)).await?;
    let kept = repo::refusals(conn, event.id).await?;
    let mut ids: Vec<QuestionId> = pending.iter().map(|d| d.question_id).collect();
    ids.extend(done.iter().flat_map(|d| &d.refused).map(|(id, _)| *id));
    ids.extend(kept.keys());
    ids.extend(pending.iter().filter_map(|d| d.merged_into));
    ids.sort_unstable();
    ids.dedup();
    let lines = repo::lines_of(conn, &ids, lang).await?;
    let lines: HashMap<QuestionId, Line> = lines.into_iter().map(|l| (l.question.id, l)).collect();
    let number = |id: &QuestionId| lines.get(id).map_or(0, Line::number);
    let speakers = repo::speakers(conn, event.id).await?;
    let picked: HashSet<DecisionId> = picked.iter().copied().collect();
    let rows = pending.into_iter().filter_map(|decision| {
        let line = lines.get(&decision.question_id)?.clone();
        let what = match decision.kind {
            DecisionKind::Live => live_words(c, &decision, &speakers),
            DecisionKind::Route => {
                let service = decision.service_id.and_then(|s| services.get(&s).cloned());
                service.unwrap_or_default()
            }
            DecisionKind::Decline => decision.reason.clone().unwrap_or_default(),
            // Reserves are not released.
            DecisionKind::Reserve => String::new(),
            DecisionKind::Merge | DecisionKind::Duplicate => {
                let into = decision.merged_into.as_ref().map(number).unwrap_or_default();
                c.t1("merge-into", "n", into)
            }
        };
        Some(Waiting {
            what,
            by: line.decided_by.clone(),
            picked: picked.contains(&decision.id),
            line,
            decision,
        })
    });
    let rows = rows.collect();
    let refused = done.iter().flat_map(|d| &d.refused).map(|(id, error)| Refusal {
        number: number(id),
        question: *id,
        why: error.sentence(&c.words),
    });
    let mut refused: Vec<Refusal> = refused.collect();
    for (id, why) in kept {
        if !refused.iter().any(|r| r.question == id) {
            refused.push(Refusal {
                number: number(&id),
                question: id,
                why: c.t(why),
            });
        }
    }
    refused.sort_by_key(|r| r.number);
    Ok((rows, refused))
}

async fn releases(app: &App, event: &event::Model) -> web::Result<Vec<ReleaseRow>> {
    let conn = app.db.reader();
    let rows = repo::releases(conn, event.id).await?;
    let ids: Vec<ReleaseId> = rows.iter().map(|r| r.id).collect();
    let counts = repo::item_counts(conn, &ids).await?;
    let hosts = people::hosts(conn, [], [], rows.iter().map(|r| r.released_by)).await?;
    let rows = rows.into_iter().map(|r| ReleaseRow {
        by: hosts
            .staff
            .get(&r.released_by)
            .map(domain::person::Person::name)
            .unwrap_or_default(),
        released: counts.get(&(r.id, ItemState::Released)).copied().unwrap_or_default(),
        refused: counts.get(&(r.id, ItemState::Refused)).copied().unwrap_or_default(),
        id: r.id,
        at: r.created_at,
        mode: r.mode,
        send_at: r.send_at,
        total: r.total,
    });
    Ok(rows.collect())
}

fn live_words(c: &Chrome, decision: &decision::Model, speakers: &[speaker::Model]) -> String {
    let place = c.t1("place-n", "n", decision.place.unwrap_or_default());
    let speaker = speakers.iter().find(|s| Some(s.id) == decision.speaker_id);
    match speaker {
        Some(speaker) => format!("{place} · {}", people::speaker_person(speaker).name()),
        None => place,
    }
}
