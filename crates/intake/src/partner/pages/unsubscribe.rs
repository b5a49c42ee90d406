//! `/u/{token}`: no more invitations and reminders of this event. GET shows a button, since scanners open every link; POST
//! does it, for a person and for a mail program alike (RFC 8058): the token in the address is all the proof that is needed,
//! so there is no session, no form token, and nothing is read from the body.

use crate::TEXTS;
use axum::{
    body::Bytes,
    extract::{Path, State},
    response::IntoResponse,
};
use db::{
    audit::{self, Actor},
    entity::{event, invitation},
    prelude::*,
};
use domain::{InvitationId, state::mail::UnsubscribeWay, token::Purpose};
use std::time::Duration;
use web::{App, Chrome, Error, Result, limit, redirect, render};

/// What a mail program sends.
const ONE_CLICK: &[u8] = b"List-Unsubscribe=One-Click";

#[derive(askama::Template)]
#[template(path = "partner/unsubscribe.html")]
struct Page {
    c: Chrome,
    title: String,
    here: String,
    done: bool,
}

pub(super) async fn page(State(app): State<App>, c: Chrome, Path(token): Path<String>) -> Result {
    let (row, event) = open(&app, &token).await?;
    let done = mail::unsubscribed::find(app.db.reader(), row.id)
        .await
        .map_err(db::Error::from)?
        .is_some();
    let title = c.either(&event.title, &event.title_en).to_owned();
    render(&Page {
        c: c.with(&TEXTS),
        title,
        here: format!("/u/{token}"),
        done,
    })
}

/// The same again does nothing more.
pub(super) async fn press(State(app): State<App>, c: Chrome, Path(token): Path<String>, body: Bytes) -> Result {
    let (row, event) = open(&app, &token).await?;
    limit::check(&app, "unsubscribe", &row.id.to_string(), 60, Duration::from_hours(1)).await?;
    let way = if body.windows(ONE_CLICK.len()).any(|part| part == ONE_CLICK) || is_field(&body) {
        UnsubscribeWay::OneClick
    } else {
        UnsubscribeWay::Page
    };
    let tx = app.db.begin_write().await?;
    if mail::unsubscribed::add(&tx, &app.clock, row.id, way)
        .await
        .map_err(db::Error::from)?
    {
        let entry = audit::Entry {
            event: Some(event.id),
            actor: Actor::Partner(row.id),
            action: "invitation.unsubscribed",
            subject: ("invitation", Some(row.id.uuid())),
            details: serde_json::json!({ "way": way }),
        };
        audit::record(&tx, &app.clock, entry).await?;
        tx.commit().await?;
    } else {
        tx.rollback().await?;
    }
    if way == UnsubscribeWay::OneClick {
        // A mail program follows no redirect (RFC 8058 §3.1).
        return render(&Page {
            title: c.either(&event.title, &event.title_en).to_owned(),
            c: c.with(&TEXTS),
            here: format!("/u/{token}"),
            done: true,
        });
    }
    Ok(redirect(format!("/u/{token}")).into_response())
}

/// As a part of `multipart/form-data`.
fn is_field(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    text.contains("name=\"List-Unsubscribe\"") && text.contains("One-Click")
}

async fn open(app: &App, token: &str) -> Result<(invitation::Model, event::Model)> {
    let claim = app.keys.verify(Purpose::Unsubscribe, token).ok_or(Error::NotFound)?;
    let conn = app.db.reader();
    let row = invitation::Entity::find_by_id(InvitationId::from_uuid(claim.id))
        .one(conn)
        .await;
    let row = row.map_err(db::Error::from)?.ok_or(Error::NotFound)?;
    let event = event::Entity::find_by_id(row.event_id).one(conn).await;
    let event = event.map_err(db::Error::from)?.ok_or(Error::NotFound)?;
    Ok((row, event))
}
