//! Behind the stage: what is on, what comes, how much time is left, and a word to who speaks.

use super::{
    Operator,
    scene::{Scene, Timer, size},
};
use crate::{
    stage::{plan::Cue, service::Shown, speakers},
    triage::pages_enter as enter,
};
use askama::Template;
use axum::extract::{Path, Query, State};
use db::{entity::event, people, prelude::ConnectionTrait};
use serde::Deserialize;
use web::{App, Chrome, render};

/// So much of what comes is shown.
const NEXT: usize = 120;

/// A line as who speaks reads it.
struct Line {
    reverse: bool,
    position: Option<(usize, usize)>,
    body: String,
    lang: domain::Lang,
    asker: String,
    speaker: String,
    minutes: i32,
    microphone: String,
    note: String,
    /// What who answers has prepared.
    draft: String,
    size: &'static str,
}

#[derive(Template)]
#[template(path = "stage/backstage.html")]
struct BackstagePage {
    c: Chrome,
    event: event::Model,
    title: String,
    held: bool,
    message: String,
    current: Option<Line>,
    next: Option<Line>,
    timer: Option<Timer>,
    bright: bool,
    rehearsal: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Address {
    hall: String,
}

pub(super) async fn show(
    State(app): State<App>,
    _: Operator,
    c: Chrome,
    Path(slug): Path<String>,
    Query(address): Query<Address>,
) -> web::Result {
    let (event, c) = enter(&app, c, &slug).await?;
    let scene = Scene::load(app.db.reader(), &event, c.lang()).await?;
    let shown = scene.shown();
    let conn = app.db.reader();
    let current = match scene.cues.iter().find(|cue| cue.shown == shown) {
        Some(cue) => Some(line(conn, &scene, cue, &c).await?),
        None => None,
    };
    let next = match scene.next() {
        Some(cue) => {
            let mut next = line(conn, &scene, cue, &c).await?;
            // What comes is read in a glance; its room belongs to what is on.
            next.body = domain::text::excerpt(&next.body, NEXT);
            Some(next)
        }
        None => None,
    };
    render(&BackstagePage {
        title: people::in_lang(c.lang(), &event.title, &event.title_en),
        held: scene.held(),
        message: scene.run.as_ref().map(|run| run.message.clone()).unwrap_or_default(),
        current,
        next,
        timer: scene.timer(c.now),
        bright: address.hall == "light",
        rehearsal: scene.rehearsal.is_some(),
        c,
        event,
    })
}

async fn line(conn: &impl ConnectionTrait, scene: &Scene, cue: &Cue, c: &Chrome) -> crate::Result<Line> {
    let card = scene.cards.get(&cue.shown);
    let draft = match (cue.shown, card.and_then(|card| card.speaker_id)) {
        (Shown::Question(question), Some(speaker)) => speakers::drafts(conn, speaker).await?.remove(&question),
        _ => None,
    };
    let body = scene.text(cue.shown);
    Ok(Line {
        draft: draft.map(|draft| draft.body).unwrap_or_default(),
        reverse: matches!(cue.shown, Shown::Reverse(_)),
        position: scene.position(cue.shown).filter(|_| card.is_some()),
        size: size(&body),
        body,
        lang: card.map_or_else(|| c.lang(), |card| card.lang),
        asker: card.map(|card| card.asker.clone()).unwrap_or_default(),
        speaker: card.map(|card| card.speaker.clone()).unwrap_or_default(),
        minutes: cue.minutes,
        microphone: cue.microphone.clone(),
        note: cue.note.clone(),
    })
}
