//! `/dev/mailbox`.

use super::{
    reply,
    store::{self, Head, Mail},
};
use crate::{Error as DemoError, TEXTS};
use axum::{
    extract::{Path, Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse},
    routing::get,
};
use serde::Deserialize;
use uuid::Uuid;
use web::{App, Chrome, Error, Errors, Form, Message, Result, redirect, render, render_status};

pub(crate) fn routes() -> web::Router {
    web::Router::new()
        .route("/dev/mailbox", get(list))
        .route("/dev/mailbox/{id}", get(show).post(answer))
        .route("/dev/mailbox/{id}/html", get(html))
        .route("/dev/mailbox/{id}/source", get(source))
}

const ZONE: &str = "Asia/Seoul";

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    to: String,
}

#[derive(askama::Template)]
#[template(path = "mailbox.html")]
struct ListPage {
    c: Chrome,
    errors: Errors,
    to: String,
    rows: Vec<Head>,
    zone: &'static str,
}

async fn list(State(app): State<App>, c: Chrome, Query(asked): Query<Asked>) -> Result {
    let folder = store::folder(&app.settings);
    let to = asked.to.trim().to_owned();
    let wanted = to.clone();
    let rows = tokio::task::spawn_blocking(move || store::list(&folder, &wanted)).await??;
    render(&ListPage {
        c: c.with(&TEXTS),
        errors: Errors::new(),
        to,
        rows,
        zone: ZONE,
    })
}

#[derive(askama::Template)]
#[template(path = "message.html")]
struct MailPage {
    c: Chrome,
    errors: Errors,
    mail: Mail,
    text: String,
    zone: &'static str,
}

async fn find(app: &App, id: &str) -> Result<Mail> {
    let id = Uuid::parse_str(id).map_err(|_| Error::NotFound)?;
    let folder = store::folder(&app.settings);
    let found = tokio::task::spawn_blocking(move || store::read(&folder, id)).await?;
    found
        .map_err(|error| Error::internal(DemoError::from(error)))?
        .ok_or(Error::NotFound)
}

async fn show(State(app): State<App>, c: Chrome, Path(id): Path<String>) -> Result {
    let mail = find(&app, &id).await?;
    render(&MailPage {
        c: c.with(&TEXTS),
        errors: Errors::new(),
        mail,
        text: String::new(),
        zone: ZONE,
    })
}

/// The mail's own page, in a frame that may do nothing: no script, no form, no picture from elsewhere.
async fn html(State(app): State<App>, Path(id): Path<String>) -> Result {
    let mail = find(&app, &id).await?;
    let html = mail.html.ok_or(Error::NotFound)?;
    // Its links open beside the frame.
    let html = html.replacen("<head>", "<head><base target=\"_blank\">", 1);
    let mut response = Html(html).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; \
             img-src data:; frame-ancestors 'self'",
        ),
    );
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    Ok(response)
}

async fn source(State(app): State<App>, Path(id): Path<String>) -> Result {
    let mail = find(&app, &id).await?;
    let mut response = mail.source.into_response();
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, plain);
    Ok(response)
}

#[derive(Deserialize)]
struct Input {
    #[serde(default)]
    text: String,
}

async fn answer(State(app): State<App>, c: Chrome, Path(id): Path<String>, Form(input): Form<Input>) -> Result {
    let mail = find(&app, &id).await?;
    let mut errors = Errors::new();
    errors.check("text", domain::text::AnswerText::parse(&input.text));
    if errors.is_empty() {
        match reply::send(&app.settings, &mail, &input.text, app.clock.now()).await {
            Ok(()) => {
                return Ok(redirect(format!("/dev/mailbox/{id}"))
                    .flash("dev-replied")
                    .into_response());
            }
            Err(why) => errors.add("", Message::new("dev-not-sent").arg("why", why)),
        }
    }
    let page = MailPage {
        c: c.with(&TEXTS),
        errors,
        mail,
        text: input.text,
        zone: ZONE,
    };
    render_status(StatusCode::UNPROCESSABLE_ENTITY, &page)
}
