//! Asking back at the desk: call the crew, propose, pick.

use crate::{
    Result as Done, TEXTS,
    answers::{
        pages::{Press, desk, id},
        repo::{Lookup, Wanted},
    },
    repo::event_by_slug,
    reverse::{
        repo,
        service::{self, Asker, Proposal},
    },
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
};
use db::{entity::event, entity::reverse_question, people};
use domain::{CrewMemberId, Lang, ReverseId, ServiceId, SpeakerId, state::question::ReverseState, text::QuestionText};
use serde::Deserialize;
use web::{App, Choice, Chrome, Error, Errors, Form, Result, auth::Moderator, redirect, render_status};

struct Row {
    id: ReverseId,
    place: i32,
    body: String,
    lang: String,
    asker: String,
    service: String,
    state: &'static str,
    asked: i64,
    answered: i64,
}

#[derive(askama::Template)]
#[template(path = "reverse/board.html")]
struct Page {
    c: Chrome,
    base: String,
    places: i32,
    used: usize,
    crew: usize,
    called: usize,
    picked: Vec<Row>,
    proposed: Vec<Row>,
    dropped: Vec<Row>,
    askers: Vec<Choice>,
    services: Vec<Choice>,
    langs: Vec<Choice>,
    errors: Errors,
    text: String,
}

#[derive(Default, Deserialize)]
pub(super) struct Input {
    #[serde(default)]
    text: String,
    #[serde(default)]
    lang: String,
    #[serde(default)]
    service: String,
    /// `crew:ID`, `speaker:ID`, or nothing for the staff member themselves.
    #[serde(default)]
    asker: String,
}

pub(super) async fn page(State(app): State<App>, _: Moderator, c: Chrome, Path(slug): Path<String>) -> Result {
    let lang = c.lang().to_string();
    show(
        &app,
        c,
        &slug,
        Input {
            lang,
            ..Input::default()
        },
        Errors::new(),
        StatusCode::OK,
    )
    .await
}

async fn show(app: &App, c: Chrome, slug: &str, input: Input, errors: Errors, status: StatusCode) -> Result {
    let (c, event) = desk(app, c, slug).await?;
    let conn = app.db.reader();
    let all = repo::all(conn, event.id).await?;
    let progress = repo::progress(conn, event.id).await?;
    let mut wanted = Wanted::default();
    for row in &all {
        wanted.about(None, Some(row.id));
    }
    let lookup = Lookup::load(conn, c.lang(), wanted).await?;
    let row = |row: &reverse_question::Model| {
        let (asked, answered) = progress.get(&row.id).copied().unwrap_or_default();
        Row {
            id: row.id,
            place: row.place.unwrap_or_default(),
            body: row.body.clone(),
            lang: row.lang.to_string(),
            asker: lookup.reverse_asker(row),
            service: lookup.service(row.service_id),
            state: row.state.as_str(),
            asked,
            answered,
        }
    };
    let rows = |states: &[ReverseState]| {
        all.iter()
            .filter(|r| states.contains(&r.state))
            .map(row)
            .collect::<Vec<_>>()
    };
    let picked = rows(&[ReverseState::Picked, ReverseState::Sent]);
    let (crew, called) = repo::called(conn, event.id).await?;
    let services = people::services(conn, c.lang()).await?.into_iter();
    let page = Page {
        base: format!("/desk/events/{slug}/reverse"),
        places: event.reverse_places,
        used: picked.len(),
        crew,
        called,
        picked,
        proposed: rows(&[ReverseState::Proposed]),
        dropped: rows(&[ReverseState::Dropped]),
        askers: askers(app, &event, &input.asker).await?,
        services: services
            .map(|(id, name)| Choice::new(id, name).chosen(id.to_string() == input.service))
            .collect(),
        langs: c.lang_choices(input.lang.parse().unwrap_or(Lang::Ko)),
        errors,
        text: input.text,
        c,
    };
    render_status(status, &page)
}

/// Who may stand as the asker: the event's speakers and active crew.
async fn askers(app: &App, event: &event::Model, chosen: &str) -> Result<Vec<Choice>> {
    let conn = app.db.reader();
    let speakers = repo::speakers(conn, event.id).await?.into_iter();
    let crew = repo::crew(conn).await?.into_iter();
    let all = speakers
        .map(|(id, line)| (format!("speaker:{id}"), line))
        .chain(crew.map(|(id, line)| (format!("crew:{id}"), line)));
    Ok(all
        .map(|(value, line)| Choice::new(&value, line).chosen(value == chosen))
        .collect())
}

async fn asker(app: &App, event: &event::Model, text: &str) -> Result<Option<Asker>> {
    if text.is_empty() {
        return Ok(Some(Asker::Staff));
    }
    let known = askers(app, event, text)
        .await?
        .iter()
        .any(|choice| choice.value == text);
    Ok(match text.split_once(':').filter(|_| known) {
        Some(("crew", id)) => id.parse::<CrewMemberId>().ok().map(Asker::Crew),
        Some(("speaker", id)) => id.parse::<SpeakerId>().ok().map(Asker::Speaker),
        _ => None,
    })
}

pub(super) async fn propose(
    State(app): State<App>,
    staff: Moderator,
    c: Chrome,
    Path(slug): Path<String>,
    Form(input): Form<Input>,
) -> Result {
    let event = event(&app, &slug).await?;
    let mut errors = Errors::new();
    let body = errors.check("text", QuestionText::parse(&input.text));
    let asker = asker(&app, &event, &input.asker).await?;
    if asker.is_none() {
        errors.add("asker", "error-invalid");
    }
    let service = match input.service.as_str() {
        "" => None,
        id => {
            let found = id.parse::<ServiceId>().ok();
            let known = people::services(app.db.reader(), Lang::Ko).await?;
            let found = found.filter(|id| known.iter().any(|(k, _)| k == id));
            if found.is_none() {
                errors.add("service", "error-invalid");
            }
            found
        }
    };
    let (Some(body), Some(asker), true) = (body, asker, errors.is_empty()) else {
        return show(&app, c, &slug, input, errors, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let lang = input.lang.parse().unwrap_or(Lang::Ko);
    let proposal = Proposal {
        event: event.id,
        service,
        body,
        lang,
        asker,
        entered_by: Some(staff.id),
    };
    let tx = app.db.begin_write().await?;
    service::propose(&tx, &app, proposal).await?;
    tx.commit().await?;
    Ok(redirect(format!("/desk/events/{slug}/reverse"))
        .flash("reverse-proposed")
        .into_response())
}

pub(super) async fn call(State(app): State<App>, staff: Moderator, Path(slug): Path<String>, _: Form<Press>) -> Result {
    let event = event(&app, &slug).await?;
    let tx = app.db.begin_write().await?;
    let put = service::call(&tx, &app, staff.id, event.id).await?;
    tx.commit().await?;
    app.wake.notify();
    Ok(redirect(format!("/desk/events/{slug}/reverse"))
        .flash_n("reverse-called", put)
        .into_response())
}

macro_rules! steps {
    ($($name:ident => $flash:literal),*) => {$(
        pub(super) async fn $name(
            State(app): State<App>,
            staff: Moderator,
            c: Chrome,
            Path((slug, reverse)): Path<(String, String)>,
            _: Form<Press>,
        ) -> Result {
            let event = event(&app, &slug).await?;
            let tx = app.db.begin_write().await?;
            let done = service::$name(&tx, &app, staff.id, event.id, id(&reverse)?).await;
            finish(tx, c, &slug, done.map(|_| ()), $flash).await
        }
    )*};
}
steps!(pick => "reverse-picked", unpick => "reverse-unpicked", drop => "reverse-dropped", restore => "reverse-restored");

async fn finish(tx: db::WriteTx, c: Chrome, slug: &str, done: Done<()>, flash: &str) -> Result {
    if let Err(error) = done {
        tx.rollback().await?;
        return Err(error.on(&c.with(&TEXTS).words));
    }
    tx.commit().await?;
    Ok(redirect(format!("/desk/events/{slug}/reverse"))
        .flash(flash)
        .into_response())
}

pub(super) async fn event(app: &App, slug: &str) -> Result<event::Model> {
    event_by_slug(app.db.reader(), slug).await?.ok_or(Error::NotFound)
}
