//! Invitations are sent.

use super::{Nothing, open};
use crate::staff::{
    repo::{self, Progress, Show},
    service::invitation,
};
use axum::{
    extract::{Path, State},
    response::IntoResponse,
    routing::get,
};
use db::{entity, people::Invitee};
use domain::InvitationId;
use web::{App, Chrome, Form, auth::Moderator, redirect, render};

pub(super) fn routes() -> web::Router {
    web::Router::new().route("/desk/events/{slug}/invitations", get(show).post(send))
}

/// How many of those without an address are shown at once; the roster shows all.
const SHOWN: usize = 50;

#[derive(askama::Template)]
#[template(path = "staff/invitations.html")]
struct Page {
    c: Chrome,
    event: entity::event::Model,
    progress: Progress,
    by_hand: Vec<(InvitationId, Invitee)>,
    more: bool,
}

impl Page {
    fn base(&self) -> String {
        format!("/desk/events/{}/invitations", self.event.slug)
    }
}

async fn show(State(app): State<App>, Path(slug): Path<String>, _: Moderator, c: Chrome) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    let reader = app.db.reader();
    let found = repo::roster_page(reader, event.id, "", Show::ByHand, None, SHOWN).await?;
    let mut people = repo::invitees(reader, &found.rows, c.lang()).await?;
    let by_hand = found
        .rows
        .iter()
        .filter_map(|i| Some((i.id, people.remove(&i.id)?)))
        .collect();
    let progress = repo::progress(reader, event.id).await?;
    render(&Page {
        c,
        event,
        progress,
        by_hand,
        more: found.next.is_some(),
    })
}

async fn send(
    State(app): State<App>,
    Path(slug): Path<String>,
    staff: Moderator,
    c: Chrome,
    Form(Nothing {}): Form<Nothing>,
) -> web::Result {
    let (event, _) = open(&app, c, &slug).await?;
    let sent = invitation::send_all(&app, staff.actor(), event.id).await?;
    Ok(redirect(format!("/desk/events/{slug}/invitations"))
        .flash_n("st-invited-n", sent)
        .into_response())
}
