//! A reviewer sends an answer back: the same person is asked again, with a note.

use super::approve::note;
use crate::{
    Error,
    answers::repo,
    service::assign::{due, event_of, event_title, link_until},
};
use db::{
    entity::{answer, assignment},
    prelude::*,
};
use domain::{
    AnswerId, StaffId,
    state::{Transitions, answer::AnswerState, assignment::AssignmentState, mail::MailKind},
};
use mail::{Initial, Letter, Link, NewMail, Refs, ReplyTo};
use serde_json::json;
use web::{App, Words};

/// Returns the answer: its assignment is open again, and a mail with the note goes to whom it asks. Call
/// `app.wake.notify()` after the commit.
///
/// # Errors
/// A refusal when nobody can be asked again (noted on stage); stale when somebody else was faster.
pub async fn give_back(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    answer: AnswerId,
    reason: &str,
    version: i32,
) -> Result<(), Error> {
    let row = answer::Entity::find_by_id(answer)
        .one(tx)
        .await?
        .ok_or(Error::NotFound)?;
    let assignment = row.assignment_id.ok_or(Error::Refused("refused-not-returnable"))?;
    let now = app.clock.now();
    let result = answer::Entity::update_many()
        .col_expr(answer::Column::State, Expr::value(AnswerState::Returned))
        .col_expr(answer::Column::Version, Expr::value(version + 1))
        .col_expr(answer::Column::ReviewedBy, Expr::value(Some(staff)))
        .col_expr(answer::Column::ReviewedAt, Expr::value(Some(now)))
        .filter(answer::Column::Id.eq(answer))
        .filter(answer::Column::Version.eq(version))
        .filter(answer::Column::State.is_in(AnswerState::sources(AnswerState::Returned)))
        .exec(tx)
        .await?;
    one_row(&result, "answer")?;
    let event = event_of(tx, row.event_id).await?;
    // Open already when another answer to it was returned before.
    assignment::Entity::update_many()
        .col_expr(assignment::Column::State, Expr::value(AssignmentState::Sent))
        .col_expr(assignment::Column::DueAt, Expr::value(due(app, &event)))
        .filter(assignment::Column::Id.eq(assignment))
        .filter(assignment::Column::State.is_in(AssignmentState::sources(AssignmentState::Sent)))
        .exec(tx)
        .await?;
    let assignment = assignment::Entity::find_by_id(assignment)
        .one(tx)
        .await?
        .ok_or(Error::NotFound)?;
    if let Some(mail) = mail(tx, app, &event, &assignment, &row, reason).await? {
        mail::outbox::put(tx, &app.clock, &app.settings, mail).await?;
    }
    note(
        tx,
        app,
        staff,
        &row,
        "answer.returned",
        json!({ "assignment": assignment.id }),
    )
    .await
}

/// Takes a returned answer into review again, when a better one does not come.
///
/// # Errors
/// Stale when it is not returned.
pub async fn take_back(tx: &WriteTx, app: &App, staff: StaffId, answer: AnswerId) -> Result<(), Error> {
    let row = answer::Entity::find_by_id(answer)
        .one(tx)
        .await?
        .ok_or(Error::NotFound)?;
    let result = answer::Entity::update_many()
        .col_expr(answer::Column::State, Expr::value(AnswerState::InReview))
        .col_expr(answer::Column::Version, Expr::col(answer::Column::Version).add(1))
        .filter(answer::Column::Id.eq(answer))
        .filter(answer::Column::State.is_in(AnswerState::sources(AnswerState::InReview)))
        .exec(tx)
        .await?;
    one_row(&result, "answer")?;
    if let Some(assignment) = row.assignment_id {
        assignment::Entity::update_many()
            .col_expr(assignment::Column::State, Expr::value(AssignmentState::Answered))
            .filter(assignment::Column::Id.eq(assignment))
            .filter(assignment::Column::State.is_in(AssignmentState::sources(AssignmentState::Answered)))
            .exec(tx)
            .await?;
    }
    note(tx, app, staff, &row, "answer.taken_back", json!({})).await
}

/// `None` for a partner without an address: staff tell them by hand.
async fn mail(
    tx: &WriteTx,
    app: &App,
    event: &db::entity::event::Model,
    assignment: &assignment::Model,
    answer: &answer::Model,
    reason: &str,
) -> Result<Option<NewMail>, Error> {
    let Some(to) = repo::addressee(tx, assignment).await? else {
        return Ok(None);
    };
    let Some(email) = to.email else {
        return Ok(None);
    };
    let subject = repo::subject(tx, assignment.question_id, assignment.reverse_id, to.lang).await?;
    let w = Words::new(to.lang, &crate::TEXTS);
    let link = match assignment.invitation_id {
        Some(invitation) => Link::Personal {
            invitation,
            path: format!("/my/reverse/{}", assignment.id),
        },
        None => Link::Answer {
            assignment: assignment.id,
            until: link_until(app),
        },
    };
    let title = event_title(event, to.lang);
    let after = match assignment.question_id {
        Some(question) => mail::outbox::thread(tx, question, &email).await?,
        None => None,
    };
    let letter = Letter::new(w.t2("returned-mail-subject", "event", &title, "number", subject.number))
        .after(after)
        .text(w.t("returned-mail-lead"))
        .quote(reason, None)
        .text(w.t("returned-mail-question"))
        .quote(subject.body, Some(subject.asker))
        .text(w.t("returned-mail-answer"))
        .quote(&answer.original, None)
        .facts([(w.t("fact-due"), w.datetime(assignment.due_at, &event.time_zone))])
        .action(w.t("assignment-mail-action"), link);
    Ok(Some(NewMail {
        kind: if assignment.reverse_id.is_some() {
            MailKind::ReverseQuestion
        } else {
            MailKind::Assignment
        },
        to_name: to.name,
        to_email: email,
        lang: to.lang,
        letter,
        state: Initial::Queued,
        dedup: format!("returned:{}:{}", answer.id, answer.version),
        reply: Some(ReplyTo::Assignment(assignment.id)),
        refs: Refs {
            event: Some(event.id),
            question: assignment.question_id,
            assignment: Some(assignment.id),
            ..Refs::default()
        },
    }))
}
