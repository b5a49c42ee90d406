//! A passage or a name is cut out of an answer, in review or after it was approved.

use super::review::{Typed, find, said, show};
use crate::answers::service::{self, redact};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
};
use domain::text::AnswerText;
use serde::Deserialize;
use web::{App, Chrome, Errors, Form, Message, Result, auth::Reviewer, redirect};

/// The text without the passages that were typed, and how often one was cut out.
pub(super) fn cut(body: &str, typed: &str, errors: &mut Errors) -> Option<(String, usize)> {
    let passages = redact::passages(typed);
    if passages.is_empty() {
        errors.add("redact", "error-required");
        return None;
    }
    match redact::without(&domain::text::tidy(body), &passages) {
        Ok(cut) => Some(cut),
        Err(absent) => {
            errors.add("redact", Message::new("redact-absent").arg("passage", absent));
            None
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Input {
    version: i32,
    #[serde(default)]
    redact: String,
}

/// Of one that was approved: what its asker's page and the next print show.
pub(super) async fn approved(
    State(app): State<App>,
    staff: Reviewer,
    c: Chrome,
    Path((slug, answer)): Path<(String, String)>,
    Form(input): Form<Input>,
) -> Result {
    let row = find(&app, &slug, &answer).await?;
    let mut errors = Errors::new();
    let text = cut(&row.body, &input.redact, &mut errors)
        .and_then(|(body, count)| Some((errors.check("redact", AnswerText::parse(&body))?, count)));
    let typed = |errors| Typed {
        redact: input.redact.clone(),
        errors,
        ..Typed::default()
    };
    let Some(text) = text else {
        return show(&app, c, &slug, row.id, typed(errors), StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let tx = app.db.begin_write().await?;
    if let Err(error) = service::redact(&tx, &app, staff.id, row.id, text, input.version).await {
        tx.rollback().await?;
        return show(&app, c, &slug, row.id, typed(said(error)?), StatusCode::CONFLICT).await;
    }
    tx.commit().await?;
    Ok(redirect(format!("/desk/events/{slug}/answers/{}", row.id))
        .flash("answer-redacted")
        .into_response())
}
