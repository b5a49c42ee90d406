//! What one agreed to, in the words one saw, and the voluntary part to change.

use super::view;
use crate::partner::{Wording, repo, service::consent, wording};
use axum::{extract::State, response::IntoResponse};
use domain::state::people::ConsentPurpose;
use serde::Deserialize;
use web::{App, Chrome, Errors, Form, Result, auth::PartnerSession, redirect, render};

pub(super) struct ConsentCard {
    pub(super) wording: Wording,
    pub(super) given: bool,
    /// When they last said yes or no; empty when they never did.
    pub(super) at: String,
}

#[derive(askama::Template)]
#[template(path = "partner/consent.html")]
struct Page {
    c: Chrome,
    errors: Errors,
    required: ConsentCard,
    print: ConsentCard,
    newsletter: ConsentCard,
}

pub(super) fn card(
    c: &Chrome,
    latest: &consent::Latest,
    purpose: ConsentPurpose,
    host: &str,
    zone: &str,
) -> ConsentCard {
    let row = latest.get(&purpose);
    ConsentCard {
        wording: wording(&c.words, purpose, host),
        given: row.is_some_and(|r| r.given),
        at: row.map(|r| c.date(r.at, zone)).unwrap_or_default(),
    }
}

pub(super) async fn show(State(app): State<App>, who: PartnerSession, c: Chrome) -> Result {
    let (own, c) = view::begin(&app, &who, c).await?;
    let latest = repo::consents(app.db.reader(), &who).await?;
    let host = view::host_name(&c, &own);
    let card = |purpose| card(&c, &latest, purpose, &host, &own.event.time_zone);
    let page = Page {
        errors: Errors::new(),
        required: card(ConsentPurpose::Required),
        print: card(ConsentPurpose::Print),
        newsletter: card(ConsentPurpose::Newsletter),
        c,
    };
    render(&page)
}

#[derive(Deserialize)]
pub(super) struct Input {
    #[serde(default)]
    consent_print: bool,
    #[serde(default)]
    consent_newsletter: bool,
}

pub(super) async fn change(State(app): State<App>, who: PartnerSession, c: Chrome, Form(input): Form<Input>) -> Result {
    consent::change(&app, &who, input.consent_print, input.consent_newsletter, c.lang()).await?;
    Ok(redirect("/my/consent").flash("my-consent-saved").into_response())
}
