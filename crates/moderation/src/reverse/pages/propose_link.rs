//! `/p/{token}`: a crew member proposes a question to ask back, without an account.

use crate::{
    TEXTS,
    answers::repo as answers,
    reverse::{
        repo,
        service::{Asker, Proposal, propose as store},
    },
    service::assign::event_of,
};
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::IntoResponse,
};
use db::{entity::crew_member, entity::event, people};
use domain::{
    CrewMemberId, Lang,
    text::QuestionText,
    token::{Purpose, day_stamp},
};
use serde::Deserialize;
use std::time::Duration;
use web::{App, Choice, Chrome, Error, Errors, Form, Result, limit, redirect, render_status};

#[derive(Default, Deserialize)]
pub(super) struct Input {
    #[serde(default)]
    text: String,
    #[serde(default)]
    lang: String,
    /// The event's slug: somebody may be called for several.
    #[serde(default)]
    event: String,
}

struct Mine {
    body: String,
    state: &'static str,
}

#[derive(askama::Template)]
#[template(path = "reverse/propose.html")]
struct Page {
    c: Chrome,
    action: String,
    who: String,
    slug: String,
    /// More than one when this person was called for several events.
    events: Vec<Choice>,
    langs: Vec<Choice>,
    mine: Vec<Mine>,
    errors: Errors,
    text: String,
}

/// Who opened the link, and the event that they speak about.
struct Open {
    member: crew_member::Model,
    events: Vec<event::Model>,
    at: usize,
}

impl Open {
    async fn new(app: &App, token: &str, slug: &str) -> Result<Self> {
        let claim = app.keys.verify(Purpose::ProposeLink, token).ok_or(Error::NotFound)?;
        if day_stamp(app.clock.now()) > claim.stamp {
            return Err(Error::Gone);
        }
        let conn = app.db.reader();
        let found = answers::crew_member_by_id(conn, CrewMemberId::from_uuid(claim.id)).await?;
        let member = found.ok_or(Error::NotFound)?;
        if member.removed_at.is_some() {
            return Err(Error::Gone);
        }
        let mut events = Vec::new();
        for id in repo::called_for(conn, &member.email).await? {
            events.push(event_of(conn, id).await?);
        }
        let at = events.iter().position(|e| e.slug == slug).unwrap_or_default();
        if events.is_empty() {
            return Err(Error::NotFound);
        }
        Ok(Self { member, events, at })
    }

    fn event(&self) -> &event::Model {
        &self.events[self.at]
    }
}

#[derive(Deserialize)]
pub(super) struct Which {
    #[serde(default)]
    event: String,
}

pub(super) async fn page(
    State(app): State<App>,
    c: Chrome,
    Path(token): Path<String>,
    Query(which): Query<Which>,
) -> Result {
    let open = Open::new(&app, &token, &which.event).await?;
    let lang = c.lang().to_string();
    let input = Input {
        lang,
        ..Input::default()
    };
    show(&app, c, &token, &open, input, Errors::new(), StatusCode::OK).await
}

async fn show(
    app: &App,
    c: Chrome,
    token: &str,
    open: &Open,
    input: Input,
    errors: Errors,
    status: StatusCode,
) -> Result {
    let event = open.event();
    let title = c.either(&event.title, &event.title_en).to_owned();
    let c = c.with(&TEXTS).for_event(event.slug.clone(), title);
    let mine = repo::proposed_by(app.db.reader(), event.id, open.member.id).await?;
    let events = open
        .events
        .iter()
        .map(|e| Choice::new(&e.slug, c.either(&e.title, &e.title_en)).chosen(e.id == event.id));
    let page = Page {
        action: format!("/p/{token}"),
        who: people::crew_person(&open.member).line(),
        slug: event.slug.clone(),
        events: events.collect(),
        langs: c.lang_choices(input.lang.parse().unwrap_or(Lang::Ko)),
        mine: mine
            .into_iter()
            .map(|row| Mine {
                body: row.body,
                state: row.state.as_str(),
            })
            .collect(),
        errors,
        text: input.text,
        c,
    };
    render_status(status, &page)
}

pub(super) async fn propose(
    State(app): State<App>,
    c: Chrome,
    Path(token): Path<String>,
    Form(input): Form<Input>,
) -> Result {
    let open = Open::new(&app, &token, &input.event).await?;
    limit::check(
        &app,
        "propose-link",
        &open.member.id.to_string(),
        60,
        Duration::from_hours(1),
    )
    .await?;
    let mut errors = Errors::new();
    let Some(body) = errors.check("text", QuestionText::parse(&input.text)) else {
        return show(&app, c, &token, &open, input, errors, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let proposal = Proposal {
        event: open.event().id,
        service: Some(open.member.service_id),
        body,
        lang: input.lang.parse().unwrap_or(Lang::Ko),
        asker: Asker::Crew(open.member.id),
        entered_by: None,
    };
    let tx = app.db.begin_write().await?;
    store(&tx, &app, proposal).await?;
    tx.commit().await?;
    Ok(redirect(format!("/p/{token}?event={}", open.event().slug))
        .flash("reverse-proposed")
        .into_response())
}
