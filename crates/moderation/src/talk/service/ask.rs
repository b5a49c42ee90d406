//! The crew must know more: a question back to the asker.

use super::{By, New, Way, of_crew, store};
use crate::{
    Error,
    answers::repo,
    service::assign::{event_of, event_title},
};
use db::{
    entity::{assignment, message, question},
    people,
    prelude::*,
};
use domain::{
    MessageId,
    state::{
        Transitions,
        assignment::AssignmentState,
        mail::MailKind,
        message::{MessageKind, MessageState},
    },
};
use mail::{Initial, Letter, Link, NewMail, Refs, ReplyTo};
use web::{App, Words};

/// Questions back that may wait at once for one answer each.
const MOST_OPEN: u64 = 3;

/// Asks the asker; the assignment waits for them meanwhile. They get a mail, and find it on their page. `assignment` is
/// locked. Call `app.wake.notify()` after the commit.
///
/// # Errors
/// A refusal when the question is answered, was handed on, or three questions back wait already.
pub async fn ask(
    tx: &WriteTx,
    app: &App,
    assignment: &assignment::Model,
    body: &str,
    way: Way,
) -> Result<MessageId, Error> {
    let (question, crew) = of_crew(tx, assignment).await?;
    if AssignmentState::LEFT.contains(&assignment.state) {
        return Err(Error::Refused("refused-closed"));
    }
    if !AssignmentState::OPEN.contains(&assignment.state) {
        return Err(Error::Refused("talk-refused-answered"));
    }
    let open: Vec<message::Model> = message::Entity::find()
        .filter(message::Column::AssignmentId.eq(assignment.id))
        .filter(message::Column::Kind.eq(MessageKind::Ask))
        .filter(message::Column::State.eq(MessageState::Open))
        .all(tx)
        .await?;
    if let Some(same) = open.iter().find(|m| m.body == body) {
        return Ok(same.id);
    }
    if open.len() as u64 >= MOST_OPEN {
        return Err(Error::Refused("talk-refused-asks"));
    }
    assignment::Entity::update_many()
        .col_expr(assignment::Column::State, Expr::value(AssignmentState::AskedBack))
        .filter(assignment::Column::Id.eq(assignment.id))
        .filter(assignment::Column::State.is_in(AssignmentState::sources(AssignmentState::AskedBack)))
        .exec(tx)
        .await?;
    let new = New {
        kind: MessageKind::Ask,
        state: MessageState::Open,
        assignment: Some(assignment.id),
        by: By::Crew(crew),
        way,
        body,
    };
    let id = store(tx, app, &question, new).await?;
    if let Some(mail) = mail(tx, &question, assignment, id, body).await? {
        mail::outbox::put(tx, &app.clock, &app.settings, mail).await?;
    }
    Ok(id)
}

/// `None` for an asker without an address: it stands on their page.
async fn mail(
    tx: &WriteTx,
    question: &question::Model,
    assignment: &assignment::Model,
    id: MessageId,
    body: &str,
) -> Result<Option<NewMail>, Error> {
    let invitee = people::invitee(tx, question.invitation_id, question.lang)
        .await?
        .ok_or(Error::NotFound)?;
    let Some(email) = invitee.email.clone() else {
        return Ok(None);
    };
    let event = event_of(tx, question.event_id).await?;
    let crew = repo::addressee(tx, assignment).await?.map(|to| to.line);
    let w = Words::new(invitee.lang, &crate::TEXTS);
    let title = event_title(&event, invitee.lang);
    let letter = Letter::new(w.t1("ask-mail-subject", "event", &title))
        .after(mail::outbox::thread(tx, question.id, &email).await?)
        .text(w.t2("ask-mail-lead", "name", invitee.person.name(), "event", &title))
        .quote(body, crew)
        .text(w.t("ask-mail-question"))
        .quote(&question.body, None)
        .action(
            w.t("ask-mail-action"),
            Link::Personal {
                invitation: question.invitation_id,
                path: format!("/my/questions/{}/write", question.id),
            },
        );
    Ok(Some(NewMail {
        kind: MailKind::AskBack,
        to_name: invitee.person.name(),
        to_email: email,
        lang: invitee.lang,
        letter,
        state: Initial::Queued,
        dedup: format!("message:{id}"),
        reply: Some(ReplyTo::Asker(question.id)),
        refs: Refs {
            event: Some(event.id),
            invitation: Some(question.invitation_id),
            question: Some(question.id),
            ..Refs::default()
        },
    }))
}
