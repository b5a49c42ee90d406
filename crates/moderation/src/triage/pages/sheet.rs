//! The ten on paper, for whoever stands on stage.

use super::enter;
use crate::triage::repo::{self, Line};
use askama::Template;
use axum::extract::{Path, State};
use db::{
    entity::{decision, event},
    people,
};
use domain::{QuestionId, state::decision::DecisionState};
use web::{App, Chrome, auth::Moderator, render};

struct Item {
    decision: decision::Model,
    line: Line,
    /// As it was edited for the stage, else as it was asked.
    body: String,
    edited: bool,
    /// As they agreed to be named.
    asker: String,
    speaker: String,
}

impl Item {
    fn pending(&self) -> bool {
        self.decision.state == DecisionState::Pending
    }
}

#[derive(Template)]
#[template(path = "triage/sheet.html")]
struct SheetPage {
    c: Chrome,
    event: event::Model,
    items: Vec<Item>,
}

impl SheetPage {
    fn base(&self) -> String {
        format!("/desk/events/{}", self.event.slug)
    }
}

pub(super) async fn show(State(app): State<App>, _: Moderator, c: Chrome, Path(slug): Path<String>) -> web::Result {
    let (event, c) = enter(&app, c, &slug).await?;
    let conn = app.db.reader();
    let decisions = repo::shortlist(conn, event.id).await?;
    let ids: Vec<QuestionId> = decisions.iter().map(|d| d.question_id).collect();
    let lines = repo::lines_of(conn, &ids, c.lang()).await?;
    let copies = repo::copies(conn, &ids).await?;
    let speakers = repo::speakers(conn, event.id).await?;
    let items = decisions.into_iter().filter_map(|decision| {
        let line = lines.iter().find(|l| l.question.id == decision.question_id)?.clone();
        let copy = copies.get(&decision.question_id);
        let named = line
            .asker
            .as_ref()
            .map(|asker| crate::stage::as_agreed(asker, line.question.naming, c.lang()));
        let speaker = speakers.iter().find(|s| Some(s.id) == decision.speaker_id);
        Some(Item {
            body: copy.map_or_else(|| line.question.body.clone(), |copy| line.veil.cover(copy)),
            edited: copy.is_some(),
            asker: named.unwrap_or_default(),
            speaker: speaker.map(|s| people::speaker_person(s).line()).unwrap_or_default(),
            decision,
            line,
        })
    });
    render(&SheetPage {
        items: items.collect(),
        c,
        event,
    })
}
