//! What the telephones show, as the part of the page that changes: the page holds it, and the stream brings it anew.

use super::hall::Hall;
use crate::{
    Result, TEXTS,
    stage::{Scene, service::Shown},
};
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
    /// The key of what is said while nothing is on stage.
    idle: &'static str,
    rehearsal: bool,
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
pub(super) async fn fragment(app: &App, hall: &Hall, lang: Lang, done: Vec<Uuid>) -> Result<String> {
    let conn = app.db.reader();
    let w = Words::new(lang, &TEXTS);
    let event = &hall.event;
    let scene = Scene::of(conn, event, lang, hall.now(conn).await?).await?;
    let (shown, held) = (scene.shown(), scene.held());
    let body = scene.text(shown);
    let open = hall.is_open();
    let mut stage = None;
    if open && !held && !body.is_empty() {
        let card = scene.cards.get(&shown);
        let applause = match shown.subject() {
            Some(subject) => hall.applause(conn, subject).await?,
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
        asked: asked(app, hall).await?,
        rehearsal: hall.rehearsal.is_some(),
        w,
        idle: match (held, scene.was_on()) {
            (true, _) => "now-held",
            (false, true) => "now-between",
            (false, false) => "now-waiting",
        },
        open,
        stage,
        done,
    };
    Ok(askama::Template::render(&fragment).unwrap_or_default())
}

/// What stands on the telephones of a rehearsal that is over.
pub(super) fn over(lang: Lang) -> String {
    let w = Words::new(lang, &TEXTS);
    format!("<p class=\"now-idle\">{}</p>", w.t("now-rehearsal-over"))
}

/// Most wanted first; who asked them is not said before they stand on stage.
async fn asked(app: &App, hall: &Hall) -> Result<Vec<Asked>> {
    let conn = app.db.reader();
    let shown = hall.shown(conn).await?;
    if shown.is_empty() {
        return Ok(Vec::new());
    }
    let votes = hall.votes(conn).await?;
    let mut asked: Vec<Asked> = (hall.questions(conn).await?.into_iter())
        .filter(|question| shown.contains(&question.id))
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
