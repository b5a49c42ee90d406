//! One question: all that is known about it, and what shall become of it. Each part of the page is a struct of its own
//! with a template beside it in `templates/triage/panel`; here they are put together.

mod answers;
mod asker;
mod decide;
mod history;
mod notes;
mod text;

pub(super) use decide::act;

use super::enter;
use crate::{
    repo as common,
    triage::{
        reading::{
            pages::{self as reading, ScoreForm},
            service::{note, review},
        },
        repo::{self, Line},
        similar::Near,
    },
};
use askama::Template;
use axum::extract::{Path, State};
use db::entity::event;
use domain::{QuestionId, StaffId, state::question::QuestionState};
use web::{App, Chrome, Errors, auth::Moderator, render_form};

#[derive(Template)]
#[template(path = "triage/panel.html")]
struct PanelPage {
    c: Chrome,
    event: event::Model,
    line: Line,
    errors: Errors,
    text: text::Text,
    asker: asker::Asker,
    similar: Near,
    answers: answers::Answers,
    notes: notes::Notes,
    scores: ScoreForm,
    decide: decide::Decide,
    history: history::Trail,
    /// Who else reads it, and its tags: markup of its own.
    beside: String,
}

impl PanelPage {
    fn base(&self) -> String {
        format!("/desk/events/{}", self.event.slug)
    }
    /// Whether its decision was released, which can be corrected.
    const fn may_correct(&self) -> bool {
        matches!(
            self.line.question.state,
            QuestionState::Live | QuestionState::Routed | QuestionState::Merged | QuestionState::Declined
        )
    }
}

/// What was typed into the forms of the page, each part's own: a refused form shows it again.
#[derive(Clone, Debug, Default)]
pub(in crate::triage) struct Typed {
    pub(in crate::triage) decide: decide::Input,
    pub(in crate::triage) score: reading::Typed,
    pub(in crate::triage) note: String,
    pub(in crate::triage) call: Vec<StaffId>,
    pub(in crate::triage) copy: Option<String>,
}

pub(super) async fn show(
    State(app): State<App>,
    staff: Moderator,
    c: Chrome,
    Path((slug, id)): Path<(String, QuestionId)>,
) -> web::Result {
    let (event, _) = enter(&app, c.clone(), &slug).await?;
    let question = common::question_of(app.db.reader(), event.id, id)
        .await?
        .ok_or(web::Error::NotFound)?;
    // Who opens it has read it, and has seen the notes that call them.
    review::note_read(&app, staff.id, &question).await?;
    note::see(&app, staff.id, id).await?;
    page(&app, c, &slug, id, Errors::new(), Typed::default()).await
}

/// The page, with what is wrong with one of its forms and what was typed into it.
pub(in crate::triage) async fn page(
    app: &App,
    c: Chrome,
    slug: &str,
    id: QuestionId,
    errors: Errors,
    typed: Typed,
) -> web::Result {
    let (event, c) = enter(app, c, slug).await?;
    let (conn, lang) = (app.db.reader(), c.lang());
    let question = common::question_of(conn, event.id, id)
        .await?
        .ok_or(web::Error::NotFound)?;
    let Some(line) = repo::lines(conn, vec![question], lang).await?.pop() else {
        return Err(web::Error::NotFound);
    };
    let me = c.staff.as_ref().map(|s| s.id).ok_or(web::Error::NotFound)?;
    let page = PanelPage {
        text: text::Text::of(conn, &line, typed.copy).await?,
        asker: asker::Asker::of(conn, &line, lang).await?,
        similar: Near::of(app, &event, &line, lang).await?,
        answers: answers::Answers::of(conn, &line).await?,
        notes: notes::Notes::of(conn, id, me, typed.note, &typed.call).await?,
        scores: ScoreForm::of(app, event.id, id, me, lang, typed.score).await?,
        decide: decide::Decide::of(app, &c, &event, &line, typed.decide).await?,
        history: history::Trail::of(conn, id).await?,
        beside: super::beside::beside(conn, &c, &event, id).await?,
        c,
        event,
        line,
        errors,
    };
    render_form(&page.errors, &page)
}
