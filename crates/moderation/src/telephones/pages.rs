//! `/now/{code}`, the page of the telephones in the hall, and the desk's page about it.

use super::{fragment::fragment, service, topic};
use crate::{TEXTS, triage::pages_enter as enter};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
    routing::get,
};
use db::{
    audit::Actor,
    entity::{event, question},
    people,
    prelude::*,
};
use domain::{Lang, QuestionId, token::Purpose};
use serde::Deserialize;
use std::collections::HashMap;
use uuid::Uuid;
use web::{App, Chrome, Error, Form, auth::Operator, redirect, render};

pub fn routes() -> web::Router {
    web::Router::new()
        .route("/now/{code}", get(show).post(act))
        .route("/now/{code}/{lang}", get(live))
        .route("/desk/events/{slug}/telephones", get(desk).post(change))
        .route("/desk/events/{slug}/telephones/live", get(desk_live))
}

async fn event_of(app: &App, code: &str) -> Result<event::Model, Error> {
    let found = event::Entity::find()
        .filter(event::Column::HallCode.eq(code.to_lowercase()))
        .one(app.db.reader())
        .await
        .map_err(db::Error::from)?;
    found.ok_or(Error::NotFound)
}

/// Who votes and applauds: a partner by their invitation, on whatever telephone; anybody else by their browser.
fn voter(app: &App, c: &Chrome, event: &event::Model) -> String {
    let partner = c.partner.filter(|partner| partner.event == event.id);
    let person = partner.map_or_else(
        || format!("browser {}", c.browser_id()),
        |p| format!("partner {}", p.invitation),
    );
    app.keys
        .digest(Purpose::Reader, &format!("hall\n{}\n{person}", event.id))
}

#[derive(Template)]
#[template(path = "telephones/page.html")]
struct Page {
    c: Chrome,
    title: String,
    code: String,
    open: bool,
    asks: bool,
    partner: bool,
    /// Markup that our own template made.
    now: String,
}

async fn show(State(app): State<App>, c: Chrome, Path(code): Path<String>) -> web::Result {
    let event = event_of(&app, &code).await?;
    let title = people::in_lang(c.lang(), &event.title, &event.title_en);
    let c = c.with(&TEXTS).for_event(event.slug.clone(), title.clone());
    let done = service::done(app.db.reader(), &voter(&app, &c, &event)).await?;
    let now = fragment(&app, &event, c.lang(), done).await?;
    let page = Page {
        open: event.hall_from.is_some(),
        asks: event.hall_asks_until.is_some_and(|until| c.now < until),
        partner: c.partner.is_some_and(|partner| partner.event == event.id),
        c,
        title,
        code,
        now,
    };
    render(&page)
}

async fn live(
    State(app): State<App>,
    Path((code, lang)): Path<(String, String)>,
    headers: HeaderMap,
) -> web::Result<Response> {
    let lang: Lang = lang.parse().map_err(|_| Error::NotFound)?;
    let event = event_of(&app, &code).await?.id;
    let about = app.clone();
    let stands = move || {
        let app = about.clone();
        async move { stands(&app, event, lang).await }
    };
    Ok(web::live::sse(app.live.state(&topic(event, lang), &headers, stands)))
}

/// `None` when the database does not answer: what was told stands meanwhile.
async fn stands(app: &App, event: domain::EventId, lang: Lang) -> Option<String> {
    let row = event::Entity::find_by_id(event).one(app.db.reader()).await.ok()??;
    fragment(app, &row, lang, Vec::new()).await.ok()
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Act {
    clap: Option<Uuid>,
    vote: Option<QuestionId>,
}

async fn act(
    State(app): State<App>,
    c: Chrome,
    Path(code): Path<String>,
    Form(act): Form<Act>,
) -> web::Result<Response> {
    let event = event_of(&app, &code).await?;
    let c = c.with(&TEXTS);
    let voter = voter(&app, &c, &event);
    let done = match (act.clap, act.vote) {
        (Some(subject), _) => service::clap(&app, event.id, subject, &voter).await,
        (None, Some(question)) => service::vote(&app, event.id, question, &voter).await,
        (None, None) => return Err(Error::BadRequest("oops-bad-request-body".into())),
    };
    done.map_err(|error| error.on(&c.words))?;
    Ok(redirect(format!("/now/{code}")).into_response())
}

struct Row {
    question: question::Model,
    asker: String,
    service: String,
    votes: i32,
    shown: bool,
}

#[derive(Template)]
#[template(path = "telephones/open.html")]
struct DeskPage {
    c: Chrome,
    event: event::Model,
    address: Option<String>,
    /// A picture of the address for a camera; our own SVG.
    picture: String,
    asks: bool,
    rows: Vec<Row>,
}

impl DeskPage {
    fn base(&self) -> String {
        format!("/desk/events/{}", self.event.slug)
    }
}

async fn desk(State(app): State<App>, _: Operator, c: Chrome, Path(slug): Path<String>) -> web::Result {
    let (event, c) = enter(&app, c, &slug).await?;
    let address = event.hall_code.as_ref().filter(|_| event.hall_from.is_some());
    let address = address.map(|code| app.public_url(&format!("/now/{code}")));
    let picture = address.as_ref().and_then(|address| print::Code::new(address).ok());
    let page = DeskPage {
        rows: rows(&app, &event, c.lang()).await?,
        asks: event.hall_asks_until.is_some_and(|until| c.now < until),
        picture: picture.map(|code| code.svg()).unwrap_or_default(),
        address,
        c,
        event,
    };
    render(&page)
}

/// Says which questions came from the hall, which are shown and how many want to know: none of it counts the stage's topic.
async fn desk_live(
    State(app): State<App>,
    _: Operator,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> web::Result<Response> {
    let found = crate::repo::event_by_slug(app.db.reader(), &slug).await?;
    let event = found.ok_or(Error::NotFound)?.id;
    let about = app.clone();
    let stands = move || {
        let app = about.clone();
        async move { asked(&app, event).await }
    };
    let topic = format!("{}/asked", crate::stage::topic(event));
    Ok(web::live::sse(app.live.state(&topic, &headers, stands)))
}

async fn asked(app: &App, event: domain::EventId) -> Option<String> {
    let row = event::Entity::find_by_id(event).one(app.db.reader()).await.ok()??;
    let rows = rows(app, &row, Lang::Ko).await.ok()?;
    let said = rows
        .iter()
        .map(|row| (row.question.id, row.question.version, row.shown, row.votes));
    serde_json::to_string(&said.collect::<Vec<_>>()).ok()
}

async fn rows(app: &App, event: &event::Model, lang: Lang) -> crate::Result<Vec<Row>> {
    let conn = app.db.reader();
    let questions = service::questions(conn, event).await?;
    let shown = service::shown(conn, event.id).await?;
    let votes: HashMap<QuestionId, i32> = service::votes(conn, event.id).await?;
    let askers = people::invitees(conn, questions.iter().map(|q| q.invitation_id), lang).await?;
    let services = people::service_names(conn, lang).await?;
    let rows = questions.into_iter().map(|question| Row {
        asker: askers
            .get(&question.invitation_id)
            .map(people::Invitee::line)
            .unwrap_or_default(),
        service: services.get(&question.service_id).cloned().unwrap_or_default(),
        votes: votes.get(&question.id).copied().unwrap_or_default(),
        shown: shown.contains_key(&question.id),
        question,
    });
    Ok(rows.collect())
}

#[derive(Debug, Deserialize)]
struct Change {
    act: String,
    question: Option<QuestionId>,
}

async fn change(
    State(app): State<App>,
    Operator(staff): Operator,
    c: Chrome,
    Path(slug): Path<String>,
    Form(change): Form<Change>,
) -> web::Result<Response> {
    let (event, c) = enter(&app, c, &slug).await?;
    let done = match (change.act.as_str(), change.question) {
        ("open", _) => service::open(&app, staff.id, event.id, false).await,
        ("asks", _) => service::open(&app, staff.id, event.id, true).await,
        ("close", _) => service::close(&app, Actor::Staff(staff.id), event.id).await,
        ("show", Some(question)) => service::show(&app, staff.id, &event, question, true).await,
        ("hide", Some(question)) => service::show(&app, staff.id, &event, question, false).await,
        _ => return Err(Error::BadRequest("oops-bad-request-body".into())),
    };
    done.map_err(|error| error.on(&c.words))?;
    Ok(redirect(format!("/desk/events/{slug}/telephones")).into_response())
}
