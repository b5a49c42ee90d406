//! "Was this of use?" The form on the article's page holds no token, since that page is everybody's; the browser says
//! that it came from there.

use super::seen;
use crate::useful;
use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
};
use domain::{Lang, text};
use serde::Deserialize;
use std::time::Duration;
use web::{App, Chrome, Error, Errors, Form, Peer, Result, csrf::NotForeign, limit, redirect, render_status};

/// Words of one address in an hour: a hall may sit behind it.
const MOST: u32 = 300;
const HOUR: Duration = Duration::from_hours(1);

#[derive(askama::Template)]
#[template(path = "reading/useful.html")]
struct Page {
    c: Chrome,
    slug: String,
    title: String,
    lang: Lang,
    /// What was said: `yes`, `no`, `why`; or nothing yet.
    said: String,
    why: String,
    errors: Errors,
}

#[derive(Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    said: String,
}

async fn show(app: &App, c: Chrome, slug: &str, said: &str, why: String, errors: Errors) -> Result {
    let seen = seen(app, slug).await?;
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = Page {
        c: c.with(&crate::TEXTS),
        slug: seen.row.slug,
        title: seen.title,
        lang: seen.lang,
        said: said.to_owned(),
        why,
        errors,
    };
    render_status(status, &page)
}

pub(super) async fn page(State(app): State<App>, c: Chrome, Path(slug): Path<String>, asked: Query<Asked>) -> Result {
    show(&app, c, &slug, &asked.said, String::new(), Errors::new()).await
}

#[derive(Deserialize)]
pub(super) struct Word {
    #[serde(default)]
    useful: String,
}

pub(super) async fn say(
    State(app): State<App>,
    _: NotForeign,
    c: Chrome,
    peer: Peer,
    Path(slug): Path<String>,
    headers: HeaderMap,
    axum::Form(word): axum::Form<Word>,
) -> Result {
    let seen = seen(&app, &slug).await?;
    let useful = match word.useful.as_str() {
        "yes" => true,
        "no" => false,
        _ => return Err(Error::BadRequest("oops-bad-request-body".into())),
    };
    limit::check(&app, "useful", &peer.key(), MOST, HOUR).await?;
    let reader = if let Some(partner) = c.partner {
        format!("partner {}", partner.partner)
    } else {
        let agent = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok());
        format!("{} {}", peer.key(), agent.unwrap_or_default())
    };
    useful::say(&app, seen.row.id, &reader, useful).await?;
    Ok(redirect(format!("/articles/{slug}/useful?said={}", word.useful)).into_response())
}

#[derive(Deserialize)]
pub(super) struct Why {
    #[serde(default)]
    why: String,
}

pub(super) async fn why(
    State(app): State<App>,
    c: Chrome,
    peer: Peer,
    Path(slug): Path<String>,
    Form(input): Form<Why>,
) -> Result {
    let seen = seen(&app, &slug).await?;
    let mut errors = Errors::new();
    let body = errors.check("why", text::line(&input.why, useful::REMARK));
    if body.as_ref().is_some_and(String::is_empty) {
        errors.add("why", "error-required");
    }
    if let (true, Some(body)) = (errors.is_empty(), body) {
        match limit::check(&app, "useful-why", &peer.key(), 30, HOUR).await {
            Ok(()) => {
                useful::remark(&app, seen.row.id, body).await?;
                return Ok(redirect(format!("/articles/{slug}/useful?said=why")).into_response());
            }
            Err(Error::TooMany { .. }) => errors.add("", "reading-too-many"),
            Err(other) => return Err(other),
        }
    }
    show(&app, c, &slug, "no", input.why, errors).await
}
