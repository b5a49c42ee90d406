//! The screen in the hall: the question, huge, its asker as they agreed, and who answers.

use super::scene::{Scene, Timer, size};
use crate::{
    stage::{service::Shown, topic},
    triage::pages_enter as enter,
};
use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::HeaderMap,
    response::Response,
};
use db::{entity::event, people};
use domain::Lang;
use serde::Deserialize;
use web::{App, Chrome, auth::Staff, render};

/// What stands on the screen.
struct Screen {
    reverse: bool,
    /// `3/10`; a pause has none.
    position: Option<(usize, usize)>,
    body: String,
    lang: Lang,
    /// Who asks.
    asker: String,
    speaker: String,
    size: &'static str,
}

#[derive(Template)]
#[template(path = "stage/screen.html")]
struct HallPage {
    c: Chrome,
    event: event::Model,
    title: String,
    screen: Option<Screen>,
    timer: Option<Timer>,
    bright: bool,
    /// Where telephones read along, while their page is open, and the same as a picture for a camera.
    telephones: Option<(String, String)>,
    rehearsal: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Address {
    /// `light` in a bright hall; dark where nobody says so.
    hall: String,
}

pub(super) async fn show(
    State(app): State<App>,
    _: Staff,
    c: Chrome,
    Path(slug): Path<String>,
    Query(address): Query<Address>,
) -> web::Result {
    let (event, c) = enter(&app, c, &slug).await?;
    let scene = Scene::load(app.db.reader(), &event, c.lang()).await?;
    let wanted = scene.sheet.as_ref().is_none_or(|sheet| sheet.timer);
    let screen = screen(&scene, c.lang());
    let timer = scene.timer(c.now).filter(|_| wanted && screen.is_some());
    render(&HallPage {
        title: people::in_lang(c.lang(), &event.title, &event.title_en),
        bright: address.hall == "light",
        telephones: telephones(&app, &event, &scene),
        rehearsal: scene.rehearsal.is_some(),
        c,
        event,
        screen,
        timer,
    })
}

fn telephones(app: &App, event: &event::Model, scene: &Scene) -> Option<(String, String)> {
    let code = match &scene.rehearsal {
        Some(rehearsal) => &rehearsal.hall_code,
        None => event.hall_code.as_ref().filter(|_| event.hall_from.is_some())?,
    };
    let address = app.public_url(&format!("/now/{code}"));
    let picture = print::Code::new(&address).ok()?.svg();
    let short = address.split_once("://").map_or(address.as_str(), |(_, rest)| rest);
    Some((short.to_owned(), picture))
}

/// `None` while nothing is shown: before and after, held, or when it has left the order.
fn screen(scene: &Scene, lang: Lang) -> Option<Screen> {
    let shown = scene.shown();
    if scene.held() {
        return None;
    }
    let body = scene.text(shown);
    if body.is_empty() {
        return None;
    }
    let card = scene.cards.get(&shown);
    Some(Screen {
        reverse: matches!(shown, Shown::Reverse(_)),
        position: scene.position(shown).filter(|_| card.is_some()),
        asker: card.map(|card| card.asker.clone()).unwrap_or_default(),
        speaker: card.map(|card| card.speaker.clone()).unwrap_or_default(),
        lang: card.map_or(lang, |card| card.lang),
        size: size(&body),
        body,
    })
}

pub(super) async fn live(
    State(app): State<App>,
    _: Staff,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> web::Result<Response> {
    let event = crate::repo::event_by_slug(app.db.reader(), &slug)
        .await?
        .ok_or(web::Error::NotFound)?;
    Ok(web::live::sse(app.live.resume(&topic(event.id), &headers)))
}
