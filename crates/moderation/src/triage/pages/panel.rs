//! One question: all that is known about it, and what shall become of it.

use super::{commit, enter};
use crate::{
    repo as common,
    triage::{
        repo::{self, History, Line},
        service::decide::{self, Choice as Verdict},
    },
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use db::{
    entity::{answer, decision, event, question},
    people,
    prelude::*,
};
use domain::{QuestionId, StaffId, state::people::ConsentPurpose};
use serde::Deserialize;
use web::{App, Choice, Chrome, Errors, Form, auth::Moderator, redirect, render_status};

#[derive(Template)]
#[template(path = "triage/panel.html")]
struct PanelPage {
    c: Chrome,
    event: event::Model,
    line: Line,
    field: Option<String>,
    live: Option<decision::Model>,
    merged_into: Option<question::Model>,
    followers: Vec<question::Model>,
    answers: Vec<answer::Model>,
    consents: Vec<(ConsentPurpose, bool, DateTime<Utc>)>,
    history: Vec<History>,
    services: Vec<Choice>,
    speakers: Vec<Choice>,
    errors: Errors,
    input: Input,
    used: usize,
    /// Who else reads it, and its tags: markup of its own.
    beside: String,
}

impl PanelPage {
    fn base(&self) -> String {
        format!("/desk/events/{}", self.event.slug)
    }
    fn action_of(&self, entry: &History) -> String {
        let key = format!("did-{}", entry.action.replace(['.', '_'], "-"));
        self.c.words.get(&key).unwrap_or_else(|| entry.action.clone())
    }
    fn meets(&self) -> String {
        match self.line.asker.as_ref().map(|a| &a.person) {
            Some(domain::person::Person::Partner { services, .. }) => services.join(", "),
            _ => String::new(),
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Input {
    act: String,
    seen: String,
    speaker: String,
    service: String,
    reason: String,
    into: String,
}

pub(super) async fn show(
    State(app): State<App>,
    staff: Moderator,
    c: Chrome,
    Path((slug, id)): Path<(String, QuestionId)>,
) -> web::Result {
    page(&app, c, &slug, staff.id, id, Errors::new(), Input::default()).await
}

async fn page(
    app: &App,
    c: Chrome,
    slug: &str,
    staff: StaffId,
    id: QuestionId,
    errors: Errors,
    input: Input,
) -> web::Result {
    let (event, c) = enter(app, c, slug).await?;
    let (conn, lang) = (app.db.reader(), c.lang());
    let question = common::question_of(conn, event.id, id)
        .await?
        .ok_or(web::Error::NotFound)?;
    let merged_into = match question.merged_into {
        Some(into) => common::question_of(conn, event.id, into).await?,
        None => None,
    };
    let field = repo::invitation_field(conn, question.invitation_id, lang).await?;
    let consents = repo::consents(conn, question.invitation_id).await?;
    let own_service = question.service_id.to_string();
    let Some(line) = repo::lines(conn, vec![question], lang).await?.pop() else {
        return Err(web::Error::NotFound);
    };
    let followers = question::Entity::find().filter(question::Column::MergedInto.eq(id));
    let answers = answer::Entity::find()
        .filter(answer::Column::QuestionId.eq(id))
        .order_by_asc(answer::Column::ReceivedAt);
    let service = if input.service.is_empty() {
        &own_service
    } else {
        &input.service
    };
    let services = people::services(conn, lang).await?.into_iter().map(|(id, name)| {
        let chosen = id.to_string() == *service;
        Choice::new(id, name).chosen(chosen)
    });
    let speakers = repo::speakers(conn, event.id).await?;
    let speakers = speakers.iter().map(|s| {
        let chosen = s.id.to_string() == input.speaker;
        Choice::new(s.id, people::speaker_person(s).line()).chosen(chosen)
    });
    let page = PanelPage {
        beside: super::beside::beside(conn, &c, &event, id, staff).await?,
        field,
        live: repo::live_of(conn, id).await?,
        followers: followers.all(conn).await?,
        answers: answers.all(conn).await?,
        history: repo::history(conn, id).await?,
        services: services.collect(),
        speakers: speakers.collect(),
        used: repo::taken_places(conn, event.id).await?.len(),
        c,
        event,
        line,
        merged_into,
        consents,
        errors,
        input,
    };
    let status = if page.errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    render_status(status, &page)
}

pub(super) async fn act(
    State(app): State<App>,
    staff: Moderator,
    c: Chrome,
    Path((slug, id)): Path<(String, QuestionId)>,
    Form(input): Form<Input>,
) -> web::Result<Response> {
    let (event, bound) = enter(&app, c.clone(), &slug).await?;
    let question = common::question_of(app.db.reader(), event.id, id)
        .await?
        .ok_or(web::Error::NotFound)?;
    let Some(wanted) = choice(&app, &event, &input).await? else {
        let mut errors = Errors::new();
        errors.add("into", "triage-no-such-number");
        return page(&app, c, &slug, staff.id, id, errors, input).await;
    };
    let seen = input.seen.parse().ok();
    let tx = app.db.begin_write().await?;
    let (done, flash) = match wanted {
        Wanted::Undo => (
            decide::drop_pending(&tx, &app, staff.id, id, seen).await,
            "triage-undone",
        ),
        Wanted::Decide(choice) => {
            let flash = match &choice {
                Verdict::Live { .. } => "triage-live",
                Verdict::Route { .. } => "triage-routed",
                Verdict::Decline { .. } => "triage-declined",
                Verdict::Merge { .. } | Verdict::Duplicate { .. } => "triage-merged",
                Verdict::Reserve => "triage-reserved",
            };
            (
                decide::decide(&tx, &app, staff.id, id, seen, choice).await.map(drop),
                flash,
            )
        }
    };
    match commit(&app, &event, tx, done).await {
        Ok(()) => {
            let to = format!("/desk/events/{slug}/questions/{id}");
            Ok(redirect(to)
                .flash_n(flash, question.number.unwrap_or_default())
                .into_response())
        }
        Err(crate::Error::Text(error)) => {
            let mut errors = Errors::new();
            errors.add("reason", error);
            page(&app, c, &slug, staff.id, id, errors, input).await
        }
        Err(error) if error.is_refusal() => {
            let errors = Errors::form(web::Message::new("refused").arg("why", error.sentence(&bound.words)));
            page(&app, c, &slug, staff.id, id, errors, input).await
        }
        Err(error) => Err(error.into()),
    }
}

enum Wanted {
    Undo,
    Decide(Verdict),
}

/// What the pressed button wants; `None` when the number to merge into is nobody's.
async fn choice(app: &App, event: &event::Model, input: &Input) -> web::Result<Option<Wanted>> {
    Ok(Some(match input.act.as_str() {
        "undo" => Wanted::Undo,
        "live" => Wanted::Decide(Verdict::Live {
            speaker: input.speaker.parse().ok(),
        }),
        "reserve" => Wanted::Decide(Verdict::Reserve),
        "route" => Wanted::Decide(Verdict::Route {
            service: input.service.parse().ok(),
        }),
        "decline" => Wanted::Decide(Verdict::Decline {
            reason: input.reason.clone(),
        }),
        "merge" => {
            let number = input.into.trim().trim_start_matches('#').parse().unwrap_or_default();
            match repo::by_number(app.db.reader(), event.id, number).await? {
                Some(into) => Wanted::Decide(Verdict::Merge { into: into.id }),
                None => return Ok(None),
            }
        }
        _ => return Err(web::Error::BadRequest("oops-bad-request-body".into())),
    }))
}
