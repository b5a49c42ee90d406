//! The operator's buttons.

use super::{
    Operator,
    operate::{self, Address},
};
use crate::{
    stage::service::{self, Deed, Seen, Shown},
    triage::pages_enter as enter,
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use domain::{RehearsalId, SheetId};
use serde::Deserialize;
use web::{App, Chrome, Errors, Form, redirect};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Press {
    act: String,
    version: i32,
    /// In which the page was made.
    rehearsal: Option<RehearsalId>,
    /// What it is about, where it is not what is shown.
    cue: String,
    sheet: Option<SheetId>,
    message: String,
}

impl Press {
    fn deed(&self) -> Option<Deed> {
        let cue = self.cue.parse::<Shown>();
        Some(match self.act.as_str() {
            "next" => Deed::Next,
            "back" => Deed::Back,
            "show" => Deed::Show(cue.ok()?),
            "hold" => Deed::Hold,
            "resume" => Deed::Resume,
            "answered" => Deed::Answered(true),
            "unanswered" => Deed::Answered(false),
            "not-reached" => match cue {
                Ok(Shown::Question(id)) => Deed::NotReached(id),
                _ => return None,
            },
            "undo" => Deed::Undo,
            "take" => Deed::Take,
            "message" => Deed::Message(self.message.clone()),
            "silence" => Deed::Message(String::new()),
            "sheet" => Deed::Sheet(self.sheet?),
            _ => return None,
        })
    }
}

pub(super) async fn act(
    State(app): State<App>,
    Operator(staff): Operator,
    c: Chrome,
    Path(slug): Path<String>,
    Form(press): Form<Press>,
) -> web::Result<Response> {
    let (event, bound) = enter(&app, c.clone(), &slug).await?;
    let deed = press
        .deed()
        .ok_or_else(|| web::Error::BadRequest("oops-bad-request-body".into()))?;
    let flash = match deed {
        Deed::NotReached(_) if press.rehearsal.is_some() => Some("rehearsal-not-reached"),
        Deed::NotReached(_) => Some("stage-not-reached"),
        Deed::Undo => Some("stage-undone"),
        Deed::Take => Some("stage-taken"),
        _ => None,
    };
    let seen = Seen {
        rehearsal: press.rehearsal,
        version: press.version,
    };
    let mut errors = Errors::new();
    match service::act(&app, staff.id, event.id, seen, deed).await {
        Ok(()) => {
            let to = redirect(operate::href(&slug));
            return Ok(flash
                .map_or(to, |flash| redirect(operate::href(&slug)).flash(flash))
                .into_response());
        }
        // Two operators pressed at once: what the first one did stands, and the page shows it.
        Err(crate::Error::Db(error)) if error.is_stale() => {
            return Ok(redirect(operate::href(&slug)).flash("stage-overtaken").into_response());
        }
        Err(crate::Error::Text(error)) => errors.add("message", error),
        Err(crate::Error::NotFound) => return Err(web::Error::NotFound),
        Err(error) if error.is_refusal() => {
            let why = error.sentence(&bound.words);
            errors.add("", web::Message::new("refused").arg("why", why));
        }
        Err(error) => return Err(error.into()),
    }
    let typed = operate::Typed {
        message: Some(press.message),
        ..operate::Typed::default()
    };
    operate::page(&app, c, staff.id, &slug, Address::default(), typed, errors).await
}
