//! The release: pending decisions come true, each in one transaction with its mails. What is released is fixed when it is
//! pressed, so a job, a second press and a kill in between find the same rows. What a request cannot wait for is a job,
//! which does a share and leaves the rest to the next one.

use super::decide::{hold_decision, set_state};
use crate::service::deed::record;
pub use crate::triage::repo::What;
use crate::{
    Error, Result,
    service::assign::{self, Sending},
    triage::{
        letter::{Outcome, Said},
        repo,
    },
};
use chrono::{DateTime, Utc};
use db::{
    audit::{self, Actor},
    entity::{answer, decision, event, question, release, release_item},
    people,
    prelude::*,
};
use domain::{
    DecisionId, EventId, Lang, QuestionId, ReleaseId, StaffId,
    job::Job,
    state::{
        Transitions,
        answer::AnswerState,
        decision::{DecisionKind, DecisionState},
        mail::MailKind,
        question::QuestionState,
        release::{ItemState, ReleaseMode},
    },
};
use mail::{Initial, Letter, NewMail, Refs};
use serde_json::json;
use web::App;

/// When the mails go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    Now,
    At(DateTime<Utc>),
    /// They stay drafts until somebody sends them.
    ByHand,
}

impl When {
    const fn mode(self) -> ReleaseMode {
        match self {
            Self::Now => ReleaseMode::Now,
            Self::At(_) => ReleaseMode::At,
            Self::ByHand => ReleaseMode::Hand,
        }
    }

    const fn at(self) -> Option<DateTime<Utc>> {
        match self {
            Self::At(at) => Some(at),
            Self::Now | Self::ByHand => None,
        }
    }
}

/// What a release did.
#[derive(Debug, Default)]
pub struct Released {
    pub released: u64,
    /// What stayed pending, and why.
    pub refused: Vec<(QuestionId, Error)>,
}

/// Releases every pending decision of the event, its mails at once.
///
/// # Errors
/// When the database refuses; what was released until then stays released.
pub async fn all(app: &App, staff: StaffId, event: EventId) -> Result<Released> {
    through(app, staff, event, &What::default()).await
}

/// Releases these decisions, as far as they are the event's and pending.
///
/// # Errors
/// See [`all`].
pub async fn some(app: &App, staff: StaffId, event: EventId, ids: &[DecisionId]) -> Result<Released> {
    let what = What {
        only: Some(ids.to_vec()),
        ..What::default()
    };
    through(app, staff, event, &what).await
}

async fn through(app: &App, staff: StaffId, event: EventId, what: &What) -> Result<Released> {
    let mut done = Released::default();
    let Some(release) = begin(app, staff, event, what, When::Now, usize::MAX).await? else {
        return Ok(done);
    };
    loop {
        let (some, more) = share(app, &release).await?;
        done.released += some.released;
        done.refused.extend(some.refused);
        if !more {
            return Ok(done);
        }
    }
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

/// Releases every pending decision of the event, or `only` these as far as they are pending, their mails at once; more
/// than [`AT_ONCE`] by a job.
///
/// # Errors
/// When the database refuses.
pub async fn press(app: &App, staff: StaffId, event: EventId, only: Option<&[DecisionId]>) -> Result<Pressed> {
    let what = What {
        only: only.map(<[_]>::to_vec),
        ..What::default()
    };
    press_when(app, staff, event, &what, When::Now).await
}

/// The same for any choice, and with a say about when the mails go.
///
/// # Errors
/// When the database refuses.
pub async fn press_when(app: &App, staff: StaffId, event: EventId, what: &What, when: When) -> Result<Pressed> {
    let Some(release) = begin(app, staff, event, what, when, AT_ONCE).await? else {
        return Ok(Pressed::Done(Released::default()));
    };
    let of = usize::try_from(release.total).unwrap_or_default();
    if of > AT_ONCE {
        app.wake.notify();
        return Ok(Pressed::Begun(of));
    }
    Ok(Pressed::Done(share(app, &release).await?.0))
}

/// Writes down what shall be released; with its job when there is more than `by_hand`. `None` when nothing waits.
async fn begin(
    app: &App,
    staff: StaffId,
    event: EventId,
    what: &What,
    when: When,
    by_hand: usize,
) -> Result<Option<release::Model>> {
    let pending = repo::waiting(app.db.reader(), event, what, None).await?;
    if pending.is_empty() {
        return Ok(None);
    }
    let row = release::Model {
        id: ReleaseId::new(),
        event_id: event,
        mode: when.mode(),
        send_at: when.at(),
        total: i32::try_from(pending.len()).unwrap_or(i32::MAX),
        released_by: staff,
        created_at: app.clock.now(),
    };
    let tx = app.db.begin_write().await?;
    release::Entity::insert(release::ActiveModel::from(row.clone()).reset_all())
        .exec_without_returning(&tx)
        .await?;
    let items = pending
        .iter()
        .zip(1..)
        .map(|(decision, position)| release_item::ActiveModel {
            decision_id: Set(decision.id),
            release_id: Set(row.id),
            position: Set(position),
            state: Set(ItemState::Waiting),
            why: Set(None),
        });
    let items: Vec<_> = items.collect();
    for some in items.chunks(ITEMS) {
        release_item::Entity::insert_many(some.to_vec())
            .exec_without_returning(&tx)
            .await?;
    }
    let entry = audit::Entry {
        event: Some(event),
        actor: Actor::Staff(staff),
        action: "release.begun",
        subject: ("release", Some(row.id.uuid())),
        details: json!({
            "decisions": row.total, "mode": row.mode, "at": row.send_at, "service": what.service, "kind": what.kind,
        }),
    };
    audit::record(&tx, &app.clock, entry).await?;
    if pending.len() > by_hand {
        let job = Job::Release { release: row.id };
        jobs::enqueue(&tx, &app.clock, &job, app.clock.now()).await?;
    }
    tx.commit().await?;
    Ok(Some(row))
}

/// Five values a row; SQLite binds at most 32,766.
const ITEMS: usize = 1_000;

/// A job's share of a release; the rest is enqueued behind what waits already. Begun again after a kill, it finds
/// released what was.
///
/// # Errors
/// When the database refuses; what was released until then stays released.
pub(crate) async fn part(app: &App, release: ReleaseId) -> Result<()> {
    let Some(release) = release::Entity::find_by_id(release).one(app.db.reader()).await? else {
        return Ok(());
    };
    let (_, more) = share(app, &release).await?;
    let tx = app.db.begin_write().await?;
    if more {
        let rest = Job::Release { release: release.id };
        jobs::enqueue(&tx, &app.clock, &rest, app.clock.now()).await?;
    }
    let triage = crate::triage::board::topic(release.event_id);
    app.live.commit_all(tx, &[&topic(release.event_id), &triage]).await?;
    Ok(())
}

/// The topic of live updates of an event's release.
pub(crate) fn topic(event: EventId) -> String {
    format!("release:{event}")
}

/// Releases the next [`AT_ONCE`]; true when more wait.
async fn share(app: &App, release: &release::Model) -> Result<(Released, bool)> {
    let event = event::Entity::find_by_id(release.event_id)
        .one(app.db.reader())
        .await?
        .ok_or(Error::NotFound)?;
    let mut items = repo::next_items(app.db.reader(), release.id, AT_ONCE as u64 + 1).await?;
    let more = items.len() > AT_ONCE;
    items.truncate(AT_ONCE);
    let mut done = Released::default();
    for item in items {
        let tx = app.db.begin_write().await?;
        match one(&tx, app, release, &event, item.decision_id).await {
            Ok(released) => {
                let state = if released {
                    ItemState::Released
                } else {
                    ItemState::Passed
                };
                note(&tx, &item, state, None).await?;
                tx.commit().await?;
                done.released += u64::from(released);
            }
            Err(error) if error.is_refusal() => {
                tx.rollback().await?;
                done.refused.push(refused(app, release, &item, error).await?);
            }
            Err(error) => return Err(error),
        }
    }
    app.wake.notify();
    crate::stage::service::commit(app, app.db.begin_write().await?, event.id).await?;
    Ok((done, more))
}

async fn note(tx: &WriteTx, item: &release_item::Model, state: ItemState, why: Option<&str>) -> Result<()> {
    release_item::Entity::update_many()
        .col_expr(release_item::Column::State, Expr::value(state))
        .col_expr(release_item::Column::Why, Expr::value(why))
        .filter(release_item::Column::ReleaseId.eq(item.release_id))
        .filter(release_item::Column::DecisionId.eq(item.decision_id))
        .filter(release_item::Column::State.eq(ItemState::Waiting))
        .exec(tx)
        .await?;
    Ok(())
}

/// Notes beside the decision why it stayed pending.
async fn refused(
    app: &App,
    release: &release::Model,
    item: &release_item::Model,
    error: Error,
) -> Result<(QuestionId, Error)> {
    let tx = app.db.begin_write().await?;
    let decision = decision::Entity::find_by_id(item.decision_id)
        .one(&tx)
        .await?
        .ok_or(Error::NotFound)?;
    note(&tx, item, ItemState::Refused, Some(error.key())).await?;
    let entry = audit::Entry {
        event: Some(release.event_id),
        actor: Actor::Staff(release.released_by),
        action: "release.refused",
        subject: ("question", Some(decision.question_id.uuid())),
        details: json!({ "why": error.key() }),
    };
    audit::record(&tx, &app.clock, entry).await?;
    tx.commit().await?;
    Ok((decision.question_id, error))
}

/// Releases one decision in the caller's transaction; false when it was released or dropped already.
async fn one(tx: &WriteTx, app: &App, release: &release::Model, event: &event::Model, id: DecisionId) -> Result<bool> {
    hold_decision(tx, event.id, id).await?;
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
    let sending = Sending {
        state: match (release.mode, release.send_at) {
            (ReleaseMode::Hand, _) => Initial::Draft,
            (ReleaseMode::At, Some(at)) => Initial::At(at),
            (ReleaseMode::Now | ReleaseMode::At, _) => Initial::Queued,
        },
        release: Some(release.id),
    };
    let said = said(tx, app, &decision, &question, asker.lang, sending).await?;
    let outcome = Outcome {
        words: web::Words::new(asker.lang, &crate::TEXTS),
        event,
        question: &question,
        asker: &asker,
    };
    let letter = outcome.letter(tx, &said).await?;
    put(tx, app, &outcome, &decision, letter, sending).await?;
    let details = json!({
        "kind": decision.kind, "place": decision.place, "from": QuestionState::Received, "to": to, "release": release.id,
    });
    record(tx, app, release.released_by, &question, "decision.released", details).await?;
    Ok(true)
}

/// What the asker is told; a routed question goes to its crew, and whoever joined an answered one gets the answer.
async fn said(
    tx: &WriteTx,
    app: &App,
    decision: &decision::Model,
    question: &question::Model,
    lang: Lang,
    sending: Sending,
) -> Result<Said> {
    Ok(match decision.kind {
        DecisionKind::Live => Said::Live {
            place: decision.place,
            speaker: repo::speaker_line(tx, decision.speaker_id).await?,
        },
        DecisionKind::Route => {
            let service = decision.service_id.unwrap_or(question.service_id);
            let given = assign::give(tx, app, question, service, sending).await?;
            let mut names = people::service_names(tx, lang).await?;
            Said::Routed {
                service: names.remove(&given.crew).unwrap_or_default(),
            }
        }
        DecisionKind::Decline => Said::Declined {
            reason: decision.reason.clone().unwrap_or_default(),
        },
        DecisionKind::Merge | DecisionKind::Duplicate => {
            deliver_again(tx, app, decision, sending.from(app)).await?;
            if decision.kind == DecisionKind::Merge {
                Said::Merged
            } else {
                Said::Duplicate
            }
        }
        DecisionKind::Reserve => return Err(Error::Refused("refused-reserve")),
    })
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
async fn deliver_again(tx: &WriteTx, app: &App, decision: &decision::Model, at: DateTime<Utc>) -> Result<()> {
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
        jobs::enqueue(tx, &app.clock, &Job::Deliver { answer: answer.id }, at).await?;
    }
    Ok(())
}

/// The mail to the asker, where they have an address; their page says it in any case.
async fn put(
    tx: &WriteTx,
    app: &App,
    outcome: &Outcome<'_>,
    decision: &decision::Model,
    letter: Letter,
    sending: Sending,
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
        state: sending.state,
        dedup: format!("outcome:{}", decision.id),
        reply: None,
        refs: Refs {
            event: Some(decision.event_id),
            invitation: Some(outcome.asker.invitation),
            question: Some(decision.question_id),
            ..Refs::default()
        },
    };
    sending.put(tx, app, mail).await
}
