//! The door: who comes, ticked off on a phone, with or without script and connection.

mod files;
mod list;
mod sync;

use super::open;
use crate::{
    Error, entry,
    staff::service::door::{self as service, By, Mark, WalkIn},
};
use axum::{
    extract::{Path, Query, State},
    http::{HeaderName, HeaderValue},
    response::IntoResponse,
    routing::{get, post},
};
use db::{entity::entry_code, prelude::*};
use domain::{EventId, InvitationId, MarkId, SittingId, WalkInId, text::line};
use list::{Asked, Page};
use serde::Deserialize;
use web::{App, Chrome, Errors, Form, auth::Operator, redirect, render, render_status};

pub(super) fn routes() -> web::Router {
    web::Router::new()
        .route("/desk/events/{slug}/door", get(page).post(act))
        .route("/desk/events/{slug}/door/state", get(sync::state))
        .route("/desk/events/{slug}/door/marks", post(sync::take))
        .route("/desk/events/{slug}/door/badges.pdf", get(files::badges))
        .route("/desk/events/{slug}/door/list.pdf", get(files::list))
        .route("/desk/events/{slug}/door/list.xlsx", get(files::workbook))
}

/// Characters of a walk-in's name, and of their company.
const NAME: usize = 100;

async fn page(
    State(app): State<App>,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
    _: Operator,
    c: Chrome,
) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    let page = Page::load(&app, event, c, asked, Errors::new()).await?;
    let mut response = render(&page)?;
    if let Some(at) = &page.at {
        entry::keep(&mut response, at.last_day, &page.event.time_zone);
    }
    // The one page that may ask for the camera, to read a code.
    response.headers_mut().insert(
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(self), microphone=(), geolocation=(), payment=(), usb=()"),
    );
    Ok(response)
}

/// One form for each thing that is done without script.
#[derive(Deserialize)]
struct Posted {
    act: String,
    sitting: SittingId,
    /// The mark's or the note's own id: the same form sent twice is one.
    id: Option<uuid::Uuid>,
    who: Option<InvitationId>,
    #[serde(default)]
    came: bool,
    #[serde(default)]
    code: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    company: String,
    guest: Option<WalkInId>,
    /// What was looked for, to come back to it.
    #[serde(default)]
    q: String,
}

async fn act(
    State(app): State<App>,
    Path(slug): Path<String>,
    staff: Operator,
    c: Chrome,
    Form(form): Form<Posted>,
) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    let by = By::staff(staff.id, "");
    let at = (event.id, form.sitting);
    let tx = app.db.begin_write().await?;
    let done = done(&tx, &app, &by, at, &form).await;
    let flash = match done {
        Ok(flash) => {
            tx.commit().await?;
            flash
        }
        Err(Error::Refused(message)) => {
            tx.rollback().await?;
            let field = match form.act.as_str() {
                "code" => "code",
                "walk-in" => "name",
                _ => "",
            };
            let mut errors = Errors::new();
            errors.add(field, message);
            let asked = Asked {
                sitting: form.sitting.to_string(),
                q: form.q,
                guest: form.guest.map(|g| g.to_string()).unwrap_or_default(),
            };
            let mut page = Page::load(&app, event, c, asked, errors).await?;
            (page.code, page.name, page.company) = (form.code, form.name, form.company);
            return render_status(axum::http::StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
        Err(other) => return Err(other.into()),
    };
    let q = if form.q.is_empty() {
        String::new()
    } else {
        format!("&q={}", list::encoded(&form.q))
    };
    let to = format!("/desk/events/{slug}/door?sitting={}{q}", form.sitting);
    Ok(redirect(to).flash(flash).into_response())
}

/// Does what the form says; gives what to say then.
async fn done(
    tx: &impl ConnectionTrait,
    app: &App,
    by: &By,
    at: (EventId, SittingId),
    form: &Posted,
) -> Result<&'static str, Error> {
    let now = app.clock.now();
    let mark = |who, came| Mark {
        id: form.id.map_or_else(MarkId::new, MarkId::from_uuid),
        who,
        came,
        at: now,
    };
    match form.act.as_str() {
        "mark" => {
            let who = form.who.ok_or(Error::NotFound)?;
            service::take(tx, app, by, at, &[mark(who, form.came)], &[]).await?;
            Ok(if form.came { "door-came-saved" } else { "door-undone" })
        }
        "code" => {
            let who = by_code(tx, at.1, &form.code).await?;
            service::take(tx, app, by, at, &[mark(who, true)], &[]).await?;
            Ok("door-came-saved")
        }
        "walk-in" => {
            let guest = walk_in(form, now)?;
            service::take(tx, app, by, at, &[], &[guest]).await?;
            Ok("door-walk-in-saved")
        }
        "match" => {
            let (guest, who) = form.guest.zip(form.who).ok_or(Error::NotFound)?;
            service::matched(tx, app, by, at, guest, who).await?;
            Ok("door-matched")
        }
        _ => Err(Error::NotFound),
    }
}

async fn by_code(conn: &impl ConnectionTrait, sitting: SittingId, typed: &str) -> Result<InvitationId, Error> {
    let code = entry::read(typed).ok_or_else(|| Error::refused("door-code-wrong"))?;
    let row = entry_code::Entity::find()
        .filter(entry_code::Column::Code.eq(code))
        .one(conn)
        .await?;
    match row {
        Some(row) if row.sitting_id == sitting => Ok(row.invitation_id),
        Some(_) => Err(Error::refused("door-code-elsewhere")),
        None => Err(Error::refused("door-code-unknown")),
    }
}

fn walk_in(form: &Posted, now: chrono::DateTime<chrono::Utc>) -> Result<WalkIn, Error> {
    let text = |typed: &str| line(typed, NAME).map_err(|wrong| Error::Refused(wrong.into()));
    let name = text(&form.name)?;
    if name.is_empty() {
        return Err(Error::refused("error-required"));
    }
    Ok(WalkIn {
        id: form.id.map_or_else(WalkInId::new, WalkInId::from_uuid),
        name,
        company: text(&form.company)?,
        at: now,
    })
}
