//! One assignment at the desk: what came, an answer that staff enter, and another crew member instead.

use super::{Given, Input, desk, held::noted_key, id};
use crate::{
    answers::{
        repo::{self, HeldMail, Subject},
        service::receive_staff,
    },
    service::assign,
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
};
use chrono::{DateTime, NaiveDate, TimeZone as _, Utc};
use db::entity::assignment;
use domain::{AnswerId, AssignmentId, IncomingId, OutgoingId, state::assignment::AssignmentState, text::AnswerText};
use serde::Deserialize;
use web::{App, Choice, Chrome, Error, Errors, Form, Result, auth::Reviewer, lang::Zone as _, redirect, render_status};

struct GivenHere {
    id: AnswerId,
    given: Given,
}

/// A mail that is no answer.
struct Noted {
    id: IncomingId,
    at: DateTime<Utc>,
    key: String,
    from: String,
    reason: String,
}

impl From<HeldMail> for Noted {
    fn from(row: HeldMail) -> Self {
        Self {
            id: row.id,
            at: row.received_at,
            key: noted_key(row.detail.as_deref().unwrap_or("doubtful")),
            from: row.from_email.unwrap_or_default(),
            reason: row.reason.unwrap_or_default(),
        }
    }
}

#[derive(askama::Template)]
#[template(path = "answers/enter.html")]
#[expect(clippy::struct_excessive_bools, reason = "each shows a part of the page or not")]
struct Page {
    c: Chrome,
    base: String,
    id: AssignmentId,
    subject: Subject,
    who: String,
    email: String,
    removed: bool,
    state: &'static str,
    due: DateTime<Utc>,
    zone: String,
    closed: bool,
    open: bool,
    answers: Vec<GivenHere>,
    /// What came in and is no answer.
    noted: Vec<Noted>,
    /// The mail that asks came back: that mail, where it is known.
    returned: bool,
    returned_mail: Option<OutgoingId>,
    /// Not reminded before.
    chase_at: Option<DateTime<Utc>>,
    /// They said so themselves: the first day on which they are there.
    back_at: Option<DateTime<Utc>>,
    /// Whom the question could be passed on to.
    others: Vec<Choice>,
    errors: Errors,
    text: String,
}

pub(super) async fn page(
    State(app): State<App>,
    _: Reviewer,
    c: Chrome,
    Path((slug, assignment)): Path<(String, String)>,
) -> Result {
    show(
        &app,
        c,
        &slug,
        id(&assignment)?,
        Errors::new(),
        String::new(),
        StatusCode::OK,
    )
    .await
}

async fn show(
    app: &App,
    c: Chrome,
    slug: &str,
    id: AssignmentId,
    errors: Errors,
    text: String,
    status: StatusCode,
) -> Result {
    let (c, event) = desk(app, c, slug).await?;
    let conn = app.db.reader();
    let row = repo::assignment_of(conn, event.id, id).await?.ok_or(Error::NotFound)?;
    let to = repo::addressee(conn, &row).await?;
    let open = AssignmentState::OPEN.contains(&row.state);
    let others = match row.service_id.filter(|_| open && row.question_id.is_some()) {
        Some(service) => assign::active(conn, service).await?,
        None => Vec::new(),
    };
    let others = others.into_iter().filter(|m| Some(m.id) != row.crew_member_id);
    let answers = repo::answers_of(conn, id).await?;
    let noted = repo::noted(conn, id).await?;
    let today = app.clock.now().with_timezone(&event.time_zone.tz()).date_naive();
    let back_on = noted
        .iter()
        .find_map(|m| m.back_on)
        .filter(|back| open && *back > today);
    let deputy = match row.crew_member_id {
        Some(member) => repo::crew_member_by_id(conn, member).await?.and_then(|m| m.deputy_id),
        None => None,
    };
    let offered = back_on.is_some() || row.returned_at.is_some();
    let page = Page {
        base: format!("/desk/events/{slug}"),
        id,
        subject: repo::subject(conn, row.question_id, row.reverse_id, c.lang()).await?,
        who: to.as_ref().map(|to| to.line.clone()).unwrap_or_default(),
        email: to
            .as_ref()
            .and_then(|to| to.email.as_ref())
            .map(ToString::to_string)
            .unwrap_or_default(),
        removed: to.is_none_or(|to| to.removed),
        state: row.state.as_str(),
        due: row.due_at,
        zone: event.time_zone.clone(),
        closed: AssignmentState::LEFT.contains(&row.state),
        open,
        answers: answers
            .into_iter()
            .map(|a| GivenHere {
                id: a.id,
                given: a.into(),
            })
            .collect(),
        others: others
            .map(|m| {
                let chosen = offered && Some(m.id) == deputy;
                Choice::new(m.id, db::people::crew_person(&m).line()).chosen(chosen)
            })
            .collect(),
        returned: open && row.returned_at.is_some(),
        returned_mail: match row.returned_at {
            Some(_) => repo::asking_mail(conn, event.id, id).await?,
            None => None,
        },
        chase_at: row.chase_at.filter(|_| open),
        back_at: back_on.and_then(|day| noon(day, &event.time_zone)),
        noted: noted.into_iter().map(Noted::from).collect(),
        errors,
        text,
        c,
    };
    render_status(status, &page)
}

/// A moment of the day where the event is, by which the day is written.
fn noon(day: NaiveDate, zone: &str) -> Option<DateTime<Utc>> {
    let local = zone.tz().from_local_datetime(&day.and_hms_opt(12, 0, 0)?);
    Some(local.earliest()?.with_timezone(&Utc))
}

pub(super) async fn answer(
    State(app): State<App>,
    staff: Reviewer,
    c: Chrome,
    Path((slug, assignment)): Path<(String, String)>,
    Form(input): Form<Input>,
) -> Result {
    let row = find(&app, &slug, &assignment).await?;
    let mut errors = Errors::new();
    let Some(text) = errors.check("text", AnswerText::parse(&input.text)) else {
        return show(
            &app,
            c,
            &slug,
            row.id,
            errors,
            input.text,
            StatusCode::UNPROCESSABLE_ENTITY,
        )
        .await;
    };
    let tx = app.db.begin_write().await?;
    match receive_staff(&tx, &app, staff.id, row.id, text).await {
        Ok(answer) => {
            tx.commit().await?;
            Ok(redirect(format!("/desk/events/{slug}/answers/{answer}"))
                .flash("answer-entered")
                .into_response())
        }
        Err(crate::Error::Refused(key)) => {
            tx.rollback().await?;
            show(
                &app,
                c,
                &slug,
                row.id,
                Errors::form(key),
                input.text,
                StatusCode::CONFLICT,
            )
            .await
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
pub(super) struct PassOn {
    /// Nobody named: who has the fewest open assignments.
    #[serde(default)]
    to: String,
}

pub(super) async fn pass_on(
    State(app): State<App>,
    staff: Reviewer,
    c: Chrome,
    Path((slug, assignment)): Path<(String, String)>,
    Form(input): Form<PassOn>,
) -> Result {
    let row = find(&app, &slug, &assignment).await?;
    let tx = app.db.begin_write().await?;
    let words = c.with(&crate::TEXTS).words;
    let new = assign::pass_on(&tx, &app, staff.actor(), &row, input.to.parse().ok())
        .await
        .map_err(|e| e.on(&words))?;
    tx.commit().await?;
    app.wake.notify();
    Ok(redirect(format!("/desk/events/{slug}/assignments/{new}"))
        .flash("assignment-passed-on")
        .into_response())
}

async fn find(app: &App, slug: &str, assignment: &str) -> Result<assignment::Model> {
    let conn = app.db.reader();
    let event = crate::repo::event_by_slug(conn, slug).await?.ok_or(Error::NotFound)?;
    repo::assignment_of(conn, event.id, id(assignment)?)
        .await?
        .ok_or(Error::NotFound)
}
