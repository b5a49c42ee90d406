//! The operator's run of show: the order, what the hall sees, next and back, the note of the answer.

use super::Operator;
use crate::{
    repo as common,
    stage::{
        repo,
        service::{self, Shown},
    },
    triage::{pages_enter as enter, repo as triage},
};
use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use db::{
    entity::{answer, event, reverse_question},
    people,
};
use domain::{QuestionId, ReverseId, SpeakerId};
use serde::Deserialize;
use web::{App, Choice, Chrome, Errors, Form, redirect, render_form};

/// One question of the order.
struct Item {
    id: QuestionId,
    number: i32,
    body: String,
    lang: domain::Lang,
    asker: String,
    service: String,
    speaker_id: Option<SpeakerId>,
    speaker: String,
    note: Option<answer::Model>,
    shown: bool,
    after_freeze: bool,
}

#[derive(Template)]
#[template(path = "stage/operate.html")]
struct StagePage {
    c: Chrome,
    event: event::Model,
    items: Vec<Item>,
    /// The place in `items` of the one that is on the screen.
    at: Option<usize>,
    /// The one whose answer is noted here: the chosen one, or the one on the screen.
    noting: Option<usize>,
    since: Option<DateTime<Utc>>,
    version: i32,
    unreleased: u64,
    reverse: Vec<reverse_question::Model>,
    reverse_shown: Option<ReverseId>,
    speakers: Vec<Choice>,
    text: String,
    errors: Errors,
}

impl StagePage {
    fn base(&self) -> String {
        format!("/desk/events/{}", self.event.slug)
    }
    fn is_shown(&self, asked: &reverse_question::Model) -> bool {
        self.reverse_shown == Some(asked.id)
    }
    fn current(&self) -> Option<&Item> {
        self.items.get(self.at?)
    }
    fn noted(&self) -> Option<&Item> {
        self.items.get(self.noting?)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Address {
    note: Option<QuestionId>,
}

pub(super) async fn show(
    State(app): State<App>,
    _: Operator,
    c: Chrome,
    Path(slug): Path<String>,
    Query(address): Query<Address>,
) -> web::Result {
    page(&app, c, &slug, address.note, None, Errors::new()).await
}

async fn page(
    app: &App,
    c: Chrome,
    slug: &str,
    note: Option<QuestionId>,
    typed: Option<Note>,
    errors: Errors,
) -> web::Result {
    let (event, c) = enter(app, c, slug).await?;
    let conn = app.db.reader();
    let run = repo::run(conn, event.id).await?;
    let shown = Shown::of(run.as_ref());
    let items = items(app, &event, shown, &c).await?;
    let at = items.iter().position(|i| i.shown);
    let noting = note.and_then(|id| items.iter().position(|i| i.id == id)).or(at);
    let noted = noting.and_then(|at| items.get(at));
    let text = typed.as_ref().map(|t| t.text.clone());
    let text = text
        .or_else(|| noted.and_then(|i| i.note.as_ref()).map(|n| n.body.clone()))
        .unwrap_or_default();
    let spoke = match &typed {
        Some(typed) => typed.speaker.parse().ok(),
        None => noted.and_then(|i| i.note.as_ref().and_then(|n| n.speaker_id).or(i.speaker_id)),
    };
    let speakers = triage::speakers(conn, event.id).await?;
    let speakers = speakers
        .iter()
        .map(|s| Choice::new(s.id, people::speaker_person(s).line()).chosen(spoke == Some(s.id)));
    let page = StagePage {
        since: run.as_ref().filter(|_| shown != Shown::Nothing).map(|r| r.updated_at),
        version: run.as_ref().map_or(0, |r| r.version),
        unreleased: repo::unreleased(conn, event.id).await?,
        reverse: repo::reverse(conn, event.id).await?,
        reverse_shown: if let Shown::Reverse(id) = shown { Some(id) } else { None },
        speakers: speakers.collect(),
        c,
        event,
        items,
        at,
        noting,
        text,
        errors,
    };
    render_form(&page.errors, &page)
}

async fn items(app: &App, event: &event::Model, shown: Shown, c: &Chrome) -> Result<Vec<Item>, db::Error> {
    let conn = app.db.reader();
    let order = repo::order(conn, event.id).await?;
    let askers = people::invitees(conn, order.iter().map(|(_, q)| q.invitation_id), c.lang()).await?;
    let services = people::service_names(conn, c.lang()).await?;
    let speakers = triage::speakers(conn, event.id).await?;
    let mut notes = repo::notes(conn, order.iter().map(|(_, q)| q.id)).await?;
    let mut items = Vec::with_capacity(order.len());
    for (decision, question) in order {
        let speaker = speakers.iter().find(|s| Some(s.id) == decision.speaker_id);
        let note = notes
            .iter()
            .rposition(|n| n.question_id == Some(question.id))
            .map(|at| notes.remove(at));
        items.push(Item {
            asker: askers
                .get(&question.invitation_id)
                .map(people::Invitee::line)
                .unwrap_or_default(),
            service: services.get(&question.service_id).cloned().unwrap_or_default(),
            speaker: speaker.map(|s| people::speaker_person(s).line()).unwrap_or_default(),
            speaker_id: decision.speaker_id,
            after_freeze: decision.after_freeze,
            shown: shown == Shown::Question(question.id),
            number: question.number.unwrap_or_default(),
            id: question.id,
            body: question.body,
            lang: question.lang,
            note,
        });
    }
    Ok(items)
}

fn href(slug: &str) -> String {
    format!("/desk/events/{slug}/stage")
}

#[derive(Debug, Deserialize)]
pub(super) struct Turn {
    act: String,
    version: i32,
}

pub(super) async fn turn(
    State(app): State<App>,
    Operator(staff): Operator,
    c: Chrome,
    Path(slug): Path<String>,
    Form(turn): Form<Turn>,
) -> web::Result<Response> {
    let (event, c) = enter(&app, c, &slug).await?;
    let done = match turn.act.as_str() {
        "next" => service::next(&app, staff.id, event.id, Some(turn.version)).await,
        "back" => service::back(&app, staff.id, event.id, Some(turn.version)).await,
        _ => return Err(web::Error::BadRequest("oops-bad-request-body".into())),
    };
    match done {
        Ok(_) => {}
        // Two operators pressed at once: what the first one did stands, and the page shows it.
        Err(crate::Error::Db(error)) if error.is_stale() => {}
        Err(error) => return Err(error.on(&c.words)),
    }
    Ok(redirect(href(&slug)).into_response())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Put {
    question: Option<QuestionId>,
    reverse: Option<ReverseId>,
}

pub(super) async fn put(
    State(app): State<App>,
    Operator(staff): Operator,
    c: Chrome,
    Path(slug): Path<String>,
    Form(put): Form<Put>,
) -> web::Result<Response> {
    let (event, c) = enter(&app, c, &slug).await?;
    let done = match (put.question, put.reverse) {
        (Some(question), _) => service::show(&app, staff.id, event.id, question).await,
        (None, Some(reverse)) => service::show_reverse(&app, staff.id, event.id, reverse).await,
        (None, None) => Err(crate::Error::NotFound),
    };
    done.map_err(|error| error.on(&c.words))?;
    Ok(redirect(href(&slug)).into_response())
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Note {
    question: QuestionId,
    #[serde(default)]
    speaker: String,
    #[serde(default)]
    text: String,
}

pub(super) async fn note(
    State(app): State<App>,
    Operator(staff): Operator,
    c: Chrome,
    Path(slug): Path<String>,
    Form(note): Form<Note>,
) -> web::Result<Response> {
    let (event, bound) = enter(&app, c.clone(), &slug).await?;
    common::question_of(app.db.reader(), event.id, note.question)
        .await?
        .ok_or(web::Error::NotFound)?;
    let speaker = note.speaker.parse().ok();
    let tx = app.db.begin_write().await?;
    let mut errors = Errors::new();
    match service::note_answer(&tx, &app, staff.id, note.question, speaker, &note.text).await {
        Ok(_) => {
            service::commit(&app, tx, event.id).await?;
            app.wake.notify();
            return Ok(redirect(href(&slug)).flash("stage-noted").into_response());
        }
        Err(crate::Error::Text(error)) => errors.add("text", error),
        Err(error) if error.is_refusal() => {
            errors.add(
                "",
                web::Message::new("refused").arg("why", error.sentence(&bound.words)),
            );
        }
        Err(error) => return Err(error.into()),
    }
    tx.rollback().await?;
    let question = note.question;
    page(&app, c, &slug, Some(question), Some(note), errors).await
}

#[derive(Debug, Deserialize)]
pub(super) struct NotReached {
    question: QuestionId,
}

pub(super) async fn not_reached(
    State(app): State<App>,
    Operator(staff): Operator,
    c: Chrome,
    Path(slug): Path<String>,
    Form(input): Form<NotReached>,
) -> web::Result<Response> {
    let (event, bound) = enter(&app, c.clone(), &slug).await?;
    let question = common::question_of(app.db.reader(), event.id, input.question)
        .await?
        .ok_or(web::Error::NotFound)?;
    let tx = app.db.begin_write().await?;
    match service::not_reached(&tx, &app, staff.id, question.id).await {
        Ok(()) => {
            service::commit(&app, tx, event.id).await?;
            app.wake.notify();
            let number = question.number.unwrap_or_default();
            Ok(redirect(href(&slug))
                .flash_n("stage-not-reached", number)
                .into_response())
        }
        Err(error) if error.is_refusal() => {
            tx.rollback().await?;
            let errors = Errors::form(web::Message::new("refused").arg("why", error.sentence(&bound.words)));
            page(&app, c, &slug, Some(question.id), None, errors).await
        }
        Err(error) => Err(error.into()),
    }
}
