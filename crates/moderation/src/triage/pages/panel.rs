//! One question: all that is known about it, and what shall become of it.

use super::{commit, enter, routing::why};
use crate::{
    repo as common,
    triage::{
        repo::{self, History, Line},
        service::{
            decide::{self, Choice as Verdict},
            propose::Advisor,
            reasons,
        },
    },
};
use askama::Template;
use axum::{
    Extension,
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
use domain::{
    Lang, QuestionId, ServiceId,
    state::{people::ConsentPurpose, question::QuestionState},
};
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
    reasons: Vec<Choice>,
    /// A service that suits better, its name and why.
    proposed: Option<(ServiceId, String, String)>,
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
    /// The place of a reason in the list, from 1.
    picked: String,
    into: String,
}

pub(super) async fn show(
    State(app): State<App>,
    _: Moderator,
    c: Chrome,
    Extension(advisor): Extension<Advisor>,
    Path((slug, id)): Path<(String, QuestionId)>,
) -> web::Result {
    page(&app, c, &advisor, &slug, id, Errors::new(), Input::default()).await
}

async fn page(
    app: &App,
    c: Chrome,
    advisor: &Advisor,
    slug: &str,
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
    let proposed = proposed(app, &c, advisor, &event, &question).await?;
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
        field,
        live: repo::live_of(conn, id).await?,
        followers: followers.all(conn).await?,
        answers: answers.all(conn).await?,
        history: repo::history(conn, id).await?,
        services: services.collect(),
        speakers: speakers.collect(),
        used: repo::taken_places(conn, event.id).await?.len(),
        reasons: reason_choices(app, &event, lang, &input.picked).await?,
        proposed,
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
    Extension(advisor): Extension<Advisor>,
    Path((slug, id)): Path<(String, QuestionId)>,
    Form(input): Form<Input>,
) -> web::Result<Response> {
    let (event, bound) = enter(&app, c.clone(), &slug).await?;
    let question = common::question_of(app.db.reader(), event.id, id)
        .await?
        .ok_or(web::Error::NotFound)?;
    let Some(wanted) = choice(&app, &event, &question, &input).await? else {
        let mut errors = Errors::new();
        errors.add("into", "triage-no-such-number");
        return page(&app, c, &advisor, &slug, id, errors, input).await;
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
            page(&app, c, &advisor, &slug, id, errors, input).await
        }
        Err(error) if error.is_refusal() => {
            let errors = Errors::form(web::Message::new("refused").arg("why", error.sentence(&bound.words)));
            page(&app, c, &advisor, &slug, id, errors, input).await
        }
        Err(error) => Err(error.into()),
    }
}

/// A service that the text speaks of, when it is another than the chosen one and nobody decided yet.
async fn proposed(
    app: &App,
    c: &Chrome,
    advisor: &Advisor,
    event: &event::Model,
    question: &question::Model,
) -> crate::Result<Option<(ServiceId, String, String)>> {
    if question.state != QuestionState::Received || question.pending.is_some() {
        return Ok(None);
    }
    let mut found = advisor.proposals(app, std::slice::from_ref(question)).await?;
    let Some(proposal) = found.remove(&question.id) else {
        return Ok(None);
    };
    let names = people::service_names(app.db.reader(), c.lang()).await?;
    let name = names.get(&proposal.service).cloned().unwrap_or_default();
    Ok(Some((proposal.service, name, why(c, &proposal, event))))
}

async fn reason_choices(app: &App, event: &event::Model, lang: Lang, picked: &str) -> crate::Result<Vec<Choice>> {
    let list = reasons::of(app.db.reader(), event.id).await?;
    let choices = (1..).zip(list).map(|(n, reason)| {
        let n: usize = n;
        Choice::new(n, domain::text::excerpt(&reason.text(lang), 80)).chosen(n.to_string() == picked)
    });
    Ok(choices.collect())
}

/// In the asker's language, from the list and in words.
async fn reason(app: &App, event: &event::Model, question: &question::Model, input: &Input) -> crate::Result<String> {
    let conn = app.db.reader();
    let asker = people::invitee(conn, question.invitation_id, question.lang).await?;
    let lang = asker.map_or(question.lang, |a| a.lang);
    reasons::compose(conn, event.id, &input.picked, &input.reason, lang).await
}

enum Wanted {
    Undo,
    Decide(Verdict),
}

/// What the pressed button wants; `None` when the number to merge into is nobody's.
async fn choice(
    app: &App,
    event: &event::Model,
    question: &question::Model,
    input: &Input,
) -> web::Result<Option<Wanted>> {
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
            reason: reason(app, event, question, input).await?,
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
