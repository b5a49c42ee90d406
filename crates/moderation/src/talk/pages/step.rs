//! `/a/{token}/{step}`: what a crew member may do beside answering. GET shows a form; only its button does something, so
//! that a mail scanner which opens links does nothing.

use crate::{
    TEXTS,
    answers::{
        pages::answer_link::open,
        repo::{self, Subject},
        service::lock,
    },
    service::assign::event_of,
    talk::service::{self, Passed, Way},
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
};
use chrono::{DateTime, Days, NaiveDate, Utc};
use db::{entity::assignment, people};
use domain::{state::assignment::AssignmentState, text::AnswerText};
use mail::Step;
use serde::Deserialize;
use std::time::Duration;
use web::{App, Choice, Chrome, Error, Errors, Form, Result, lang::Zone, limit, redirect, render_status};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Input {
    service: String,
    text: String,
    day: String,
}

#[derive(askama::Template)]
#[template(path = "talk/step.html")]
struct Page {
    c: Chrome,
    /// The answer's page.
    home: String,
    step: &'static str,
    subject: Subject,
    due: DateTime<Utc>,
    zone: String,
    /// Nothing is waited for any more.
    over: bool,
    services: Vec<Choice>,
    first: NaiveDate,
    last: NaiveDate,
    input: Input,
    errors: Errors,
}

fn step_of(word: &str) -> Result<Step> {
    Step::ALL
        .into_iter()
        .find(|s| s.as_str() == word)
        .ok_or(Error::NotFound)
}

pub(super) async fn page(State(app): State<App>, c: Chrome, Path((token, step)): Path<(String, String)>) -> Result {
    let row = crew_row(&app, &token).await?;
    show(
        &app,
        c,
        &token,
        step_of(&step)?,
        &row,
        Input::default(),
        Errors::new(),
        StatusCode::OK,
    )
    .await
}

/// A partner's assignment has no such steps.
async fn crew_row(app: &App, token: &str) -> Result<assignment::Model> {
    let row = open(app, token).await?;
    if row.crew_member_id.is_none() || row.question_id.is_none() {
        return Err(Error::NotFound);
    }
    Ok(row)
}

#[expect(
    clippy::too_many_arguments,
    reason = "a page with what was typed and what is wrong with it"
)]
async fn show(
    app: &App,
    c: Chrome,
    token: &str,
    step: Step,
    row: &assignment::Model,
    input: Input,
    errors: Errors,
    status: StatusCode,
) -> Result {
    let conn = app.db.reader();
    let event = event_of(conn, row.event_id).await?;
    let title = c.either(&event.title, &event.title_en).to_owned();
    let c = c.with(&TEXTS).for_event(event.slug.clone(), title);
    let services = people::services(conn, c.lang()).await?;
    let services = services
        .into_iter()
        .map(|(id, name)| Choice::new(id, name).chosen(input.service == id.to_string()));
    let today = c.now.with_timezone(&event.time_zone.tz()).date_naive();
    let page = Page {
        home: format!("/a/{token}"),
        step: step.as_str(),
        subject: repo::subject(conn, row.question_id, row.reverse_id, c.lang()).await?,
        due: row.due_at,
        over: !AssignmentState::OPEN.contains(&row.state),
        services: services.collect(),
        first: today + Days::new(1),
        last: today + Days::new(service::MOST_DAYS),
        zone: event.time_zone,
        input,
        errors,
        c,
    };
    render_status(status, &page)
}

pub(super) async fn act(
    State(app): State<App>,
    c: Chrome,
    Path((token, step)): Path<(String, String)>,
    Form(input): Form<Input>,
) -> Result {
    let step = step_of(&step)?;
    let row = crew_row(&app, &token).await?;
    limit::check(&app, "answer-link", &row.id.to_string(), 60, Duration::from_hours(1)).await?;
    let mut errors = Errors::new();
    let wanted = input.read(step, &mut errors);
    let Some(wanted) = wanted.filter(|_| errors.is_empty()) else {
        return show(
            &app,
            c,
            &token,
            step,
            &row,
            input,
            errors,
            StatusCode::UNPROCESSABLE_ENTITY,
        )
        .await;
    };
    let tx = app.db.begin_write().await?;
    let done = match lock(&tx, row.id).await {
        Ok(row) => wanted.run(&tx, &app, &row).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(flash) => {
            tx.commit().await?;
            app.wake.notify();
            Ok(redirect(format!("/a/{token}")).flash(flash).into_response())
        }
        Err(error) if error.is_refusal() => {
            tx.rollback().await?;
            let words = c.with(&TEXTS);
            match error {
                crate::Error::NoCrew(_) => errors.add("service", "talk-refused-nobody"),
                crate::Error::Refused("talk-refused-day") => errors.add("day", "talk-refused-day"),
                error => errors.add("", web::Message::new(error.key())),
            }
            show(&app, words, &token, step, &row, input, errors, StatusCode::CONFLICT).await
        }
        Err(error) => Err(error.into()),
    }
}

/// What the form asks for, once it is read.
enum Wanted {
    Pass(domain::ServiceId, String),
    Ask(String),
    Later(NaiveDate),
}

impl Input {
    fn read(&self, step: Step, errors: &mut Errors) -> Option<Wanted> {
        match step {
            Step::Pass => {
                let Ok(service) = self.service.parse() else {
                    errors.add("service", "error-required");
                    return None;
                };
                let note = self.text.trim();
                if note.is_empty() {
                    return Some(Wanted::Pass(service, String::new()));
                }
                let note = errors.check("text", AnswerText::parse(note))?;
                Some(Wanted::Pass(service, note.into_string()))
            }
            Step::Ask => errors
                .check("text", AnswerText::parse(&self.text))
                .map(|text| Wanted::Ask(text.into_string())),
            Step::Later => {
                let day = self.day.trim().parse().ok();
                if day.is_none() {
                    errors.add("day", "talk-refused-day");
                }
                day.map(Wanted::Later)
            }
        }
    }
}

impl Wanted {
    /// The flash that says what was done.
    async fn run(
        self,
        tx: &db::WriteTx,
        app: &App,
        row: &assignment::Model,
    ) -> std::result::Result<&'static str, crate::Error> {
        Ok(match self {
            Self::Pass(service, note) => match service::pass(tx, app, row, service, &note, Way::PAGE).await? {
                Passed::To(_) => "step-passed",
                Passed::Stuck(_) => "step-stuck",
            },
            Self::Ask(text) => {
                service::ask(tx, app, row, &text, Way::PAGE).await?;
                "step-asked"
            }
            Self::Later(day) => {
                service::later(tx, app, row, day).await?;
                "step-put-off"
            }
        })
    }
}
