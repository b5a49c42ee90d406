//! What the telephones show, as the part of the page that changes: the page holds it, and the stream brings it anew.

use super::service;
use crate::{
    Result, TEXTS,
    stage::{Scene, service::Shown},
};
use db::entity::event;
use domain::{Lang, text};
use uuid::Uuid;
use web::{App, Words};

/// Of what comes next, so much.
const NEXT: usize = 90;

struct OnStage {
    subject: Option<Uuid>,
    reverse: bool,
    position: Option<(usize, usize)>,
    body: String,
    lang: Lang,
    asker: String,
    speaker: String,
    applause: i32,
}

struct Asked {
    id: Uuid,
    body: String,
    lang: Lang,
    votes: i32,
    /// It is on stage, or has been: nobody needs to vote any more.
    on_stage: bool,
}

#[derive(askama::Template)]
#[template(path = "telephones/now.html")]
struct Fragment {
    w: Words,
    title: String,
    open: bool,
    held: bool,
    /// Something was on stage before.
    was_on: bool,
    stage: Option<OnStage>,
    next: Option<String>,
    asked: Vec<Asked>,
    /// What this telephone did already; nothing of it is told to all.
    done: Vec<Uuid>,
}

impl Fragment {
    fn is_done(&self, id: &Uuid) -> bool {
        self.done.contains(id)
    }
}

/// The part in one language; `done` is what one telephone did.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn fragment(app: &App, event: &event::Model, lang: Lang, done: Vec<Uuid>) -> Result<String> {
    let conn = app.db.reader();
    let w = Words::new(lang, &TEXTS);
    let scene = Scene::load(conn, event, lang).await?;
    let (shown, held) = (scene.shown(), scene.held());
    let body = scene.text(shown);
    let open = event.hall_from.is_some();
    let mut stage = None;
    if open && !held && !body.is_empty() {
        let card = scene.cards.get(&shown);
        let applause = match shown.subject() {
            Some(subject) => service::applause(conn, subject).await?,
            None => 0,
        };
        stage = Some(OnStage {
            subject: card.and(shown.subject()),
            reverse: matches!(shown, Shown::Reverse(_)),
            position: scene.position(shown).filter(|_| card.is_some()),
            lang: card.map_or(lang, |card| card.lang),
            asker: card.map(|card| card.asker.clone()).unwrap_or_default(),
            speaker: card.map(|card| card.speaker.clone()).unwrap_or_default(),
            applause,
            body,
        });
    }
    let next = scene.next().map(|cue| text::excerpt(&scene.text(cue.shown), NEXT));
    let fragment = Fragment {
        title: db::people::in_lang(lang, &event.title, &event.title_en),
        next: next.filter(|text| open && !held && !text.is_empty()),
        asked: asked(app, event).await?,
        w,
        was_on: scene.was_on(),
        open,
        held,
        stage,
        done,
    };
    Ok(askama::Template::render(&fragment).unwrap_or_default())
}

/// Most wanted first; who asked them is not said before they stand on stage.
async fn asked(app: &App, event: &event::Model) -> Result<Vec<Asked>> {
    let conn = app.db.reader();
    let shown = service::shown(conn, event.id).await?;
    if shown.is_empty() {
        return Ok(Vec::new());
    }
    let votes = service::votes(conn, event.id).await?;
    let mut asked: Vec<Asked> = (service::questions(conn, event).await?.into_iter())
        .filter(|question| shown.contains_key(&question.id))
        .map(|question| Asked {
            votes: votes.get(&question.id).copied().unwrap_or_default(),
            on_stage: question.state == domain::state::question::QuestionState::Live,
            id: question.id.uuid(),
            body: question.body,
            lang: question.lang,
        })
        .collect();
    asked.sort_by_key(|asked| std::cmp::Reverse(asked.votes));
    Ok(asked)
}
