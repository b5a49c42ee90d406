//! The first administrator makes their own account at a one-time address, which counts only while there is no staff.

use crate::{
    App, Chrome, Error, Errors, Form, Message, Result, Session, auth, password, redirect, render, render_status,
};
use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
    routing::get,
};
use db::{audit, entity::staff};
use domain::{EmailAddress, StaffId, role::Role, token::Purpose};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, PaginatorTrait};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use uuid::Uuid;

/// The address, while it counts: for the log of the first start.
pub async fn first_admin_link(app: &App) -> Result<Option<String>> {
    if nobody(app.db.reader()).await? {
        let token = app.keys.sign(Purpose::FirstAdmin, Uuid::nil(), 0);
        return Ok(Some(app.public_url(&format!("/first-admin/{token}"))));
    }
    Ok(None)
}

async fn nobody(conn: &impl ConnectionTrait) -> Result<bool> {
    Ok(staff::Entity::find().count(conn).await? == 0)
}

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/first-admin/{token}", get(page).post(create))
}

#[derive(askama::Template)]
#[template(path = "first-admin.html")]
struct Page {
    c: Chrome,
    errors: Errors,
    name: String,
    email: String,
}

async fn allowed(app: &App, token: &str) -> Result<()> {
    let ours = app
        .keys
        .verify(Purpose::FirstAdmin, token)
        .is_some_and(|claim| claim.id.is_nil());
    if ours && nobody(app.db.reader()).await? {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

async fn page(State(app): State<App>, c: Chrome, Path(token): Path<String>) -> Result {
    allowed(&app, &token).await?;
    render(&Page {
        c,
        errors: Errors::new(),
        name: String::new(),
        email: String::new(),
    })
}

#[derive(Deserialize)]
struct Input {
    name: String,
    email: String,
    password: SecretString,
    again: SecretString,
}

async fn create(
    State(app): State<App>,
    session: Session,
    c: Chrome,
    Path(token): Path<String>,
    Form(input): Form<Input>,
) -> Result {
    allowed(&app, &token).await?;
    let mut errors = Errors::new();
    let name = errors.check("name", domain::text::line(&input.name, 100));
    if name.as_deref() == Some("") {
        errors.add("name", "error-required");
    }
    let email = errors.check("email", EmailAddress::parse(&input.email));
    errors.check("password", password::check(&input.password));
    if !errors.has("password") && input.password.expose_secret() != input.again.expose_secret() {
        errors.add("again", Message::new("error-must-match"));
    }
    let (Some(name), Some(email), true) = (name, email, errors.is_empty()) else {
        let page = Page {
            c,
            errors,
            name: input.name,
            email: input.email,
        };
        return render_status(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let account = staff::Model {
        id: StaffId::new(),
        email,
        name,
        password_hash: password::hash(input.password).await?,
        roles: domain::role::join(&[Role::Administrator]),
        disabled_at: None,
        created_at: app.clock.now(),
    };
    insert(&app, &account).await?;
    auth::sign_in_staff(&app, &session, &account).await?;
    Ok(redirect("/desk").into_response())
}

async fn insert(app: &App, account: &staff::Model) -> Result<()> {
    let tx = app.db.begin_write().await?;
    if !nobody(&tx).await? {
        return Err(Error::NotFound);
    }
    let row = staff::ActiveModel {
        id: Set(account.id),
        email: Set(account.email.clone()),
        name: Set(account.name.clone()),
        password_hash: Set(account.password_hash.clone()),
        roles: Set(account.roles.clone()),
        disabled_at: Set(None),
        created_at: Set(account.created_at),
    };
    staff::Entity::insert(row).exec_without_returning(&tx).await?;
    let entry = audit::Entry {
        event: None,
        actor: audit::Actor::Staff(account.id),
        action: "staff.first_administrator",
        subject: ("staff", Some(account.id.uuid())),
        details: serde_json::json!({ "roles": account.roles }),
    };
    audit::record(&tx, &app.clock, entry).await?;
    tx.commit().await?;
    Ok(())
}
