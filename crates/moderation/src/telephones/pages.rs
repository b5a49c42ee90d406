//! `/now/{code}`, the page of the telephones in the hall, and the desk's page about it.

use super::{
    fragment::{fragment, over},
    hall::Hall,
};
use crate::{
    TEXTS,
    stage::{
        plan,
        service::{self as stage, Deed, Shown},
    },
    triage::pages_enter as enter,
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
    routing::get,
};
use db::{
    entity::{event, question},
    people,
    prelude::*,
};
use domain::{Lang, QuestionId, RehearsalId, StaffId, state::question::QuestionState, token::Purpose};
use serde::Deserialize;
use uuid::Uuid;
use web::{App, Chrome, Error, Errors, Form, auth::Operator, redirect, render, render_form};

pub fn routes() -> web::Router {
    web::Router::new()
        .route("/now/{code}", get(show).post(act))
        .route("/now/{code}/{lang}", get(live))
        .route("/desk/events/{slug}/telephones", get(desk).post(change))
        .route("/desk/events/{slug}/telephones/live", get(desk_live))
}

async fn hall_of(app: &App, code: &str) -> Result<Hall, Error> {
    Hall::find(app.db.reader(), code).await?.ok_or(Error::NotFound)
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
    hall: Hall,
    asks: bool,
    partner: bool,
    /// Markup that our own template made.
    now: String,
}

async fn show(State(app): State<App>, c: Chrome, Path(code): Path<String>) -> web::Result {
    let hall = hall_of(&app, &code).await?;
    let event = &hall.event;
    let title = people::in_lang(c.lang(), &event.title, &event.title_en);
    let c = c.with(&TEXTS).for_event(event.slug.clone(), title.clone());
    let done = hall.done(app.db.reader(), &voter(&app, &c, event)).await?;
    let now = fragment(&app, &hall, c.lang(), done).await?;
    let page = Page {
        asks: hall.rehearsal.is_none() && event.hall_asks_until.is_some_and(|until| c.now < until),
        partner: c.partner.is_some_and(|partner| partner.event == event.id),
        c,
        title,
        code,
        now,
        hall,
    };
    render(&page)
}

async fn live(
    State(app): State<App>,
    Path((code, lang)): Path<(String, String)>,
    headers: HeaderMap,
) -> web::Result<Response> {
    let lang: Lang = lang.parse().map_err(|_| Error::NotFound)?;
    let topic = hall_of(&app, &code).await?.topic(lang);
    let about = app.clone();
    let stands = move || {
        let (app, code) = (about.clone(), code.clone());
        async move { stands(&app, &code, lang).await }
    };
    Ok(web::live::sse(app.live.state(&topic, &headers, stands)))
}

/// `None` when the database does not answer: what was told stands meanwhile.
async fn stands(app: &App, code: &str, lang: Lang) -> Option<String> {
    match Hall::find(app.db.reader(), code).await.ok()? {
        Some(hall) => fragment(app, &hall, lang, Vec::new()).await.ok(),
        None => Some(over(lang)),
    }
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
    let hall = hall_of(&app, &code).await?;
    let c = c.with(&TEXTS);
    let voter = voter(&app, &c, &hall.event);
    let done = match (act.clap, act.vote) {
        (Some(subject), _) => hall.clap(&app, subject, &voter).await,
        (None, Some(question)) => hall.vote(&app, question, &voter).await,
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
    /// It may be put on stage from here.
    offered: bool,
}

impl Row {
    fn is(&self, state: &str) -> bool {
        self.question.state.to_string() == state
    }
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
    rehearsal: Option<RehearsalId>,
    rows: Vec<Row>,
    errors: Errors,
}

impl DeskPage {
    fn base(&self) -> String {
        format!("/desk/events/{}", self.event.slug)
    }
}

async fn desk(State(app): State<App>, _: Operator, c: Chrome, Path(slug): Path<String>) -> web::Result {
    let (event, c) = enter(&app, c, &slug).await?;
    page(&app, c, event, Errors::new()).await
}

async fn page(app: &App, c: Chrome, event: event::Model, errors: Errors) -> web::Result {
    let hall = Hall::played(app.db.reader(), event).await?;
    let address = hall.code().map(|code| app.public_url(&format!("/now/{code}")));
    let picture = address.as_ref().and_then(|address| print::Code::new(address).ok());
    let page = DeskPage {
        rows: rows(app, &hall, c.lang()).await?,
        rehearsal: hall.rehearsal.as_ref().map(|rehearsal| rehearsal.id),
        asks: hall.event.hall_asks_until.is_some_and(|until| c.now < until),
        picture: picture.map(|code| code.svg()).unwrap_or_default(),
        address,
        c,
        event: hall.event,
        errors,
    };
    render_form(&page.errors, &page)
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
    let hall = Hall::played(app.db.reader(), row).await.ok()?;
    let conn = app.db.reader();
    let (questions, shown) = (hall.questions(conn).await.ok()?, hall.shown(conn).await.ok()?);
    let votes = hall.votes(conn).await.ok()?;
    let said = questions.iter().map(|question| {
        let votes = votes.get(&question.id).copied().unwrap_or_default();
        (question.id, question.version, shown.contains(&question.id), votes)
    });
    serde_json::to_string(&said.collect::<Vec<_>>()).ok()
}

async fn rows(app: &App, hall: &Hall, lang: Lang) -> crate::Result<Vec<Row>> {
    let conn = app.db.reader();
    let questions = hall.questions(conn).await?;
    let shown = hall.shown(conn).await?;
    let votes = hall.votes(conn).await?;
    let left_over = plan::left_over(conn, hall.event.id, None).await?;
    let offered = |question: &question::Model| match question.state {
        QuestionState::Received => true,
        _ => left_over.contains(&Shown::Question(question.id)),
    };
    let askers = people::invitees(conn, questions.iter().map(|q| q.invitation_id), lang).await?;
    let services = people::service_names(conn, lang).await?;
    let rows = questions.into_iter().map(|question| Row {
        asker: askers
            .get(&question.invitation_id)
            .map(people::Invitee::line)
            .unwrap_or_default(),
        service: services.get(&question.service_id).cloned().unwrap_or_default(),
        votes: votes.get(&question.id).copied().unwrap_or_default(),
        shown: shown.contains(&question.id),
        offered: hall.rehearsal.is_none() && offered(&question),
        question,
    });
    Ok(rows.collect())
}

#[derive(Debug, Deserialize)]
struct Change {
    act: String,
    question: Option<QuestionId>,
    /// In which the page was made.
    rehearsal: Option<RehearsalId>,
}

async fn change(
    State(app): State<App>,
    Operator(staff): Operator,
    c: Chrome,
    Path(slug): Path<String>,
    Form(change): Form<Change>,
) -> web::Result<Response> {
    let (event, c) = enter(&app, c, &slug).await?;
    let hall = Hall::played(app.db.reader(), event).await?;
    let on = hall.rehearsal.as_ref().map(|rehearsal| rehearsal.id);
    let done = match (change.act.as_str(), change.question) {
        _ if on != change.rehearsal => Err(crate::Error::Refused("refused-rehearsal-changed")),
        ("open", _) => hall.open(&app, staff.id, false).await,
        ("asks", _) => hall.open(&app, staff.id, true).await,
        ("close", _) => hall.close(&app, staff.id).await,
        ("show", Some(question)) => hall.show(&app, staff.id, question, true).await,
        ("hide", Some(question)) => hall.show(&app, staff.id, question, false).await,
        ("stage", Some(question)) => to_stage(&app, staff.id, &hall, question).await,
        _ => return Err(Error::BadRequest("oops-bad-request-body".into())),
    };
    let to = redirect(format!("/desk/events/{slug}/telephones"));
    match done {
        Ok(()) if change.act == "stage" => Ok(to.flash("telephones-taken").into_response()),
        Ok(()) => Ok(to.into_response()),
        Err(error) if error.is_refusal() && !matches!(error, crate::Error::NotFound) => {
            let mut errors = Errors::new();
            let why = error.sentence(&c.words);
            errors.add("", web::Message::new("refused").arg("why", why));
            page(&app, c, hall.event, errors).await.map(IntoResponse::into_response)
        }
        Err(error) => Err(error.on(&c.words)),
    }
}

/// Behind what is on now, as the stage stands.
async fn to_stage(app: &App, staff: StaffId, hall: &Hall, question: QuestionId) -> crate::Result<()> {
    let event = hall.event.id;
    let seen = hall.now(app.db.reader()).await?.seen();
    stage::act(app, staff, event, seen, Deed::FromHall(question)).await
}
