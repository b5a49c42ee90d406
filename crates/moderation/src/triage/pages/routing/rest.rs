//! What the buttons of the routing page do about what remains, and how the page hears of the jobs.

use super::show::Address;
use crate::triage::{
    pages::enter,
    service::{
        decide, release,
        route_rest::{self as service, Pressed},
    },
};
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use domain::{QuestionId, ServiceId};
use serde::Deserialize;
use web::{App, Chrome, Form, auth::Moderator, redirect};

pub(super) async fn route_rest(
    State(app): State<App>,
    staff: Moderator,
    Path(slug): Path<String>,
    c: Chrome,
    Form(address): Form<Address>,
) -> web::Result<Response> {
    let (event, _) = enter(&app, c, &slug).await?;
    let to = redirect(format!("/desk/events/{slug}/routing"));
    let to = match service::press(&app, staff.id, event.id, &address.rest()).await? {
        Pressed::Done(routed) => to.flash_n("triage-routed-n", i64::try_from(routed).unwrap_or(i64::MAX)),
        Pressed::Begun(of) => to.flash_n("triage-routing-begun", i64::try_from(of).unwrap_or(i64::MAX)),
    };
    Ok(to.into_response())
}

/// Follows a proposal: `QUESTION:SERVICE`.
#[derive(Debug, Deserialize)]
pub(super) struct Follow {
    follow: String,
}

pub(super) async fn follow(
    State(app): State<App>,
    staff: Moderator,
    Path(slug): Path<String>,
    c: Chrome,
    Form(input): Form<Follow>,
) -> web::Result<Response> {
    let (event, c) = enter(&app, c, &slug).await?;
    let pair = input.follow.split_once(':');
    let ids = pair.and_then(|(q, s)| Some((q.parse::<QuestionId>().ok()?, s.parse::<ServiceId>().ok()?)));
    let Some((question, service)) = ids else {
        return Err(web::Error::BadRequest("oops-bad-request-body".into()));
    };
    let row = crate::repo::question_of(app.db.reader(), event.id, question)
        .await?
        .ok_or(web::Error::NotFound)?;
    let choice = decide::Choice::Route { service: Some(service) };
    let tx = app.db.begin_write().await?;
    let done = decide::decide(&tx, &app, staff.id, question, None, choice).await;
    crate::triage::pages::commit(&app, &event, tx, done)
        .await
        .map_err(|e| e.on(&c.words))?;
    Ok(redirect(format!("/desk/events/{slug}/routing"))
        .flash_n("triage-routed", row.number.unwrap_or_default())
        .into_response())
}

/// Tells the page that a job did some.
pub(super) async fn live(
    State(app): State<App>,
    _: Moderator,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> web::Result<Response> {
    let event = crate::repo::event_by_slug(app.db.reader(), &slug)
        .await?
        .ok_or(web::Error::NotFound)?;
    Ok(web::live::sse(app.live.resume(&release::topic(event.id), &headers)))
}
