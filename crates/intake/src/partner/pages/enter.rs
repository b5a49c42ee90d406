//! The personal link. Mail scanners open links and follow them, so only a pressed button begins a session.

use super::view;
use crate::{TEXTS, partner::service::enter};
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::IntoResponse,
};
use serde::Deserialize;
use web::{App, Chrome, Form, Result, Session, local_path, redirect, render, render_status};

#[derive(askama::Template)]
#[template(path = "partner/enter.html")]
struct Landing {
    c: Chrome,
    name: String,
    host: String,
    intro: String,
    to: String,
}

#[derive(askama::Template)]
#[template(path = "partner/link-dead.html")]
struct Dead {
    c: Chrome,
}

#[derive(Deserialize)]
pub(super) struct To {
    #[serde(default)]
    to: String,
}

/// A page of the partner's own, whatever the link asks for.
fn target(to: &str) -> String {
    let fits = |to: &&str| *to == "/my" || to.starts_with("/my/");
    local_path(to).filter(fits).unwrap_or("/my").to_owned()
}

fn dead(c: Chrome) -> Result {
    render_status(StatusCode::NOT_FOUND, &Dead { c: c.with(&TEXTS) })
}

pub(super) async fn landing(
    State(app): State<App>,
    Path(token): Path<String>,
    Query(query): Query<To>,
    c: Chrome,
) -> Result {
    let Some(own) = enter::owner(&app, &token).await? else {
        return dead(c);
    };
    let c = view::context(c, &own);
    render(&Landing {
        name: own.partner.pen_name.clone().unwrap_or_else(|| own.partner.name.clone()),
        host: view::host_name(&c, &own),
        intro: c.either(&own.event.intro, &own.event.intro_en).to_owned(),
        to: target(&query.to),
        c,
    })
}

pub(super) async fn press(
    State(app): State<App>,
    Path(token): Path<String>,
    session: Session,
    c: Chrome,
    Form(form): Form<To>,
) -> Result {
    let Some(own) = enter::owner(&app, &token).await? else {
        return dead(c);
    };
    enter::note(&app, &own).await?;
    // In the language of the page whose button they pressed; the switch on every page changes it.
    web::auth::enter_partner(&app, &session, &own.invitation, c.lang()).await?;
    Ok(redirect(target(&form.to)).into_response())
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn leave(session: Session, Form(Nothing {}): Form<Nothing>) -> Result {
    web::auth::leave(&session).await?;
    Ok(web::forgotten(redirect("/")))
}

#[cfg(test)]
mod tests {
    use super::target;

    #[test]
    fn a_link_leads_to_their_own_pages_alone() {
        assert_eq!(target("/my/questions/new"), "/my/questions/new");
        for elsewhere in [
            "",
            "/desk",
            "//evil.example",
            "/mystery",
            "https://evil.example",
            "/my\\x",
        ] {
            assert_eq!(target(elsewhere), "/my", "{elsewhere}");
        }
    }
}
