//! The copy for stage and print, saved or taken away.

use crate::{
    repo as common,
    triage::{
        pages::{commit, enter, panel},
        reading::service::copy,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use domain::{QuestionId, text::QuestionText};
use serde::Deserialize;
use web::{App, Chrome, Errors, Form, auth::Moderator, redirect};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Input {
    act: String,
    seen: i32,
    copy: String,
}

pub(super) async fn save(
    State(app): State<App>,
    staff: Moderator,
    c: Chrome,
    Path((slug, id)): Path<(String, QuestionId)>,
    Form(input): Form<Input>,
) -> web::Result<Response> {
    let (event, bound) = enter(&app, c.clone(), &slug).await?;
    let question = common::question_of(app.db.reader(), event.id, id)
        .await?
        .ok_or(web::Error::NotFound)?;
    let drop = input.act == "drop";
    let mut errors = Errors::new();
    let body = match QuestionText::parse(&input.copy) {
        Ok(body) => Some(body),
        Err(_) if drop => None,
        Err(error) => {
            errors.add("copy", error);
            return again(&app, c, &slug, id, errors, input).await;
        }
    };
    let tx = app.db.begin_write().await?;
    let done = match &body {
        Some(body) if !drop => copy::save(&tx, &app, staff.id, &question, input.seen, body).await,
        _ => copy::drop(&tx, &app, staff.id, &question, input.seen).await,
    };
    match commit(&app, &event, tx, done).await {
        Ok(()) => {
            let flash = if drop { "copy-dropped" } else { "copy-saved" };
            let to = format!("/desk/events/{slug}/questions/{id}#copy-part");
            Ok(redirect(to).flash(flash).into_response())
        }
        Err(crate::Error::NotFound) => Err(web::Error::NotFound),
        Err(error) if error.is_refusal() => {
            errors.add(
                "copy",
                web::Message::new("refused").arg("why", error.sentence(&bound.words)),
            );
            again(&app, c, &slug, id, errors, input).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn again(app: &App, c: Chrome, slug: &str, id: QuestionId, errors: Errors, input: Input) -> web::Result {
    let typed = panel::Typed {
        copy: Some(input.copy),
        ..panel::Typed::default()
    };
    panel::page(app, c, slug, id, errors, typed).await
}
