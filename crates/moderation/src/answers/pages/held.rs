//! The quarantine: mails that did not match, each with its reason.

use super::{Press, id, mail_view::MailView, queue::Tab};
use crate::{
    TEXTS,
    answers::{
        jobs::reading,
        repo::{self, Subject},
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
use domain::{IncomingId, state::mail::IncomingState};
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
    let discarded = filter.state == IncomingState::Discarded.as_str();
    let state = if discarded {
        IncomingState::Discarded
    } else {
        IncomingState::Quarantined
    };
    let page = repo::quarantine(app.db.reader(), state, filter.after.parse().ok()).await?;
    let tabs = [IncomingState::Quarantined, IncomingState::Discarded].map(|choice| Tab {
        value: choice.as_str(),
        label: c.t(format!("held-{choice}")),
        count: 0,
        current: choice == state,
    });
    let rows = page.rows.into_iter().map(|row| Row {
        id: row.id,
        from: row.from_email.unwrap_or_default(),
        subject: row.subject.unwrap_or_default(),
        reason: reason(&c, row.reason.as_deref()),
        at: row.received_at,
        bound: row.assignment_id.is_some(),
    });
    let rows = rows.collect();
    render(&List {
        zone: ZONE,
        tabs: tabs.into(),
        state: state.as_str(),
        rows,
        next: page.next,
        c,
    })
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
    reason: String,
    at: DateTime<Utc>,
    envelope_from: String,
    /// The assignment that the mail is bound to: its question and whom it asks.
    bound: Option<(Subject, String)>,
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
    if !matches!(row.state, IncomingState::Quarantined | IncomingState::Discarded) {
        return Err(Error::NotFound);
    }
    let mut c = c.with(&TEXTS);
    let mut bound = None;
    if let Some(assignment) = row.assignment_id
        && let Some(assignment) = repo::assignment_by_id(conn, assignment).await?
    {
        let subject = repo::subject(conn, assignment.question_id, assignment.reverse_id, c.lang()).await?;
        let who = repo::addressee(conn, &assignment)
            .await?
            .map(|to| to.line)
            .unwrap_or_default();
        bound = Some((subject, who));
        let event = event_of(conn, assignment.event_id).await?;
        let title = c.either(&event.title, &event.title_en).to_owned();
        c = c.for_event(event.slug, title);
    }
    let mut asked = None;
    if bound.is_none()
        && let Some(question) = question_of(conn, &app, &reading(&app, &row).await).await?
    {
        asked = Some(repo::subject(conn, Some(question.id), None, c.lang()).await?);
    }
    render(&Page {
        zone: ZONE,
        id: row.id,
        state: row.state.as_str(),
        waiting: row.state == IncomingState::Quarantined,
        reason: reason(&c, row.reason.as_deref()),
        at: row.received_at,
        envelope_from: row.envelope_from.clone(),
        bound,
        asked,
        mail: MailView::of(&app, &row, None).await,
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
    let conn = app.db.reader();
    let found = db::entity::answer::Entity::find_by_id(answer)
        .one(conn)
        .await?
        .ok_or(Error::NotFound)?;
    let event = event_of(conn, found.event_id).await?;
    Ok(redirect(format!("/desk/events/{}/answers/{answer}", event.slug))
        .flash("mail-accepted")
        .into_response())
}
