//! `/desk/quarantine/{id}/message`: a mail that waits is taken as what the asker says.

use crate::{
    TEXTS,
    answers::pages::{Press, id},
    talk::service,
};
use axum::{
    extract::{Path, State},
    response::IntoResponse,
};
use web::{App, Chrome, Form, Result, auth::Reviewer, redirect};

pub(super) async fn accept(
    State(app): State<App>,
    staff: Reviewer,
    c: Chrome,
    Path(mail): Path<String>,
    _: Form<Press>,
) -> Result {
    let words = c.with(&TEXTS).words;
    service::accept(&app, staff.id, id(&mail)?)
        .await
        .map_err(|e| e.on(&words))?;
    Ok(redirect("/desk/quarantine")
        .flash("mail-message-accepted")
        .into_response())
}
