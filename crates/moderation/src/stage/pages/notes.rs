//! What is said is noted: by a press, while it is typed, and what two typed at once.

use super::{
    Operator,
    operate::{self, Address},
};
use crate::{
    repo as common,
    stage::{
        service::{self, About, Note, Noted, Shown},
        topic,
    },
    triage::pages_enter as enter,
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use db::entity::event;
use domain::{AnswerId, InvitationId, RehearsalId, StaffId};
use serde::Deserialize;
use serde_json::json;
use web::{App, Chrome, Errors, Form, redirect};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Input {
    about: String,
    /// Who answered a question that was asked back.
    partner: String,
    speaker: String,
    text: String,
    /// Of the answer that the form showed; 0 for none.
    version: i32,
    /// In which the page was made.
    rehearsal: Option<RehearsalId>,
    /// `transcript`: the form stands there.
    back: String,
}

impl Input {
    fn shown(&self) -> Option<Shown> {
        self.about.parse().ok()
    }

    /// `Err` when a partner must be chosen first.
    fn about(&self) -> web::Result<Result<About, ()>> {
        match self.shown() {
            Some(Shown::Question(id)) => Ok(Ok(About::Question(id))),
            Some(Shown::Reverse(id)) => {
                let partner = self.partner.parse::<InvitationId>();
                Ok(partner.map(|partner| About::Reverse(id, partner)).map_err(drop))
            }
            _ => Err(web::Error::NotFound),
        }
    }

    fn address(&self) -> Address {
        Address {
            note: self.about.clone(),
            partner: self.partner.parse().ok(),
            q: String::new(),
        }
    }
}

/// Somebody else's question is not there.
async fn known(app: &App, event: &event::Model, about: About) -> web::Result<()> {
    let conn = app.db.reader();
    let there = match about {
        About::Question(id) => common::question_of(conn, event.id, id).await?.is_some(),
        About::Reverse(id, _) => crate::reverse::repo::one(conn, event.id, id).await?.is_some(),
    };
    if there { Ok(()) } else { Err(web::Error::NotFound) }
}

async fn note(
    app: &App,
    event: &event::Model,
    staff: StaffId,
    about: About,
    input: &Input,
    typing: bool,
) -> crate::Result<Noted> {
    let tx = app.db.begin_write().await?;
    let said = Note {
        about,
        speaker: input.speaker.parse().ok(),
        text: &input.text,
        base: Some(input.version),
        typing,
        rehearsal: input.rehearsal,
    };
    match service::note(&tx, app, staff, said).await {
        // Other operators read it at once; the board has nothing new to show while somebody types.
        Ok(noted) if typing => {
            app.live.commit(tx, &topic(event.id)).await?;
            Ok(noted)
        }
        Ok(noted) => {
            service::commit(app, tx, event.id).await?;
            app.wake.notify();
            Ok(noted)
        }
        Err(error) => {
            tx.rollback().await?;
            Err(error)
        }
    }
}

pub(super) async fn save(
    State(app): State<App>,
    Operator(staff): Operator,
    c: Chrome,
    Path(slug): Path<String>,
    Form(input): Form<Input>,
) -> web::Result<Response> {
    let (event, bound) = enter(&app, c.clone(), &slug).await?;
    let mut errors = Errors::new();
    if let Ok(about) = input.about()? {
        known(&app, &event, about).await?;
        match note(&app, &event, staff.id, about, &input, false).await {
            Ok(Noted::Stands { .. }) => {
                let to = match input.back.as_str() {
                    "transcript" => format!("/desk/events/{slug}/transcript"),
                    _ => operate::href(&slug),
                };
                let noted = input.rehearsal.map_or("stage-noted", |_| "rehearsal-noted");
                return Ok(redirect(to).flash(noted).into_response());
            }
            Ok(Noted::Beside(_)) => {
                let address = operate::note_href(&slug, &input.about, input.partner.parse().ok());
                return Ok(redirect(address).flash("stage-noted-beside").into_response());
            }
            Err(crate::Error::Text(error)) => errors.add("text", error),
            Err(crate::Error::NotFound) => return Err(web::Error::NotFound),
            Err(error) if error.is_refusal() => {
                let why = error.sentence(&bound.words);
                errors.add("", web::Message::new("refused").arg("why", why));
            }
            Err(error) => return Err(error.into()),
        }
    } else {
        errors.add("partner", "error-required");
    }
    let typed = operate::Typed {
        text: Some(input.text.clone()),
        speaker: input.speaker.parse().ok(),
        message: None,
    };
    operate::page(&app, c, staff.id, &slug, input.address(), typed, errors).await
}

/// Saved by the script while somebody types. 409: somebody else's note stands, and this one is kept beside it.
pub(super) async fn typing(
    State(app): State<App>,
    Operator(staff): Operator,
    c: Chrome,
    Path(slug): Path<String>,
    Form(input): Form<Input>,
) -> web::Result<Response> {
    let (event, _) = enter(&app, c, &slug).await?;
    let about = match input.about()? {
        Ok(about) if !input.text.trim().is_empty() => about,
        // Nothing to save yet.
        _ => return Ok(Json(json!({ "version": input.version })).into_response()),
    };
    known(&app, &event, about).await?;
    match note(&app, &event, staff.id, about, &input, true).await {
        Ok(Noted::Stands { version, .. }) => Ok(Json(json!({ "version": version })).into_response()),
        Ok(Noted::Beside(_)) => Ok((StatusCode::CONFLICT, Json(json!({ "beside": true }))).into_response()),
        Err(crate::Error::NotFound) => Err(web::Error::NotFound),
        Err(error) if error.is_refusal() => {
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "saved": false }))).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Beside {
    act: String,
    answer: AnswerId,
    by: StaffId,
    #[serde(default)]
    about: String,
    #[serde(default)]
    partner: String,
}

pub(super) async fn beside(
    State(app): State<App>,
    _: Operator,
    c: Chrome,
    Path(slug): Path<String>,
    Form(input): Form<Beside>,
) -> web::Result<Response> {
    let (event, c) = enter(&app, c, &slug).await?;
    let tx = app.db.begin_write().await?;
    let done = match input.act.as_str() {
        "add" => service::add_aside(&tx, &app, event.id, input.answer, input.by)
            .await
            .map(drop),
        "drop" => service::drop_aside(&tx, &app, event.id, input.answer, input.by).await,
        _ => Err(crate::Error::NotFound),
    };
    done.map_err(|error| error.on(&c.words))?;
    app.live.commit(tx, &topic(event.id)).await?;
    let to = operate::note_href(&slug, &input.about, input.partner.parse().ok());
    Ok(redirect(to).into_response())
}
