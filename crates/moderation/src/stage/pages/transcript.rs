//! A recording's words, laid beside the questions: staff take over what is right, one by one.

use super::{
    Operator,
    scene::{Cards, cards},
};
use crate::{
    stage::{
        repo,
        service::Shown,
        transcript::{self, MOST, Split},
    },
    triage::pages_enter as enter,
};
use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};
use db::{entity::event, prelude::ConnectionTrait};
use serde::Deserialize;
use std::collections::HashMap;
use web::{App, Chrome, Errors, Message, MultipartForm, lang::Zone, redirect, render_form};

/// What is proposed for one question.
struct Row {
    shown: Shown,
    title: String,
    body: String,
    lang: domain::Lang,
    words: String,
    /// What is noted already, its version and its state.
    note: Option<(String, i32, String)>,
}

impl Row {
    fn is_question(&self) -> bool {
        matches!(self.shown, Shown::Question(_))
    }
    fn version(&self) -> i32 {
        self.note.as_ref().map_or(0, |(_, version, _)| *version)
    }
    fn approved(&self) -> bool {
        self.note.as_ref().is_some_and(|(_, _, state)| state == "approved")
    }
}

#[derive(Template)]
#[template(path = "stage/transcript.html")]
struct TranscriptPage {
    c: Chrome,
    event: event::Model,
    kept: bool,
    rows: Vec<Row>,
    rest: String,
    begins_at: String,
    text: String,
    errors: Errors,
}

impl TranscriptPage {
    fn base(&self) -> String {
        format!("/desk/events/{}", self.event.slug)
    }
}

pub(super) async fn show(State(app): State<App>, _: Operator, c: Chrome, Path(slug): Path<String>) -> web::Result {
    let (event, c) = enter(&app, c, &slug).await?;
    page(&app, c, event, None, Errors::new()).await
}

async fn page(
    app: &App,
    c: Chrome,
    event: event::Model,
    typed: Option<(String, String)>,
    errors: Errors,
) -> web::Result {
    let conn = app.db.reader();
    let kept = transcript::of(conn, event.id).await?;
    let turns = transcript::turns(conn, event.id).await?;
    let cards = cards(conn, &event, c.lang()).await?;
    let split = kept.as_ref().map(|kept| {
        let words = transcript::parse(&kept.body);
        transcript::split(words, kept.begins_at, &turns)
    });
    let Split { parts, rest } = split.unwrap_or_default();
    let begins = kept
        .as_ref()
        .map(|kept| kept.begins_at)
        .or(turns.first().map(|turn| turn.from));
    let (begins_at, text) = typed.unwrap_or_else(|| {
        let begins = begins.unwrap_or(c.now).with_timezone(&event.time_zone.tz());
        (begins.format("%Y-%m-%dT%H:%M:%S").to_string(), String::new())
    });
    let page = TranscriptPage {
        rows: rows(conn, parts, &cards, &c).await?,
        kept: kept.is_some(),
        rest,
        begins_at,
        text,
        errors,
        c,
        event,
    };
    render_form(&page.errors, &page)
}

async fn rows(
    conn: &impl ConnectionTrait,
    parts: Vec<(Shown, String)>,
    cards: &Cards,
    c: &Chrome,
) -> crate::Result<Vec<Row>> {
    let questions = parts.iter().filter_map(|(shown, _)| match shown {
        Shown::Question(id) => Some(*id),
        _ => None,
    });
    let notes = repo::notes(conn, questions, None).await?;
    let mut notes: HashMap<_, _> = notes.into_iter().map(|note| (note.about, note)).collect();
    let rows = parts.into_iter().filter_map(|(shown, words)| {
        let card = cards.get(&shown)?;
        let note = notes.remove(&shown);
        let key = if matches!(shown, Shown::Reverse(_)) {
            "label-reverse"
        } else {
            "label-question"
        };
        Some(Row {
            shown,
            title: c.t1(key, "number", card.number),
            body: card.body.clone(),
            lang: card.lang,
            words,
            note: note.map(|note| (note.body, note.version, note.state.to_string())),
        })
    });
    Ok(rows.collect())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Input {
    begins_at: String,
    text: String,
}

pub(super) async fn keep(
    State(app): State<App>,
    Operator(staff): Operator,
    c: Chrome,
    Path(slug): Path<String>,
    form: MultipartForm<Input>,
) -> web::Result<Response> {
    let (event, c) = enter(&app, c, &slug).await?;
    let uploaded = form
        .file("file")
        .map(|file| String::from_utf8_lossy(&file.bytes).into_owned());
    let MultipartForm { fields: input, .. } = form;
    let text = uploaded.unwrap_or_else(|| input.text.clone());
    let mut errors = Errors::new();
    let begins = moment(&input.begins_at, &event);
    if begins.is_none() {
        errors.add("begins_at", "run-error-moment");
    }
    if text.trim().is_empty() {
        errors.add("text", "error-required");
    } else if text.len() > MOST {
        errors.add("text", Message::new("transcript-too-long"));
    }
    let Some(begins) = begins.filter(|_| errors.is_empty()) else {
        return page(&app, c, event, Some((input.begins_at, input.text)), errors).await;
    };
    transcript::keep(&app, staff.id, event.id, begins, text).await?;
    Ok(redirect(format!("/desk/events/{slug}/transcript"))
        .flash("transcript-kept")
        .into_response())
}

/// To the second: words are laid beside questions by it.
fn moment(text: &str, event: &event::Model) -> Option<DateTime<Utc>> {
    let local = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text.trim(), format).ok())?;
    Some(event.time_zone.tz().from_local_datetime(&local).earliest()?.to_utc())
}
