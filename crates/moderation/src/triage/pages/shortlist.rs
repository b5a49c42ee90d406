//! The shortlist: N places in order, a speaker for each, the reserves behind them, the freeze, and how balanced the ten
//! are.

mod balance;

use super::{Act, commit, enter};
use crate::{
    repo as common,
    triage::{
        repo::{self, Line},
        service::{
            decide,
            freeze::{self, Freeze},
            reserves,
            shortlist::{Move, reorder, set_speaker},
        },
    },
};
use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use balance::{Balance, Dimension};
use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use db::{
    entity::{decision, event, triage_setting},
    people,
    prelude::*,
};
use domain::{DecisionId, QuestionId, state::decision::DecisionState};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use web::{App, Choice, Chrome, Errors, Form, auth::Moderator, redirect, render_form};

/// One place, with its question or free.
struct Slot {
    place: i32,
    filled: Option<Filled>,
}

struct Filled {
    decision: decision::Model,
    line: Line,
    speakers: Vec<Choice>,
    /// The rank from which it moved up by itself.
    moved: Option<i32>,
}

impl Filled {
    fn pending(&self) -> bool {
        self.decision.state == DecisionState::Pending
    }
}

#[derive(Template)]
#[template(path = "triage/shortlist.html")]
struct ShortlistPage {
    c: Chrome,
    event: event::Model,
    slots: Vec<Slot>,
    reserves: Vec<Filled>,
    used: i64,
    has_speakers: bool,
    blind: bool,
    dimensions: Vec<Dimension>,
    warnings: Vec<String>,
    setting: Option<triage_setting::Model>,
    /// The freeze's time as it was typed.
    freeze_at: String,
    errors: Errors,
}

impl ShortlistPage {
    fn base(&self) -> String {
        format!("/desk/events/{}", self.event.slug)
    }
    fn frozen_since(&self) -> Option<DateTime<Utc>> {
        freeze::since(self.setting.as_ref(), self.c.now)
    }
    fn freeze_planned(&self) -> Option<DateTime<Utc>> {
        self.setting.as_ref()?.freeze_at.filter(|at| *at > self.c.now)
    }
    fn has_free(&self) -> bool {
        self.used < i64::from(self.event.live_places)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Input {
    act: String,
    /// The questions of the page, in its order, and the speaker chosen for each.
    question: Vec<QuestionId>,
    speaker: Vec<String>,
    freeze_at: String,
}

pub(super) async fn show(State(app): State<App>, _: Moderator, c: Chrome, Path(slug): Path<String>) -> web::Result {
    page(&app, c, &slug, None, Errors::new()).await
}

async fn page(app: &App, c: Chrome, slug: &str, typed: Option<String>, errors: Errors) -> web::Result {
    let (event, c) = enter(app, c, slug).await?;
    let conn = app.db.reader();
    let places = repo::shortlist(conn, event.id).await?;
    let ranked = repo::reserves(conn, event.id).await?;
    let ids: Vec<QuestionId> = places.iter().chain(&ranked).map(|d| d.question_id).collect();
    let lines = repo::lines_of(conn, &ids, c.lang()).await?;
    let ten: Vec<Line> = lines
        .iter()
        .filter(|line| places.iter().any(|d| d.question_id == line.question.id))
        .cloned()
        .collect();
    let moved = repo::moved_up(conn, places.iter().map(|d| d.id)).await?;
    let speakers = repo::speakers(conn, event.id).await?;
    let choices = |decision: &decision::Model| {
        let named = decision.speaker_id;
        let choice = speakers
            .iter()
            .map(|s| Choice::new(s.id, people::speaker_person(s).line()).chosen(named == Some(s.id)));
        choice.collect()
    };
    let fill = |decision: decision::Model| fill(decision, &lines, &moved, &choices);
    let mut filled: BTreeMap<i32, Filled> = places
        .into_iter()
        .filter_map(fill)
        .filter_map(|f| Some((f.decision.place?, f)))
        .collect();
    let last = filled
        .keys()
        .next_back()
        .map_or(event.live_places, |last| Ord::max(*last, event.live_places));
    let Balance {
        blind,
        dimensions,
        warnings,
    } = Balance::read(app, &event, &ten, &c).await?;
    let setting = repo::setting(conn, event.id).await?;
    let planned = setting.as_ref().and_then(|s| s.freeze_at);
    let page = ShortlistPage {
        used: filled.len().try_into().unwrap_or_default(),
        slots: (1..=last)
            .map(|place| Slot {
                place,
                filled: filled.remove(&place),
            })
            .collect(),
        reserves: ranked.into_iter().filter_map(fill).collect(),
        has_speakers: !speakers.is_empty(),
        freeze_at: typed.unwrap_or_else(|| planned.map(|at| local(at, &event)).unwrap_or_default()),
        blind,
        dimensions,
        warnings,
        setting,
        errors,
        c,
        event,
    };
    render_form(&page.errors, &page)
}

fn fill(
    decision: decision::Model,
    lines: &[Line],
    moved: &HashMap<DecisionId, i32>,
    choices: &impl Fn(&decision::Model) -> Vec<Choice>,
) -> Option<Filled> {
    let line = lines.iter().find(|l| l.question.id == decision.question_id)?.clone();
    Some(Filled {
        speakers: choices(&decision),
        moved: moved.get(&decision.id).copied(),
        line,
        decision,
    })
}

fn zone(event: &event::Model) -> Tz {
    event.time_zone.parse().unwrap_or(Tz::Asia__Seoul)
}

fn local(at: DateTime<Utc>, event: &event::Model) -> String {
    at.with_timezone(&zone(event)).format("%Y-%m-%dT%H:%M").to_string()
}

/// A moment as a form holds it, in the event's zone.
fn moment(text: &str, event: &event::Model) -> Option<DateTime<Utc>> {
    let local = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text.trim(), format).ok())?;
    Some(zone(event).from_local_datetime(&local).earliest()?.to_utc())
}

pub(super) async fn act(
    State(app): State<App>,
    staff: Moderator,
    c: Chrome,
    Path(slug): Path<String>,
    Form(input): Form<Input>,
) -> web::Result<Response> {
    let (event, bound) = enter(&app, c.clone(), &slug).await?;
    let href = format!("/desk/events/{slug}/shortlist");
    if input.act == "route-reserves" {
        let routed = reserves::route_all(&app, staff.id, event.id).await;
        let routed = routed.map_err(|error| error.on(&bound.words))?;
        return Ok(redirect(href).flash_n("reserves-routed", routed).into_response());
    }
    if input.act == "freeze-at" && moment(&input.freeze_at, &event).is_none() {
        let mut errors = Errors::new();
        errors.add("freeze_at", "freeze-bad");
        return page(&app, c, &slug, Some(input.freeze_at), errors).await;
    }
    let tx = app.db.begin_write().await?;
    let done = apply(&tx, &app, &staff, &event, &input).await;
    match commit(&app, &event, tx, done).await {
        Ok(flash) => Ok(redirect(href).flash(flash).into_response()),
        // The list as it stands, and why it was not done.
        Err(error @ crate::Error::NotFound) => Err(error.on(&bound.words)),
        Err(error) if error.is_refusal() => {
            let why = web::Message::new("refused").arg("why", error.sentence(&bound.words));
            page(&app, c, &slug, None, Errors::form(why)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Saves the speakers, whichever button was pressed, then does what the button says.
async fn apply(
    tx: &WriteTx,
    app: &App,
    staff: &Moderator,
    event: &event::Model,
    input: &Input,
) -> crate::Result<&'static str> {
    let freezing = match input.act.as_str() {
        "freeze" => Some(Freeze::Now),
        "unfreeze" => Some(Freeze::Lift),
        "freeze-at" => moment(&input.freeze_at, event).map(Freeze::At),
        _ => None,
    };
    if let Some(what) = freezing {
        freeze::set(tx, app, staff.id, event.id, what).await?;
        return Ok("freeze-done");
    }
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
    let decided = |choice| decide::decide(tx, app, staff.id, act.question, act.seen, choice);
    match act.verb.as_str() {
        "up" => reorder(tx, app, staff.id, act.question, Move::Up).await?,
        "down" => reorder(tx, app, staff.id, act.question, Move::Down).await?,
        "drop" => {
            decide::drop_pending(tx, app, staff.id, act.question, act.seen).await?;
            return Ok("shortlist-dropped");
        }
        "reserve" => {
            decided(decide::Choice::Reserve).await?;
            return Ok("shortlist-reserved");
        }
        "live" => {
            decided(decide::Choice::Live { speaker: None }).await?;
            return Ok("shortlist-lived");
        }
        // Dragged by the script: the place stands in the verb.
        verb => {
            let to = verb.strip_prefix("to-").and_then(|to| to.parse().ok());
            let to = to.ok_or(crate::Error::NotFound)?;
            reorder(tx, app, staff.id, act.question, Move::To(to)).await?;
        }
    }
    Ok("shortlist-moved")
}
