//! The words of the event's mails, with a preview on real data.

use super::preview::{as_sent, covered};
use crate::{
    service::{
        assign,
        crew::Crews,
        template::{Template as Words, known},
        templates::{self, BODY_CHARS, SUBJECT_CHARS, Written},
    },
    triage::{
        letter::{Outcome, Said},
        pages::enter,
        repo,
        service::reasons,
    },
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use db::{
    entity::{decision, event, question},
    people,
    prelude::*,
};
use domain::{
    Lang,
    state::{decision::DecisionState, mail::MailKind, question::QuestionState, release::LetterKind},
    text,
};
use mail::render::Rendered;
use serde::Deserialize;
use web::{App, Chrome, Errors, Form, auth::Moderator, redirect, render, render_status};

#[derive(Template)]
#[template(path = "triage/templates.html")]
struct ListPage {
    c: Chrome,
    event: event::Model,
    /// Each kind, and for each language whether the event has words of its own.
    kinds: Vec<(LetterKind, Vec<(Lang, bool)>)>,
}

impl ListPage {
    fn base(&self) -> String {
        format!("/desk/events/{}", self.event.slug)
    }
}

pub(super) async fn list(State(app): State<App>, _: Moderator, c: Chrome, Path(slug): Path<String>) -> web::Result {
    let (event, c) = enter(&app, c, &slug).await?;
    let mut kinds = Vec::new();
    for kind in LetterKind::ALL {
        let mut langs = Vec::new();
        for lang in Lang::ALL {
            let written = templates::written(app.db.reader(), event.id, *kind, *lang).await?;
            langs.push((*lang, written.version > 0));
        }
        kinds.push((*kind, langs));
    }
    render(&ListPage { c, event, kinds })
}

#[derive(Template)]
#[template(path = "triage/template.html")]
struct EditPage {
    c: Chrome,
    event: event::Model,
    kind: LetterKind,
    lang: Lang,
    errors: Errors,
    input: Input,
    known: String,
    /// The mail with the data of the question `sample`; `None` while the words do not read or nobody asked yet.
    preview: Option<Rendered>,
    own: bool,
}

impl EditPage {
    fn base(&self) -> String {
        format!("/desk/events/{}", self.event.slug)
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Input {
    /// `preview`, `save` or `restore`.
    act: String,
    subject: String,
    words: String,
    version: i32,
    /// The number of the question whose data the preview shows.
    sample: String,
}

type Which = (String, LetterKind, Lang);

fn which((slug, kind, lang): (String, String, String)) -> Result<Which, web::Error> {
    let kind = kind.parse().map_err(|_| web::Error::NotFound)?;
    let lang = lang.parse().map_err(|_| web::Error::NotFound)?;
    Ok((slug, kind, lang))
}

pub(super) async fn show(
    State(app): State<App>,
    _: Moderator,
    c: Chrome,
    Path(path): Path<(String, String, String)>,
) -> web::Result {
    let (slug, kind, lang) = which(path)?;
    let (event, c) = enter(&app, c, &slug).await?;
    let written = templates::written(app.db.reader(), event.id, kind, lang).await?;
    let input = Input {
        subject: written.subject,
        words: written.body,
        version: written.version,
        ..Input::default()
    };
    page(&app, c, event, (kind, lang), Errors::new(), input).await
}

async fn page(
    app: &App,
    c: Chrome,
    event: event::Model,
    (kind, lang): (LetterKind, Lang),
    mut errors: Errors,
    mut input: Input,
) -> web::Result {
    let read = Words::parse(kind, &input.subject, &input.words);
    let sample = sample(app, &event, kind, &input.sample).await?;
    if sample.is_none() && !input.sample.trim().is_empty() {
        errors.add("sample", "triage-no-such-number");
    }
    let preview = match (read, &sample) {
        (Ok(words), Some(question)) => {
            input.sample = question.number.unwrap_or_default().to_string();
            let mut mail = filled(app, &event, (kind, lang), &words, question).await?;
            if let Some(veil) = db::sight::veils(app.db.reader(), [question.id])
                .await?
                .get(&question.id)
            {
                covered(&mut mail, veil);
            }
            Some(mail)
        }
        _ => None,
    };
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = EditPage {
        known: known(kind),
        own: input.version > 0,
        c,
        event,
        kind,
        lang,
        errors,
        input,
        preview,
    };
    render_status(status, &page)
}

/// The question of this number; without a number the first about which this was decided, else the first one.
async fn sample(
    app: &App,
    event: &event::Model,
    kind: LetterKind,
    number: &str,
) -> crate::Result<Option<question::Model>> {
    let conn = app.db.reader();
    let number = number.trim().trim_start_matches('#');
    if !number.is_empty() {
        let Ok(number) = number.parse() else { return Ok(None) };
        return Ok(repo::by_number(conn, event.id, number).await?);
    }
    let decided = decision::Entity::find()
        .filter(decision::Column::EventId.eq(event.id))
        .filter(decision::Column::State.ne(DecisionState::Dropped))
        .filter(decision::Column::Kind.eq(decision_kind(kind)))
        .order_by_asc(decision::Column::Id)
        .one(conn)
        .await?;
    if let Some(decided) = decided {
        return crate::repo::question_of(conn, event.id, decided.question_id)
            .await
            .map_err(Into::into);
    }
    let first = question::Entity::find()
        .filter(question::Column::EventId.eq(event.id))
        .filter(question::Column::Number.is_not_null())
        .filter(question::Column::State.is_not_in([QuestionState::Draft, QuestionState::Withdrawn]))
        .order_by_asc(question::Column::Number);
    Ok(first.one(conn).await?)
}

const fn decision_kind(kind: LetterKind) -> &'static str {
    match kind {
        LetterKind::Live => "live",
        LetterKind::Routed | LetterKind::Assignment => "route",
        LetterKind::Declined => "decline",
        LetterKind::Merged => "merge",
        LetterKind::Duplicate => "duplicate",
    }
}

async fn filled(
    app: &App,
    event: &event::Model,
    (kind, lang): (LetterKind, Lang),
    words: &Words,
    question: &question::Model,
) -> crate::Result<Rendered> {
    let conn = app.db.reader();
    let asker = people::invitee(conn, question.invitation_id, lang)
        .await?
        .ok_or(crate::Error::NotFound)?;
    let decided = repo::pending_of(conn, question.id).await?;
    let service = decided
        .as_ref()
        .and_then(|d| d.service_id)
        .unwrap_or(question.service_id);
    let crews = Crews::load(conn, event, app.clock.now()).await?;
    let way = crews.way(service);
    let crew = way.as_ref().map_or(service, |w| w.crew);
    let names = people::service_names(conn, lang).await?;
    let outcome = Outcome {
        words: web::Words::new(lang, &crate::TEXTS),
        event,
        question,
        asker: &asker,
    };
    let said = match kind {
        LetterKind::Live => Said::Live {
            place: decided.as_ref().and_then(|d| d.place).or(Some(1)),
            speaker: repo::speaker_line(conn, decided.as_ref().and_then(|d| d.speaker_id)).await?,
        },
        LetterKind::Routed => Said::Routed {
            service: names.get(&crew).cloned().unwrap_or_default(),
        },
        LetterKind::Declined => Said::Declined {
            reason: match decided.and_then(|d| d.reason) {
                Some(reason) => reason,
                None => reasons::compose(conn, event.id, "1", "", lang).await?,
            },
        },
        LetterKind::Merged => Said::Merged,
        LetterKind::Duplicate => Said::Duplicate,
        LetterKind::Assignment => {
            let member = way.and_then(|w| w.candidates.into_iter().next()).map(|c| c.member);
            let values = assign::values(
                conn,
                event,
                question,
                (crew, member.as_ref()),
                lang,
                assign::due(app, event),
            );
            let letter = words.fill(&values.await?);
            return as_sent(app, MailKind::Assignment, lang, &letter, true);
        }
    };
    as_sent(app, MailKind::Outcome, lang, &words.fill(&outcome.values(&said)), false)
}

fn check(kind: LetterKind, input: &Input) -> Errors {
    let mut errors = Errors::new();
    for (field, words, most) in [
        ("subject", &input.subject, SUBJECT_CHARS),
        ("words", &input.words, BODY_CHARS),
    ] {
        match text::char_count(words.trim()) {
            0 => errors.add(field, text::TextError::Empty),
            has if has > most => errors.add(field, text::TextError::TooLong { most, has }),
            _ => {}
        }
    }
    if input.subject.chars().any(char::is_control) {
        errors.add("subject", text::TextError::Control);
    }
    for (field, problem) in Words::parse(kind, &input.subject, &input.words)
        .err()
        .into_iter()
        .flatten()
    {
        if !errors.has(field) {
            errors.add(field, problem);
        }
    }
    errors
}

pub(super) async fn act(
    State(app): State<App>,
    staff: Moderator,
    c: Chrome,
    Path(path): Path<(String, String, String)>,
    Form(mut input): Form<Input>,
) -> web::Result<Response> {
    let (slug, kind, lang) = which(path)?;
    let (event, c) = enter(&app, c, &slug).await?;
    let back = format!("/desk/events/{slug}/templates/{kind}/{lang}");
    if input.act == "restore" {
        let tx = app.db.begin_write().await?;
        templates::restore(&tx, &app, staff.id, (event.id, kind, lang)).await?;
        tx.commit().await?;
        return Ok(redirect(back).flash("template-restored").into_response());
    }
    input.words = text::tidy(&input.words);
    let errors = check(kind, &input);
    if !errors.is_empty() || input.act == "preview" {
        return page(&app, c, event, (kind, lang), errors, input).await;
    }
    let new = Written {
        subject: input.subject.trim().to_owned(),
        body: input.words.clone(),
        version: input.version,
    };
    let tx = app.db.begin_write().await?;
    match templates::save(&tx, &app, staff.id, (event.id, kind, lang), new).await {
        Ok(()) => {
            tx.commit().await?;
            Ok(redirect(back).flash("saved").into_response())
        }
        Err(error) if error.is_refusal() => {
            tx.rollback().await?;
            page(&app, c, event, (kind, lang), Errors::form("template-stale"), input).await
        }
        Err(error) => Err(error.into()),
    }
}
