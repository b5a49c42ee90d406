//! How questions are chosen, and what became of all: numbers only.

use super::view;
use crate::selection::{self, Counts};
use axum::extract::State;
use domain::state::question::QuestionState;
use web::{App, Chrome, Result, auth::PartnerSession, render};

#[derive(askama::Template)]
#[template(path = "partner/selection.html")]
struct Page {
    c: Chrome,
    text: String,
    /// Each with the key of its label.
    counts: Vec<(String, i64)>,
    total: i64,
    answered: i64,
}

pub(super) async fn show(State(app): State<App>, who: PartnerSession, c: Chrome) -> Result {
    let (own, c) = view::begin(&app, &who, c).await?;
    let conn = app.db.reader();
    let text = selection::text(conn, &own.event).await?;
    let counts = Counts::read(conn, own.event.id).await?;
    let states = [
        QuestionState::Received,
        QuestionState::Live,
        QuestionState::Routed,
        QuestionState::Merged,
        QuestionState::Declined,
    ];
    let page = Page {
        text: c.either(&text.ko, &text.en).to_owned(),
        counts: states
            .iter()
            .map(|s| (c.t(format!("my-selection-{s}")), counts.of(*s)))
            .collect(),
        total: counts.total(),
        answered: counts.answered,
        c,
    };
    render(&page)
}
