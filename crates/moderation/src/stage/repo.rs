//! The queries of the stage.

use db::{
    entity::{answer, decision, question, reverse_question, stage_run},
    prelude::*,
};
use domain::{
    EventId, QuestionId, ReverseId,
    state::{
        answer::AnswerSource,
        decision::DecisionState,
        question::{QuestionState, ReverseState},
    },
};

/// What the hall sees now; nothing was shown yet when there is no row.
pub(crate) async fn run(conn: &impl ConnectionTrait, event: EventId) -> Result<Option<stage_run::Model>, Error> {
    Ok(stage_run::Entity::find_by_id(event).one(conn).await?)
}

/// The released live questions in their order, each as its copy for the stage says it, where there is one.
pub(crate) async fn order(
    conn: &impl ConnectionTrait,
    event: EventId,
) -> Result<Vec<(decision::Model, question::Model)>, Error> {
    let decisions = crate::triage::repo::shortlist(conn, event).await?;
    let decisions: Vec<_> = decisions
        .into_iter()
        .filter(|d| d.state == DecisionState::Released)
        .collect();
    let mut questions = question::Entity::find()
        .filter(question::Column::Id.is_in(decisions.iter().map(|d| d.question_id)))
        .filter(question::Column::State.eq(QuestionState::Live))
        .all(conn)
        .await?;
    let mut copies = crate::triage::reading::repo::copies(conn, questions.iter().map(|q| q.id)).await?;
    for question in &mut questions {
        if let Some(copy) = copies.remove(&question.id) {
            question.body = copy;
        }
    }
    Ok(decisions
        .into_iter()
        .filter_map(|d| {
            questions
                .iter()
                .find(|q| q.id == d.question_id)
                .cloned()
                .map(|q| (d, q))
        })
        .collect())
}

/// Live places whose decision is not released yet: the stage does not have them.
pub(crate) async fn unreleased(conn: &impl ConnectionTrait, event: EventId) -> Result<u64, Error> {
    Ok(decision::Entity::find()
        .filter(decision::Column::EventId.eq(event))
        .filter(decision::Column::Place.is_not_null())
        .filter(decision::Column::State.eq(DecisionState::Pending))
        .count(conn)
        .await?)
}

/// The questions asked back that may be shown, in their order.
pub(crate) async fn reverse(
    conn: &impl ConnectionTrait,
    event: EventId,
) -> Result<Vec<reverse_question::Model>, Error> {
    Ok(reverse_question::Entity::find()
        .filter(reverse_question::Column::EventId.eq(event))
        .filter(reverse_question::Column::State.is_in([ReverseState::Picked, ReverseState::Sent]))
        .order_by_asc(reverse_question::Column::Place)
        .all(conn)
        .await?)
}

pub(crate) async fn reverse_of(
    conn: &impl ConnectionTrait,
    event: EventId,
    id: ReverseId,
) -> Result<Option<reverse_question::Model>, Error> {
    let found = reverse_question::Entity::find_by_id(id)
        .filter(reverse_question::Column::EventId.eq(event))
        .filter(reverse_question::Column::State.is_in([ReverseState::Picked, ReverseState::Sent]));
    Ok(found.one(conn).await?)
}

/// What was noted on stage for these questions.
pub(crate) async fn notes(
    conn: &impl ConnectionTrait,
    questions: impl IntoIterator<Item = QuestionId>,
) -> Result<Vec<answer::Model>, Error> {
    Ok(answer::Entity::find()
        .filter(answer::Column::QuestionId.is_in(questions))
        .filter(answer::Column::Source.eq(AnswerSource::Stage))
        .order_by_asc(answer::Column::ReceivedAt)
        .all(conn)
        .await?)
}
