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
    Path((slug, id)): Here,
    staff: Moderator,
    c: Chrome,
    Form(Nothing {}): Form<Nothing>,
) -> Result {
    let (event, _) = open(&app, c, &slug).await?;
    let tx = app.db.begin_write().await?;
    invitation::of_event(&tx, event.id, id).await?;
    let added = mail::unsubscribed::add(&tx, &app.clock, id, UnsubscribeWay::Staff).await;
    if added.map_err(Error::from)? {
        let entry = deed(
            Some(event.id),
            staff.actor(),
            "invitation.unsubscribed",
            ("invitation", id.uuid()),
        );
        audit::record(&tx, &app.clock, entry).await?;
    }
    tx.commit().await?;
    Ok(redirect(format!("/desk/events/{slug}/roster/{id}"))
        .flash("st-unsubscribe-set")
        .into_response())
}

pub(super) async fn lift(
    State(app): State<App>,
    Path((slug, id)): Here,
    staff: Moderator,
    c: Chrome,
    Form(Nothing {}): Form<Nothing>,
) -> Result {
    let (event, _) = open(&app, c, &slug).await?;
    let tx = app.db.begin_write().await?;
    invitation::of_event(&tx, event.id, id).await?;
    if mail::unsubscribed::lift(&tx, id).await.map_err(Error::from)? {
        let entry = deed(
            Some(event.id),
            staff.actor(),
            "invitation.subscribed",
            ("invitation", id.uuid()),
        );
        audit::record(&tx, &app.clock, entry).await?;
    }
    tx.commit().await?;
    Ok(redirect(format!("/desk/events/{slug}/roster/{id}"))
        .flash("st-unsubscribe-lifted")
        .into_response())
}
