//! The buttons of the board: a decision about one question, or a deed on a selection or on all that the filters find.

use super::{
    Act, commit, enter,
    list::{Typed, page},
    pair,
};
use crate::{
    repo as common,
    triage::{
        board::{
            Address,
            bulk::{self, Deed, Reasoned},
        },
        service::{
            decide::{self, Choice as Verdict},
            undo::{self, Undone},
        },
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use db::{
    entity::{event, question, triage_act},
    prelude::*,
};
use domain::{DecisionId, EventId, QuestionId, StaffId};
use serde::Deserialize;
use web::{App, Chrome, Errors, Form, auth::Moderator, redirect};

/// What was typed into the form around the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Input {
    act: String,
    pick: Vec<String>,
    /// The place of a reason in the list, from 1.
    picked: String,
    reason: String,
    tag: String,
    back: String,
}

impl Input {
    fn typed(self, errors: Errors) -> Typed {
        Typed {
            errors,
            reason_picked: self.picked,
            reason: self.reason,
            tag: self.tag,
            picked: self.pick,
            name: String::new(),
        }
    }
}

pub(super) async fn act(
    State(app): State<App>,
    staff: Moderator,
    c: Chrome,
    Path(slug): Path<String>,
    Form(input): Form<Input>,
) -> web::Result<Response> {
    let address = Address::parse(&input.back);
    let (event, bound) = enter(&app, c.clone(), &slug).await?;
    if let Some((deed, which)) = input.act.split_once('-') {
        let (deed, which) = (deed.to_owned(), which.to_owned());
        return many(&app, &staff, c, &event, address, input, (&deed, &which)).await;
    }
    if input.act == "undo" {
        return undo_last(&app, &staff, c, &event, address, input).await;
    }
    let Some(act) = Act::parse(&input.act) else {
        return Err(web::Error::BadRequest("oops-bad-request-body".into()));
    };
    let question = common::question_of(app.db.reader(), event.id, act.question)
        .await?
        .ok_or(web::Error::NotFound)?;
    match one(&app, staff.id, &event, &question, &act).await? {
        Ok(flash) => Ok(redirect(list_href(&slug, &address))
            .flash_n(flash, question.number.unwrap_or_default())
            .into_response()),
        // The list is read again, so the page shows both what stands now and why nothing was done.
        Err(error) => {
            let errors = Errors::form(web::Message::new("refused").arg("why", error.sentence_at(&bound.words, c.now)));
            page(&app, c, &slug, staff.id, address, input.typed(errors)).await
        }
    }
}

/// One decision; inside, why it was refused.
async fn one(
    app: &App,
    who: StaffId,
    event: &event::Model,
    question: &question::Model,
    act: &Act,
) -> web::Result<Result<&'static str, crate::Error>> {
    let (choice, flash) = match act.verb.as_str() {
        "live" => (Some(Verdict::Live { speaker: None }), "triage-live"),
        "reserve" => (Some(Verdict::Reserve), "triage-reserved"),
        "route" => (Some(Verdict::Route { service: None }), "triage-routed"),
        "drop" => (None, "triage-undone"),
        _ => return Err(web::Error::BadRequest("oops-bad-request-body".into())),
    };
    let tx = app.db.begin_write().await?;
    let done = match choice {
        Some(choice) => decide::decide(&tx, app, who, question.id, act.seen, choice)
            .await
            .map(drop),
        None => decide::drop_pending(&tx, app, who, question.id, act.seen).await,
    };
    match commit(app, event, tx, done).await {
        Ok(()) => Ok(Ok(flash)),
        Err(error) if error.is_refusal() => Ok(Err(error)),
        Err(error) => Err(error.into()),
    }
}

/// Takes back what `staff` decided last, whichever row it was.
async fn undo_last(
    app: &App,
    staff: &Moderator,
    c: Chrome,
    event: &event::Model,
    address: Address,
    input: Input,
) -> web::Result<Response> {
    let tx = app.db.begin_write().await?;
    let done = undo::last(&tx, app, staff.id, event.id).await;
    let back = redirect(list_href(&event.slug, &address));
    match commit(app, event, tx, done).await {
        Ok(Undone::Nothing) => Ok(back.flash("undo-nothing").into_response()),
        Ok(Undone::Done(restored)) => {
            let question = common::question_of(app.db.reader(), event.id, restored.question).await?;
            let number = question.and_then(|q| q.number).unwrap_or_default();
            let flash = if restored.elsewhere {
                "undo-done-elsewhere"
            } else {
                "undo-done"
            };
            Ok(back.flash_n(flash, number).into_response())
        }
        // Its mails went out: a page of its own shows them, and asks.
        Ok(Undone::Released(question)) => {
            let to = format!("/desk/events/{}/questions/{question}/undo", event.slug);
            Ok(redirect(to).into_response())
        }
        Err(error) if error.is_refusal() => {
            let words = c.clone().with(&crate::TEXTS).words;
            let errors = Errors::form(web::Message::new("refused").arg("why", error.sentence_at(&words, c.now)));
            page(app, c, &event.slug, staff.id, address, input.typed(errors)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether `staff` decided anything here that could be taken back.
pub(super) async fn has_acts(conn: &impl ConnectionTrait, event: EventId, staff: StaffId) -> Result<bool, Error> {
    let find = triage_act::Entity::find()
        .filter(triage_act::Column::StaffId.eq(staff))
        .filter(triage_act::Column::EventId.eq(event));
    Ok(find.order_by_desc(triage_act::Column::Seq).one(conn).await?.is_some())
}

pub(in crate::triage) fn list_href(slug: &str, address: &Address) -> String {
    let query = address.query();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("/desk/events/{slug}/triage{mark}{query}")
}

/// `DEED-picked` or `DEED-all`.
async fn many(
    app: &App,
    staff: &Moderator,
    c: Chrome,
    event: &event::Model,
    address: Address,
    input: Input,
    (deed, which): (&str, &str),
) -> web::Result<Response> {
    let field = if deed == "decline" { "reason" } else { "tag" };
    let mut errors = Errors::new();
    let deed = if deed == "decline" {
        let reason = Reasoned::compose(app.db.reader(), event.id, &input.picked, &input.reason).await;
        reason.map(|reason| Some(Deed::Decline(reason)))
    } else {
        Deed::parse(deed, &input.tag)
    };
    let deed = match deed {
        Ok(Some(deed)) => Some(deed),
        Ok(None) => return Err(web::Error::BadRequest("oops-bad-request-body".into())),
        Err(crate::Error::Text(error)) => {
            errors.add(field, error);
            None
        }
        Err(error) => return Err(error.into()),
    };
    let picked: Vec<(QuestionId, Option<DecisionId>)> = input.pick.iter().filter_map(|p| pair(p)).collect();
    if which != "all" && picked.is_empty() {
        errors.add("", "triage-pick-some");
    }
    let (Some(deed), true) = (deed, errors.is_empty()) else {
        return page(app, c, &event.slug, staff.id, address, input.typed(errors)).await;
    };
    if which == "all" {
        bulk::begin(app, staff.id, event.id, &address, &deed).await?;
        return Ok(redirect(list_href(&event.slug, &address))
            .flash("board-begun")
            .into_response());
    }
    let (done, left) = selected(app, staff.id, event, &deed, &picked).await?;
    if left.is_empty() {
        let flash = match deed {
            Deed::Route => "triage-routed-n",
            Deed::Reserve => "board-reserved-n",
            Deed::Decline(_) => "triage-declined-n",
            Deed::Tag(_) => "board-tagged-n",
            Deed::Untag(_) => "board-untagged-n",
        };
        return Ok(redirect(list_href(&event.slug, &address))
            .flash_n(flash, done)
            .into_response());
    }
    let words = c.clone().with(&crate::TEXTS).words;
    for (number, error) in left {
        let message = web::Message::new("refused-number")
            .arg("number", number)
            .arg("why", error.sentence_at(&words, c.now));
        errors.add("", message);
    }
    page(app, c, &event.slug, staff.id, address, input.typed(errors)).await
}

/// Each of the ticked in its own transaction: how many were done, and which were refused.
async fn selected(
    app: &App,
    staff: StaffId,
    event: &event::Model,
    deed: &Deed,
    picked: &[(QuestionId, Option<DecisionId>)],
) -> web::Result<(i64, Vec<(i32, crate::Error)>)> {
    let (mut done, mut left) = (0, Vec::new());
    for (id, seen) in picked {
        let Some(question) = common::question_of(app.db.reader(), event.id, *id).await? else {
            continue;
        };
        let tx = app.db.begin_write().await?;
        let outcome = deed.on(&tx, app, staff, event.id, *id, *seen).await;
        match commit(app, event, tx, outcome).await {
            Ok(()) => done += 1,
            Err(error) if error.is_refusal() => left.push((question.number.unwrap_or_default(), error)),
            Err(error) => return Err(error.into()),
        }
    }
    Ok((done, left))
}
