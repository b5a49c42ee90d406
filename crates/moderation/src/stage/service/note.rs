//! What was said on stage, and what time did not allow.

use super::{Shown, hold, show::put};
use crate::service::deed::record;
use crate::{
    Error, Result,
    service::assign,
    stage::repo,
    triage::{repo as triage, service::decide::set_state},
};
use db::{
    entity::{answer, question, speaker},
    prelude::*,
};
use domain::{
    AnswerId, QuestionId, SpeakerId, StaffId,
    state::{
        answer::{AnswerSource, AnswerState},
        decision::DecisionState,
        question::QuestionState,
    },
    text::AnswerText,
};
use serde_json::json;
use web::App;

/// Notes the answer that was given; it goes to review. Noting again, while it is not approved, replaces the text.
/// `speaker`: who spoke, when it was not the one who was named.
///
/// # Errors
/// [`Error::Text`] for an empty text, stale when the question is not on stage, [`Error::Refused`] when the answer was
/// approved meanwhile.
pub async fn note_answer(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    question: QuestionId,
    speaker: Option<SpeakerId>,
    text: &str,
) -> Result<AnswerId> {
    let text = AnswerText::parse(text)?.into_string();
    let question = hold(tx, question).await?;
    let decision = triage::live_of(tx, question.id).await?;
    let speaker = match speaker {
        Some(id) => {
            let found = speaker::Entity::find_by_id(id).filter(speaker::Column::EventId.eq(question.event_id));
            Some(found.one(tx).await?.ok_or(Error::NotFound)?.id)
        }
        None => decision.and_then(|d| d.speaker_id),
    };
    let before = repo::notes(tx, [question.id]).await?.pop();
    let id = match before {
        Some(before) => change(tx, app, &before, speaker, text).await?,
        None => insert(tx, app, staff, &question, speaker, text).await?,
    };
    record(tx, app, staff, &question, "answer.noted", json!({ "answer": id })).await?;
    Ok(id)
}

async fn insert(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    question: &question::Model,
    speaker: Option<SpeakerId>,
    text: String,
) -> Result<AnswerId> {
    let id = AnswerId::new();
    let row = answer::ActiveModel {
        id: Set(id),
        event_id: Set(question.event_id),
        question_id: Set(Some(question.id)),
        reverse_id: Set(None),
        assignment_id: Set(None),
        source: Set(AnswerSource::Stage),
        crew_member_id: Set(None),
        speaker_id: Set(speaker),
        invitation_id: Set(None),
        // Who noted it; it stands under the speaker's name where there is one.
        staff_id: Set(Some(staff)),
        incoming_id: Set(None),
        original: Set(text.clone()),
        body: Set(text),
        state: Set(AnswerState::InReview),
        position: Set(0),
        version: Set(1),
        received_at: Set(app.clock.now()),
        reviewed_by: Set(None),
        reviewed_at: Set(None),
    };
    answer::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(id)
}

async fn change(
    tx: &WriteTx,
    app: &App,
    before: &answer::Model,
    speaker: Option<SpeakerId>,
    text: String,
) -> Result<AnswerId> {
    let result = answer::Entity::update_many()
        .col_expr(answer::Column::Original, Expr::value(text.clone()))
        .col_expr(answer::Column::Body, Expr::value(text))
        .col_expr(answer::Column::SpeakerId, Expr::value(speaker.or(before.speaker_id)))
        .col_expr(answer::Column::State, Expr::value(AnswerState::InReview))
        .col_expr(answer::Column::Version, Expr::col(answer::Column::Version).add(1))
        .col_expr(answer::Column::ReceivedAt, Expr::value(app.clock.now()))
        .filter(answer::Column::Id.eq(before.id))
        .filter(answer::Column::State.is_in([AnswerState::InReview, AnswerState::Returned]))
        .exec(tx)
        .await?;
    if result.rows_affected == 1 {
        Ok(before.id)
    } else {
        Err(Error::Refused("refused-note-approved"))
    }
}

/// Time did not allow it: the question goes to the crew of its service, and its place is free. When the hall saw it,
/// the hall sees the next one. Commit it with [`super::commit`], and wake the sender.
///
/// # Errors
/// [`Error::NoCrew`]; stale when it is not on stage; [`Error::Refused`] when an answer to it was noted.
pub async fn not_reached(tx: &WriteTx, app: &App, staff: StaffId, question: QuestionId) -> Result<()> {
    let question = hold(tx, question).await?;
    if !repo::notes(tx, [question.id]).await?.is_empty() {
        return Err(Error::Refused("refused-reached"));
    }
    let run = repo::run(tx, question.event_id).await?;
    if Shown::of(run.as_ref()) == Shown::Question(question.id) {
        let order = repo::order(tx, question.event_id).await?;
        let at = order.iter().position(|(_, q)| q.id == question.id);
        let after = at
            .and_then(|at| order.get(at + 1))
            .map_or(Shown::Nothing, |(_, q)| Shown::Question(q.id));
        put(tx, app, staff, question.event_id, after, None).await?;
    }
    let decision = triage::live_of(tx, question.id).await?.ok_or(Error::NotFound)?;
    set_state(tx, decision.id, DecisionState::Dropped).await?;
    let result = question::Entity::update_many()
        .col_expr(question::Column::State, Expr::value(QuestionState::Routed))
        .col_expr(question::Column::UpdatedAt, Expr::value(app.clock.now()))
        .col_expr(question::Column::Version, Expr::col(question::Column::Version).add(1))
        .filter(question::Column::Id.eq(question.id))
        .filter(question::Column::State.eq(QuestionState::Live))
        .exec(tx)
        .await?;
    one_row(&result, "question")?;
    assign::to_crew(tx, app, &question, question.service_id).await?;
    record(
        tx,
        app,
        staff,
        &question,
        "question.not_reached",
        json!({ "place": decision.place }),
    )
    .await
}
