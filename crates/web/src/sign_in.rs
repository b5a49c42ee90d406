//! Staff sign in and out.

use crate::{
    App, Choice, Chrome, Errors, Form, Peer, Result, Session, auth, limit, local_path, password, redirect, render,
    render_status,
};
use axum::{
    Router,
    extract::{Query, State},
    http::{HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use db::{audit, entity::staff};
use domain::EmailAddress;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use secrecy::SecretString;
use serde::Deserialize;
use std::time::Duration;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/sign-in", get(page).post(sign_in))
        .route("/sign-out", post(sign_out))
}

#[derive(askama::Template)]
#[template(path = "sign-in.html")]
struct Page {
    c: Chrome,
    errors: Errors,
    email: String,
    next: String,
}

#[derive(Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

async fn page(c: Chrome, Query(Next { next }): Query<Next>) -> Result {
    let next = local_path(&next).unwrap_or("/desk").to_owned();
    if c.staff.is_some() {
        return Ok(redirect(next).into_response());
    }
    render(&Page {
        c,
        errors: Errors::new(),
        email: String::new(),
        next,
    })
}

#[derive(Deserialize)]
struct Input {
    email: String,
    password: SecretString,
    #[serde(default)]
    next: String,
}

async fn sign_in(State(app): State<App>, peer: Peer, session: Session, c: Chrome, Form(input): Form<Input>) -> Result {
    let next = local_path(&input.next).unwrap_or("/desk").to_owned();
    let refuse = |status, key: &'static str| {
        let page = Page {
            c: c.clone(),
            errors: Errors::form(key),
            email: input.email.clone(),
            next: next.clone(),
        };
        render_status(status, &page)
    };
    if too_many(&app, &input.email, peer).await? {
        return refuse(StatusCode::TOO_MANY_REQUESTS, "sign-in-too-many");
    }
    let found = match EmailAddress::parse(&input.email) {
        Ok(email) => {
            let query = staff::Entity::find().filter(staff::Column::Email.eq(email));
            query
                .filter(staff::Column::DisabledAt.is_null())
                .one(app.db.reader())
                .await?
        }
        Err(_) => None,
    };
    let right = password::verify(input.password, found.as_ref().map(|a| a.password_hash.clone())).await?;
    let (Some(account), true) = (found.as_ref(), right) else {
        note(&app, "staff.sign_in_refused", found.as_ref()).await?;
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, "sign-in-wrong");
    };
    note(&app, "staff.signed_in", Some(account)).await?;
    auth::sign_in_staff(&app, &session, account).await?;
    Ok(redirect(next).into_response())
}

/// By account first, so that a guesser gains nothing from many addresses; by address more generously, since an office
/// is one.
async fn too_many(app: &App, email: &str, peer: Peer) -> Result<bool> {
    let quarter = Duration::from_mins(15);
    let account = limit::check(app, "sign-in-account", &email.trim().to_lowercase(), 10, quarter).await;
    let address = limit::check(app, "sign-in-address", &peer.key(), 100, quarter).await;
    for outcome in [account, address] {
        match outcome {
            Ok(()) => {}
            Err(crate::Error::TooMany { .. }) => return Ok(true),
            Err(other) => return Err(other),
        }
    }
    Ok(false)
}

/// An unknown address is noted without it: the audit log holds no guesses.
async fn note(app: &App, action: &'static str, account: Option<&staff::Model>) -> Result<()> {
    let id = account.map(|a| a.id);
    let entry = audit::Entry {
        event: None,
        actor: id.map_or(audit::Actor::System, audit::Actor::Staff),
        action,
        subject: ("staff", id.map(domain::StaffId::uuid)),
        details: serde_json::json!({}),
    };
    let tx = app.db.begin_write().await?;
    audit::record(&tx, &app.clock, entry).await?;
    tx.commit().await?;
    Ok(())
}

#[derive(Deserialize)]
struct Nothing {}

async fn sign_out(session: Session, Form(Nothing {}): Form<Nothing>) -> Result {
    auth::leave(&session).await?;
    Ok(forgotten(redirect("/sign-in").flash("signed-out")))
}

/// The answer that ends a session: what our pages kept in this browser goes with it, the list of a door above all.
pub fn forgotten(to: impl IntoResponse) -> Response {
    let mut response = to.into_response();
    response.headers_mut().insert(
        HeaderName::from_static("clear-site-data"),
        HeaderValue::from_static("\"storage\""),
    );
    response
}

/// The roles as a group of check boxes.
pub fn role_choices(c: &Chrome, chosen: &[domain::role::Role]) -> Vec<Choice> {
    let all = domain::role::Role::ALL.iter();
    all.map(|r| {
        Choice::new(r, c.t(format!("role-{r}")))
            .hint(c.t(format!("role-{r}-hint")))
            .chosen(chosen.contains(r))
    })
    .collect()
}
