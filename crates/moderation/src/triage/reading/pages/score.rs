//! A score given, on the panel, in the queue, or by a key of the board.

use super::{form::Typed, queue};
use crate::{
    repo as common,
    triage::{
        board::Address,
        pages::{self, enter, panel},
        reading::service::review::{self, Given},
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use domain::QuestionId;
use std::collections::BTreeMap;
use web::{App, Chrome, Errors, Form, auth::Moderator, redirect};

/// The form as it came: `act` (score, abstain, read), `value` for all criteria at once, `mark-ID` for each, `comment`,
/// `seen`, `then=read` to go on with the queue, and `back` to the board.
#[derive(Debug, Default)]
struct Input {
    act: String,
    value: Option<i32>,
    seen: Option<i32>,
    comment: Option<String>,
    marks: BTreeMap<domain::CriterionId, i32>,
    then_read: bool,
    /// The board's filters, where it was pressed there.
    back: Option<String>,
}

impl Input {
    fn of(fields: Vec<(String, String)>) -> Self {
        let mut input = Self::default();
        for (name, value) in fields {
            match name.as_str() {
                "act" => input.act = value,
                "value" => input.value = value.parse().ok().or(Some(0)),
                "seen" => input.seen = value.parse().ok(),
                "comment" => input.comment = Some(value),
                "back" => input.back = Some(value),
                "then" => input.then_read = value == "read",
                _ => {
                    let mark = name.strip_prefix("mark-").and_then(|id| id.parse().ok());
                    if let Some((id, value)) = mark.zip(value.parse().ok()) {
                        input.marks.insert(id, value);
                    }
                }
            }
        }
        input
    }

    /// `None` for somebody who has read it and goes on.
    fn given(&self) -> Option<Given> {
        match (self.act.as_str(), self.value) {
            ("read", _) => None,
            ("abstain", _) => Some(Given::Abstain),
            (_, Some(value)) => Some(Given::Overall(value)),
            _ => Some(Given::Marks(self.marks.clone())),
        }
    }
}

pub(super) async fn give(
    State(app): State<App>,
    staff: Moderator,
    c: Chrome,
    Path((slug, id)): Path<(String, QuestionId)>,
    Form(fields): Form<Vec<(String, String)>>,
) -> web::Result<Response> {
    let input = Input::of(fields);
    let (event, bound) = enter(&app, c.clone(), &slug).await?;
    let question = common::question_of(app.db.reader(), event.id, id)
        .await?
        .ok_or(web::Error::NotFound)?;
    let flash = match &input.given() {
        None => {
            review::note_read(&app, staff.id, &question).await?;
            "reading-read"
        }
        Some(given) => {
            let tx = app.db.begin_write().await?;
            let comment = input.comment.as_deref();
            match review::give(&tx, &app, staff.id, &question, input.seen, given, comment).await {
                Ok(()) => tx.commit().await?,
                Err(error) if error.is_refusal() && !matches!(error, crate::Error::NotFound) => {
                    tx.rollback().await?;
                    let errors = errors(error, &bound);
                    return again(&app, c, &slug, id, errors, input).await;
                }
                Err(error) => return Err(error.into()),
            }
            if *given == Given::Abstain {
                "reading-abstained"
            } else {
                "reading-scored"
            }
        }
    };
    let to = if input.then_read {
        format!("/desk/events/{slug}/read")
    } else if let Some(back) = &input.back {
        pages::list_href(&slug, &Address::parse(back))
    } else {
        format!("/desk/events/{slug}/questions/{id}#scores")
    };
    Ok(redirect(to)
        .flash_n(flash, question.number.unwrap_or_default())
        .into_response())
}

fn errors(error: crate::Error, c: &Chrome) -> Errors {
    let mut errors = Errors::new();
    match error {
        crate::Error::Text(error) => errors.add("comment", error),
        crate::Error::Refused("refused-marks") => errors.add("marks", "refused-marks"),
        error => errors.add("", web::Message::new("refused").arg("why", error.sentence(&c.words))),
    }
    errors
}

async fn again(app: &App, c: Chrome, slug: &str, id: QuestionId, errors: Errors, input: Input) -> web::Result {
    let typed = Typed {
        marks: input.marks,
        comment: input.comment,
    };
    if input.then_read {
        return queue::page(app, c, slug, Some(id), errors, typed).await;
    }
    let typed = panel::Typed {
        score: typed,
        ..panel::Typed::default()
    };
    panel::page(app, c, slug, id, errors, typed).await
}
