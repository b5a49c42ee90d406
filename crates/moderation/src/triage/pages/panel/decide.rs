//! The forms of a decision, and what their buttons do.

use super::{
    super::{commit, enter},
    Typed, page,
};
use crate::{
    repo as common,
    triage::{
        repo::{self, Line},
        service::decide::{self, Choice as Verdict},
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use db::{
    entity::{decision, event},
    people,
    prelude::*,
};
use domain::{Lang, QuestionId};
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
    into: String,
}

pub(super) struct Decide {
    pub(super) live: Option<decision::Model>,
    pub(super) services: Vec<Choice>,
    pub(super) speakers: Vec<Choice>,
    /// Live places that are taken.
    pub(super) used: usize,
    pub(super) into: String,
    pub(super) reason: String,
}

impl Decide {
    pub(super) async fn of(
        conn: &impl ConnectionTrait,
        event: &event::Model,
        line: &Line,
        lang: Lang,
        input: Input,
    ) -> Result<Self, db::Error> {
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
            services: services.collect(),
            speakers: speakers.collect(),
            used: repo::taken_places(conn, event.id).await?.len(),
            into: input.into,
            reason: input.reason,
        })
    }
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
    let Some(wanted) = choice(&app, &event, &input).await? else {
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
            let errors = Errors::form(web::Message::new("refused").arg("why", error.sentence(&bound.words)));
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
