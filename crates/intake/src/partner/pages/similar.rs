//! What the script puts beneath the text while somebody writes.

use super::view;
use crate::partner::similar::Hints;
use axum::extract::State;
use serde::Deserialize;
use web::{App, Chrome, Form, Result, auth::PartnerSession, render};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    question: String,
}

#[derive(askama::Template)]
#[template(path = "partner/similar.html")]
struct Part {
    c: Chrome,
    hints: Hints,
}

pub(super) async fn look(State(app): State<App>, who: PartnerSession, c: Chrome, Form(typed): Form<Typed>) -> Result {
    let (_, c) = view::begin(&app, &who, c).await?;
    let hints = Hints::of(&app, &who, &typed.question).await?;
    render(&Part { c, hints })
}
