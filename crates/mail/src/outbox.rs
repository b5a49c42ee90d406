//! Every outgoing mail is a row before it is a mail: put by whoever causes it, in the transaction of its cause.

use crate::{Error, Hours, letter::Letter};
use chrono::{DateTime, Utc};
use db::{Batch, entity::outgoing_mail, prelude::*};
use domain::{
    AssignmentId, Clock, DeliveryId, EmailAddress, EventId, InvitationId, Lang, OutgoingId, QuestionId,
    state::{
        Transitions,
        mail::{MailKind, OutgoingState},
    },
    token::day_stamp_after,
};
use sea_orm::sea_query::OnConflict;
use settings::Settings;
use uuid::Uuid;

/// Days for which a reply address counts. An answer that comes late is still an answer; whether the assignment still
/// wants one is the assignment's own state.
const REPLY_DAYS: u64 = 365;

/// A mail that shall be sent, or shall wait for staff.
#[derive(Clone, Debug)]
pub struct NewMail {
    pub kind: MailKind,
    pub to_name: String,
    pub to_email: EmailAddress,
    pub lang: Lang,
    pub letter: Letter,
    pub state: Initial,
    /// What makes the mail one of a kind (`delivery:ID`): a second one with the same text is not put.
    pub dedup: String,
    /// What replies are.
    pub reply: Option<ReplyTo>,
    pub refs: Refs,
}

/// What a reply to a mail of ours is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyTo {
    /// An answer to this assignment, by whom it asks.
    Assignment(AssignmentId),
    /// What the asker of this question says beside it.
    Asker(QuestionId),
}

impl ReplyTo {
    const fn assignment(self) -> Option<AssignmentId> {
        match self {
            Self::Assignment(id) => Some(id),
            Self::Asker(_) => None,
        }
    }

    const fn question(self) -> Option<QuestionId> {
        match self {
            Self::Assignment(_) => None,
            Self::Asker(id) => Some(id),
        }
    }
}

/// In which state a mail enters the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Initial {
    /// Waits until staff queue it.
    Draft,
    /// Goes as soon as it can.
    Queued,
    /// Goes at this moment.
    At(DateTime<Utc>),
}

/// What a mail belongs to: by this it is found again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refs {
    pub event: Option<EventId>,
    pub invitation: Option<InvitationId>,
    pub question: Option<QuestionId>,
    pub assignment: Option<AssignmentId>,
    pub delivery: Option<DeliveryId>,
}

/// Puts a mail into the outbox; `None` when one with the same `dedup` is there already. After the commit, call
/// `wake.notify()`, so that it goes at once.
///
/// # Errors
/// When the database refuses.
pub async fn put(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    settings: &Settings,
    mail: NewMail,
) -> Result<Option<OutgoingId>, Error> {
    insert(tx, row(OutgoingId::new(), clock, settings, mail)?).await
}

/// The same for a mail that goes within these hours alone, also when it is tried again.
///
/// # Errors
/// When the database refuses.
pub async fn put_within(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    settings: &Settings,
    mail: NewMail,
    hours: &Hours,
) -> Result<Option<OutgoingId>, Error> {
    let mut row = row(OutgoingId::new(), clock, settings, mail)?;
    row.hours = Set(Some(serde_json::to_value(hours)?));
    insert(tx, row).await
}

async fn insert(tx: &impl ConnectionTrait, row: outgoing_mail::ActiveModel) -> Result<Option<OutgoingId>, Error> {
    let id = row.id.clone().take();
    let inserted = outgoing_mail::Entity::insert(row)
        .on_conflict(OnConflict::column(outgoing_mail::Column::Dedup).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok(id.filter(|_| inserted > 0))
}

/// The same with the rows of a [`Batch`].
///
/// # Errors
/// When the letter does not become JSON.
pub fn put_with(batch: &mut Batch, clock: &Clock, settings: &Settings, mail: NewMail) -> Result<(), Error> {
    let row = row(OutgoingId::new(), clock, settings, mail)?;
    batch.insert_once(row, outgoing_mail::Column::Dedup);
    Ok(())
}

fn row(id: OutgoingId, clock: &Clock, settings: &Settings, mail: NewMail) -> Result<outgoing_mail::ActiveModel, Error> {
    let now = clock.now();
    let state = match mail.state {
        Initial::Draft => OutgoingState::Draft,
        Initial::Queued | Initial::At(_) => OutgoingState::Queued,
    };
    let first_attempt = match mail.state {
        Initial::At(at) => Ord::max(at, now),
        Initial::Draft | Initial::Queued => now,
    };
    Ok(outgoing_mail::ActiveModel {
        id: Set(id),
        kind: Set(mail.kind),
        state: Set(state),
        event_id: Set(mail.refs.event),
        invitation_id: Set(mail.refs.invitation),
        // Of a mail that its asker may reply to, it is the question that a reply is about.
        question_id: Set(mail.reply.and_then(ReplyTo::question).or(mail.refs.question)),
        assignment_id: Set(mail.refs.assignment.or(mail.reply.and_then(ReplyTo::assignment))),
        delivery_id: Set(mail.refs.delivery),
        to_name: Set(crate::letter::one_line(&mail.to_name)),
        to_domain: Set(mail.to_email.domain().to_owned()),
        to_email: Set(mail.to_email),
        lang: Set(mail.lang),
        letter: Set(serde_json::to_value(mail.letter.cleaned())?),
        reply_assignment_id: Set(mail.reply.and_then(ReplyTo::assignment)),
        reply_until: Set(mail.reply.map(|_| i32::from(day_stamp_after(now, REPLY_DAYS)))),
        message_id: Set(new_message_id(settings)),
        dedup: Set(mail.dedup),
        mail_date: Set(None),
        bytes_sha256: Set(None),
        attempts: Set(0),
        next_attempt_at: Set(first_attempt),
        lease_until: Set(None),
        lease_owner: Set(None),
        server_reply: Set(None),
        version: Set(1),
        created_at: Set(now),
        sent_at: Set(None),
        forced: Set(false),
        hours: Set(None),
    })
}

/// A Message-ID nobody can guess (RFC 9562 version 4: 122 random bits), without angle brackets.
fn new_message_id(settings: &Settings) -> String {
    format!(
        "{}@{}",
        Uuid::new_v4().simple(),
        settings.mail.reply_domain.to_ascii_lowercase()
    )
}

/// A draft goes to the queue.
///
/// # Errors
/// Stale when it is no draft (or a mail that failed: see [`retry`]).
pub async fn queue(tx: &impl ConnectionTrait, clock: &Clock, id: OutgoingId) -> Result<(), Error> {
    step(tx, id, &[OutgoingState::Draft], OutgoingState::Queued, |update| {
        update.col_expr(outgoing_mail::Column::NextAttemptAt, Expr::value(clock.now()))
    })
    .await
}

/// Back to a draft: from the queue before its first attempt, or after it was dropped.
///
/// # Errors
/// Stale when it is on its way or has been sent.
pub async fn hold(tx: &impl ConnectionTrait, id: OutgoingId) -> Result<(), Error> {
    step(
        tx,
        id,
        &[OutgoingState::Queued, OutgoingState::Dropped],
        OutgoingState::Draft,
        |update| update.filter(outgoing_mail::Column::Attempts.eq(0)),
    )
    .await
}

/// Staff decided that it shall not go.
///
/// # Errors
/// Stale when it is on its way or has been sent.
pub async fn drop(tx: &impl ConnectionTrait, id: OutgoingId) -> Result<(), Error> {
    let from = OutgoingState::sources(OutgoingState::Dropped);
    step(tx, id, &from, OutgoingState::Dropped, |update| update).await
}

/// A failed mail is tried again from the beginning, also where its address is marked, since staff know better; one that
/// waits for its next attempt is tried now.
///
/// # Errors
/// Stale when it neither failed nor waits.
pub async fn retry(tx: &impl ConnectionTrait, clock: &Clock, id: OutgoingId) -> Result<(), Error> {
    let now = clock.now();
    let waiting = outgoing_mail::Entity::update_many()
        .col_expr(outgoing_mail::Column::NextAttemptAt, Expr::value(now))
        .filter(outgoing_mail::Column::Id.eq(id))
        .filter(outgoing_mail::Column::State.is_in([OutgoingState::Queued, OutgoingState::Uncertain]))
        .exec(tx)
        .await?;
    if waiting.rows_affected == 1 {
        return Ok(());
    }
    step(tx, id, &[OutgoingState::Failed], OutgoingState::Queued, |update| {
        update
            .col_expr(outgoing_mail::Column::NextAttemptAt, Expr::value(now))
            .col_expr(outgoing_mail::Column::Attempts, Expr::value(0))
            .col_expr(outgoing_mail::Column::Forced, Expr::value(true))
    })
    .await
}

/// Staff send it although its person wants no more of the kind.
///
/// # Errors
/// Stale when it was not held back.
pub async fn force(tx: &impl ConnectionTrait, clock: &Clock, id: OutgoingId) -> Result<(), Error> {
    let result = outgoing_mail::Entity::update_many()
        .col_expr(outgoing_mail::Column::State, Expr::value(OutgoingState::Queued))
        .col_expr(outgoing_mail::Column::Forced, Expr::value(true))
        .col_expr(outgoing_mail::Column::Attempts, Expr::value(0))
        .col_expr(outgoing_mail::Column::NextAttemptAt, Expr::value(clock.now()))
        .filter(outgoing_mail::Column::Id.eq(id))
        .filter(outgoing_mail::Column::State.eq(OutgoingState::Dropped))
        // Against the word of its reader nobody sends one.
        .filter(outgoing_mail::Column::Kind.ne(MailKind::Newsletter))
        .filter(outgoing_mail::Column::ServerReply.starts_with(WITHHELD))
        .exec(tx)
        .await?;
    Ok(one_row(&result, "mail")?)
}

/// What stands in `server_reply` where no server spoke, but we sent nothing; what follows is a key of the desk's texts.
pub const WITHHELD: &str = "mundap:";

/// Those of these mails that wait for an attempt are dropped; gives which. One that a server may have is left alone.
///
/// # Errors
/// When the database refuses.
pub async fn drop_waiting(tx: &impl ConnectionTrait, ids: &[OutgoingId], why: &str) -> Result<Vec<OutgoingId>, Error> {
    let mut dropped = Vec::new();
    for id in ids {
        let result = outgoing_mail::Entity::update_many()
            .col_expr(outgoing_mail::Column::State, Expr::value(OutgoingState::Dropped))
            .col_expr(
                outgoing_mail::Column::ServerReply,
                Expr::value(format!("{WITHHELD}{why}")),
            )
            .filter(outgoing_mail::Column::Id.eq(*id))
            .filter(outgoing_mail::Column::State.is_in([OutgoingState::Draft, OutgoingState::Queued]))
            .exec(tx)
            .await?;
        if result.rows_affected == 1 {
            dropped.push(*id);
        }
    }
    Ok(dropped)
}

/// Replaces the letter of a mail that was never attempted; `version` is the one that the editor read.
///
/// # Errors
/// Stale when somebody else edited it first, or an attempt froze its bytes.
pub async fn edit(tx: &impl ConnectionTrait, id: OutgoingId, letter: Letter, version: i32) -> Result<(), Error> {
    let result = outgoing_mail::Entity::update_many()
        .col_expr(
            outgoing_mail::Column::Letter,
            Expr::value(serde_json::to_value(letter.cleaned())?),
        )
        .col_expr(outgoing_mail::Column::Version, Expr::value(version + 1))
        .filter(outgoing_mail::Column::Id.eq(id))
        .filter(outgoing_mail::Column::Version.eq(version))
        .filter(outgoing_mail::Column::State.is_in([OutgoingState::Draft, OutgoingState::Queued]))
        .filter(outgoing_mail::Column::BytesSha256.is_null())
        .exec(tx)
        .await?;
    Ok(one_row(&result, "mail")?)
}

/// What a reply to this mail is; `None` when it takes none.
pub fn reply_to(row: &outgoing_mail::Model) -> Option<ReplyTo> {
    row.reply_until?;
    let assignment = row.reply_assignment_id.map(ReplyTo::Assignment);
    assignment.or_else(|| row.question_id.map(ReplyTo::Asker))
}

/// The Message-ID of the last mail that this address got about this question: what comes next stands in its thread.
///
/// # Errors
/// When the database refuses.
pub async fn thread(
    conn: &impl ConnectionTrait,
    question: QuestionId,
    to: &EmailAddress,
) -> Result<Option<String>, Error> {
    use outgoing_mail::Column;
    Ok(outgoing_mail::Entity::find()
        .select_only()
        .column(Column::MessageId)
        .filter(Column::QuestionId.eq(question))
        .filter(Column::ToEmail.eq(to.clone()))
        .filter(Column::State.ne(OutgoingState::Dropped))
        .order_by_desc(Column::Id)
        .limit(1)
        .into_tuple()
        .one(conn)
        .await?)
}

/// The letter of a row.
///
/// # Errors
/// When the stored JSON is none.
pub fn letter(row: &outgoing_mail::Model) -> Result<Letter, Error> {
    Ok(serde_json::from_value(row.letter.clone())?)
}

/// The same letter once more to an address that is right, after the mail came back: a new mail with a Message-ID of its
/// own. `None` when it was put before. The caller sees to what the old mail carried.
///
/// # Errors
/// When the database refuses.
pub async fn again(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    settings: &Settings,
    old: &outgoing_mail::Model,
    to: EmailAddress,
) -> Result<Option<OutgoingId>, Error> {
    let mail = NewMail {
        kind: old.kind,
        to_name: old.to_name.clone(),
        to_email: to,
        lang: old.lang,
        letter: letter(old)?,
        state: Initial::Queued,
        dedup: again_key(old.id),
        reply: reply_to(old),
        refs: Refs {
            event: old.event_id,
            invitation: old.invitation_id,
            question: old.question_id,
            assignment: old.assignment_id,
            delivery: old.delivery_id,
        },
    };
    put(tx, clock, settings, mail).await
}

/// What makes the mail one of a kind that goes in the place of one that came back.
pub fn again_key(old: OutgoingId) -> String {
    format!("again:{old}")
}

/// The mail that has this Message-ID (without angle brackets), if it is ours.
///
/// # Errors
/// When the database refuses.
pub async fn by_message_id(
    conn: &impl ConnectionTrait,
    message_id: &str,
) -> Result<Option<outgoing_mail::Model>, Error> {
    let id = message_id.trim_matches(['<', '>', ' ']).to_ascii_lowercase();
    Ok(outgoing_mail::Entity::find()
        .filter(outgoing_mail::Column::MessageId.eq(id))
        .one(conn)
        .await?)
}

async fn step(
    tx: &impl ConnectionTrait,
    id: OutgoingId,
    from: &[OutgoingState],
    to: OutgoingState,
    and: impl FnOnce(sea_orm::UpdateMany<outgoing_mail::Entity>) -> sea_orm::UpdateMany<outgoing_mail::Entity>,
) -> Result<(), Error> {
    debug_assert!(from.iter().all(|f| f.may_become(to)), "{from:?} → {to}");
    let update = outgoing_mail::Entity::update_many()
        .col_expr(outgoing_mail::Column::State, Expr::value(to.as_str()))
        .filter(outgoing_mail::Column::Id.eq(id))
        .filter(outgoing_mail::Column::State.is_in(from.iter().copied()));
    let result = and(update).exec(tx).await?;
    Ok(one_row(&result, "mail")?)
}
