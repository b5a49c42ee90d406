//! The release: pending decisions come true, each in one transaction with its mail. What a request cannot wait for is
//! a job, which does a part and leaves the rest to the next one.

use super::decide::{record, set_state};
use crate::{
    Error, Result,
    service::assign,
    triage::{letter, repo},
};
use db::{
    audit::{self, Actor},
    entity::{answer, decision, event, question},
    people,
    prelude::*,
};
use domain::{
    DecisionId, EventId, QuestionId, StaffId,
    job::Job,
    state::{
        Transitions,
        answer::AnswerState,
        decision::{DecisionKind, DecisionState},
        mail::MailKind,
        question::QuestionState,
    },
};
use mail::{Initial, Letter, NewMail, Refs};
use serde_json::json;
use std::collections::HashSet;
use web::App;

/// What a release did.
#[derive(Debug, Default)]
pub struct Released {
    pub released: u64,
    /// What stayed pending, and why.
    pub refused: Vec<(QuestionId, Error)>,
}

/// Releases every pending decision of the event.
///
/// # Errors
/// When the database refuses; what was released until then stays released.
pub async fn all(app: &App, staff: StaffId, event: EventId) -> Result<Released> {
    let pending = repo::pending(app.db.reader(), event).await?;
    each(app, staff, event, pending).await
}

/// Releases these decisions, as far as they are the event's and pending.
///
/// # Errors
/// See [`all`].
pub async fn some(app: &App, staff: StaffId, event: EventId, ids: &[DecisionId]) -> Result<Released> {
    let mut pending = repo::pending(app.db.reader(), event).await?;
    pending.retain(|d| ids.contains(&d.id));
    each(app, staff, event, pending).await
}

/// So many are released while the page waits, and by one job before others have their turn.
pub const AT_ONCE: usize = 100;

/// What was pressed.
#[derive(Debug)]
pub enum Pressed {
    Done(Released),
    /// So many are being released by a job.
    Begun(usize),
}

/// Releases every pending decision of the event, or `only` these as far as they are pending; more than [`AT_ONCE`]
/// by a job.
///
/// # Errors
/// When the database refuses.
pub async fn press(app: &App, staff: StaffId, event: EventId, only: Option<&[DecisionId]>) -> Result<Pressed> {
    let mut pending = repo::pending(app.db.reader(), event).await?;
    if let Some(only) = only {
        let only: HashSet<&DecisionId> = only.iter().collect();
        pending.retain(|d| only.contains(&d.id));
    }
    if pending.len() <= AT_ONCE {
        return Ok(Pressed::Done(each(app, staff, event, pending).await?));
    }
    let decisions: Vec<DecisionId> = pending.into_iter().map(|d| d.id).collect();
    let of = decisions.len();
    let tx = app.db.begin_write().await?;
    let entry = audit::Entry {
        event: Some(event),
        actor: Actor::Staff(staff),
        action: "release.begun",
        subject: ("event", Some(event.uuid())),
        details: json!({ "decisions": of }),
    };
    audit::record(&tx, &app.clock, entry).await?;
    let job = Job::Release {
        event,
        staff,
        decisions,
    };
    jobs::enqueue(&tx, &app.clock, &job, app.clock.now()).await?;
    tx.commit().await?;
    app.wake.notify();
    Ok(Pressed::Begun(of))
}

/// A job's share of `decisions`; the rest is enqueued behind what waits already. Begun again after a kill, it finds
/// released what was.
///
/// # Errors
/// When the database refuses; what was released until then stays released.
pub(crate) async fn part(app: &App, staff: StaffId, event: EventId, decisions: &[DecisionId]) -> Result<()> {
    let (now, later) = decisions.split_at(decisions.len().min(AT_ONCE));
    let done = some(app, staff, event, now).await?;
    let tx = app.db.begin_write().await?;
    for (question, error) in &done.refused {
        // Nobody waits for the answer; the page of what is pending says it.
        let entry = audit::Entry {
            event: Some(event),
            actor: Actor::Staff(staff),
            action: "release.refused",
            subject: ("question", Some(question.uuid())),
            details: json!({ "why": error.key() }),
        };
        audit::record(&tx, &app.clock, entry).await?;
    }
    if !later.is_empty() {
        let rest = Job::Release {
            event,
            staff,
            decisions: later.to_vec(),
        };
        jobs::enqueue(&tx, &app.clock, &rest, app.clock.now()).await?;
    }
    let triage = crate::triage::board::topic(event);
    app.live.commit_all(tx, &[&topic(event), &triage]).await?;
    Ok(())
}

/// The topic of live updates of an event's release.
pub(crate) fn topic(event: EventId) -> String {
    format!("release:{event}")
}

async fn each(app: &App, staff: StaffId, event: EventId, pending: Vec<decision::Model>) -> Result<Released> {
    let event = event::Entity::find_by_id(event)
        .one(app.db.reader())
        .await?
        .ok_or(Error::NotFound)?;
    let mut done = Released::default();
    for decision in pending {
        let tx = app.db.begin_write().await?;
        match one(&tx, app, staff, &event, decision.id).await {
            Ok(released) => {
                tx.commit().await?;
                done.released += u64::from(released);
            }
            Err(error) if error.is_refusal() => {
                tx.rollback().await?;
                done.refused.push((decision.question_id, error));
            }
            Err(error) => return Err(error),
        }
    }
    app.wake.notify();
    crate::stage::service::commit(app, app.db.begin_write().await?, event.id).await?;
    Ok(done)
}

/// Releases one decision in the caller's transaction; false when it was released or dropped already.
async fn one(tx: &WriteTx, app: &App, staff: StaffId, event: &event::Model, id: DecisionId) -> Result<bool> {
    match set_state(tx, id, DecisionState::Released).await {
        Ok(()) => {}
        Err(error) if error.is_refusal() => return Ok(false),
        Err(error) => return Err(error),
    }
    decision::Entity::update_many()
        .col_expr(decision::Column::ReleasedAt, Expr::value(app.clock.now()))
        .filter(decision::Column::Id.eq(id))
        .exec(tx)
        .await?;
    let decision = decision::Entity::find_by_id(id).one(tx).await?.ok_or(Error::NotFound)?;
    let to = match decision.kind {
        DecisionKind::Live => QuestionState::Live,
        DecisionKind::Route => QuestionState::Routed,
        DecisionKind::Decline => QuestionState::Declined,
        DecisionKind::Merge | DecisionKind::Duplicate => QuestionState::Merged,
        DecisionKind::Reserve => return Err(Error::Refused("refused-reserve")),
    };
    place(tx, app, &decision, to).await?;
    // After the step, which holds the question's row: nobody can join it any more.
    if matches!(to, QuestionState::Declined | QuestionState::Merged)
        && repo::has_followers(tx, decision.question_id).await?
    {
        return Err(Error::Refused("refused-has-followers"));
    }
    let question = question::Entity::find_by_id(decision.question_id)
        .one(tx)
        .await?
        .ok_or(Error::NotFound)?;
    let asker = people::invitee(tx, question.invitation_id, question.lang)
        .await?
        .ok_or(Error::NotFound)?;
    let words = web::Words::new(asker.lang, &crate::TEXTS);
    let outcome = letter::Outcome {
        words,
        event,
        question: &question,
        asker: &asker,
    };
    let letter = match decision.kind {
        DecisionKind::Live => outcome.live(),
        DecisionKind::Route => {
            let service = decision.service_id.unwrap_or(question.service_id);
            assign::to_crew(tx, app, &question, service).await?;
            let names = people::service_names(tx, asker.lang).await?;
            outcome.routed(names.get(&service).map_or("", String::as_str))
        }
        DecisionKind::Decline => outcome.declined(decision.reason.as_deref().unwrap_or_default()),
        DecisionKind::Merge | DecisionKind::Duplicate => {
            deliver_again(tx, app, &decision).await?;
            if decision.kind == DecisionKind::Duplicate {
                outcome.duplicate()
            } else {
                outcome.merged()
            }
        }
        DecisionKind::Reserve => unreachable!("refused above"),
    };
    put(tx, app, &outcome, &decision, letter).await?;
    record(
        tx,
        app,
        staff,
        &question,
        "decision.released",
        json!({ "kind": decision.kind, "place": decision.place }),
    )
    .await?;
    Ok(true)
}

async fn place(tx: &WriteTx, app: &App, decision: &decision::Model, to: QuestionState) -> Result<()> {
    let now = app.clock.now();
    let mut update = question::Entity::update_many()
        .col_expr(question::Column::State, Expr::value(to))
        .col_expr(question::Column::Pending, Expr::value(None::<DecisionKind>))
        .col_expr(question::Column::UpdatedAt, Expr::value(now))
        .col_expr(question::Column::Version, Expr::col(question::Column::Version).add(1));
    match to {
        QuestionState::Declined => {
            update = update.col_expr(question::Column::DeclineReason, Expr::value(decision.reason.clone()));
        }
        QuestionState::Merged => {
            update = update.col_expr(question::Column::MergedInto, Expr::value(decision.merged_into));
        }
        _ => {}
    }
    // Only out of triage: a question that left the stage goes another way.
    debug_assert!(QuestionState::Received.may_become(to), "received → {to}");
    let result = update
        .filter(question::Column::Id.eq(decision.question_id))
        .filter(question::Column::State.eq(QuestionState::Received))
        .exec(tx)
        .await?;
    if result.rows_affected == 1 {
        Ok(())
    } else {
        Err(Error::NotWaiting)
    }
}

/// The asker of a merged question gets the answers, also those that were approved before the merge.
async fn deliver_again(tx: &WriteTx, app: &App, decision: &decision::Model) -> Result<()> {
    let into = decision.merged_into.ok_or(Error::NotFound)?;
    let target = question::Entity::find_by_id(into)
        .one(tx)
        .await?
        .ok_or(Error::NotFound)?;
    if !matches!(
        target.state,
        QuestionState::Received | QuestionState::Live | QuestionState::Routed
    ) {
        return Err(Error::Refused("refused-merge-target"));
    }
    let approved = answer::Entity::find()
        .filter(answer::Column::QuestionId.eq(into))
        .filter(answer::Column::State.eq(AnswerState::Approved))
        .all(tx)
        .await?;
    for answer in approved {
        jobs::enqueue(tx, &app.clock, &Job::Deliver { answer: answer.id }, app.clock.now()).await?;
    }
    Ok(())
}

/// The mail to the asker, where they have an address; their page says it in any case.
async fn put(
    tx: &WriteTx,
    app: &App,
    outcome: &letter::Outcome<'_>,
    decision: &decision::Model,
    letter: Letter,
) -> Result<()> {
    let Some(email) = outcome.asker.email.clone() else {
        return Ok(());
    };
    let mail = NewMail {
        kind: MailKind::Outcome,
        to_name: outcome.asker.person.name(),
        to_email: email,
        lang: outcome.asker.lang,
        letter,
        state: Initial::Queued,
        dedup: format!("outcome:{}", decision.id),
        reply: None,
        refs: Refs {
            event: Some(decision.event_id),
            invitation: Some(outcome.asker.invitation),
            question: Some(decision.question_id),
            ..Refs::default()
        },
    };
    mail::outbox::put(tx, &app.clock, &app.settings, mail).await?;
    Ok(())
}
