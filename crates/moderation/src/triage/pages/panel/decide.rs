//! The forms of a decision, and what their buttons do.

use super::{
    super::{commit, enter, reason_choices},
    Typed, page,
};
use crate::{
    repo as common,
    triage::{
        pages::routing::why,
        repo::{self, Line},
        service::{
            decide::{self, Choice as Verdict},
            reasons, suggest,
        },
        similar,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use db::{
    entity::{decision, event, question},
    people,
};
use domain::{
    QuestionId, ServiceId,
    state::{decision::DecisionKind, question::QuestionState},
};
use serde::Deserialize;
use web::{App, Choice, Chrome, Errors, Form, auth::Moderator, redirect};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::triage) struct Input {
    act: String,
    seen: String,
    speaker: String,
    service: String,
    reason: String,
    /// The place of a reason in the list, from 1.
    picked: String,
    into: String,
}

pub(super) struct Decide {
    pub(super) live: Option<decision::Model>,
    /// It stands among the reserves already.
    pub(super) reserved: bool,
    pub(super) services: Vec<Choice>,
    pub(super) speakers: Vec<Choice>,
    /// Live places that are taken.
    pub(super) used: usize,
    pub(super) into: String,
    pub(super) reason: String,
    pub(super) reasons: Vec<Choice>,
    /// A service that suits better, its name and why.
    pub(super) proposed: Option<(ServiceId, String, String)>,
}

impl Decide {
    pub(super) async fn of(
        app: &App,
        c: &Chrome,
        event: &event::Model,
        line: &Line,
        input: Input,
    ) -> crate::Result<Self> {
        let (conn, lang) = (app.db.reader(), c.lang());
        let own_service = line.question.service_id.to_string();
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
        Ok(Self {
            live: repo::live_of(conn, line.question.id).await?,
            reserved: line.pending.as_ref().is_some_and(|d| d.kind == DecisionKind::Reserve),
            services: services.collect(),
            speakers: speakers.collect(),
            used: repo::taken_places(conn, event.id).await?.len(),
            reasons: reason_choices(conn, event.id, lang, &input.picked).await?,
            proposed: proposed(app, c, event, &line.question).await?,
            into: input.into,
            reason: input.reason,
        })
    }
}

/// A service that the text speaks of, when it is another than the chosen one and nobody decided yet.
async fn proposed(
    app: &App,
    c: &Chrome,
    event: &event::Model,
    question: &question::Model,
) -> crate::Result<Option<(ServiceId, String, String)>> {
    if question.state != QuestionState::Received || question.pending.is_some() {
        return Ok(None);
    }
    let mut found = suggest::proposals(app, event.id, std::slice::from_ref(question)).await?;
    let Some(proposal) = found.remove(&question.id) else {
        return Ok(None);
    };
    let names = people::service_names(app.db.reader(), c.lang()).await?;
    let name = names.get(&proposal.service).cloned().unwrap_or_default();
    Ok(Some((proposal.service, name, why(c, &proposal, event))))
}

/// In the asker's language, from the list and in words.
async fn reason(app: &App, event: &event::Model, question: &question::Model, input: &Input) -> crate::Result<String> {
    let conn = app.db.reader();
    let asker = people::invitee(conn, question.invitation_id, question.lang).await?;
    let lang = asker.map_or(question.lang, |a| a.lang);
    reasons::compose(conn, event.id, &input.picked, &input.reason, lang).await
}

fn typed(decide: Input) -> Typed {
    Typed {
        decide,
        ..Typed::default()
    }
}

pub(in crate::triage::pages) async fn act(
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
    let Some(wanted) = choice(&app, &event, &question, &input).await? else {
        let mut errors = Errors::new();
        errors.add("into", "triage-no-such-number");
        return page(&app, c, &slug, id, errors, typed(input)).await;
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
            page(&app, c, &slug, id, errors, typed(input)).await
        }
        Err(error) if error.is_refusal() => {
            let errors =
                Errors::form(web::Message::new("refused").arg("why", error.sentence_at(&bound.words, bound.now)));
            page(&app, c, &slug, id, errors, typed(input)).await
        }
        Err(error) => Err(error.into()),
    }
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
                // Of one that has its answer it is a duplicate, as beside the similar ones.
                Some(into) => Wanted::Decide(similar::service::choice(app.db.reader(), into.id).await?),
                None => return Ok(None),
            }
        }
        _ => return Err(web::Error::BadRequest("oops-bad-request-body".into())),
    }))
}
