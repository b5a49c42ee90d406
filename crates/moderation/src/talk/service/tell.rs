//! The asker says more: what the crew asked them, or a question on after an answer.

use super::{By, New, Way, store};
use crate::{
    Error,
    answers::{repo, service::lock},
    service::assign::{due, event_of, event_title, link_until, ways},
    talk,
};
use db::{
    entity::{answer, assignment, message, question},
    people,
    prelude::*,
};
use domain::{
    MessageId,
    state::{
        Transitions,
        answer::AnswerState,
        assignment::AssignmentState,
        mail::MailKind,
        message::{MessageKind, MessageState},
        question::QuestionState,
    },
};
use mail::{Block, Initial, Letter, Link, NewMail, Refs, ReplyTo};
use web::{App, Words};

/// Takes what the asker of this question says. It goes to the crew that has the question, in the thread of its mails; a
/// moderator gets it when there is no crew, or when the rounds are used up. The same words again give the message that is
/// there. Call `app.wake.notify()` after the commit.
///
/// # Errors
/// A refusal while there is nothing to reply to: before the question is on its way, or when it was declined or withdrawn.
pub async fn tell(
    tx: &WriteTx,
    app: &App,
    question: &question::Model,
    body: &str,
    way: Way,
) -> Result<MessageId, Error> {
    if !matches!(
        question.state,
        QuestionState::Live | QuestionState::Routed | QuestionState::Merged
    ) {
        return Err(Error::Refused("talk-refused-early"));
    }
    let lead = talk::repo::lead(tx, question).await?;
    let assignment = match talk::repo::at_crew(tx, lead.id).await? {
        // From here on, arrivals of one question follow each other.
        Some(row) => Some(lock(tx, row.id).await?).filter(|a| !AssignmentState::LEFT.contains(&a.state)),
        None => None,
    };
    if let Some(same) = same(tx, question, body).await? {
        return Ok(same);
    }
    let to = match &assignment {
        Some(row) => repo::addressee(tx, row).await?.filter(|to| !to.removed),
        None => None,
    };
    let reached = assignment.as_ref().filter(|_| to.is_some());
    let kind = match reached.map(|a| a.state) {
        Some(AssignmentState::Answered) | None => MessageKind::FollowUp,
        Some(_) => MessageKind::Told,
    };
    let within =
        kind == MessageKind::Told || rounds(tx, question).await? < talk::repo::follow_ups(tx, question).await?;
    let state = match (reached.is_some() && within, kind) {
        (false, _) => MessageState::Held,
        (true, MessageKind::FollowUp) => MessageState::Open,
        (true, _) => MessageState::Done,
    };
    let new = New {
        kind,
        state,
        assignment: assignment.as_ref().map(|a| a.id),
        by: By::Asker(question.invitation_id),
        way,
        body,
    };
    let id = store(tx, app, question, new).await?;
    if let (Some(row), true) = (reached, state != MessageState::Held) {
        bring(tx, app, question, &lead, row, id, kind, body).await?;
    }
    Ok(id)
}

/// A double press, or one mail by two ways.
async fn same(tx: &WriteTx, question: &question::Model, body: &str) -> Result<Option<MessageId>, Error> {
    let found = message::Entity::find()
        .select_only()
        .column(message::Column::Id)
        .filter(message::Column::QuestionId.eq(question.id))
        .filter(message::Column::InvitationId.eq(question.invitation_id))
        .filter(message::Column::State.ne(MessageState::Closed))
        .filter(message::Column::Body.eq(body))
        .into_tuple()
        .one(tx)
        .await?;
    Ok(found)
}

async fn rounds(tx: &WriteTx, question: &question::Model) -> Result<u64, Error> {
    Ok(message::Entity::find()
        .filter(message::Column::QuestionId.eq(question.id))
        .filter(message::Column::Kind.eq(MessageKind::FollowUp))
        .filter(message::Column::State.ne(MessageState::Closed))
        .count(tx)
        .await?)
}

/// Opens the assignment again and mails its crew member.
#[expect(clippy::too_many_arguments, reason = "whose words go to whom about what")]
pub(super) async fn bring(
    tx: &WriteTx,
    app: &App,
    question: &question::Model,
    lead: &question::Model,
    row: &assignment::Model,
    id: MessageId,
    kind: MessageKind,
    body: &str,
) -> Result<(), Error> {
    let event = event_of(tx, row.event_id).await?;
    let due = due(app, &event);
    let opened = assignment::Entity::update_many()
        .col_expr(assignment::Column::State, Expr::value(AssignmentState::Sent))
        .col_expr(assignment::Column::DueAt, Expr::value(due))
        .filter(assignment::Column::Id.eq(row.id))
        .filter(assignment::Column::State.is_in(AssignmentState::sources(AssignmentState::Sent)))
        .exec(tx)
        .await?;
    let due = if opened.rows_affected == 1 { due } else { row.due_at };
    message::Entity::update_many()
        .col_expr(message::Column::State, Expr::value(MessageState::Done))
        .filter(message::Column::AssignmentId.eq(row.id))
        .filter(message::Column::Kind.eq(MessageKind::Ask))
        .filter(message::Column::State.eq(MessageState::Open))
        .exec(tx)
        .await?;
    let to = repo::addressee(tx, row).await?.ok_or(Error::NotFound)?;
    let email = to.email.ok_or(Error::NotFound)?;
    let asker = people::invitee(tx, question.invitation_id, to.lang)
        .await?
        .ok_or(Error::NotFound)?
        .line();
    let w = Words::new(to.lang, &crate::TEXTS);
    let title = event_title(&event, to.lang);
    let what = if kind == MessageKind::FollowUp {
        "follow-mail"
    } else {
        "told-mail"
    };
    let number = lead.number.unwrap_or_default();
    let link = Link::Answer {
        assignment: row.id,
        until: link_until(app),
    };
    let mut letter = Letter::new(w.t2(format!("{what}-subject"), "event", &title, "number", number))
        .after(mail::outbox::thread(tx, lead.id, &email).await?)
        .text(w.t(format!("{what}-lead")))
        .quote(body, Some(asker.clone()))
        .text(w.t("talk-mail-question"))
        .quote(&lead.body, Some(asker));
    if kind == MessageKind::FollowUp
        && let Some(given) = last_answer(tx, row).await?
    {
        letter = letter.text(w.t("talk-mail-answer")).quote(given, None);
    }
    let letter = letter
        .facts([(w.t("fact-due"), w.datetime(due, &event.time_zone))])
        .action(w.t("assignment-mail-action"), link.clone())
        .behind(|block| matches!(block, Block::Action { .. }), ways(&w, &link));
    let mail = NewMail {
        kind: MailKind::Assignment,
        to_name: to.name,
        to_email: email,
        lang: to.lang,
        letter,
        state: Initial::Queued,
        dedup: format!("message:{id}"),
        reply: Some(ReplyTo::Assignment(row.id)),
        refs: Refs {
            event: Some(event.id),
            question: Some(lead.id),
            assignment: Some(row.id),
            ..Refs::default()
        },
    };
    mail::outbox::put(tx, &app.clock, &app.settings, mail).await?;
    Ok(())
}

/// The words that were delivered last for this assignment.
async fn last_answer(tx: &WriteTx, row: &assignment::Model) -> Result<Option<String>, Error> {
    Ok(answer::Entity::find()
        .select_only()
        .column(answer::Column::Body)
        .filter(answer::Column::AssignmentId.eq(row.id))
        .filter(answer::Column::State.eq(AnswerState::Approved))
        .order_by_desc(answer::Column::Id)
        .limit(1)
        .into_tuple()
        .one(tx)
        .await?)
}
