//! Where editors read what readers say, and decide what is seen of it.

use crate::{
    Error as Failed,
    comments::{self, Line, Show},
    pages::fields::Fields,
};
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::IntoResponse,
};
use domain::{CommentId, state::comment::CommentState};
use serde::Deserialize;
use web::{App, Chrome, Error, Errors, Form, Result, auth::Editor, redirect, render_status};

const ZONE: &str = "Asia/Seoul";

#[derive(askama::Template)]
#[template(path = "desk/comments.html")]
struct Page {
    c: Chrome,
    show: Show,
    rows: Vec<Line>,
    next: Option<CommentId>,
    /// What was typed about which comment, when it was refused.
    typed: (String, String),
    errors: Errors,
}

impl Page {
    #[expect(clippy::unused_self, reason = "a template calls it so")]
    fn field(&self, id: &CommentId) -> String {
        format!("reason-{id}")
    }
    fn reason(&self, id: &CommentId) -> &str {
        if id.to_string() == self.typed.0 {
            &self.typed.1
        } else {
            ""
        }
    }
}

#[derive(Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    show: String,
    #[serde(default)]
    after: String,
}

fn which(name: &str) -> Show {
    Show::ALL.into_iter().find(|s| s.as_str() == name).unwrap_or_default()
}

async fn view(app: &App, c: Chrome, asked: &Asked, typed: (String, String), errors: Errors) -> Result {
    let show = which(&asked.show);
    let (rows, next) = comments::desk(app.db.reader(), show, asked.after.parse().ok()).await?;
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = Page {
        c: c.with(&crate::TEXTS),
        show,
        rows,
        next,
        typed,
        errors,
    };
    render_status(status, &page)
}

pub(super) async fn page(State(app): State<App>, c: Chrome, _: Editor, Query(asked): Query<Asked>) -> Result {
    view(&app, c, &asked, Default::default(), Errors::new()).await
}

pub(super) async fn act(
    State(app): State<App>,
    c: Chrome,
    Editor(staff): Editor,
    Path(id): Path<CommentId>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result {
    let deed = Fields(&fields);
    let was: CommentState = deed.get("was").parse().map_err(|_| Error::NotFound)?;
    let show = Show::ALL
        .into_iter()
        .find(|s| s.states().contains(&was))
        .unwrap_or_default();
    let here = redirect(format!("/desk/comments?show={}", show.as_str()));
    let flash = match deed.get("act") {
        "show" => {
            comments::step(&app, staff.id, id, CommentState::Shown).await?;
            "comment-shown"
        }
        "hide" => {
            comments::step(&app, staff.id, id, CommentState::Hidden).await?;
            "comment-hidden"
        }
        "undo" => {
            comments::undo(&app, staff.id, id, was).await?;
            "comment-undone"
        }
        _ => {
            // Its field is named after the comment, so that an error stands at its own.
            let field = format!("reason-{id}");
            let reason = deed.of("reason", id);
            match comments::refuse(&app, staff.id, id, &reason).await {
                Ok(()) => "comment-refused",
                Err(Failed::Fields(found)) => {
                    let mut errors = Errors::new();
                    for (_, message) in found.iter() {
                        errors.add(field.clone(), message.clone());
                    }
                    let asked = Asked::default();
                    return view(&app, c, &asked, (id.to_string(), reason), errors).await;
                }
                Err(other) => return Err(other.into()),
            }
        }
    };
    Ok(here.flash(flash).into_response())
}
