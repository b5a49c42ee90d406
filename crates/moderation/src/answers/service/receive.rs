//! An answer comes in, whichever way: its row, its assignment's step and the audit entry in one transaction.

use super::auto;
use crate::{Error, talk::service::follow};
use db::{
    audit::{self, Actor},
    entity::{answer, assignment},
    prelude::*,
};
use domain::{
    AnswerId, AssignmentId, CrewMemberId, IncomingId, StaffId,
    state::{
        Transitions,
        answer::{AnswerSource, AnswerState},
        assignment::AssignmentState,
    },
    text::AnswerText,
};
use serde_json::json;
use web::App;

/// An answer that is about to be stored.
pub(crate) struct Arrival {
    pub(crate) source: AnswerSource,
    pub(crate) text: String,
    pub(crate) incoming: Option<IncomingId>,
    /// A colleague of who is asked: it stands under their name.
    pub(crate) answerer: Option<CrewMemberId>,
    /// Staff who typed it in; it still stands under the name of whom the assignment asks.
    pub(crate) staff: Option<StaffId>,
}

/// The answer that was typed on the assignment's own page, by the crew member or the partner it asks. The same text
/// again (a double click) gives the answer that is there. Call `app.wake.notify()` after the commit.
///
/// # Errors
/// A refusal when the assignment was passed on or refused.
pub async fn receive_link(
    tx: &WriteTx,
    app: &App,
    assignment: AssignmentId,
    text: AnswerText,
) -> Result<AnswerId, Error> {
    let row = lock(tx, assignment).await?;
    let id = typed(tx, app, &row, AnswerSource::Link, None, text.clone()).await?;
    auto::approve(tx, app, &row, id, text.as_str()).await?;
    Ok(id)
}

/// The answer that staff enter for whom the assignment asks: said on the telephone, written on paper.
///
/// # Errors
/// A refusal when the assignment was passed on or refused.
pub async fn receive_staff(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    assignment: AssignmentId,
    text: AnswerText,
) -> Result<AnswerId, Error> {
    let row = lock(tx, assignment).await?;
    typed(tx, app, &row, AnswerSource::Staff, Some(staff), text).await
}

async fn typed(
    tx: &WriteTx,
    app: &App,
    assignment: &assignment::Model,
    source: AnswerSource,
    staff: Option<StaffId>,
    text: AnswerText,
) -> Result<AnswerId, Error> {
    let same = answer::Entity::find()
        .filter(answer::Column::AssignmentId.eq(assignment.id))
        .filter(answer::Column::Original.eq(text.as_str()))
        .filter(answer::Column::State.ne(AnswerState::Returned))
        .one(tx)
        .await?;
    if let Some(same) = same {
        return Ok(same.id);
    }
    let text = text.into_string();
    store(
        tx,
        app,
        assignment,
        Arrival {
            source,
            text,
            incoming: None,
            answerer: None,
            staff,
        },
    )
    .await
}

/// Holds the assignment's row until the commit, so that two arrivals of one answer follow each other.
pub(crate) async fn lock(tx: &WriteTx, id: AssignmentId) -> Result<assignment::Model, Error> {
    let held = assignment::Entity::update_many()
        .col_expr(
            assignment::Column::AnsweredAt,
            Expr::col(assignment::Column::AnsweredAt),
        )
        .filter(assignment::Column::Id.eq(id))
        .exec(tx)
        .await?;
    if held.rows_affected == 0 {
        return Err(Error::NotFound);
    }
    assignment::Entity::find_by_id(id).one(tx).await?.ok_or(Error::NotFound)
}

/// Stores the answer for review. A second answer to an assignment that is answered is a further answer: never lost.
pub(crate) async fn store(
    tx: &WriteTx,
    app: &App,
    assignment: &assignment::Model,
    arrival: Arrival,
) -> Result<AnswerId, Error> {
    if AssignmentState::LEFT.contains(&assignment.state) {
        return Err(Error::Refused("refused-closed"));
    }
    let now = app.clock.now();
    let id = AnswerId::new();
    let row = answer::ActiveModel {
        id: Set(id),
        event_id: Set(assignment.event_id),
        question_id: Set(assignment.question_id),
        reverse_id: Set(assignment.reverse_id),
        assignment_id: Set(Some(assignment.id)),
        source: Set(arrival.source),
        crew_member_id: Set(arrival.answerer.or(assignment.crew_member_id)),
        speaker_id: Set(None),
        invitation_id: Set(assignment.invitation_id),
        staff_id: Set(arrival.staff),
        incoming_id: Set(arrival.incoming),
        original: Set(arrival.text.clone()),
        body: Set(arrival.text),
        state: Set(AnswerState::InReview),
        position: Set(next_position(tx, assignment).await?),
        version: Set(1),
        received_at: Set(now),
        reviewed_by: Set(None),
        reviewed_at: Set(None),
    };
    answer::Entity::insert(row).exec_without_returning(tx).await?;
    answered(tx, app, assignment.id).await?;
    follow::answered(tx, assignment.id, id).await?;
    audit::record(
        tx,
        &app.clock,
        audit::Entry {
            event: Some(assignment.event_id),
            actor: actor(assignment, arrival.staff, arrival.answerer),
            action: "answer.received",
            subject: ("answer", Some(id.uuid())),
            details: json!({ "source": arrival.source, "assignment": assignment.id }),
        },
    )
    .await?;
    Ok(id)
}

/// Its answer came: nobody is reminded of it any more.
pub(crate) async fn answered(tx: &WriteTx, app: &App, assignment: AssignmentId) -> Result<(), Error> {
    crate::remind::stop(tx, assignment).await?;
    assignment::Entity::update_many()
        .col_expr(assignment::Column::State, Expr::value(AssignmentState::Answered))
        .col_expr(assignment::Column::AnsweredAt, Expr::value(Some(app.clock.now())))
        .filter(assignment::Column::Id.eq(assignment))
        .filter(assignment::Column::State.is_in(AssignmentState::sources(AssignmentState::Answered)))
        .exec(tx)
        .await?;
    Ok(())
}

fn actor(assignment: &assignment::Model, staff: Option<StaffId>, answerer: Option<CrewMemberId>) -> Actor {
    match (staff, answerer.or(assignment.crew_member_id), assignment.invitation_id) {
        (Some(staff), ..) => Actor::Staff(staff),
        (None, Some(crew), _) => Actor::Crew(crew),
        (None, None, Some(partner)) => Actor::Partner(partner),
        (None, None, None) => Actor::System,
    }
}

/// After the answers that the same question has.
async fn next_position(conn: &impl ConnectionTrait, assignment: &assignment::Model) -> Result<i32, Error> {
    let same = match (assignment.question_id, assignment.reverse_id) {
        (Some(question), _) => answer::Column::QuestionId.eq(question),
        (None, reverse) => answer::Column::ReverseId.eq(reverse),
    };
    let last: Option<Option<i32>> = answer::Entity::find()
        .select_only()
        .column_as(answer::Column::Position.max(), "last")
        .filter(same)
        .into_tuple()
        .one(conn)
        .await?;
    Ok(last.flatten().map_or(0, |p| p + 1))
}
