//! The quarantine: mails that did not match, each with its reason.

use super::{Press, id, mail_view::MailView, queue::Tab};
use crate::{
    TEXTS,
    answers::{
        jobs::reading,
        repo::{self, HeldView, Subject},
        service::{judge::Reason, quarantine},
    },
    service::assign::event_of,
    talk::service::accept::question_of,
};
use axum::{
    extract::{Path, Query, State},
    response::IntoResponse,
};
use chrono::{DateTime, Utc};
use db::entity::incoming_mail;
use domain::{AnswerId, IncomingId};
use sea_orm::EntityTrait;
use serde::Deserialize;
use web::{App, Chrome, Error, Form, Result, auth::Reviewer, redirect, render};

/// Mails belong to no event before they are matched, so their times are the office's.
const ZONE: &str = "Asia/Seoul";

#[derive(Deserialize)]
pub(super) struct Filter {
    #[serde(default)]
    state: String,
    #[serde(default)]
    after: String,
}

struct Row {
    id: IncomingId,
    from: String,
    subject: String,
    reason: String,
    at: DateTime<Utc>,
    bound: bool,
}

#[derive(askama::Template)]
#[template(path = "answers/quarantine.html")]
struct List {
    c: Chrome,
    zone: &'static str,
    tabs: Vec<Tab>,
    state: &'static str,
    rows: Vec<Row>,
    next: Option<String>,
}

pub(super) async fn list(State(app): State<App>, _: Reviewer, c: Chrome, Query(filter): Query<Filter>) -> Result {
    let c = c.with(&TEXTS);
    let view = HeldView::parse(&filter.state);
    let page = repo::quarantine(app.db.reader(), view, filter.after.parse().ok()).await?;
    let tabs = HeldView::ALL.map(|choice| Tab {
        value: choice.as_str(),
        label: c.t(format!("held-{}", choice.as_str())),
        count: 0,
        current: choice == view,
    });
    let rows = page.rows.into_iter().map(|row| Row {
        id: row.id,
        from: row.from_email.unwrap_or_default(),
        subject: row.subject.unwrap_or_default(),
        reason: why(&c, view, row.reason.as_deref(), row.detail.as_deref()),
        at: row.received_at,
        bound: row.assignment_id.is_some(),
    });
    let rows = rows.collect();
    render(&List {
        zone: ZONE,
        tabs: tabs.into(),
        state: view.as_str(),
        rows,
        next: page.next,
        c,
    })
}

/// What it is, where that is known; else why it waits.
fn why(c: &Chrome, view: HeldView, stored: Option<&str>, detail: Option<&str>) -> String {
    match detail {
        Some(detail) if view == HeldView::Noted => c.t(noted_key(detail)),
        _ => reason(c, stored),
    }
}

/// The text that says what a mail is that is no answer.
pub(super) fn noted_key(detail: &str) -> String {
    format!("noted-{}", detail.replace('_', "-"))
}

fn reason(c: &Chrome, stored: Option<&str>) -> String {
    match Reason::ALL.iter().find(|r| Some(r.as_str()) == stored) {
        Some(reason) => c.t(format!("quarantine-{}", reason.as_str())),
        None => stored.unwrap_or_default().to_owned(),
    }
}

#[derive(askama::Template)]
#[template(path = "answers/held.html")]
struct Page {
    c: Chrome,
    zone: &'static str,
    id: IncomingId,
    state: &'static str,
    waiting: bool,
    /// It was read and is no answer.
    noted: bool,
    /// Somebody who was removed wrote it: it cannot become an answer.
    refused: bool,
    reason: String,
    /// Why it is of its class, in the reader's own English.
    class_reason: String,
    at: DateTime<Utc>,
    envelope_from: String,
    /// The assignment that the mail is bound to: its question and whom it asks.
    bound: Option<(Subject, String)>,
    /// Under whose name it would stand: a colleague's of who is asked.
    colleague: String,
    /// Whose address it may be confirmed to be, and the address.
    confirm: Option<(String, String)>,
    /// The question whose asker it is said to be from.
    asked: Option<Subject>,
    mail: MailView,
}

pub(super) async fn page(State(app): State<App>, _: Reviewer, c: Chrome, Path(mail): Path<String>) -> Result {
    let conn = app.db.reader();
    let row = incoming_mail::Entity::find_by_id(id::<IncomingId>(&mail)?)
        .one(conn)
        .await?
        .ok_or(Error::NotFound)?;
    let view = HeldView::of(row.state, row.class.as_deref()).ok_or(Error::NotFound)?;
    let mut c = c.with(&TEXTS);
    let mut bound = None;
    let mut colleague = String::new();
    let mut confirm = None;
    let is = |reason: Reason| row.reason.as_deref() == Some(reason.as_str());
    if let Some(assignment) = row.assignment_id
        && let Some(assignment) = repo::assignment_by_id(conn, assignment).await?
    {
        let subject = repo::subject(conn, assignment.question_id, assignment.reverse_id, c.lang()).await?;
        let who = repo::addressee(conn, &assignment)
            .await?
            .map(|to| to.line)
            .unwrap_or_default();
        if let (Some(from), Some(_), true) = (&row.from_email, assignment.crew_member_id, is(Reason::OtherSender)) {
            confirm = Some((who.clone(), from.clone()));
        }
        if let Some(id) = row.crew_member_id.filter(|id| assignment.crew_member_id != Some(*id)) {
            let member = repo::crew_member_by_id(conn, id).await?;
            colleague = member.map(|m| db::people::crew_person(&m).line()).unwrap_or_default();
        }
        bound = Some((subject, who));
        let event = event_of(conn, assignment.event_id).await?;
        let title = c.either(&event.title, &event.title_en).to_owned();
        c = c.for_event(event.slug, title);
    }
    let read = reading(&app, &row).await;
    let mut asked = None;
    if bound.is_none()
        && let Some(question) = question_of(conn, &app, &read).await?
    {
        asked = Some(repo::subject(conn, Some(question.id), None, c.lang()).await?);
    }
    render(&Page {
        zone: ZONE,
        id: row.id,
        state: view.as_str(),
        waiting: view == HeldView::Quarantined,
        noted: view == HeldView::Noted,
        refused: is(Reason::RemovedCrew),
        reason: why(&c, view, row.reason.as_deref(), row.detail.as_deref()),
        class_reason: match &row.reason {
            Some(reason) if view == HeldView::Noted => reason.clone(),
            _ => String::new(),
        },
        at: row.received_at,
        envelope_from: row.envelope_from.clone(),
        bound,
        colleague,
        confirm: confirm.filter(|_| view == HeldView::Quarantined),
        asked,
        mail: MailView::of(&row, &read, None),
        c,
    })
}

pub(super) async fn discard(
    State(app): State<App>,
    staff: Reviewer,
    Path(mail): Path<String>,
    _: Form<Press>,
) -> Result {
    let tx = app.db.begin_write().await?;
    quarantine::discard(&tx, &app, staff.id, id(&mail)?).await?;
    tx.commit().await?;
    Ok(redirect("/desk/quarantine").flash("mail-discarded").into_response())
}

pub(super) async fn accept(
    State(app): State<App>,
    staff: Reviewer,
    c: Chrome,
    Path(mail): Path<String>,
    _: Form<Press>,
) -> Result {
    let words = c.with(&TEXTS).words;
    let answer = quarantine::accept(&app, staff.id, id(&mail)?)
        .await
        .map_err(|e| e.on(&words))?;
    to_answer(&app, answer, "mail-accepted").await
}

/// The address is a colleague's own, and this is their answer.
pub(super) async fn confirm(
    State(app): State<App>,
    staff: Reviewer,
    c: Chrome,
    Path(mail): Path<String>,
    _: Form<Press>,
) -> Result {
    let words = c.with(&TEXTS).words;
    let answer = quarantine::confirm(&app, staff.id, id(&mail)?)
        .await
        .map_err(|e| e.on(&words))?;
    to_answer(&app, answer, "mail-confirmed").await
}

async fn to_answer(app: &App, answer: AnswerId, flash: &str) -> Result {
    let conn = app.db.reader();
    let found = db::entity::answer::Entity::find_by_id(answer)
        .one(conn)
        .await?
        .ok_or(Error::NotFound)?;
    let event = event_of(conn, found.event_id).await?;
    Ok(redirect(format!("/desk/events/{}/answers/{answer}", event.slug))
        .flash(flash)
        .into_response())
}
