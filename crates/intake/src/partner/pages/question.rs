//! One question: where it is, what was answered and by whom.

use super::view;
use crate::partner::{Phase, Way, repo, service, way};
use axum::{
    extract::{Path, State},
    response::IntoResponse,
};
use chrono::{DateTime, Utc};
use db::{
    entity::{answer, message},
    people,
    people::Hosts,
};
use domain::{
    QuestionId,
    state::{
        answer::AnswerSource,
        message::{MessageKind, MessageState},
        question::QuestionState,
    },
};
use serde::Deserialize;
use web::{App, Chrome, Error, Form, Result, auth::PartnerSession, redirect, render};

struct AnswerCard {
    when: DateTime<Utc>,
    /// The asker said it themselves, after their question.
    own: bool,
    by: String,
    /// Paragraphs, as they were parted by blank lines.
    text: String,
    at: String,
    on_stage: bool,
}

#[derive(askama::Template)]
#[template(path = "partner/question.html")]
#[expect(clippy::struct_excessive_bools, reason = "what a page shows or not, each by itself")]
struct Page {
    c: Chrome,
    id: QuestionId,
    body: String,
    /// From the asker's words to those for stage and print, where the host changed any.
    changes: Vec<web::diff::Piece>,
    lang: domain::Lang,
    state: QuestionState,
    way: Way,
    service: String,
    prefers: String,
    named: String,
    received: String,
    declined: String,
    /// Answers, and what was said beside them, in the order in which they came.
    answers: Vec<AnswerCard>,
    answered: bool,
    merged: bool,
    /// Of one that had its answer.
    duplicate: bool,
    /// Others whose questions were joined to this one.
    joined_by: usize,
    may_edit: bool,
    may_withdraw: bool,
    /// There is somebody to write to.
    may_write: bool,
    /// The crew waits for a reply.
    asked: bool,
}

pub(super) fn parse(id: &str) -> Result<QuestionId> {
    id.parse().map_err(|_| Error::NotFound)
}

pub(super) async fn show(State(app): State<App>, who: PartnerSession, Path(id): Path<String>, c: Chrome) -> Result {
    let (own, c) = view::begin(&app, &who, c).await?;
    let conn = app.db.reader();
    let question = repo::question(conn, &who, parse(&id)?).await?.ok_or(Error::NotFound)?;
    if question.state == QuestionState::Draft {
        return Ok(redirect(format!("/my/questions/{}/edit", question.id)).into_response());
    }
    let deliveries = repo::deliveries(conn, &who, Some(question.id)).await?;
    if deliveries.iter().any(|(d, _)| d.seen_at.is_none()) {
        service::question::seen(&app, &who, question.id).await?;
    }
    let messages = repo::messages(conn, &who, question.id).await?;
    let answers: Vec<answer::Model> = deliveries.into_iter().map(|(_, a)| a).collect();
    let hosts = people::hosts(
        conn,
        answers
            .iter()
            .filter_map(|a| a.crew_member_id)
            .chain(messages.iter().filter_map(|m| m.crew_member_id)),
        answers.iter().filter_map(|a| a.speaker_id),
        answers.iter().filter_map(|a| a.staff_id),
    )
    .await?;
    let invitee = people::invitee(conn, who.invitation, c.lang())
        .await?
        .ok_or(Error::NotFound)?;
    let service = people::service_names(conn, c.lang())
        .await?
        .remove(&question.service_id);
    let zone = &own.event.time_zone;
    let phase = Phase::of(&own.event, c.now);
    let open = phase.is_open() && question.state == QuestionState::Received;
    let duplicate = repo::is_duplicate(conn, &question).await?;
    let joined_by = repo::joined_by(conn, &question).await?;
    let copy = repo::copy(conn, &who, question.id).await?;
    let asked = messages
        .iter()
        .any(|m| m.kind == MessageKind::Ask && m.state == MessageState::Open);
    let answered = !answers.is_empty();
    let mut cards: Vec<AnswerCard> = answers.into_iter().map(|a| answer_card(&c, &hosts, zone, a)).collect();
    cards.extend(messages.into_iter().map(|m| message_card(&c, &hosts, zone, m)));
    cards.sort_by_key(|card| card.when);
    let page = Page {
        changes: copy
            .map(|copy| web::diff::words(&question.body, &copy))
            .unwrap_or_default(),
        id: question.id,
        lang: question.lang,
        state: question.state,
        way: way(question.state, phase, answered),
        service: service.unwrap_or_default(),
        prefers: c.t(format!("my-prefers-{}", question.prefers)),
        named: super::ask::named(&c, &invitee, question.naming),
        received: question.received_at.map(|at| c.datetime(at, zone)).unwrap_or_default(),
        declined: question
            .decline_reason
            .filter(|_| question.state == QuestionState::Declined)
            .unwrap_or_default(),
        answers: cards,
        may_write: asked
            || answered
            || matches!(
                question.state,
                QuestionState::Routed | QuestionState::Live | QuestionState::Merged
            ),
        asked,
        answered,
        merged: question.state == QuestionState::Merged,
        duplicate,
        joined_by,
        may_edit: open,
        may_withdraw: open,
        body: question.body,
        c,
    };
    render(&page)
}

fn answer_card(c: &Chrome, hosts: &Hosts, zone: &str, answer: answer::Model) -> AnswerCard {
    let person = answer
        .speaker_id
        .and_then(|id| hosts.speakers.get(&id))
        .or_else(|| answer.crew_member_id.and_then(|id| hosts.crew.get(&id)))
        .or_else(|| answer.staff_id.and_then(|id| hosts.staff.get(&id)));
    AnswerCard {
        when: answer.reviewed_at.unwrap_or(answer.received_at),
        own: false,
        by: person.map(domain::person::Person::line).unwrap_or_default(),
        at: c.date(answer.reviewed_at.unwrap_or(answer.received_at), zone),
        on_stage: answer.source == AnswerSource::Stage,
        text: answer.body,
    }
}

fn message_card(c: &Chrome, hosts: &Hosts, zone: &str, message: message::Model) -> AnswerCard {
    let crew = message.crew_member_id.and_then(|id| hosts.crew.get(&id));
    AnswerCard {
        when: message.created_at,
        own: message.invitation_id.is_some(),
        by: crew.map_or_else(|| c.t("my-said-own"), domain::person::Person::line),
        at: c.date(message.created_at, zone),
        on_stage: false,
        text: message.body,
    }
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn withdraw(
    State(app): State<App>,
    who: PartnerSession,
    Path(id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> Result {
    let id = parse(&id)?;
    match service::question::withdraw(&app, &who, id).await {
        Ok(()) => Ok(redirect("/my").flash("my-withdrawn").into_response()),
        Err(error) if error.refusal().is_some_and(|r| r != crate::partner::Refusal::NotFound) => {
            Ok(redirect(format!("/my/questions/{id}"))
                .flash("my-withdraw-late")
                .into_response())
        }
        Err(error) => Err(error.into()),
    }
}
