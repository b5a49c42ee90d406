//! Asking: one form for a new question, a draft and a question that was sent.

use super::{consent, question::parse, view};
use crate::partner::{
    Error as Failed, Phase, Refusal, repo,
    service::{
        consent::{Consents, stands},
        question::{self as service, Draft, NewQuestion},
    },
    similar::Hints,
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use db::{
    entity::question,
    people::{self, Invitee},
};
use domain::{
    Lang, QuestionId, ServiceId,
    state::{
        people::ConsentPurpose,
        question::{Naming, Prefers, QuestionState},
    },
    text::QuestionText,
};
use serde::Deserialize;
use serde_json::json;
use web::{App, Choice, Chrome, Error, Errors, Form, Result, auth::PartnerSession, redirect, render_status};

/// The form as it was typed; nothing of it is lost when it is refused.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    id: String,
    /// Which state of a sent question this form was made from.
    #[serde(default)]
    version: String,
    #[serde(default)]
    question: String,
    #[serde(default)]
    service: String,
    #[serde(default)]
    written_in: String,
    #[serde(default)]
    prefers: String,
    #[serde(default)]
    naming: String,
    #[serde(default)]
    consent_required: bool,
    #[serde(default)]
    consent_print: bool,
    #[serde(default)]
    consent_newsletter: bool,
    /// Which button: `draft`, else send.
    #[serde(default, rename = "do")]
    press: String,
}

/// What the form is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Aim {
    /// A question that is not sent yet.
    New,
    /// One that was received and may still be changed.
    Sent,
}

#[derive(askama::Template)]
#[template(path = "partner/ask.html")]
struct Page {
    c: Chrome,
    errors: Errors,
    aim: Aim,
    /// The deadline is over: the text stands there to be copied.
    locked: bool,
    typed: Typed,
    hints: Hints,
    /// What stands now, where another form changed it first.
    stands_now: String,
    services: Vec<Choice>,
    langs: Vec<Choice>,
    prefers: Vec<Choice>,
    namings: Vec<Choice>,
    required: consent::ConsentCard,
    required_stands: bool,
    print: consent::ConsentCard,
    newsletter: consent::ConsentCard,
    closes: String,
    phase: Phase,
}

impl Page {
    fn is_new(&self) -> bool {
        self.aim == Aim::New
    }
}

/// How they would be named in print.
pub(super) fn named(c: &Chrome, invitee: &Invitee, naming: Naming) -> String {
    match naming {
        Naming::Full => invitee.line(),
        other => invitee.person.clone().named(other, c.lang()).line(),
    }
}

pub(super) async fn blank(State(app): State<App>, who: PartnerSession, c: Chrome) -> Result {
    let met = repo::met_services(app.db.reader(), &who).await?;
    let typed = Typed {
        id: QuestionId::new().to_string(),
        // Who meets the host in one service most likely asks about that one.
        service: if let [one] = met[..] {
            one.to_string()
        } else {
            String::new()
        },
        written_in: c.lang().to_string(),
        prefers: Prefers::Either.to_string(),
        naming: Naming::Full.to_string(),
        ..Typed::default()
    };
    let (typed, _) = with_consents(&app, &who, typed).await?;
    page(&app, &who, c, Aim::New, typed, StatusCode::OK, Errors::new()).await
}

pub(super) async fn open(State(app): State<App>, who: PartnerSession, Path(id): Path<String>, c: Chrome) -> Result {
    let row = repo::question(app.db.reader(), &who, parse(&id)?)
        .await?
        .ok_or(Error::NotFound)?;
    let aim = match row.state {
        QuestionState::Draft => Aim::New,
        QuestionState::Received => Aim::Sent,
        _ => return Ok(redirect(format!("/my/questions/{}", row.id)).into_response()),
    };
    let (typed, _) = with_consents(&app, &who, of_row(row)).await?;
    page(&app, &who, c, aim, typed, StatusCode::OK, Errors::new()).await
}

fn of_row(row: question::Model) -> Typed {
    Typed {
        id: row.id.to_string(),
        version: row.version.to_string(),
        service: row.service_id.to_string(),
        written_in: row.lang.to_string(),
        prefers: row.prefers.to_string(),
        naming: row.naming.to_string(),
        question: row.body,
        ..Typed::default()
    }
}

/// With the voluntary consents as they stand.
async fn with_consents(app: &App, who: &PartnerSession, typed: Typed) -> Result<(Typed, bool)> {
    let latest = repo::consents(app.db.reader(), who).await?;
    let given = |purpose| latest.get(&purpose).is_some_and(|row| row.given);
    let typed = Typed {
        consent_print: given(ConsentPurpose::Print),
        consent_newsletter: given(ConsentPurpose::Newsletter),
        ..typed
    };
    Ok((typed, stands(&latest, ConsentPurpose::Required)))
}

/// The button under a new question or a draft: send, or keep for later.
pub(super) async fn send(State(app): State<App>, who: PartnerSession, c: Chrome, Form(typed): Form<Typed>) -> Result {
    let id = parse(&typed.id)?;
    if typed.press == "draft" {
        return match service::save_draft(&app, &who, &draft(id, &typed)).await {
            Ok(()) => Ok(redirect("/my").flash("my-draft-saved").into_response()),
            Err(error) => refuse(&app, &who, c, Aim::New, typed, error).await,
        };
    }
    let new = match parsed(&typed, id, c.lang()) {
        Ok(new) => new,
        Err(errors) => return page(&app, &who, c, Aim::New, typed, StatusCode::UNPROCESSABLE_ENTITY, errors).await,
    };
    match service::submit(&app, &who, &new).await {
        Ok(sent) => {
            let flash = if sent.again { "my-sent-before" } else { "my-sent" };
            Ok(redirect(format!("/my/questions/{id}")).flash(flash).into_response())
        }
        Err(error) => refuse(&app, &who, c, Aim::New, typed, error).await,
    }
}

/// The button under a question that was sent.
pub(super) async fn change(
    State(app): State<App>,
    who: PartnerSession,
    Path(id): Path<String>,
    c: Chrome,
    Form(typed): Form<Typed>,
) -> Result {
    let id = parse(&id)?;
    let typed = Typed {
        id: id.to_string(),
        ..typed
    };
    let new = match parsed(&typed, id, c.lang()) {
        Ok(new) => new,
        Err(errors) => {
            return page(
                &app,
                &who,
                c,
                Aim::Sent,
                typed,
                StatusCode::UNPROCESSABLE_ENTITY,
                errors,
            )
            .await;
        }
    };
    let version = typed.version.parse().map_err(|_| Error::NotFound)?;
    match service::edit(&app, &who, version, &new).await {
        Ok(()) => Ok(redirect(format!("/my/questions/{id}"))
            .flash("my-edited")
            .into_response()),
        Err(error) => refuse(&app, &who, c, Aim::Sent, typed, error).await,
    }
}

/// What the script sends while one writes.
pub(super) async fn autosave(
    State(app): State<App>,
    who: PartnerSession,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    let id = parse(&id)?;
    if typed.question.trim().is_empty() {
        return Ok(Json(json!({ "saved": false })).into_response());
    }
    match service::save_draft(&app, &who, &draft(id, &typed)).await {
        Ok(()) => Ok(Json(json!({ "saved": true })).into_response()),
        Err(Failed::Refused(Refusal::NotFound)) => Err(Error::NotFound),
        Err(Failed::Refused(_)) => Ok((StatusCode::CONFLICT, Json(json!({ "saved": false }))).into_response()),
        Err(other) => Err(other.into()),
    }
}

fn draft(id: QuestionId, typed: &Typed) -> Draft {
    Draft {
        id,
        body: typed.question.clone(),
        service: typed.service.parse().ok(),
        lang: typed.written_in.parse().unwrap_or(Lang::Ko),
        prefers: typed.prefers.parse().unwrap_or(Prefers::Either),
        naming: typed.naming.parse().unwrap_or(Naming::Full),
    }
}

fn parsed(typed: &Typed, id: QuestionId, read_in: Lang) -> std::result::Result<NewQuestion, Errors> {
    let mut errors = Errors::new();
    let body = errors.check("question", QuestionText::parse(&typed.question));
    let service = errors.check(
        "service",
        typed.service.parse::<ServiceId>().map_err(|_| "error-choose"),
    );
    let lang = errors.check(
        "written_in",
        typed.written_in.parse::<Lang>().map_err(|_| "error-choose"),
    );
    let prefers = errors.check("prefers", typed.prefers.parse::<Prefers>().map_err(|_| "error-choose"));
    let naming = errors.check("naming", typed.naming.parse::<Naming>().map_err(|_| "error-choose"));
    let consents = Consents {
        required: typed.consent_required,
        print: typed.consent_print,
        newsletter: typed.consent_newsletter,
        read_in,
    };
    match (body, service, lang, prefers, naming) {
        (Some(body), Some(service), Some(lang), Some(prefers), Some(naming)) => Ok(NewQuestion {
            id,
            body,
            service,
            lang,
            prefers,
            naming,
            consents,
        }),
        _ => Err(errors),
    }
}

/// The same form again, with the reason where it belongs.
async fn refuse(app: &App, who: &PartnerSession, c: Chrome, aim: Aim, typed: Typed, error: Failed) -> Result {
    let refusal = match error {
        Failed::Refused(Refusal::NotFound) => return Err(Error::NotFound),
        Failed::Refused(refusal) => refusal,
        other => return Err(other.into()),
    };
    let (own, c) = view::begin(app, who, c).await?;
    let message = view::refused(&c, &own.event.time_zone, refusal);
    let (status, field) = match refusal {
        Refusal::Consent => (StatusCode::UNPROCESSABLE_ENTITY, "consent_required"),
        Refusal::Service => (StatusCode::UNPROCESSABLE_ENTITY, "service"),
        _ => (StatusCode::CONFLICT, ""),
    };
    let mut errors = Errors::new();
    errors.add(field, message);
    page(app, who, c, aim, typed, status, errors).await
}

async fn page(
    app: &App,
    who: &PartnerSession,
    c: Chrome,
    aim: Aim,
    mut typed: Typed,
    status: StatusCode,
    errors: Errors,
) -> Result {
    let (own, c) = view::begin(app, who, c).await?;
    let conn = app.db.reader();
    let zone = own.event.time_zone.clone();
    let invitee = people::invitee(conn, who.invitation, c.lang())
        .await?
        .ok_or(Error::NotFound)?;
    let latest = repo::consents(conn, who).await?;
    let host = view::host_name(&c, &own);
    let card = |purpose| consent::card(&c, &latest, purpose, &host, &zone);
    let services = people::services(conn, c.lang()).await?;
    let services = services.into_iter().map(|(id, name)| {
        let chosen = typed.service.parse() == Ok(id);
        Choice::new(id, name).chosen(chosen)
    });
    let services = services.collect();
    let mut stands_now = String::new();
    let mut locked = Phase::of(&own.event, c.now).is_closed();
    // A sent question may have moved on while it was written.
    if aim == Aim::Sent && status == StatusCode::CONFLICT {
        let row = repo::question(conn, who, parse(&typed.id)?)
            .await?
            .ok_or(Error::NotFound)?;
        locked = locked || row.state != QuestionState::Received;
        typed.version = row.version.to_string();
        stands_now = row.body;
    }
    let page = Page {
        aim,
        locked,
        hints: Hints::of(app, who, &typed.question).await?,
        stands_now,
        services,
        langs: c.lang_choices(typed.written_in.parse().unwrap_or(c.lang())),
        prefers: Prefers::ALL
            .iter()
            .map(|p| Choice::new(p, c.t(format!("my-prefers-{p}"))).chosen(typed.prefers == p.as_str()))
            .collect(),
        namings: Naming::ALL
            .iter()
            .map(|n| {
                let preview = c.t1("my-naming-preview", "line", named(&c, &invitee, *n));
                Choice::new(n, c.t(format!("my-naming-{n}")))
                    .hint(preview)
                    .chosen(typed.naming == n.as_str())
            })
            .collect(),
        required: card(ConsentPurpose::Required),
        required_stands: stands(&latest, ConsentPurpose::Required),
        print: card(ConsentPurpose::Print),
        newsletter: card(ConsentPurpose::Newsletter),
        closes: c.datetime(own.event.closes_at, &zone),
        phase: Phase::of(&own.event, c.now),
        errors,
        typed,
        c,
    };
    let status = if locked_first_view(&page, status) {
        StatusCode::CONFLICT
    } else {
        status
    };
    render_status(status, &page)
}

/// Opening the form after the deadline says so, too.
fn locked_first_view(page: &Page, status: StatusCode) -> bool {
    page.locked && status == StatusCode::OK
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_that_is_wrong_is_named() {
        let errors = parsed(&Typed::default(), QuestionId::new(), Lang::Ko).expect_err("empty");
        let fields: Vec<&str> = errors.iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["question", "service", "written_in", "prefers", "naming"]);
    }
}
