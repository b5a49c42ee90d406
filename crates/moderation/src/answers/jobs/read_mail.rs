//! Raw mail that was committed is read, bound to its assignment and judged.

use super::{
    asker,
    bind::{bind, returned},
};
use crate::{
    Error,
    answers::{
        repo,
        service::{
            auto,
            judge::{Binding, Facts, Reason, Sender, Verdict, judge},
            noted,
            receive::{Arrival, lock, store},
        },
    },
    talk::service::command,
};
use db::{
    audit::{self, Actor},
    entity::{answer, assignment, attachment, incoming_mail, message, outgoing_mail},
    prelude::*,
};
use domain::{
    AnswerId, AttachmentId, CrewMemberId, EmailAddress, IncomingId, MessageId, OutgoingId,
    state::{
        answer::AnswerSource,
        mail::{IncomingState, Via},
    },
    text::{excerpt, tidy},
};
use mail::{
    identity::{Authentication, Proof, Session, Verifier, from_headers},
    read::{Attachment, Bounce, Class, Detail, Envelope, Reader, Reading, read_in_time},
};
use serde_json::json;
use std::time::Duration;
use web::App;

/// Longest time that one mail may be read for.
const PATIENCE: Duration = Duration::from_secs(20);
/// Longest time that DNS is waited for; without its word a sender is just not proved.
const DNS_PATIENCE: Duration = Duration::from_secs(8);

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
    let came_to = returned(app, &row);
    let reading = read(app, &row, came_to).await;
    // Before the writer is held: a name server takes its time.
    let found = authentication(app, &row, &reading).await;
    let tx = app.db.begin_write().await?;
    let bound = bind(&tx, app, &reading, came_to).await?;
    if let Some(question) = bound.asker {
        return asker::read(tx, app, &row, &reading, &found, bound.binding, question).await;
    }
    // Two copies of one mail that are read at once follow each other from here.
    let asked = match bound.assignment {
        Some(id) => lock(&tx, id)
            .await
            .map(Some)
            .or_else(|e| if matches!(e, Error::NotFound) { Ok(None) } else { Err(e) })?,
        None => None,
    };
    let facts = facts(&tx, &row, &reading, &found, bound.binding, asked.as_ref()).await?;
    let verdict = judge(&facts);
    let about = About {
        assignment: asked.as_ref(),
        ours: bound.ours.as_ref(),
        sender: facts.sender,
    };
    if !settle(&tx, app, &row, &reading, &found, about, verdict).await? {
        tx.rollback().await?;
        return Ok(Outcome::Already);
    }
    let outcome = match (verdict, &asked) {
        (Verdict::Answer(answerer), Some(asked)) => match command::parse(&reading.text) {
            // Who was asked says what becomes of it; of a colleague the words are kept.
            Some(command) if asked.crew_member_id.is_some() && answerer.is_none() => {
                let done = command::run(&tx, app, asked, row.id, reading.message_id.clone(), command).await?;
                asker::remark(&tx, row.id, done.word).await?;
                Outcome::Command
            }
            _ => {
                let id = keep(&tx, app, asked, answerer, &row, &reading).await?;
                // What a colleague says for another is looked at.
                if answerer.is_none() && auto::is_clear(&reading) {
                    auto::approve(&tx, app, asked, id, &tidy(&reading.text)).await?;
                }
                Outcome::Answer(id)
            }
        },
        (Verdict::Answer(_), None) => return Err(Error::NotFound),
        (Verdict::Noted, _) => {
            follow(&tx, app, &row, &reading, about).await?;
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
    read(app, row, returned(app, row)).await
}

async fn read(app: &App, row: &incoming_mail::Model, came_to: Option<OutgoingId>) -> Reading {
    let mut reading = read_in_time(row.raw.clone(), envelope(row), reader(app), PATIENCE).await;
    let bears_no_mark = matches!(reading.class, Class::Answer | Class::Unknown);
    if bears_no_mark && row.envelope_from.is_empty() && came_to.is_some() {
        reading.class = Class::Bounce;
        "it came, from nobody, to the return path of a mail of ours".clone_into(&mut reading.class_reason);
        reading.bounce = Some(Bounce::default());
    }
    reading
}

pub(super) fn envelope(row: &incoming_mail::Model) -> Envelope {
    Envelope {
        from: Some(row.envelope_from.clone()),
        to: row.envelope_to.split_whitespace().map(str::to_owned).collect(),
    }
}

pub(super) fn reader(app: &App) -> Reader {
    Reader {
        keys: app.keys.clone(),
        reply_domain: app.settings.mail.reply_domain.clone(),
    }
}

/// What is known about its sender: found by us for what came by SMTP, else what a trusted server wrote on it. A mail
/// that no person wrote needs no proof.
async fn authentication(app: &App, row: &incoming_mail::Model, reading: &Reading) -> Authentication {
    if !matches!(reading.class, Class::Answer | Class::Unknown) {
        return Authentication::default();
    }
    let inbound = &app.settings.mail.inbound;
    if row.via != Via::Smtp {
        return from_headers(&reading.authentication, &inbound.trusted_authserv);
    }
    let Some(client) = row.client_ip.as_deref().and_then(|ip| ip.parse().ok()) else {
        return Authentication::default();
    };
    let session = Session {
        client,
        helo: row.helo.clone().unwrap_or_default(),
        mail_from: row.envelope_from.clone(),
    };
    let verifier = app.parts.get(|| Verifier::new(inbound.dns));
    verifier.verify(row.raw.clone(), Some(session), DNS_PATIENCE).await
}

/// What the mail is about.
#[derive(Clone, Copy)]
pub(super) struct About<'a> {
    pub(super) assignment: Option<&'a assignment::Model>,
    pub(super) ours: Option<&'a outgoing_mail::Model>,
    pub(super) sender: Sender,
}

async fn facts(
    tx: &WriteTx,
    row: &incoming_mail::Model,
    reading: &Reading,
    found: &Authentication,
    binding: Binding,
    assignment: Option<&assignment::Model>,
) -> Result<Facts, Error> {
    let from = sender(reading);
    let sender = match assignment {
        Some(assignment) => repo::sender(tx, assignment, from.as_ref()).await?,
        None => Sender::Other,
    };
    Ok(Facts {
        class: reading.class,
        binding,
        state: assignment.map(|a| a.state),
        sender,
        proof: from.map_or(Proof::Unchecked, |from| found.proof(&from)),
        seen: seen(tx, row, reading).await?,
    })
}

pub(super) fn sender(reading: &Reading) -> Option<EmailAddress> {
    EmailAddress::parse(&reading.from.as_ref()?.address).ok()
}

/// Whether the same Message-ID from the same sender became an answer or a message before: a relay that repeats it may change it.
pub(super) async fn seen(tx: &WriteTx, row: &incoming_mail::Model, reading: &Reading) -> Result<bool, Error> {
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
pub(super) async fn settle(
    tx: &WriteTx,
    app: &App,
    row: &incoming_mail::Model,
    reading: &Reading,
    found: &Authentication,
    about: About<'_>,
    verdict: Verdict,
) -> Result<bool, Error> {
    use incoming_mail::Column;
    let assignment = about.assignment.map(|a| a.id);
    let event = about
        .assignment
        .map(|a| a.event_id)
        .or_else(|| about.ours.and_then(|m| m.event_id));
    let colleague = match about.sender {
        Sender::Colleague(id) => Some(id),
        Sender::Asked => about.assignment.and_then(|a| a.crew_member_id),
        Sender::Removed | Sender::Other => None,
    };
    let found = serde_json::to_value(found).map_err(db::Error::from)?;
    let (state, reason) = match verdict {
        Verdict::Answer(_) => (IncomingState::Processed, None),
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
        .col_expr(Column::AssignmentId, Expr::value(assignment))
        .col_expr(Column::EventId, Expr::value(event))
        .col_expr(Column::Authentication, Expr::value(Some(found)))
        .col_expr(Column::Detail, Expr::value(Some(reading.detail.as_str())))
        .col_expr(Column::BackOn, Expr::value(reading.absence.as_ref().map(|a| a.back)))
        .col_expr(Column::CrewMemberId, Expr::value(colleague))
        .col_expr(Column::OutgoingId, Expr::value(about.ours.map(|m| m.id)))
        .col_expr(Column::ReadAt, Expr::value(Some(app.clock.now())))
        .filter(Column::Id.eq(row.id))
        .filter(Column::State.eq(IncomingState::Received))
        .exec(tx)
        .await?;
    if result.rows_affected == 0 {
        return Ok(false);
    }
    let entry = audit::Entry {
        event,
        actor: Actor::System,
        action: if state == IncomingState::Quarantined {
            "mail.quarantined"
        } else {
            "mail.processed"
        },
        subject: ("incoming_mail", Some(row.id.uuid())),
        details: json!({ "class": class_text(reading.class), "reason": reason, "assignment": assignment }),
    };
    audit::record(tx, &app.clock, entry).await?;
    Ok(true)
}

/// What follows from a mail that is no answer.
async fn follow(
    tx: &WriteTx,
    app: &App,
    row: &incoming_mail::Model,
    reading: &Reading,
    about: About<'_>,
) -> Result<(), Error> {
    if let (Some(bounce), Some(ours)) = (&reading.bounce, about.ours) {
        return noted::returned(tx, app, row, bounce, ours).await;
    }
    // It is bound by a secret of ours, but only their own machine knows when somebody is back.
    if let (Detail::OutOfOffice, Some(absence), Some(assignment), Sender::Asked) =
        (reading.detail, &reading.absence, about.assignment, about.sender)
    {
        return noted::away(tx, app, assignment, absence).await;
    }
    Ok(())
}

/// The answer with its files; the mail's row is settled by the caller, in the same transaction.
pub(crate) async fn keep(
    tx: &WriteTx,
    app: &App,
    assignment: &assignment::Model,
    answerer: Option<CrewMemberId>,
    row: &incoming_mail::Model,
    reading: &Reading,
) -> Result<AnswerId, Error> {
    let arrival = Arrival {
        source: AnswerSource::Mail,
        text: tidy(&reading.text),
        incoming: Some(row.id),
        answerer,
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
