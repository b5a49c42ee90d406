//! Raw mail that was committed is read, bound to its assignment and judged.

use crate::{
    Error,
    answers::{
        repo,
        service::{
            auto,
            judge::{Asked, Binding, Facts, Reason, Verdict, judge},
            receive::{Arrival, lock, store},
        },
    },
    talk::service::{self as talk, command},
};
use db::{
    audit::{self, Actor},
    entity::{answer, assignment, attachment, delivery, incoming_mail, message, outgoing_mail, question},
    people,
    prelude::*,
};
use domain::{
    AnswerId, AssignmentId, AttachmentId, EmailAddress, IncomingId, MessageId, QuestionId,
    state::{
        Transitions, answer::AnswerSource, assignment::AssignmentState, delivery::DeliveryState, mail::IncomingState,
        question::QuestionState,
    },
    text::{excerpt, tidy},
    token::day_stamp,
};
use mail::{
    ReplyTo,
    read::{Attachment, Class, Envelope, Reader, Reading, TokenFinding, read_in_time},
};
use serde_json::json;
use std::time::Duration;
use web::App;

/// Longest time that one mail may be read for.
const PATIENCE: Duration = Duration::from_secs(20);

/// What became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Answer(AnswerId),
    /// The asker said something beside their question.
    Message(MessageId),
    /// Its first line asked for a step, which was done or refused by mail.
    Command,
    Noted,
    Duplicate,
    Quarantined(Reason),
    /// It was read before: nothing was done.
    Already,
}

/// Reads the mail and does what it asks for, in one transaction. A second run does nothing.
///
/// # Errors
/// When the database refuses; then nothing was done.
pub async fn read_mail(app: &App, incoming: IncomingId) -> Result<Outcome, Error> {
    let row = incoming_mail::Entity::find_by_id(incoming)
        .one(app.db.reader())
        .await?
        .ok_or(Error::NotFound)?;
    if row.state != IncomingState::Received {
        return Ok(Outcome::Already);
    }
    let reading = reading(app, &row).await;
    let tx = app.db.begin_write().await?;
    let bound = bind(&tx, app, &reading).await?;
    if let Some(question) = bound.asker {
        return from_asker(tx, app, &row, &reading, bound.binding, question).await;
    }
    // Two copies of one mail that are read at once follow each other from here.
    let asked = match bound.assignment {
        Some(id) => lock(&tx, id)
            .await
            .map(Some)
            .or_else(|e| if matches!(e, Error::NotFound) { Ok(None) } else { Err(e) })?,
        None => None,
    };
    let facts = facts(&tx, &row, &reading, bound.binding, asked.as_ref()).await?;
    let verdict = judge(&facts);
    if !settle(&tx, app, &row, &reading, asked.as_ref(), verdict).await? {
        tx.rollback().await?;
        return Ok(Outcome::Already);
    }
    let outcome = match (verdict, &asked) {
        (Verdict::Answer, Some(asked)) => match command::parse(&reading.text) {
            Some(command) if asked.crew_member_id.is_some() => {
                let done = command::run(&tx, app, asked, row.id, reading.message_id.clone(), command).await?;
                reason(&tx, row.id, done.word).await?;
                Outcome::Command
            }
            _ => {
                let id = keep(&tx, app, asked, &row, &reading).await?;
                if auto::is_clear(&reading) {
                    auto::approve(&tx, app, asked, id, &tidy(&reading.text)).await?;
                }
                Outcome::Answer(id)
            }
        },
        (Verdict::Answer, None) => return Err(Error::NotFound),
        (Verdict::Noted, _) => {
            if reading.class == Class::Bounce {
                bounced(&tx, app, &reading).await?;
            }
            Outcome::Noted
        }
        (Verdict::Duplicate, _) => Outcome::Duplicate,
        (Verdict::Quarantine(reason), _) => Outcome::Quarantined(reason),
    };
    tx.commit().await?;
    tracing::info!(incoming = %row.id, ?outcome, "mail was read");
    Ok(outcome)
}

/// What the mail says; the same at any later time.
pub(crate) async fn reading(app: &App, row: &incoming_mail::Model) -> Reading {
    let envelope = Envelope {
        from: Some(row.envelope_from.clone()),
        to: row.envelope_to.split_whitespace().map(str::to_owned).collect(),
    };
    let reader = Reader {
        keys: app.keys.clone(),
        reply_domain: app.settings.mail.reply_domain.clone(),
    };
    read_in_time(row.raw.clone(), envelope, reader, PATIENCE).await
}

/// A reply of an asker: judged like any other, and brought to the crew.
async fn from_asker(
    tx: WriteTx,
    app: &App,
    row: &incoming_mail::Model,
    reading: &Reading,
    binding: Binding,
    id: QuestionId,
) -> Result<Outcome, Error> {
    let found = question::Entity::find_by_id(id).one(&tx).await?;
    let asked = match &found {
        Some(question) => people::invitee(&tx, question.invitation_id, question.lang)
            .await?
            .map(|asker| Asked {
                state: AssignmentState::Sent,
                email: asker.email,
                removed: false,
            }),
        None => None,
    };
    let facts = Facts {
        class: reading.class,
        binding,
        asked,
        sender: sender(reading),
        seen: seen(&tx, row, reading).await?,
    };
    let mut verdict = judge(&facts);
    if verdict == Verdict::Answer
        && let Some(question) = &found
        && matches!(
            question.state,
            QuestionState::Draft | QuestionState::Received | QuestionState::Declined | QuestionState::Withdrawn
        )
    {
        verdict = Verdict::Quarantine(Reason::ClosedAssignment);
    }
    if !settle(&tx, app, row, reading, None, verdict).await? {
        tx.rollback().await?;
        return Ok(Outcome::Already);
    }
    let outcome = match (verdict, found) {
        (Verdict::Answer, Some(question)) => {
            reason(&tx, row.id, "message").await?;
            let text = tidy(&reading.text);
            Outcome::Message(talk::tell(&tx, app, &question, &text, talk::Way::mail(row.id)).await?)
        }
        (Verdict::Answer, None) => return Err(Error::NotFound),
        (Verdict::Noted, _) => Outcome::Noted,
        (Verdict::Duplicate, _) => Outcome::Duplicate,
        (Verdict::Quarantine(reason), _) => Outcome::Quarantined(reason),
    };
    tx.commit().await?;
    app.wake.notify();
    tracing::info!(incoming = %row.id, ?outcome, "mail of an asker was read");
    Ok(outcome)
}

/// What became of a mail, said at the mail.
pub(crate) async fn reason(tx: &WriteTx, id: IncomingId, word: &str) -> Result<(), Error> {
    incoming_mail::Entity::update_many()
        .col_expr(incoming_mail::Column::Reason, Expr::value(Some(word)))
        .filter(incoming_mail::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// What a mail's token, or the mail that it answers, says it is about.
#[derive(Default)]
pub(crate) struct Bound {
    binding: Binding,
    assignment: Option<AssignmentId>,
    /// The question whose asker got the token.
    pub(crate) asker: Option<QuestionId>,
}

pub(crate) async fn bind(tx: &impl ConnectionTrait, app: &App, reading: &Reading) -> Result<Bound, Error> {
    Ok(match &reading.token {
        TokenFinding::Reply { assignment, until } => Bound {
            binding: if day_stamp(app.clock.now()) <= *until {
                Binding::Token
            } else {
                Binding::Expired
            },
            assignment: Some(*assignment),
            asker: None,
        },
        TokenFinding::Asker { question, until } => Bound {
            binding: if day_stamp(app.clock.now()) <= *until {
                Binding::Token
            } else {
                Binding::Expired
            },
            assignment: None,
            asker: Some(*question),
        },
        TokenFinding::Thread { message_ids } => {
            let mut reply = None;
            for id in message_ids {
                let found = mail::outbox::by_message_id(tx, id).await?;
                reply = found.as_ref().and_then(mail::outbox::reply_to);
                if reply.is_some() {
                    break;
                }
            }
            let (assignment, asker) = match reply {
                Some(ReplyTo::Assignment(id)) => (Some(id), None),
                Some(ReplyTo::Asker(id)) => (None, Some(id)),
                None => (None, None),
            };
            Bound {
                binding: Binding::Thread,
                assignment,
                asker,
            }
        }
        TokenFinding::Forged => Bound {
            binding: Binding::Forged,
            ..Bound::default()
        },
        TokenFinding::None => Bound::default(),
    })
}

async fn facts(
    tx: &WriteTx,
    row: &incoming_mail::Model,
    reading: &Reading,
    binding: Binding,
    assignment: Option<&assignment::Model>,
) -> Result<Facts, Error> {
    let asked = match assignment {
        Some(assignment) => repo::addressee(tx, assignment).await?.map(|to| Asked {
            state: assignment.state,
            email: to.email,
            removed: to.removed,
        }),
        None => None,
    };
    Ok(Facts {
        class: reading.class,
        binding,
        asked,
        sender: sender(reading),
        seen: seen(tx, row, reading).await?,
    })
}

fn sender(reading: &Reading) -> Option<EmailAddress> {
    EmailAddress::parse(&reading.from.as_ref()?.address).ok()
}

/// Whether the same Message-ID from the same sender became an answer before: a relay that repeats it may change it.
async fn seen(tx: &WriteTx, row: &incoming_mail::Model, reading: &Reading) -> Result<bool, Error> {
    let (Some(message_id), Some(sender)) = (&reading.message_id, sender(reading)) else {
        return Ok(false);
    };
    let before: Vec<IncomingId> = incoming_mail::Entity::find()
        .select_only()
        .column(incoming_mail::Column::Id)
        .filter(incoming_mail::Column::MessageId.eq(header(message_id)))
        .filter(incoming_mail::Column::FromEmail.eq(sender.as_str()))
        .filter(incoming_mail::Column::Id.ne(row.id))
        .into_tuple()
        .all(tx)
        .await?;
    let answers = answer::Entity::find()
        .filter(answer::Column::IncomingId.is_in(before.iter().copied()))
        .count(tx)
        .await?;
    let messages = message::Entity::find()
        .filter(message::Column::IncomingId.is_in(before))
        .count(tx)
        .await?;
    Ok(answers + messages > 0)
}

/// Notes on the mail what was found; false when another worker read it meanwhile.
async fn settle(
    tx: &WriteTx,
    app: &App,
    row: &incoming_mail::Model,
    reading: &Reading,
    assignment: Option<&assignment::Model>,
    verdict: Verdict,
) -> Result<bool, Error> {
    use incoming_mail::Column;
    let (state, reason) = match verdict {
        Verdict::Answer => (IncomingState::Processed, None),
        Verdict::Noted => (IncomingState::Processed, Some(reading.class_reason.clone())),
        Verdict::Duplicate => (IncomingState::Processed, Some("duplicate".to_owned())),
        Verdict::Quarantine(reason) => (IncomingState::Quarantined, Some(reason.as_str().to_owned())),
    };
    let result = incoming_mail::Entity::update_many()
        .col_expr(Column::State, Expr::value(state))
        .col_expr(Column::Reason, Expr::value(reason.clone()))
        .col_expr(Column::Class, Expr::value(Some(class_text(reading.class))))
        .col_expr(
            Column::MessageId,
            Expr::value(reading.message_id.as_deref().map(header)),
        )
        .col_expr(Column::FromEmail, Expr::value(sender(reading).map(|s| s.to_string())))
        .col_expr(Column::Subject, Expr::value(Some(header(&reading.subject))))
        .col_expr(Column::AssignmentId, Expr::value(assignment.map(|a| a.id)))
        .col_expr(Column::EventId, Expr::value(assignment.map(|a| a.event_id)))
        .col_expr(Column::ReadAt, Expr::value(Some(app.clock.now())))
        .filter(Column::Id.eq(row.id))
        .filter(Column::State.eq(IncomingState::Received))
        .exec(tx)
        .await?;
    if result.rows_affected == 0 {
        return Ok(false);
    }
    let entry = audit::Entry {
        event: assignment.map(|a| a.event_id),
        actor: Actor::System,
        action: if state == IncomingState::Quarantined {
            "mail.quarantined"
        } else {
            "mail.processed"
        },
        subject: ("incoming_mail", Some(row.id.uuid())),
        details: json!({ "class": class_text(reading.class), "reason": reason, "assignment": assignment.map(|a| a.id) }),
    };
    audit::record(tx, &app.clock, entry).await?;
    Ok(true)
}

/// The answer with its files; the mail's row is settled by the caller, in the same transaction.
pub(crate) async fn keep(
    tx: &WriteTx,
    app: &App,
    assignment: &assignment::Model,
    row: &incoming_mail::Model,
    reading: &Reading,
) -> Result<AnswerId, Error> {
    let arrival = Arrival {
        source: AnswerSource::Mail,
        text: tidy(&reading.text),
        incoming: Some(row.id),
        staff: None,
    };
    let id = store(tx, app, assignment, arrival).await?;
    for file in &reading.attachments {
        attachment::Entity::insert(file_row(row.id, id, file))
            .exec_without_returning(tx)
            .await?;
    }
    Ok(id)
}

fn file_row(incoming: IncomingId, answer: AnswerId, file: &Attachment) -> attachment::ActiveModel {
    let name = header(&file.name);
    attachment::ActiveModel {
        id: Set(AttachmentId::new()),
        incoming_id: Set(incoming),
        answer_id: Set(Some(answer)),
        name: Set(if name.is_empty() { "file".to_owned() } else { name }),
        media_type: Set(header(&file.media_type)),
        size: Set(i64::try_from(file.size).unwrap_or(i64::MAX)),
        sha256: Set(file.sha256.clone()),
        bytes: Set(file.bytes.clone()),
    }
}

/// A report about a mail of ours that could not be delivered: its delivery is no longer accepted. Nobody is mailed.
/// Its Message-ID cannot be guessed, so only who got the mail can say so.
async fn bounced(tx: &WriteTx, app: &App, reading: &Reading) -> Result<(), Error> {
    let Some(bounce) = &reading.bounce else {
        return Ok(());
    };
    let Some(message_id) = &bounce.message_id else {
        return Ok(());
    };
    let found = mail::outbox::by_message_id(tx, message_id).await?;
    let Some(outgoing_mail::Model {
        id,
        event_id,
        delivery_id: Some(delivery),
        ..
    }) = found
    else {
        return Ok(());
    };
    let words = [bounce.status.as_deref(), bounce.diagnostic.as_deref()];
    let proof = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let result = delivery::Entity::update_many()
        .col_expr(delivery::Column::State, Expr::value(DeliveryState::Bounced))
        .col_expr(delivery::Column::Proof, Expr::value(Some(excerpt(&tidy(&proof), 500))))
        .filter(delivery::Column::Id.eq(delivery))
        .filter(delivery::Column::State.is_in(DeliveryState::sources(DeliveryState::Bounced)))
        .exec(tx)
        .await?;
    if result.rows_affected == 1 {
        let entry = audit::Entry {
            event: event_id,
            actor: Actor::System,
            action: "delivery.bounced",
            subject: ("delivery", Some(delivery.uuid())),
            details: json!({ "mail": id, "status": bounce.status }),
        };
        audit::record(tx, &app.clock, entry).await?;
    }
    Ok(())
}

/// One line that any database takes.
fn header(text: &str) -> String {
    excerpt(&tidy(text), 300)
}

const fn class_text(class: Class) -> &'static str {
    match class {
        Class::Answer => "answer",
        Class::AutoReply => "auto_reply",
        Class::Bounce => "bounce",
        Class::Calendar => "calendar",
        Class::List => "list",
        Class::Unknown => "unknown",
    }
}
