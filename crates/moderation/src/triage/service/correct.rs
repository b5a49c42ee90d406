//! The correction of what was released. Mails that have not gone are taken back; those that have are listed, and new ones
//! wait as drafts, for staff to read, edit and send.

use super::{
    reserves::move_up,
    step::{Cause, keep, note, set_state, turn},
};
use crate::service::deed::record;
use crate::{
    Error, Result,
    service::assign,
    stage::repo as stage,
    triage::{letter, repo},
};
use chrono::{DateTime, Utc};
use db::{
    audit::{self, Actor},
    entity::{answer, assignment, crew_member, decision, delivery, event, outgoing_mail, question, stage_seen},
    people,
    prelude::*,
};
use domain::{
    OutgoingId, QuestionId, StaffId,
    state::{
        Transitions,
        assignment::AssignmentState,
        decision::{DecisionKind, DecisionState},
        mail::{MailKind, OutgoingState},
        question::QuestionState,
    },
};
use mail::{Initial, NewMail, Refs};
use serde_json::json;
use web::App;

/// One mail about a question.
#[derive(Clone, Debug)]
pub struct Written {
    pub id: OutgoingId,
    pub kind: MailKind,
    pub to: String,
    pub subject: String,
    pub state: OutgoingState,
    pub at: DateTime<Utc>,
}

impl Written {
    /// It has not gone: the correction takes it back.
    pub const fn waits(&self) -> bool {
        matches!(self.state, OutgoingState::Draft | OutgoingState::Queued)
    }
}

/// What a correction will find.
#[derive(Clone, Debug)]
pub struct Outlook {
    pub decision: decision::Model,
    pub mails: Vec<Written>,
    /// Why it cannot be: the key of a text.
    pub refused: Option<&'static str>,
}

pub(super) async fn outlook(conn: &impl ConnectionTrait, question: QuestionId) -> Result<Outlook> {
    let question = question::Entity::find_by_id(question)
        .one(conn)
        .await?
        .ok_or(Error::NotFound)?;
    let decision = repo::released_of(conn, question.id).await?.ok_or(Error::NotFound)?;
    let refused = match allowed(conn, &question).await {
        Ok(()) => None,
        Err(Error::Refused(key)) => Some(key),
        Err(error) => return Err(error),
    };
    let rows = outgoing_mail::Entity::find()
        .filter(outgoing_mail::Column::QuestionId.eq(question.id))
        .filter(outgoing_mail::Column::State.ne(OutgoingState::Dropped))
        .filter(outgoing_mail::Column::Kind.is_in([MailKind::Outcome, MailKind::Assignment]))
        .order_by_asc(outgoing_mail::Column::CreatedAt)
        .order_by_asc(outgoing_mail::Column::Id)
        .all(conn)
        .await?;
    let mails = rows.into_iter().map(|row| {
        let subject = mail::outbox::letter(&row).map(|l| l.subject).unwrap_or_default();
        Written {
            id: row.id,
            kind: row.kind,
            to: row.to_name,
            subject,
            state: row.state,
            at: row.sent_at.unwrap_or(row.created_at),
        }
    });
    Ok(Outlook {
        decision,
        mails: mails.collect(),
        refused,
    })
}

/// Whether it may go back to triage.
async fn allowed(conn: &impl ConnectionTrait, question: &question::Model) -> Result<()> {
    let seen = stage_seen::Entity::find_by_id(question.id).one(conn).await?;
    let shown = stage::run(conn, question.event_id).await?;
    if seen.is_some() || shown.is_some_and(|run| run.question_id == Some(question.id)) {
        return Err(Error::Refused("refused-undo-on-stage"));
    }
    let answers = answer::Entity::find().filter(answer::Column::QuestionId.eq(question.id));
    if answers.count(conn).await? > 0 {
        return Err(Error::Refused("refused-undo-answered"));
    }
    let deliveries = delivery::Entity::find().filter(delivery::Column::QuestionId.eq(question.id));
    let led = match question.merged_into {
        Some(lead) => repo::is_answered(conn, lead).await?,
        None => false,
    };
    if led || deliveries.count(conn).await? > 0 {
        return Err(Error::Refused("refused-undo-delivered"));
    }
    Ok(())
}

/// Gives the question that moved up, if a live place became free.
pub(super) async fn correct(tx: &WriteTx, app: &App, staff: StaffId, id: QuestionId) -> Result<Option<QuestionId>> {
    let found = question::Entity::find_by_id(id).find_also_related(event::Entity);
    let event = found
        .one(tx)
        .await?
        .and_then(|(_, event)| event)
        .ok_or(Error::NotFound)?;
    turn(tx, event.id).await?;
    let from = [
        QuestionState::Live,
        QuestionState::Routed,
        QuestionState::Merged,
        QuestionState::Declined,
    ];
    let question = keep(tx, id, &from).await?.ok_or(Error::Refused("refused-undo-gone"))?;
    let stood = repo::released_of(tx, id)
        .await?
        .ok_or(Error::Refused("refused-undo-gone"))?;
    allowed(tx, &question).await?;
    debug_assert!(question.state.may_become(QuestionState::Received));
    set_state(tx, stood.id, DecisionState::Dropped).await?;
    let back = question::Entity::update_many()
        .col_expr(question::Column::State, Expr::value(QuestionState::Received))
        .col_expr(question::Column::MergedInto, Expr::value(None::<QuestionId>))
        .col_expr(question::Column::DeclineReason, Expr::value(None::<String>))
        .col_expr(question::Column::UpdatedAt, Expr::value(app.clock.now()))
        .col_expr(question::Column::Version, Expr::col(question::Column::Version).add(1))
        .filter(question::Column::Id.eq(id))
        .filter(question::Column::State.eq(question.state))
        .exec(tx)
        .await?;
    one_row(&back, "question")?;
    take_back(tx, id, MailKind::Outcome).await?;
    withdraw(tx, app, staff, &event, &question).await?;
    tell(tx, app, &event, &question, &stood).await?;
    let made = repo::act_that_made(tx, stood.id).await?;
    let cause = Cause {
        back: made.is_some(),
        undoes: made.map(|act| act.id),
        ..Cause::staff(staff)
    };
    let act = note(tx, app, event.id, id, Some(stood.id), None, cause).await?;
    let details = json!({ "kind": stood.kind, "place": stood.place, "from": question.state });
    record(tx, app, staff, &question, "decision.corrected", details).await?;
    match stood.place.filter(|_| stood.kind == DecisionKind::Live) {
        Some(place) => move_up(tx, app, &event, place, Some(act), Some(id)).await,
        None => Ok(None),
    }
}

/// The mails of this kind that have not gone do not go. True when there were any, and no other went before.
async fn take_back(tx: &WriteTx, question: QuestionId, kind: MailKind) -> Result<()> {
    let waiting = outgoing_mail::Entity::find()
        .filter(outgoing_mail::Column::QuestionId.eq(question))
        .filter(outgoing_mail::Column::Kind.eq(kind))
        .filter(outgoing_mail::Column::State.is_in([OutgoingState::Draft, OutgoingState::Queued]))
        .filter(outgoing_mail::Column::Attempts.eq(0))
        .all(tx)
        .await?;
    for mail in waiting {
        match mail::outbox::drop(tx, mail.id).await {
            Ok(()) => {}
            // The sender was faster: then it is one of those that went.
            Err(mail::Error::Db(error)) if error.is_stale() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The crew is no longer asked: their assignment is withdrawn, and a mail that says so waits as a draft.
async fn withdraw(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    event: &event::Model,
    question: &question::Model,
) -> Result<()> {
    let open = assignment::Entity::find()
        .filter(assignment::Column::QuestionId.eq(question.id))
        .filter(assignment::Column::State.is_in(AssignmentState::OPEN.iter().copied()))
        .all(tx)
        .await?;
    for asked in open {
        let left = assignment::Entity::update_many()
            .col_expr(assignment::Column::State, Expr::value(AssignmentState::Withdrawn))
            .filter(assignment::Column::Id.eq(asked.id))
            .filter(assignment::Column::State.is_in(AssignmentState::sources(AssignmentState::Withdrawn)))
            .exec(tx)
            .await?;
        one_row(&left, "assignment")?;
        take_back(tx, question.id, MailKind::Assignment).await?;
        let entry = audit::Entry {
            event: Some(event.id),
            actor: Actor::Staff(staff),
            action: "assignment.withdrawn",
            subject: ("assignment", Some(asked.id.uuid())),
            details: json!({ "question": question.id }),
        };
        audit::record(tx, &app.clock, entry).await?;
        let Some(crew) = asked.crew_member_id else { continue };
        let Some(crew) = crew_member::Entity::find_by_id(crew).one(tx).await? else {
            continue;
        };
        let words = web::Words::new(question.lang, &crate::TEXTS);
        let title = assign::event_title(event, question.lang);
        let number = question.number.unwrap_or_default();
        let subject = words.ta("withdrawn-subject", &[("event", &title), ("number", &number)]);
        let letter = mail::Letter::new(subject)
            .text(words.t1("withdrawn-body", "number", number))
            .quote(&question.body, None)
            .note(words.t("withdrawn-note"));
        let mail = NewMail {
            kind: MailKind::Assignment,
            to_name: crew.nickname.clone().unwrap_or_else(|| crew.name.clone()),
            to_email: crew.email,
            lang: question.lang,
            letter,
            state: Initial::Draft,
            dedup: format!("withdrawn:{}", asked.id),
            reply: None,
            refs: Refs {
                event: Some(event.id),
                question: Some(question.id),
                assignment: Some(asked.id),
                ..Refs::default()
            },
        };
        mail::outbox::put(tx, &app.clock, &app.settings, mail).await?;
    }
    Ok(())
}

/// The asker's mail, as a draft.
async fn tell(
    tx: &WriteTx,
    app: &App,
    event: &event::Model,
    question: &question::Model,
    stood: &decision::Model,
) -> Result<()> {
    let asker = people::invitee(tx, question.invitation_id, question.lang)
        .await?
        .ok_or(Error::NotFound)?;
    let Some(email) = asker.email.clone() else {
        return Ok(());
    };
    let outcome = letter::Outcome {
        words: web::Words::new(asker.lang, &crate::TEXTS),
        event,
        question,
        asker: &asker,
    };
    let mail = NewMail {
        kind: MailKind::Outcome,
        to_name: asker.person.name(),
        to_email: email,
        lang: asker.lang,
        letter: outcome.corrected(stood.kind),
        state: Initial::Draft,
        dedup: format!("correction:{}", stood.id),
        reply: None,
        refs: Refs {
            event: Some(event.id),
            invitation: Some(asker.invitation),
            question: Some(question.id),
            ..Refs::default()
        },
    };
    mail::outbox::put(tx, &app.clock, &app.settings, mail).await?;
    Ok(())
}
