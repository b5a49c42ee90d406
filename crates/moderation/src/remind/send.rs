//! Takes the steps that are due, each once, and puts their mails.

use super::{
    Rule, letter,
    waiting::{Recipient, Role, Scene, To, Waiting},
};
use crate::Result;
use db::{
    audit::{self, Actor},
    entity::{assignment, event, reminder, reminder_listed},
    prelude::*,
};
use domain::{
    AssignmentId, OutgoingId,
    state::{assignment::AssignmentState, mail::MailKind},
};
use mail::{Initial, NewMail, Refs};
use sea_orm::sea_query::OnConflict;
use serde_json::json;
use std::collections::BTreeMap;
use web::App;

/// The states of an assignment of which somebody is reminded. Who was asked back waits for another.
const REMINDED_OF: [AssignmentState; 2] = [AssignmentState::Sent, AssignmentState::Reminded];

/// What goes to one person in one mail.
struct Group {
    to: Recipient,
    fresh: Vec<Waiting>,
    /// Their step was taken before; they stand in the mail that goes anyway.
    others: Vec<Waiting>,
}

/// Takes the steps that are due in all events, and says how many mails were put. Several nodes may run it at once, and a
/// killed one leaves nothing half done: each step is a row under a key, with its mail in one transaction.
///
/// # Errors
/// When the database refuses; what was committed before stands.
pub async fn run(app: &App) -> Result<usize> {
    let mut mails = 0;
    for event in event::Entity::find().all(app.db.reader()).await? {
        let rule = Rule::of(app.db.reader(), &event).await?;
        if rule.enabled && rule.hours.is_open(app.clock.now(), &app.settings.events.holidays) {
            mails += in_event(app, &event, &rule).await?;
        }
    }
    if mails > 0 {
        app.wake.notify();
    }
    Ok(mails)
}

async fn in_event(app: &App, event: &event::Model, rule: &Rule) -> Result<usize> {
    let scene = Scene::load(app, event, rule).await?;
    let mut groups: BTreeMap<(String, Role), Group> = BTreeMap::new();
    for waiting in &scene.waiting {
        match scene.to(waiting, rule) {
            To::Person(to) => {
                let key = (to.email.to_string(), to.role);
                let group = groups.entry(key).or_insert_with(|| Group {
                    to,
                    fresh: Vec::new(),
                    others: Vec::new(),
                });
                let list = if waiting.taken {
                    &mut group.others
                } else {
                    &mut group.fresh
                };
                list.push(waiting.clone());
            }
            To::Nobody | To::Moderators if !waiting.taken => without_mail(app, event, waiting).await?,
            To::Nobody | To::Moderators | To::Later => {}
        }
    }
    let mut mails = 0;
    for group in groups.into_values().filter(|g| !g.fresh.is_empty()) {
        mails += usize::from(with_mail(app, event, rule, group).await?);
    }
    Ok(mails)
}

/// Takes a step, when it is still to be taken: an answer that commits first leaves nothing to remind of, one that comes
/// later waits for us and finds the mail that it stops.
async fn take(tx: &WriteTx, app: &App, event: &event::Model, waiting: &Waiting) -> Result<bool> {
    let row = &waiting.row;
    let held = assignment::Entity::update_many()
        .col_expr(assignment::Column::State, Expr::value(AssignmentState::Reminded))
        .filter(assignment::Column::Id.eq(row.id))
        .filter(assignment::Column::State.is_in(REMINDED_OF))
        .filter(assignment::Column::DueAt.eq(row.due_at))
        .exec(tx)
        .await?;
    if held.rows_affected == 0 {
        return Ok(false);
    }
    let step = reminder::ActiveModel {
        assignment_id: Set(row.id),
        due_at: Set(row.due_at),
        step: Set(waiting.step),
        outgoing_id: Set(None),
        at: Set(app.clock.now()),
    };
    let taken = reminder::Entity::insert(step)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    if taken == 0 {
        return Ok(false);
    }
    let entry = audit::Entry {
        event: Some(event.id),
        actor: Actor::System,
        action: "assignment.reminded",
        subject: ("assignment", Some(row.id.uuid())),
        details: json!({ "step": waiting.step }),
    };
    audit::record(tx, &app.clock, entry).await?;
    Ok(true)
}

async fn without_mail(app: &App, event: &event::Model, waiting: &Waiting) -> Result<()> {
    let tx = app.db.begin_write().await?;
    if take(&tx, app, event, waiting).await? {
        tx.commit().await?;
    } else {
        tx.rollback().await?;
    }
    Ok(())
}

async fn with_mail(app: &App, event: &event::Model, rule: &Rule, group: Group) -> Result<bool> {
    let tx = app.db.begin_write().await?;
    let mut listed = Vec::new();
    for waiting in group.fresh {
        if take(&tx, app, event, &waiting).await? {
            listed.push(waiting);
        }
    }
    if listed.is_empty() {
        tx.rollback().await?;
        return Ok(false);
    }
    let fresh: Vec<AssignmentId> = listed.iter().map(|w| w.row.id).collect();
    for waiting in group.others {
        let still = assignment::Entity::find_by_id(waiting.row.id)
            .filter(assignment::Column::State.is_in(REMINDED_OF))
            .filter(assignment::Column::DueAt.eq(waiting.row.due_at));
        if still.one(&tx).await?.is_some() {
            listed.push(waiting);
        }
    }
    // What is late longest comes first.
    listed.sort_by_key(|w| (w.row.due_at, w.row.id));
    let mail = new_mail(&tx, app, event, &group.to, &listed).await?;
    let put = mail::outbox::put_within(&tx, &app.clock, &app.settings, mail, &rule.hours).await?;
    if let Some(outgoing) = put {
        note(&tx, outgoing, &fresh, &listed).await?;
    }
    tx.commit().await?;
    Ok(put.is_some())
}

async fn new_mail(
    tx: &WriteTx,
    app: &App,
    event: &event::Model,
    to: &Recipient,
    listed: &[Waiting],
) -> Result<NewMail> {
    let letter = letter::write(tx, app, event, to, listed).await?;
    // Only a mail about one question tells which one a reply answers.
    let only = match listed {
        [one] => Some(one),
        _ => None,
    };
    Ok(NewMail {
        kind: MailKind::Reminder,
        to_name: to.name.clone(),
        to_email: to.email.clone(),
        lang: letter.lang,
        letter: letter.letter,
        state: Initial::Queued,
        // The step's own row is what makes it one of a kind; a mail that an answer stopped may be put anew.
        dedup: format!("reminder:{}", OutgoingId::new()),
        reply: only.map(|w| mail::ReplyTo::Assignment(w.row.id)),
        refs: Refs {
            event: Some(event.id),
            question: only.and_then(|w| w.row.question_id),
            assignment: only.map(|w| w.row.id),
            invitation: match to.role {
                Role::Partner(invitation, _) => Some(invitation),
                Role::Member | Role::Lead => None,
            },
            ..Refs::default()
        },
    })
}

async fn note(tx: &WriteTx, outgoing: OutgoingId, fresh: &[AssignmentId], listed: &[Waiting]) -> Result<()> {
    for waiting in listed.iter().filter(|w| fresh.contains(&w.row.id)) {
        reminder::Entity::update_many()
            .col_expr(reminder::Column::OutgoingId, Expr::value(Some(outgoing)))
            .filter(reminder::Column::AssignmentId.eq(waiting.row.id))
            .filter(reminder::Column::DueAt.eq(waiting.row.due_at))
            .filter(reminder::Column::Step.eq(waiting.step))
            .exec(tx)
            .await?;
    }
    let rows = listed.iter().map(|w| reminder_listed::ActiveModel {
        outgoing_id: Set(outgoing),
        assignment_id: Set(w.row.id),
    });
    reminder_listed::Entity::insert_many(rows)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}
