//! What stands in the tables of routing and release.

use super::show::{Address, LOOKED_AT, SHOWN};
use crate::{
    service::crew::{Crews, Plan},
    triage::{
        repo::{self, Line},
        service::{
            release::{self, Released},
            suggest::{self, Like, Proposal},
        },
    },
};
use chrono::{DateTime, Utc};
use db::{
    entity::{decision, event, speaker},
    people,
};
use domain::{
    DecisionId, QuestionId, ReleaseId, ServiceId,
    state::{
        decision::DecisionKind,
        release::{ItemState, ReleaseMode},
    },
};
use std::collections::{HashMap, HashSet};
use web::{App, Chrome};

/// One service, the crew that answers for it, and what would go there.
pub(super) struct CrewRow {
    pub(super) name: String,
    /// The crew that answers; empty when nobody can be asked.
    pub(super) crew: String,
    /// Another service's crew.
    pub(super) elsewhere: bool,
    pub(super) second: bool,
    pub(super) members: Vec<String>,
    /// Undecided questions that concern it.
    pub(super) rest: usize,
    /// Pending routings to it.
    pub(super) pending: usize,
}

impl CrewRow {
    pub(super) fn missing(&self) -> bool {
        self.members.is_empty() && self.rest + self.pending > 0
    }
}

/// What one person would get.
pub(super) struct ShareRow {
    pub(super) person: String,
    pub(super) crew: String,
    pub(super) stands_in: bool,
    pub(super) open: i64,
    pub(super) pending: usize,
    pub(super) rest: usize,
}

impl ShareRow {
    pub(super) fn total(&self) -> usize {
        usize::try_from(self.open).unwrap_or_default() + self.pending + self.rest
    }
}

/// A question that speaks of another service.
pub(super) struct ProposalRow {
    pub(super) line: Line,
    pub(super) to: ServiceId,
    pub(super) service: String,
    pub(super) why: String,
}

/// One pending decision.
pub(super) struct Waiting {
    pub(super) decision: decision::Model,
    pub(super) line: Line,
    /// What is decided, in words: the place, the service, the reason.
    pub(super) what: String,
    pub(super) by: String,
    pub(super) picked: bool,
}

pub(super) struct Refusal {
    pub(super) number: i32,
    pub(super) question: QuestionId,
    pub(super) why: String,
}

pub(super) struct ReleaseRow {
    pub(super) id: ReleaseId,
    pub(super) at: DateTime<Utc>,
    pub(super) by: String,
    pub(super) mode: ReleaseMode,
    pub(super) send_at: Option<DateTime<Utc>>,
    pub(super) total: i32,
    pub(super) released: i64,
    pub(super) refused: i64,
}

pub(super) async fn plan(
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

pub(super) fn crew_rows(
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

pub(super) fn share_rows(plan: &Plan, names: &HashMap<ServiceId, String>) -> Vec<ShareRow> {
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

pub(super) async fn proposals(
    app: &App,
    c: &Chrome,
    event: &event::Model,
    address: &Address,
    names: &HashMap<ServiceId, String>,
) -> web::Result<Vec<ProposalRow>> {
    let conn = app.db.reader();
    let questions = repo::undecided_texts(conn, event.id, &address.rest(), LOOKED_AT).await?;
    let mut found = suggest::proposals(app, event.id, &questions).await?;
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

pub(super) async fn waiting(
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

pub(super) async fn releases(app: &App, event: &event::Model) -> web::Result<Vec<ReleaseRow>> {
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
