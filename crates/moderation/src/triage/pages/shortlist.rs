//! The shortlist: N places in order, a speaker for each, and how balanced the ten are.

use super::{Act, commit, enter};
use crate::{
    repo as common,
    triage::{
        repo::{self, Line},
        service::{
            decide,
            shortlist::{Move, reorder, set_speaker},
        },
    },
};
use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use db::{
    entity::{decision, event, question},
    people,
    prelude::*,
};
use domain::{EventId, QuestionId, state::decision::DecisionState, state::question::QuestionState};
use serde::Deserialize;
use std::collections::BTreeMap;
use web::{App, Choice, Chrome, Form, auth::Moderator, redirect, render};

/// One place, with its question or free.
struct Slot {
    place: i32,
    filled: Option<Filled>,
}

struct Filled {
    decision: decision::Model,
    line: Line,
    speakers: Vec<Choice>,
}

impl Filled {
    fn pending(&self) -> bool {
        self.decision.state == DecisionState::Pending
    }
}

/// One bar of the balance: how many of the ten, and of all.
struct Share {
    name: String,
    live: i64,
    all: i64,
}

#[derive(Template)]
#[template(path = "triage/shortlist.html")]
struct ShortlistPage {
    c: Chrome,
    event: event::Model,
    slots: Vec<Slot>,
    used: i64,
    has_speakers: bool,
    services: Vec<Share>,
    companies: Vec<Share>,
}

impl ShortlistPage {
    fn base(&self) -> String {
        format!("/desk/events/{}", self.event.slug)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Input {
    act: String,
    /// The questions of the page, in its order, and the speaker chosen for each.
    question: Vec<QuestionId>,
    speaker: Vec<String>,
}

pub(super) async fn show(State(app): State<App>, _: Moderator, c: Chrome, Path(slug): Path<String>) -> web::Result {
    let (event, c) = enter(&app, c, &slug).await?;
    let (conn, lang) = (app.db.reader(), c.lang());
    let decisions = repo::shortlist(conn, event.id).await?;
    let ids: Vec<QuestionId> = decisions.iter().map(|d| d.question_id).collect();
    let lines = repo::lines_of(conn, &ids, lang).await?;
    let speakers = repo::speakers(conn, event.id).await?;
    let balance = Balance::read(conn, event.id, &lines, &c).await?;
    let mut filled: BTreeMap<i32, Filled> = decisions
        .into_iter()
        .filter_map(|decision| {
            let line = lines.iter().find(|l| l.question.id == decision.question_id)?.clone();
            let choices = speakers
                .iter()
                .map(|s| Choice::new(s.id, people::speaker_person(s).line()).chosen(decision.speaker_id == Some(s.id)));
            Some((
                decision.place?,
                Filled {
                    speakers: choices.collect(),
                    line,
                    decision,
                },
            ))
        })
        .collect();
    let last = filled
        .keys()
        .next_back()
        .map_or(event.live_places, |last| Ord::max(*last, event.live_places));
    let used = filled.len().try_into().unwrap_or_default();
    let slots = (1..=last)
        .map(|place| Slot {
            place,
            filled: filled.remove(&place),
        })
        .collect();
    let Balance { services, companies } = balance;
    render(&ShortlistPage {
        c,
        event,
        slots,
        used,
        has_speakers: !speakers.is_empty(),
        services,
        companies,
    })
}

/// The ten beside all that were asked.
struct Balance {
    services: Vec<Share>,
    companies: Vec<Share>,
}

impl Balance {
    async fn read(conn: &impl ConnectionTrait, event: EventId, ten: &[Line], c: &Chrome) -> Result<Self, db::Error> {
        let asked = question::Entity::find()
            .filter(question::Column::EventId.eq(event))
            .filter(question::Column::State.is_not_in([QuestionState::Draft, QuestionState::Withdrawn]))
            .select_only()
            .column(question::Column::ServiceId)
            .column(question::Column::InvitationId)
            .into_tuple::<(domain::ServiceId, domain::InvitationId)>()
            .all(conn)
            .await?;
        let invitees = people::invitees(conn, asked.iter().map(|(_, i)| *i), c.lang()).await?;
        let nobody = c.t("balance-no-company");
        let company = |invitee: Option<&people::Invitee>| {
            invitee
                .and_then(|i| i.company.clone())
                .unwrap_or_else(|| nobody.clone())
        };
        let mut services = Vec::new();
        for (id, name) in people::services(conn, c.lang()).await? {
            let all = asked.iter().filter(|(s, _)| *s == id).count();
            let live = ten.iter().filter(|l| l.question.service_id == id).count();
            if all > 0 {
                services.push(share(name, live, all));
            }
        }
        let mut by_company: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for (_, invitation) in &asked {
            by_company.entry(company(invitees.get(invitation))).or_default().1 += 1;
        }
        for line in ten {
            by_company.entry(company(line.asker.as_ref())).or_default().0 += 1;
        }
        let mut companies: Vec<Share> = by_company
            .into_iter()
            .map(|(name, (live, all))| share(name, live, all))
            .collect();
        companies.sort_by_key(|s| (std::cmp::Reverse(s.live), std::cmp::Reverse(s.all)));
        // Those with a place, and then the ones who asked most without getting any.
        let with_place = companies.iter().filter(|s| s.live > 0).count();
        companies.truncate(with_place.max(5) + 5);
        Ok(Self { services, companies })
    }
}

fn share(name: String, live: usize, all: usize) -> Share {
    Share {
        name,
        live: live.try_into().unwrap_or_default(),
        all: all.try_into().unwrap_or_default(),
    }
}

pub(super) async fn act(
    State(app): State<App>,
    staff: Moderator,
    c: Chrome,
    Path(slug): Path<String>,
    Form(input): Form<Input>,
) -> web::Result<Response> {
    let (event, c) = enter(&app, c, &slug).await?;
    let tx = app.db.begin_write().await?;
    let done = apply(&tx, &app, &staff, &event, &input).await;
    let flash = commit(&app, &event, tx, done)
        .await
        .map_err(|error| error.on(&c.words))?;
    Ok(redirect(format!("/desk/events/{slug}/shortlist"))
        .flash(flash)
        .into_response())
}

/// Saves the speakers, whichever button was pressed, then does what the button says.
async fn apply(
    tx: &WriteTx,
    app: &App,
    staff: &Moderator,
    event: &event::Model,
    input: &Input,
) -> crate::Result<&'static str> {
    for (question, speaker) in input.question.iter().zip(&input.speaker) {
        common::question_of(tx, event.id, *question)
            .await?
            .ok_or(crate::Error::NotFound)?;
        match set_speaker(tx, app, staff.id, *question, speaker.parse().ok()).await {
            // Somebody took it off the list meanwhile.
            Ok(()) | Err(crate::Error::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    let Some(act) = Act::parse(&input.act) else {
        return Ok("saved");
    };
    common::question_of(tx, event.id, act.question)
        .await?
        .ok_or(crate::Error::NotFound)?;
    match act.verb.as_str() {
        "up" => reorder(tx, app, staff.id, act.question, Move::Up).await?,
        "down" => reorder(tx, app, staff.id, act.question, Move::Down).await?,
        "drop" => {
            decide::drop_pending(tx, app, staff.id, act.question, act.seen).await?;
            return Ok("shortlist-dropped");
        }
        _ => return Err(crate::Error::NotFound),
    }
    Ok("shortlist-moved")
}
