//! One place: its code, and the form that changes it.

use crate::{
    Error, magazine,
    places::{self, PlaceDraft},
};
use axum::{
    extract::{Path, State},
    response::IntoResponse,
};
use db::entity::{issue::Model, place};
use domain::{IssueId, PlaceId};
use serde::Deserialize;
use web::{App, Chrome, Errors, Form, auth::Editor};

#[derive(askama::Template)]
#[template(path = "desk/place.html")]
struct Page {
    c: Chrome,
    row: Model,
    place: place::Model,
    /// Where its code leads.
    address: String,
    d: PlaceDraft,
    errors: Errors,
}

async fn view(
    app: &App,
    c: Chrome,
    (issue, id): (IssueId, PlaceId),
    typed: Option<PlaceDraft>,
    errors: Errors,
) -> Result<Page, Error> {
    let conn = app.db.reader();
    let row = magazine::issue(conn, issue).await?;
    let place = places::one(conn, issue, id).await?;
    let stored = || PlaceDraft {
        name: place.name.clone(),
        address: place.address.clone(),
        copies: place.copies.to_string(),
        note: place.note.clone(),
    };
    Ok(Page {
        c: c.with(&crate::TEXTS),
        row,
        address: places::address(&app.settings.web.public_url, &place.code),
        d: typed.unwrap_or_else(stored),
        place,
        errors,
    })
}

pub(super) async fn page(
    State(app): State<App>,
    c: Chrome,
    _: Editor,
    Path(at): Path<(IssueId, PlaceId)>,
) -> web::Result {
    web::render(&view(&app, c, at, None, Errors::new()).await?)
}

#[derive(Deserialize)]
pub(super) struct Input {
    act: String,
    #[serde(default)]
    version: i32,
    #[serde(default)]
    name: String,
    #[serde(default)]
    address: String,
    #[serde(default)]
    copies: String,
    #[serde(default)]
    note: String,
}

pub(super) async fn act(
    State(app): State<App>,
    c: Chrome,
    Editor(staff): Editor,
    Path((issue, id)): Path<(IssueId, PlaceId)>,
    Form(input): Form<Input>,
) -> web::Result {
    let list = web::redirect(format!("/desk/issues/{issue}/places"));
    if input.act == "remove" {
        places::remove(&app, staff.id, issue, id).await?;
        return Ok(list.flash("place-removed").into_response());
    }
    let draft = PlaceDraft {
        name: input.name,
        address: input.address,
        copies: input.copies,
        note: input.note,
    };
    let done = match draft.check() {
        Ok(place) => places::update(&app, staff.id, issue, id, input.version, place).await,
        Err(errors) => Err(Error::Fields(errors)),
    };
    let errors = match done {
        Ok(()) => return Ok(list.flash("saved").into_response()),
        Err(Error::Fields(errors)) => errors,
        // What was typed stays; saving once more is a decision.
        Err(error) if error.is_stale() => Errors::form("place-overtaken"),
        Err(error) => return Err(error.into()),
    };
    let page = view(&app, c, (issue, id), Some(draft), errors).await?;
    web::render_form(&page.errors, &page)
}
