//! `/s/{token}`: a speaker's own page, without an account: what they are asked, and room to prepare.

use super::scene::{Cards, cards};
use crate::{
    TEXTS,
    service::assign::event_of,
    stage::{
        service::Shown,
        speakers::{self, Kept, Speaker},
    },
    triage::similar,
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use db::{
    entity::{event, speaker},
    people,
    prelude::EntityTrait,
};
use domain::{
    Lang, QuestionId, SpeakerId,
    token::{Purpose, day_stamp},
};
use serde_json::json;
use std::time::Duration;
use web::{App, Chrome, Error, Errors, Form, limit, redirect, render_form};

struct Row {
    question: QuestionId,
    position: usize,
    minutes: i32,
    body: String,
    lang: Lang,
    asker: String,
    note: String,
    similar: Vec<String>,
    draft: String,
    version: i32,
    /// What another window of theirs saved meanwhile.
    other: Option<String>,
}

impl Row {
    fn field(&self) -> String {
        format!("text-{}", self.question)
    }
}

#[derive(askama::Template)]
#[template(path = "stage/speaker.html")]
struct SpeakerPage {
    c: Chrome,
    action: String,
    who: String,
    title: String,
    rows: Vec<Row>,
    errors: Errors,
}

/// Who opened the link, and what awaits them.
struct Open {
    speaker: Speaker,
    event: event::Model,
}

impl Open {
    async fn new(app: &App, token: &str) -> Result<Self, Error> {
        let claim = app.keys.verify(Purpose::SpeakerLink, token).ok_or(Error::NotFound)?;
        if day_stamp(app.clock.now()) > claim.stamp {
            return Err(Error::Gone);
        }
        let (conn, id) = (app.db.reader(), SpeakerId::from_uuid(claim.id));
        let found = speaker::Entity::find_by_id(id).one(conn).await;
        let event = found.map_err(db::Error::from)?.ok_or(Error::Gone)?.event_id;
        let speakers = speakers::speakers(conn, event).await?;
        let speaker = speakers.into_iter().find(|s| s.row.id == id).ok_or(Error::Gone)?;
        Ok(Self {
            event: event_of(conn, event).await?,
            speaker,
        })
    }

    fn asks(&self, question: QuestionId) -> bool {
        self.speaker.asked.iter().any(|asked| asked.question == question)
    }
}

/// What a refused form had.
struct Typed {
    question: QuestionId,
    text: String,
    /// What stands meanwhile, and its version.
    other: Option<(String, i32)>,
}

pub(super) async fn show(State(app): State<App>, c: Chrome, Path(token): Path<String>) -> web::Result {
    let open = Open::new(&app, &token).await?;
    page(&app, c, &token, open, None, Errors::new()).await
}

async fn page(app: &App, c: Chrome, token: &str, open: Open, typed: Option<Typed>, errors: Errors) -> web::Result {
    let Open { speaker, event } = open;
    let title = people::in_lang(c.lang(), &event.title, &event.title_en);
    let c = c.with(&TEXTS).for_event(event.slug.clone(), title.clone());
    let cards = cards(app.db.reader(), &event, c.lang()).await?;
    let mut rows = rows(app, &event, &speaker, &cards).await?;
    if let Some(typed) = typed
        && let Some(row) = rows.iter_mut().find(|row| row.question == typed.question)
    {
        row.draft = typed.text;
        if let Some((other, version)) = typed.other {
            row.version = version;
            row.other = Some(other);
        }
    }
    let page = SpeakerPage {
        action: format!("/s/{token}"),
        who: people::speaker_person(&speaker.row).line(),
        title,
        rows,
        errors,
        c,
    };
    render_form(&page.errors, &page)
}

async fn rows(app: &App, event: &event::Model, speaker: &Speaker, cards: &Cards) -> web::Result<Vec<Row>> {
    let mut drafts = speakers::drafts(app.db.reader(), speaker.row.id).await?;
    let mut rows = Vec::with_capacity(speaker.asked.len());
    for asked in &speaker.asked {
        let Some(card) = cards.get(&Shown::Question(asked.question)) else {
            continue;
        };
        let draft = drafts.remove(&asked.question);
        rows.push(Row {
            question: asked.question,
            position: asked.position,
            minutes: asked.minutes,
            body: card.body.clone(),
            lang: card.lang,
            asker: card.asker.clone(),
            note: asked.note.clone(),
            similar: similar::texts(app, event.id, card.number).await?,
            version: draft.as_ref().map_or(0, |draft| draft.version),
            draft: draft.map(|draft| draft.body).unwrap_or_default(),
            other: None,
        });
    }
    Ok(rows)
}

struct Input {
    question: QuestionId,
    version: i32,
    text: String,
}

impl Input {
    /// The text's field bears its question's id, since the page has one for each.
    fn of(fields: &[(String, String)]) -> Option<Self> {
        let get = |name: &str| {
            let found = fields.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.as_str()).unwrap_or_default()
        };
        let question: QuestionId = get("question").parse().ok()?;
        Some(Self {
            question,
            version: get("version").parse().unwrap_or_default(),
            text: get(&format!("text-{question}")).to_owned(),
        })
    }
}

async fn keep(app: &App, token: &str, input: &Input) -> web::Result<(Open, crate::Result<Kept>)> {
    let open = Open::new(app, token).await?;
    if !open.asks(input.question) {
        return Err(Error::NotFound);
    }
    let who = open.speaker.row.id;
    limit::check(app, "speaker-link", &who.to_string(), 3_600, Duration::from_hours(1)).await?;
    let kept = speakers::keep(app, who, input.question, input.version, &input.text).await;
    Ok((open, kept))
}

pub(super) async fn save(
    State(app): State<App>,
    c: Chrome,
    Path(token): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> web::Result<Response> {
    let input = Input::of(&fields).ok_or(Error::NotFound)?;
    let (open, kept) = keep(&app, &token, &input).await?;
    let mut errors = Errors::new();
    let field = format!("text-{}", input.question);
    let other = match kept {
        Ok(Kept::Stands(_)) => {
            return Ok(redirect(format!("/s/{token}#q-{}", input.question))
                .flash("speaker-saved")
                .into_response());
        }
        Ok(Kept::Overtaken(stands)) => {
            errors.add(field, "speaker-overtaken");
            Some((stands.body, stands.version))
        }
        Err(crate::Error::Text(error)) => {
            errors.add(field, error);
            None
        }
        Err(error) => return Err(error.into()),
    };
    let typed = Typed {
        question: input.question,
        text: input.text,
        other,
    };
    page(&app, c, &token, open, Some(typed), errors).await
}

pub(super) async fn typing(
    State(app): State<App>,
    Path(token): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> web::Result<Response> {
    let input = Input::of(&fields).ok_or(Error::NotFound)?;
    match keep(&app, &token, &input).await?.1 {
        Ok(Kept::Stands(version)) => Ok(Json(json!({ "version": version })).into_response()),
        Ok(Kept::Overtaken(_)) => Ok((StatusCode::CONFLICT, Json(json!({ "saved": false }))).into_response()),
        Err(error) if error.is_refusal() => {
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "saved": false }))).into_response())
        }
        Err(error) => Err(error.into()),
    }
}
