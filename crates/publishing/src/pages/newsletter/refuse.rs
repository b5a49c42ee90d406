//! `/n/{token}`: no more newsletters. GET shows a button, since scanners open every link; POST does it, for a person and for
//! a mail program alike (RFC 8058): the token in the address is all the proof that is needed, so there is no session and
//! no form token. The page confirms it with its date.

use axum::{
    body::Bytes,
    extract::{Path, State},
    response::IntoResponse,
};
use chrono::{DateTime, Utc};
use db::{
    audit::{self, Actor},
    entity::invitation,
    people::{self, Invitee},
    prelude::*,
};
use domain::{InvitationId, state::mail::UnsubscribeWay, token::Purpose};
use std::time::Duration;
use web::{App, Chrome, Error, Result, limit, redirect, render};

/// What a mail program sends; as a part of `multipart/form-data` its name and value stand apart.
const ONE_CLICK: &str = "List-Unsubscribe=One-Click";
const PARTS: [&str; 2] = ["name=\"List-Unsubscribe\"", "One-Click"];

#[derive(askama::Template)]
#[template(path = "reading/refuse.html")]
struct Page {
    c: Chrome,
    here: String,
    name: String,
    sender: String,
    /// When they said no.
    since: Option<DateTime<Utc>>,
}

impl Page {
    fn day(&self) -> String {
        self.since
            .map(|at| self.c.datetime(at, crate::reads::ZONE))
            .unwrap_or_default()
    }
}

async fn show(app: &App, c: Chrome, token: &str, who: &Invitee) -> Result {
    let since = mail::newsletter::refused(app.db.reader(), who.partner)
        .await
        .map_err(crate::Error::from)?;
    render(&Page {
        c: c.with(&crate::TEXTS),
        here: format!("/n/{token}"),
        name: who.person.name(),
        sender: app.settings.mail.from_name.clone(),
        since,
    })
}

pub(super) async fn page(State(app): State<App>, c: Chrome, Path(token): Path<String>) -> Result {
    let (_, who) = open(&app, &c, &token).await?;
    show(&app, c, &token, &who).await
}

/// The same again does nothing more.
pub(super) async fn press(State(app): State<App>, c: Chrome, Path(token): Path<String>, body: Bytes) -> Result {
    let (row, who) = open(&app, &c, &token).await?;
    limit::check(&app, "no-newsletter", &row.id.to_string(), 60, Duration::from_hours(1)).await?;
    let body = String::from_utf8_lossy(&body);
    let way = if body.contains(ONE_CLICK) || PARTS.iter().all(|part| body.contains(part)) {
        UnsubscribeWay::OneClick
    } else {
        UnsubscribeWay::Page
    };
    let words = c.clone().with(&crate::TEXTS).t("newsletter-refuse-lead");
    let tx = app.db.begin_write().await?;
    let refused = mail::newsletter::refuse(&tx, &app.clock, who.partner, &words).await;
    if refused.map_err(crate::Error::from)? {
        let entry = audit::Entry {
            event: Some(row.event_id),
            actor: Actor::Partner(row.id),
            action: "consent.changed",
            subject: ("invitation", Some(row.id.uuid())),
            details: serde_json::json!({ "newsletter": false, "way": way }),
        };
        audit::record(&tx, &app.clock, entry).await?;
        tx.commit().await?;
    } else {
        tx.rollback().await?;
    }
    if way == UnsubscribeWay::OneClick {
        // A mail program follows no redirect (RFC 8058 §3.1).
        return show(&app, c, &token, &who).await;
    }
    Ok(redirect(format!("/n/{token}")).into_response())
}

async fn open(app: &App, c: &Chrome, token: &str) -> Result<(invitation::Model, Invitee)> {
    let claim = app.keys.verify(Purpose::NoNewsletter, token).ok_or(Error::NotFound)?;
    let (conn, id) = (app.db.reader(), InvitationId::from_uuid(claim.id));
    let row = invitation::Entity::find_by_id(id)
        .one(conn)
        .await?
        .ok_or(Error::NotFound)?;
    let who = people::invitee(conn, id, c.lang()).await?.ok_or(Error::NotFound)?;
    Ok((row, who))
}
