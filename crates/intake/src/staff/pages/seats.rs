//! Who has a place at a sitting or a part of it, and who waits for one.

use super::{open, programme::MOST};
use crate::{
    Error, Result,
    seats::{self, Hall, Seat},
    staff::service::seats as service,
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
    routing::get,
};
use db::{entity, people, prelude::*};
use domain::{InvitationId, PartId, SittingId};
use serde::Deserialize;
use web::{App, Chrome, Errors, Form, Message, auth::Moderator, redirect, render_status};

pub(super) fn routes() -> web::Router {
    web::Router::new().route("/desk/events/{slug}/programme/sittings/{id}/seats", get(page).post(act))
}

struct Waiting {
    who: InvitationId,
    rank: u32,
    line: String,
}

/// A sitting, or a part with few places.
struct Line {
    /// Empty for the sitting itself.
    part: String,
    title: String,
    capacity: String,
    taken: i64,
    waiting: Vec<Waiting>,
}

#[derive(askama::Template)]
#[template(path = "staff/seats.html")]
struct Page {
    c: Chrome,
    event: entity::event::Model,
    sitting: entity::sitting::Model,
    lines: Vec<Line>,
    errors: Errors,
    /// Of which line somebody typed a number that does not hold, and the number.
    typed: (String, String),
}

impl Line {
    /// The id of its field.
    fn at(&self) -> String {
        if self.part.is_empty() {
            "capacity".to_owned()
        } else {
            format!("capacity-{}", self.part)
        }
    }
}

async fn line(app: &App, c: &Chrome, hall: Hall, title: &str, capacity: Option<i32>) -> Result<Line> {
    let conn = app.db.reader();
    let seats = seats::seats(conn, hall).await?;
    let mut waits: Vec<(u32, InvitationId)> = seats
        .iter()
        .filter_map(|(who, seat)| match seat {
            Seat::Waits(rank) => Some((*rank, *who)),
            Seat::Taken => None,
        })
        .collect();
    waits.sort_unstable();
    let people = people::invitees(conn, waits.iter().map(|(_, who)| *who), c.lang()).await?;
    Ok(Line {
        part: match hall {
            Hall::Sitting(_) => String::new(),
            Hall::Part(id) => id.to_string(),
        },
        title: title.to_owned(),
        capacity: capacity.map(|n| n.to_string()).unwrap_or_default(),
        taken: i64::try_from(seats.len() - waits.len()).unwrap_or(i64::MAX),
        waiting: waits
            .into_iter()
            .map(|(rank, who)| Waiting {
                who,
                rank,
                line: people.get(&who).map(people::Invitee::line).unwrap_or_default(),
            })
            .collect(),
    })
}

async fn load(app: &App, c: Chrome, slug: &str, id: SittingId) -> Result<Page> {
    let (event, c) = open(app, c, slug).await?;
    let sitting = crate::staff::service::door::sitting(app.db.reader(), event.id, id).await?;
    let title = c.either(&sitting.title, &sitting.title_en).to_owned();
    let mut lines = vec![line(app, &c, Hall::Sitting(id), &title, sitting.capacity).await?];
    let parts = entity::programme_part::Entity::find()
        .filter(entity::programme_part::Column::SittingId.eq(id))
        .order_by_asc(entity::programme_part::Column::StartsAt)
        .all(app.db.reader())
        .await?;
    for part in parts {
        let title = c.either(&part.title, &part.title_en).to_owned();
        lines.push(line(app, &c, Hall::Part(part.id), &title, part.capacity).await?);
    }
    Ok(Page {
        c,
        event,
        sitting,
        lines,
        errors: Errors::new(),
        typed: Default::default(),
    })
}

async fn page(
    State(app): State<App>,
    Path((slug, id)): Path<(String, SittingId)>,
    _: Moderator,
    c: Chrome,
) -> web::Result {
    web::render(&load(&app, c, &slug, id).await?)
}

#[derive(Deserialize)]
struct Posted {
    act: String,
    /// Of which part; empty: the sitting itself.
    #[serde(default)]
    part: String,
    who: Option<InvitationId>,
    #[serde(default)]
    capacity: String,
}

async fn act(
    State(app): State<App>,
    Path((slug, id)): Path<(String, SittingId)>,
    staff: Moderator,
    c: Chrome,
    Form(form): Form<Posted>,
) -> web::Result {
    let (event, _) = open(&app, c.clone(), &slug).await?;
    let hall = match form.part.as_str() {
        "" => Hall::Sitting(id),
        part => Hall::Part(part.parse::<PartId>().map_err(|_| Error::NotFound)?),
    };
    let tx = app.db.begin_write().await?;
    let done = match (form.act.as_str(), form.who) {
        ("give", Some(who)) => service::give(&tx, &app, staff.actor(), event.id, hall, who).await,
        _ => match number(&form.capacity) {
            Ok(capacity) => service::limit(&tx, &app, staff.actor(), event.id, hall, capacity).await,
            Err(wrong) => Err(Error::Refused(wrong)),
        },
    };
    match done {
        Ok(()) => {
            tx.commit().await?;
            app.wake.notify();
            let to = format!("/desk/events/{slug}/programme/sittings/{id}/seats");
            Ok(redirect(to).flash("saved").into_response())
        }
        Err(Error::Refused(message)) => {
            tx.rollback().await?;
            let mut page = load(&app, c, &slug, id).await?;
            let field = page.lines.iter().find(|l| l.part == form.part).map(Line::at);
            page.errors.add(field.unwrap_or_default(), message);
            page.typed = (form.part, form.capacity);
            render_status(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(other) => Err(other.into()),
    }
}

/// A number of places; nothing at all is no limit.
fn number(typed: &str) -> Result<Option<i32>, Message> {
    match typed.trim() {
        "" => Ok(None),
        typed => match typed.parse() {
            Ok(n) if (1..=MOST).contains(&n) => Ok(Some(n)),
            _ => Err(Message::new("error-range").arg("min", 1).arg("max", MOST)),
        },
    }
}
