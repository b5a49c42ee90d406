//! One answer in review: the mail as it came beside the text that will be delivered.

use super::{
    Press, desk, id,
    mail_view::{MailView, pieces_of},
    redact,
};
use crate::{
    answers::{
        jobs::reading,
        repo::{self, Lookup, Subject, Wanted},
        service::{self, pieces::put_back, rules},
    },
    talk::repo::{Said, about},
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
};
use chrono::{DateTime, Utc};
use db::{entity::answer, entity::incoming_mail};
use domain::{AnswerId, AttachmentId, state::answer::AnswerState, text::AnswerText};
use sea_orm::EntityTrait;
use serde::Deserialize;
use web::{App, Chrome, Error, Errors, Form, Message, Result, auth::Reviewer, redirect, render_status};

struct File {
    id: AttachmentId,
    name: String,
    media_type: String,
    kilobytes: i64,
}

#[derive(askama::Template)]
#[template(path = "answers/review.html")]
struct Page {
    c: Chrome,
    said: Vec<Said>,
    base: String,
    id: AnswerId,
    subject: Subject,
    who: String,
    source: &'static str,
    entered_by: String,
    state: &'static str,
    editable: bool,
    returnable: bool,
    version: i32,
    received_at: DateTime<Utc>,
    reviewed_at: Option<DateTime<Utc>>,
    reviewed_by: String,
    zone: String,
    original: String,
    mail: Option<MailView>,
    files: Vec<File>,
    body: String,
    note: String,
    /// Where it takes two to edit and to approve: whether this reader is the first of them.
    first_of_two: Option<bool>,
    redact: String,
    /// What was typed though the answer can no longer be edited.
    lost: Option<String>,
    errors: Errors,
}

/// What was typed, kept when the form is shown again.
#[derive(Default)]
pub(super) struct Typed {
    pub(super) body: Option<String>,
    pub(super) note: String,
    pub(super) redact: String,
    pub(super) errors: Errors,
}

pub(super) async fn page(
    State(app): State<App>,
    _: Reviewer,
    c: Chrome,
    Path((slug, answer)): Path<(String, String)>,
) -> Result {
    show(&app, c, &slug, id(&answer)?, Typed::default(), StatusCode::OK).await
}

pub(super) async fn show(app: &App, c: Chrome, slug: &str, id: AnswerId, typed: Typed, status: StatusCode) -> Result {
    let (c, event) = desk(app, c, slug).await?;
    let conn = app.db.reader();
    let row = repo::answer_of(conn, event.id, id).await?.ok_or(Error::NotFound)?;
    let mut wanted = Wanted::default();
    wanted.answer(&row);
    let lookup = Lookup::load(conn, c.lang(), wanted).await?;
    let editable = row.state == AnswerState::InReview;
    let body = typed.body.as_deref().filter(|_| editable).unwrap_or(&row.body);
    let mut mail = match row.incoming_id {
        Some(incoming) => match incoming_mail::Entity::find_by_id(incoming).one(conn).await? {
            Some(incoming) => Some(MailView::of(&incoming, &reading(app, &incoming).await, Some(body))),
            None => None,
        },
        None => None,
    };
    let files = repo::attachments(conn, id).await?.into_iter().map(|file| File {
        kilobytes: file.kilobytes(),
        id: file.id,
        name: file.name,
        media_type: file.media_type,
    });
    if let Some(mail) = &mut mail {
        mail.editable = editable;
    }
    let four_eyes = editable && rules::four_eyes(conn, event.id).await?;
    let me = c.staff.as_ref().map(|staff| staff.id);
    let first_of_two = if four_eyes {
        Some(row.staff_id == me || rules::editor(conn, id).await? == me)
    } else {
        None
    };
    let said = match row.question_id {
        Some(question) => about(conn, question, c.lang()).await?,
        None => Vec::new(),
    };
    let page = Page {
        said,
        base: format!("/desk/events/{slug}"),
        id,
        subject: lookup.subject(row.question_id, row.reverse_id),
        who: lookup.answerer(&row),
        source: row.source.as_str(),
        entered_by: lookup.staff(row.staff_id),
        state: row.state.as_str(),
        editable,
        returnable: editable && row.assignment_id.is_some(),
        version: row.version,
        received_at: row.received_at,
        reviewed_at: row.reviewed_at,
        reviewed_by: lookup.staff(row.reviewed_by),
        zone: event.time_zone,
        original: row.original.clone(),
        mail,
        files: files.collect(),
        lost: typed.body.clone().filter(|_| !editable),
        body: body.to_owned(),
        first_of_two,
        redact: typed.redact,
        note: typed.note,
        errors: typed.errors,
        c,
    };
    render_status(status, &page)
}

#[derive(Deserialize)]
pub(super) struct Decision {
    #[serde(default)]
    body: String,
    version: i32,
    /// `save` keeps the text, `redact` cuts the passages out of it, `back-3` puts a piece back; anything else approves it.
    #[serde(default)]
    step: String,
    #[serde(default)]
    redact: String,
}

/// What is done with the text of the form.
enum Deed {
    Approve,
    Save(&'static str),
    Redact(usize),
}

impl Deed {
    /// The deed and its text; `None` with what is wrong at its field.
    async fn of(
        app: &App,
        row: &answer::Model,
        input: &Decision,
        errors: &mut Errors,
    ) -> Result<Option<(Self, AnswerText)>> {
        let (deed, body) = match input.step.as_str() {
            "save" => (Self::Save("saved"), input.body.clone()),
            "redact" => match redact::cut(&input.body, &input.redact, errors) {
                Some((body, count)) => (Self::Redact(count), body),
                None => return Ok(None),
            },
            step => match step.strip_prefix("back-") {
                Some(n) => (
                    Self::Save("review-put-back"),
                    with_piece(app, row, &input.body, n).await?,
                ),
                None => (Self::Approve, input.body.clone()),
            },
        };
        Ok(errors.check("body", AnswerText::parse(&body)).map(|body| (deed, body)))
    }
}

/// The text with a piece of the mail that was cut.
async fn with_piece(app: &App, row: &answer::Model, body: &str, n: &str) -> Result<String> {
    let n = n.parse().map_err(|_| Error::NotFound)?;
    let incoming = row.incoming_id.ok_or(Error::NotFound)?;
    let incoming = incoming_mail::Entity::find_by_id(incoming).one(app.db.reader()).await?;
    let reading = reading(app, &incoming.ok_or(Error::NotFound)?).await;
    put_back(&domain::text::tidy(body), &pieces_of(&reading), n).ok_or(Error::NotFound)
}

pub(super) async fn decide(
    State(app): State<App>,
    staff: Reviewer,
    c: Chrome,
    Path((slug, answer)): Path<(String, String)>,
    Form(input): Form<Decision>,
) -> Result {
    let row = find(&app, &slug, &answer).await?;
    let mut errors = Errors::new();
    let Some((deed, body)) = Deed::of(&app, &row, &input, &mut errors).await? else {
        let typed = Typed {
            body: Some(input.body),
            redact: input.redact,
            errors,
            ..Typed::default()
        };
        return show(&app, c, &slug, row.id, typed, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let tx = app.db.begin_write().await?;
    let done = match deed {
        Deed::Approve => service::approve(&tx, &app, staff.id, row.id, body, input.version).await,
        Deed::Save(_) => service::edit(&tx, &app, staff.id, row.id, body, input.version).await,
        Deed::Redact(count) => service::redact(&tx, &app, staff.id, row.id, (body, count), input.version).await,
    };
    if let Err(error) = done {
        tx.rollback().await?;
        let typed = Typed {
            body: Some(input.body),
            redact: input.redact,
            errors: said(error)?,
            ..Typed::default()
        };
        return show(&app, c, &slug, row.id, typed, StatusCode::CONFLICT).await;
    }
    tx.commit().await?;
    app.wake.notify();
    let list = format!("/desk/events/{slug}/answers");
    let here = format!("{list}/{}", row.id);
    Ok(match deed {
        Deed::Approve => redirect(list).flash("answer-approved"),
        Deed::Save(flash) => redirect(here).flash(flash),
        Deed::Redact(_) => redirect(here).flash("answer-redacted"),
    }
    .into_response())
}

#[derive(Deserialize)]
pub(super) struct Return {
    #[serde(default)]
    note: String,
    version: i32,
}

pub(super) async fn give_back(
    State(app): State<App>,
    staff: Reviewer,
    c: Chrome,
    Path((slug, answer)): Path<(String, String)>,
    Form(input): Form<Return>,
) -> Result {
    let row = find(&app, &slug, &answer).await?;
    let mut errors = Errors::new();
    let Some(note) = errors.check("note", AnswerText::parse(&input.note)) else {
        let typed = Typed {
            note: input.note,
            errors,
            ..Typed::default()
        };
        return show(&app, c, &slug, row.id, typed, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let tx = app.db.begin_write().await?;
    if let Err(error) = service::give_back(&tx, &app, staff.id, row.id, note.as_str(), input.version).await {
        tx.rollback().await?;
        let typed = Typed {
            note: input.note,
            errors: said(error)?,
            ..Typed::default()
        };
        return show(&app, c, &slug, row.id, typed, StatusCode::CONFLICT).await;
    }
    tx.commit().await?;
    app.wake.notify();
    Ok(redirect(format!("/desk/events/{slug}/answers"))
        .flash("answer-returned")
        .into_response())
}

pub(super) async fn take_back(
    State(app): State<App>,
    staff: Reviewer,
    Path((slug, answer)): Path<(String, String)>,
    _: Form<Press>,
) -> Result {
    let row = find(&app, &slug, &answer).await?;
    let tx = app.db.begin_write().await?;
    service::take_back(&tx, &app, staff.id, row.id).await?;
    tx.commit().await?;
    Ok(redirect(format!("/desk/events/{slug}/answers/{}", row.id))
        .flash("answer-taken-back")
        .into_response())
}

/// A file is always saved, never shown: it is whatever its sender made it.
pub(super) async fn file(
    State(app): State<App>,
    _: Reviewer,
    Path((slug, answer, file)): Path<(String, String, String)>,
) -> Result {
    let row = find(&app, &slug, &answer).await?;
    let file = repo::attachment(app.db.reader(), row.id, id(&file)?)
        .await?
        .ok_or(Error::NotFound)?;
    let bytes = mail::read::mask_file(&file.media_type, &file.bytes).into_owned();
    Ok(web::attachment(&file.name, "application/octet-stream", bytes))
}

pub(super) async fn find(app: &App, slug: &str, answer: &str) -> Result<answer::Model> {
    let conn = app.db.reader();
    let event = crate::repo::event_by_slug(conn, slug).await?.ok_or(Error::NotFound)?;
    repo::answer_of(conn, event.id, id(answer)?)
        .await?
        .ok_or(Error::NotFound)
}

/// A refusal stands above the form; what is broken is an error page.
pub(super) fn said(error: crate::Error) -> Result<Errors> {
    match error {
        crate::Error::Refused(key) => Ok(Errors::form(key)),
        crate::Error::Db(error) if error.is_stale() => Ok(Errors::form(Message::new("review-stale"))),
        error => Err(error.into()),
    }
}
