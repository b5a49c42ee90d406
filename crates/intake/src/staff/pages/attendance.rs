//! Who came: ticked by sitting, counted at once.

use super::open;
use crate::{
    Result,
    staff::{
        repo::{self, Show},
        service::rsvp::{self, Counts},
    },
};
use axum::{
    extract::{Path, Query, State},
    response::IntoResponse,
    routing::get,
};
use db::entity;
use domain::{InvitationId, SittingId};
use serde::Deserialize;
use std::collections::HashSet;
use web::{App, Chrome, Form, auth::Moderator, redirect, render};

pub(super) fn routes() -> web::Router {
    web::Router::new().route("/desk/events/{slug}/attendance", get(show).post(note))
}

const PAGE: usize = 200;

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    sitting: String,
    #[serde(default)]
    q: String,
    /// `coming`: only those who said that they come, or came.
    #[serde(default)]
    show: String,
    #[serde(default)]
    after: String,
}

struct Tick {
    id: InvitationId,
    line: String,
    coming: &'static str,
    came: bool,
}

#[derive(askama::Template)]
#[template(path = "staff/attendance.html")]
struct Page {
    c: Chrome,
    event: entity::event::Model,
    sittings: Vec<(entity::sitting::Model, Counts)>,
    all: Counts,
    at: Option<entity::sitting::Model>,
    q: String,
    show: String,
    ticks: Vec<Tick>,
    next: Option<String>,
}

async fn show(
    State(app): State<App>,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
    _: Moderator,
    c: Chrome,
) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    let page = load(&app, event, c, asked).await?;
    render(&page)
}

async fn load(app: &App, event: entity::event::Model, c: Chrome, asked: Asked) -> Result<Page> {
    let reader = app.db.reader();
    let counted = rsvp::attendance(reader, event.id).await?;
    let sittings = repo::sittings(reader, event.id).await?;
    let wanted: Option<SittingId> = asked.sitting.parse().ok();
    let at = sittings
        .iter()
        .find(|s| Some(s.id) == wanted)
        .or(sittings.first())
        .cloned();
    let (mut ticks, mut next) = (Vec::new(), None);
    if let Some(at) = &at {
        let show = if asked.show == "coming" {
            Show::Coming(at.id)
        } else {
            Show::All
        };
        let found = repo::roster_page(reader, event.id, asked.q.trim(), show, asked.after.parse().ok(), PAGE).await?;
        let people = repo::invitees(reader, &found.rows, c.lang()).await?;
        let rsvps = repo::rsvps(reader, &found.rows).await?;
        ticks = found
            .rows
            .iter()
            .filter_map(|i| {
                let said = rsvps.get(&(i.id, at.id));
                let coming = match said.and_then(|r| r.coming) {
                    Some(true) if said.is_some_and(|r| r.waits.is_some()) => "seats-waits",
                    Some(true) => "st-yes",
                    Some(false) => "st-no",
                    None => "st-unknown",
                };
                let came = said.and_then(|r| r.came) == Some(true);
                Some(Tick {
                    id: i.id,
                    line: people.get(&i.id)?.line(),
                    coming,
                    came,
                })
            })
            .collect();
        next = found.next;
    }
    let sittings = sittings
        .into_iter()
        .map(|s| {
            let counts = counted.by_sitting.get(&s.id).copied().unwrap_or_default();
            (s, counts)
        })
        .collect();
    Ok(Page {
        c,
        event,
        sittings,
        all: counted.all,
        at,
        q: asked.q,
        show: asked.show,
        ticks,
        next,
    })
}

#[derive(Deserialize)]
struct Noted {
    sitting: SittingId,
    /// Everybody whom the page showed: who is not ticked did not come.
    #[serde(default)]
    shown: Vec<InvitationId>,
    #[serde(default)]
    came: Vec<InvitationId>,
}

async fn note(
    State(app): State<App>,
    Path(slug): Path<String>,
    staff: Moderator,
    c: Chrome,
    Form(noted): Form<Noted>,
) -> web::Result {
    let (event, _) = open(&app, c, &slug).await?;
    let came: HashSet<InvitationId> = noted.came.into_iter().collect();
    let people: Vec<(InvitationId, Option<bool>)> = noted
        .shown
        .into_iter()
        .take(PAGE)
        .map(|id| (id, Some(came.contains(&id))))
        .collect();
    let tx = app.db.begin_write().await?;
    rsvp::note_came(&tx, &app, staff.actor(), event.id, noted.sitting, &people).await?;
    tx.commit().await?;
    let to = format!("/desk/events/{slug}/attendance?sitting={}", noted.sitting);
    Ok(redirect(to).flash("saved").into_response())
}
