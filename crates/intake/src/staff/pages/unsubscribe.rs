//! A partner told staff that they want no more invitations and reminders, or want them again.

use super::{Nothing, open};
use crate::{Error, staff::deed, staff::service::invitation};
use axum::{
    extract::{Path, State},
    response::IntoResponse,
};
use db::audit;
use domain::{InvitationId, state::mail::UnsubscribeWay};
use web::{App, Chrome, Form, Result, auth::Moderator, redirect};

type Here = Path<(String, InvitationId)>;

pub(super) async fn note(
    State(app): State<App>,
    here: Here,
    staff: Moderator,
    c: Chrome,
    Form(Nothing {}): Form<Nothing>,
) -> Result {
    set(&app, here, &staff, c, true).await
}

pub(super) async fn lift(
    State(app): State<App>,
    here: Here,
    staff: Moderator,
    c: Chrome,
    Form(Nothing {}): Form<Nothing>,
) -> Result {
    set(&app, here, &staff, c, false).await
}

async fn set(app: &App, Path((slug, id)): Here, staff: &Moderator, c: Chrome, wanted: bool) -> Result {
    let (event, _) = open(app, c, &slug).await?;
    let tx = app.db.begin_write().await?;
    invitation::of_event(&tx, event.id, id).await?;
    let (changed, action, flash) = if wanted {
        let added = mail::unsubscribed::add(&tx, &app.clock, id, UnsubscribeWay::Staff).await;
        (added, "invitation.unsubscribed", "st-unsubscribe-set")
    } else {
        let lifted = mail::unsubscribed::lift(&tx, id).await;
        (lifted, "invitation.subscribed", "st-unsubscribe-lifted")
    };
    if changed.map_err(Error::from)? {
        let entry = deed(Some(event.id), staff.actor(), action, ("invitation", id.uuid()));
        audit::record(&tx, &app.clock, entry).await?;
    }
    tx.commit().await?;
    Ok(redirect(format!("/desk/events/{slug}/roster/{id}"))
        .flash(flash)
        .into_response())
}
