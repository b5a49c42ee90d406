//! "Send me a new link": one page whether the address is known or not.

use crate::{TEXTS, partner::service::link};
use axum::{extract::State, http::StatusCode};
use domain::EmailAddress;
use serde::Deserialize;
use std::time::Duration;
use web::{App, Chrome, Error, Errors, Form, Peer, Result, limit, render, render_status};

#[derive(askama::Template)]
#[template(path = "partner/link.html")]
struct Page {
    c: Chrome,
    errors: Errors,
    email: String,
    sent: bool,
}

#[derive(Deserialize)]
pub(super) struct Input {
    #[serde(default)]
    email: String,
}

pub(super) async fn ask(c: Chrome) -> Result {
    render(&Page {
        c: c.with(&TEXTS),
        errors: Errors::new(),
        email: String::new(),
        sent: false,
    })
}

pub(super) async fn send(State(app): State<App>, peer: Peer, c: Chrome, Form(input): Form<Input>) -> Result {
    let c = c.with(&TEXTS);
    let refuse = |status, errors| {
        let page = Page {
            c: c.clone(),
            errors,
            email: input.email.clone(),
            sent: false,
        };
        render_status(status, &page)
    };
    let mut errors = Errors::new();
    let Some(email) = errors.check("email", EmailAddress::parse(&input.email)) else {
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, errors);
    };
    if too_many(&app, &email, peer).await? {
        return refuse(StatusCode::TOO_MANY_REQUESTS, Errors::form("my-link-too-many"));
    }
    link::send(&app, &email).await?;
    render(&Page {
        c,
        errors,
        email: email.to_string(),
        sent: true,
    })
}

/// By address first, known or not; by network more generously, since an office is one.
async fn too_many(app: &App, email: &EmailAddress, peer: Peer) -> Result<bool> {
    let hour = Duration::from_hours(1);
    let address = limit::check(app, "link-address", email.as_str(), 5, hour).await;
    let network = limit::check(app, "link-network", &peer.key(), 200, hour).await;
    for outcome in [address, network] {
        match outcome {
            Ok(()) => {}
            Err(Error::TooMany { .. }) => return Ok(true),
            Err(other) => return Err(other),
        }
    }
    Ok(false)
}
