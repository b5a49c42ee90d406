//! One answer in review: the mail as it came beside the text that will be delivered.

use super::{Press, desk, id, mail_view::MailView};
use crate::{
    answers::{
        repo::{self, Lookup, Subject, Wanted},
        service,
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
    /// What was typed though the answer can no longer be edited.
    lost: Option<String>,
    errors: Errors,
}

/// What was typed, kept when the form is shown again.
#[derive(Default)]
struct Typed {
    body: Option<String>,
    note: String,
    errors: Errors,
}

pub(super) async fn page(
    State(app): State<App>,
    _: Reviewer,
    c: Chrome,
    Path((slug, answer)): Path<(String, String)>,
) -> Result {
    show(&app, c, &slug, id(&answer)?, Typed::default(), StatusCode::OK).await
}

async fn show(app: &App, c: Chrome, slug: &str, id: AnswerId, typed: Typed, status: StatusCode) -> Result {
    let (c, event) = desk(app, c, slug).await?;
    let conn = app.db.reader();
    let row = repo::answer_of(conn, event.id, id).await?.ok_or(Error::NotFound)?;
    let mut wanted = Wanted::default();
    wanted.answer(&row);
    let lookup = Lookup::load(conn, c.lang(), wanted).await?;
    let mail = match row.incoming_id {
        Some(incoming) => match incoming_mail::Entity::find_by_id(incoming).one(conn).await? {
            Some(incoming) => Some(MailView::of(app, &incoming).await),
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
    let editable = row.state == AnswerState::InReview;
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
        body: typed.body.filter(|_| editable).unwrap_or(row.body),
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
    /// `save` keeps the text; anything else approves it.
    #[serde(default)]
    step: String,
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
    let Some(body) = errors.check("body", AnswerText::parse(&input.body)) else {
        let typed = Typed {
            body: Some(input.body),
            errors,
            ..Typed::default()
        };
        return show(&app, c, &slug, row.id, typed, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let save = input.step == "save";
    let tx = app.db.begin_write().await?;
    let done = if save {
        service::edit(&tx, &app, staff.id, row.id, body, input.version).await
    } else {
        service::approve(&tx, &app, staff.id, row.id, body, input.version).await
    };
    if let Err(error) = done {
        tx.rollback().await?;
        let typed = Typed {
            body: Some(input.body),
            errors: said(error)?,
            ..Typed::default()
        };
        return show(&app, c, &slug, row.id, typed, StatusCode::CONFLICT).await;
    }
    tx.commit().await?;
    app.wake.notify();
    let to = format!("/desk/events/{slug}/answers");
    Ok(if save {
        redirect(format!("{to}/{}", row.id)).flash("saved").into_response()
    } else {
        redirect(to).flash("answer-approved").into_response()
    })
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

async fn find(app: &App, slug: &str, answer: &str) -> Result<answer::Model> {
    let conn = app.db.reader();
    let event = crate::repo::event_by_slug(conn, slug).await?.ok_or(Error::NotFound)?;
    repo::answer_of(conn, event.id, id(answer)?)
        .await?
        .ok_or(Error::NotFound)
}

/// A refusal stands above the form; what is broken is an error page.
fn said(error: crate::Error) -> Result<Errors> {
    match error {
        crate::Error::Refused(key) => Ok(Errors::form(key)),
        crate::Error::Db(error) if error.is_stale() => Ok(Errors::form(Message::new("review-stale"))),
        error => Err(error.into()),
    }
}
