//! The first page: the event, whether one comes, one's questions, what the host asks back.

use super::view;
use crate::{
    partner::{Phase, Way, repo, way},
    seats::{self, Hall, Seat},
};
use axum::extract::State;
use db::{entity::reverse_question, people};
use domain::{
    AssignmentId, QuestionId,
    state::{assignment::AssignmentState, question::QuestionState},
    text::excerpt,
};
use std::collections::HashMap;
use web::{App, Chrome, Result, auth::PartnerSession, render};

struct SittingLine {
    title: String,
    place: String,
    days: String,
    /// What they said, and where they stand.
    coming: String,
}

struct QuestionCard {
    id: QuestionId,
    text: String,
    state: QuestionState,
    service: String,
    way: Way,
    /// An answer that they have not opened yet.
    fresh: bool,
    may_edit: bool,
    is_draft: bool,
}

struct ReverseCard {
    assignment: AssignmentId,
    text: String,
    by: String,
    due: String,
    waits: bool,
}

#[derive(askama::Template)]
#[template(path = "partner/home.html")]
struct Page {
    c: Chrome,
    name: String,
    title: String,
    host: String,
    intro: String,
    phase: Phase,
    opens: String,
    closes: String,
    sittings: Vec<SittingLine>,
    questions: Vec<QuestionCard>,
    reverse: Vec<ReverseCard>,
    sent: i32,
    most: i32,
    may_ask: bool,
}

pub(super) async fn home(State(app): State<App>, who: PartnerSession, c: Chrome) -> Result {
    let (own, c) = view::begin(&app, &who, c).await?;
    let conn = app.db.reader();
    let phase = Phase::of(&own.event, c.now);
    let questions = questions(&app, &who, &c, phase).await?;
    let takes_place = |q: &&QuestionCard| !matches!(q.state, QuestionState::Draft | QuestionState::Withdrawn);
    let sent = i32::try_from(questions.iter().filter(takes_place).count()).unwrap_or(i32::MAX);
    let coming = repo::coming(conn, &who).await?;
    let sittings = repo::programme(conn, who.event).await?;
    let mut waits = HashMap::new();
    for (s, _) in &sittings {
        if let Some(Seat::Waits(rank)) = seats::seat(conn, Hall::Sitting(s.id), who.invitation).await? {
            waits.insert(s.id, rank);
        }
    }
    let sittings = sittings.iter().map(|(s, _)| SittingLine {
        title: c.either(&s.title, &s.title_en).to_owned(),
        place: c.either(&s.place, &s.place_en).to_owned(),
        days: view::days(&c, s),
        coming: match (waits.get(&s.id), coming.get(&s.id)) {
            (Some(rank), _) => c.t1("my-seat-waits", "n", *rank),
            (None, Some(true)) => c.t("my-rsvp-yes-said"),
            (None, Some(false)) => c.t("my-rsvp-no-said"),
            (None, None) => c.t("my-rsvp-open"),
        },
    });
    let zone = &own.event.time_zone;
    let page = Page {
        name: own.partner.pen_name.clone().unwrap_or_else(|| own.partner.name.clone()),
        title: c.either(&own.event.title, &own.event.title_en).to_owned(),
        host: view::host_name(&c, &own),
        intro: c.either(&own.event.intro, &own.event.intro_en).to_owned(),
        phase,
        opens: c.datetime(own.event.opens_at, zone),
        closes: c.datetime(own.event.closes_at, zone),
        sittings: sittings.collect(),
        reverse: reverse(&app, &who, &c, zone).await?,
        sent,
        most: own.event.max_questions,
        may_ask: !phase.is_closed() && sent < own.event.max_questions,
        questions,
        c,
    };
    render(&page)
}

async fn questions(app: &App, who: &PartnerSession, c: &Chrome, phase: Phase) -> Result<Vec<QuestionCard>> {
    let conn = app.db.reader();
    let names = people::service_names(conn, c.lang()).await?;
    // Whether there is an answer, and whether one of them was never opened.
    let mut answers: HashMap<QuestionId, bool> = HashMap::new();
    for (delivery, _) in repo::deliveries(conn, who, None).await? {
        *answers.entry(delivery.question_id).or_default() |= delivery.seen_at.is_none();
    }
    let rows = repo::questions(conn, who).await?;
    let cards = rows.into_iter().map(|q| QuestionCard {
        id: q.id,
        text: if q.body.is_empty() {
            c.t("my-draft-empty")
        } else {
            excerpt(&q.body, 140)
        },
        service: names.get(&q.service_id).cloned().unwrap_or_default(),
        way: way(q.state, phase, answers.contains_key(&q.id)),
        fresh: answers.get(&q.id) == Some(&true),
        may_edit: phase.is_open() && q.state == QuestionState::Received,
        is_draft: q.state == QuestionState::Draft,
        state: q.state,
    });
    Ok(cards.collect())
}

async fn reverse(app: &App, who: &PartnerSession, c: &Chrome, zone: &str) -> Result<Vec<ReverseCard>> {
    let conn = app.db.reader();
    let rows = repo::asked_back(conn, who).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let of = |(_, r): &(_, reverse_question::Model)| (r.crew_member_id, r.speaker_id, r.staff_id);
    let ids: Vec<_> = rows.iter().map(of).collect();
    let hosts = people::hosts(
        conn,
        ids.iter().filter_map(|(crew, ..)| *crew),
        ids.iter().filter_map(|(_, speaker, _)| *speaker),
        ids.iter().filter_map(|(.., staff)| *staff),
    )
    .await?;
    let cards = rows.into_iter().map(|(assignment, asked)| {
        let person = asked
            .crew_member_id
            .and_then(|id| hosts.crew.get(&id))
            .or_else(|| asked.speaker_id.and_then(|id| hosts.speakers.get(&id)))
            .or_else(|| asked.staff_id.and_then(|id| hosts.staff.get(&id)));
        ReverseCard {
            assignment: assignment.id,
            text: excerpt(&asked.body, 200),
            by: person.map(domain::person::Person::line).unwrap_or_default(),
            due: c.date(assignment.due_at, zone),
            waits: AssignmentState::OPEN.contains(&assignment.state),
        }
    });
    Ok(cards.collect())
}
