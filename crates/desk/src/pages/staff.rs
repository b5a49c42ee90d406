//! Accounts of the host's staff.

use crate::{
    Error as DeskError, TEXTS,
    pages::{Nothing, ZONE},
    repo,
    service::staff::{self as service, NewStaff},
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
    routing::{get, post},
};
use db::entity::staff;
use domain::{
    EmailAddress, StaffId,
    role::{self, Role},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use web::{
    App, Choice, Chrome, Error, Errors, Form, Result, auth::Administrator, password, redirect, render, render_status,
};

pub(crate) fn routes() -> web::Router {
    web::Router::new()
        .route("/desk/staff", get(list).post(create))
        .route("/desk/staff/{id}", get(show).post(update))
        .route("/desk/staff/{id}/password", post(new_password))
        .route("/desk/staff/{id}/disable", post(disable))
        .route("/desk/staff/{id}/enable", post(enable))
}

struct Row {
    account: staff::Model,
    roles: String,
}

#[derive(Default, Deserialize)]
struct Input {
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    roles: Vec<Role>,
    #[serde(default)]
    password: SecretString,
}

#[derive(askama::Template)]
#[template(path = "staff.html")]
struct ListPage {
    c: Chrome,
    errors: Errors,
    rows: Vec<Row>,
    name: String,
    email: String,
    roles: Vec<Choice>,
    zone: &'static str,
}

async fn list(State(app): State<App>, c: Chrome, _staff: Administrator) -> Result {
    list_page(&app, c, Errors::new(), &Input::default(), StatusCode::OK).await
}

async fn list_page(app: &App, c: Chrome, errors: Errors, input: &Input, status: StatusCode) -> Result {
    let c = c.with(&TEXTS);
    let rows = repo::accounts(app.db.reader()).await?.into_iter();
    let rows = rows
        .map(|account| Row {
            roles: role_line(&c, &role::split(&account.roles)),
            account,
        })
        .collect();
    let roles = web::role_choices(&c, &input.roles);
    let (name, email) = (input.name.clone(), input.email.clone());
    render_status(
        status,
        &ListPage {
            c,
            errors,
            rows,
            name,
            email,
            roles,
            zone: ZONE,
        },
    )
}

fn role_line(c: &Chrome, roles: &[Role]) -> String {
    roles
        .iter()
        .map(|r| c.t(format!("role-{r}")))
        .collect::<Vec<_>>()
        .join(", ")
}

#[derive(askama::Template)]
#[template(path = "password.html")]
struct PasswordPage {
    c: Chrome,
    name: String,
    email: String,
    password: String,
}

async fn create(State(app): State<App>, c: Chrome, staff: Administrator, Form(input): Form<Input>) -> Result {
    let mut errors = Errors::new();
    let name = checked_name(&mut errors, &input.name);
    let email = errors.check("email", EmailAddress::parse(&input.email));
    if input.roles.is_empty() {
        errors.add("roles", "error-choose");
    }
    let generated = input.password.expose_secret().is_empty();
    let secret = if generated {
        service::one_time_password().into()
    } else {
        input.password.clone()
    };
    errors.check("password", password::check(&secret));
    let (Some(name), Some(email), true) = (name, email, errors.is_empty()) else {
        return list_page(&app, c, errors, &input, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let password_hash = password::hash(secret.clone()).await?;
    let new = NewStaff {
        email,
        name,
        roles: input.roles.clone(),
        password_hash,
    };
    let tx = app.db.begin_write().await?;
    match service::create(&tx, &app.clock, staff.actor(), new).await {
        Ok(_) => tx.commit().await?,
        Err(DeskError::Taken) => {
            drop(tx);
            errors.add("email", "error-taken");
            return list_page(&app, c, errors, &input, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
        Err(error) => return Err(error.into()),
    }
    if generated {
        let page = PasswordPage {
            c: c.with(&TEXTS),
            name: input.name,
            email: input.email,
            password: secret.expose_secret().to_owned(),
        };
        return render(&page);
    }
    Ok(redirect("/desk/staff").flash("staff-created").into_response())
}

fn checked_name(errors: &mut Errors, input: &str) -> Option<String> {
    let name = errors.check("name", domain::text::line(input, 100))?;
    if name.is_empty() {
        errors.add("name", "error-required");
        return None;
    }
    Some(name)
}

#[derive(askama::Template)]
#[template(path = "account.html")]
struct AccountPage {
    c: Chrome,
    errors: Errors,
    account: staff::Model,
    name: String,
    roles: Vec<Choice>,
    zone: &'static str,
}

impl AccountPage {
    fn href(&self, verb: &str) -> String {
        format!("/desk/staff/{}/{verb}", self.account.id)
    }
}

async fn find(app: &App, id: &str) -> Result<staff::Model> {
    let id: StaffId = id.parse().map_err(|_| Error::NotFound)?;
    let found = repo::accounts(app.db.reader()).await?.into_iter().find(|a| a.id == id);
    found.ok_or(Error::NotFound)
}

async fn show(State(app): State<App>, c: Chrome, _staff: Administrator, Path(id): Path<String>) -> Result {
    let account = find(&app, &id).await?;
    let input = Input {
        name: account.name.clone(),
        roles: role::split(&account.roles),
        ..Input::default()
    };
    account_page(c, Errors::new(), account, &input, StatusCode::OK)
}

fn account_page(c: Chrome, errors: Errors, account: staff::Model, input: &Input, status: StatusCode) -> Result {
    let c = c.with(&TEXTS);
    let roles = web::role_choices(&c, &input.roles);
    render_status(
        status,
        &AccountPage {
            c,
            errors,
            account,
            name: input.name.clone(),
            roles,
            zone: ZONE,
        },
    )
}

async fn update(
    State(app): State<App>,
    c: Chrome,
    staff: Administrator,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result {
    let account = find(&app, &id).await?;
    let mut errors = Errors::new();
    let name = checked_name(&mut errors, &input.name);
    if input.roles.is_empty() {
        errors.add("roles", "error-choose");
    }
    let (Some(name), true) = (name, errors.is_empty()) else {
        return account_page(c, errors, account, &input, StatusCode::UNPROCESSABLE_ENTITY);
    };
    let tx = app.db.begin_write().await?;
    match service::update(&tx, &app.clock, staff.actor(), account.id, name, &input.roles).await {
        Ok(()) => tx.commit().await?,
        Err(DeskError::LastAdministrator) => {
            drop(tx);
            errors.add("roles", "staff-last-administrator");
            return account_page(c, errors, account, &input, StatusCode::UNPROCESSABLE_ENTITY);
        }
        Err(error) => return Err(error.into()),
    }
    Ok(redirect("/desk/staff").flash("saved").into_response())
}

async fn new_password(
    State(app): State<App>,
    c: Chrome,
    staff: Administrator,
    Path(id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> Result {
    let account = find(&app, &id).await?;
    let password = service::one_time_password();
    let hash = password::hash(password.clone().into()).await?;
    let tx = app.db.begin_write().await?;
    service::set_password(&tx, &app.clock, staff.actor(), account.id, hash).await?;
    tx.commit().await?;
    let email = account.email.to_string();
    render(&PasswordPage {
        c: c.with(&TEXTS),
        name: account.name,
        email,
        password,
    })
}

async fn disable(
    State(app): State<App>,
    c: Chrome,
    staff: Administrator,
    Path(id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> Result {
    set_disabled(&app, c, &staff, &id, true).await
}

async fn enable(
    State(app): State<App>,
    c: Chrome,
    staff: Administrator,
    Path(id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> Result {
    set_disabled(&app, c, &staff, &id, false).await
}

async fn set_disabled(app: &App, c: Chrome, staff: &Administrator, id: &str, disabled: bool) -> Result {
    let account = find(app, id).await?;
    let tx = app.db.begin_write().await?;
    match service::set_disabled(&tx, &app.clock, staff.actor(), account.id, disabled).await {
        Ok(()) => tx.commit().await?,
        Err(DeskError::LastAdministrator) => {
            drop(tx);
            let input = Input {
                name: account.name.clone(),
                roles: role::split(&account.roles),
                ..Input::default()
            };
            let errors = Errors::form("staff-last-administrator");
            return account_page(c, errors, account, &input, StatusCode::CONFLICT);
        }
        Err(error) => return Err(error.into()),
    }
    Ok(redirect("/desk/staff").flash("saved").into_response())
}
