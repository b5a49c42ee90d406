//! The queries of the stage.

use super::{
    rehearsal::Rehearsal,
    service::{Shown, shown_before},
};
use db::{
    entity::{answer, decision, question, reverse_question, stage_act, stage_aside, stage_cue, stage_run},
    people,
    prelude::*,
};
use domain::{
    AnswerId, EventId, InvitationId, QuestionId, ReverseId, SpeakerId, StaffId,
    state::{
        answer::{AnswerSource, AnswerState},
        decision::DecisionState,
        question::{QuestionState, ReverseState},
    },
};
use std::collections::HashSet;
use uuid::Uuid;

/// What the hall sees on the day; nothing was shown yet when there is no row.
pub(crate) async fn run(conn: &impl ConnectionTrait, event: EventId) -> Result<Option<stage_run::Model>, Error> {
    Ok(stage_run::Entity::find_by_id(event).one(conn).await?)
}

/// So many acts may follow the one that took the last line off the screen.
const SINCE: u64 = 50;

/// What was on the screen before what is now, as the acts remember it.
pub(crate) async fn shown_last(conn: &impl ConnectionTrait, event: EventId) -> Result<Shown, Error> {
    let acts = stage_act::Entity::find()
        .filter(stage_act::Column::EventId.eq(event))
        .order_by_desc(stage_act::Column::Version)
        .limit(SINCE)
        .all(conn)
        .await?;
    let mut shown = acts.iter().map(shown_before).filter(|shown| *shown != Shown::Nothing);
    Ok(shown.next().unwrap_or(Shown::Nothing))
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

/// A note as it stands: an answer, or what a rehearsal wrote in its place.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) id: AnswerId,
    pub(crate) about: Shown,
    pub(crate) partner: Option<InvitationId>,
    pub(crate) speaker: Option<SpeakerId>,
    pub(crate) body: String,
    pub(crate) version: i32,
    pub(crate) state: AnswerState,
}

impl Kept {
    fn of(row: answer::Model) -> Self {
        let question = row.question_id.map(Shown::Question);
        Self {
            id: row.id,
            about: question
                .or(row.reverse_id.map(Shown::Reverse))
                .unwrap_or(Shown::Nothing),
            partner: row.invitation_id,
            speaker: row.speaker_id,
            body: row.body,
            version: row.version,
            state: row.state,
        }
    }
}

/// What was noted for these questions, on stage or in a rehearsal.
pub(crate) async fn notes(
    conn: &impl ConnectionTrait,
    questions: impl IntoIterator<Item = QuestionId>,
    rehearsal: Option<&Rehearsal>,
) -> Result<Vec<Kept>, Error> {
    if let Some(rehearsal) = rehearsal {
        let of: HashSet<Shown> = questions.into_iter().map(Shown::Question).collect();
        return Ok(rehearsal.book.notes().filter(|note| of.contains(&note.about)).collect());
    }
    let rows = answer::Entity::find()
        .filter(answer::Column::QuestionId.is_in(questions))
        .filter(answer::Column::Source.eq(AnswerSource::Stage))
        .order_by_asc(answer::Column::ReceivedAt)
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(Kept::of).collect())
}

/// What partners were noted to have answered, on stage or in a rehearsal.
pub(crate) async fn reverse_notes(
    conn: &impl ConnectionTrait,
    reverse: ReverseId,
    rehearsal: Option<&Rehearsal>,
) -> Result<Vec<Kept>, Error> {
    if let Some(rehearsal) = rehearsal {
        let about = Shown::Reverse(reverse);
        return Ok(rehearsal.book.notes().filter(|note| note.about == about).collect());
    }
    let rows = answer::Entity::find()
        .filter(answer::Column::ReverseId.eq(reverse))
        .filter(answer::Column::Source.eq(AnswerSource::Stage))
        .order_by_asc(answer::Column::Position)
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(Kept::of).collect())
}

/// What was noted beside a note.
pub(crate) struct Beside {
    pub(crate) by: StaffId,
    pub(crate) who: String,
    pub(crate) body: String,
}

pub(crate) async fn asides(
    conn: &impl ConnectionTrait,
    answer: AnswerId,
    rehearsal: Option<&Rehearsal>,
) -> Result<Vec<Beside>, Error> {
    let beside: Vec<(StaffId, String)> = if let Some(rehearsal) = rehearsal {
        rehearsal.book.beside(answer).to_vec()
    } else {
        let rows = stage_aside::Entity::find()
            .filter(stage_aside::Column::AnswerId.eq(answer))
            .order_by_asc(stage_aside::Column::At);
        let rows = rows.all(conn).await?;
        rows.into_iter().map(|row| (row.staff_id, row.body)).collect()
    };
    let mut names = people::staff_names(conn, beside.iter().map(|(by, _)| *by)).await?;
    let beside = beside.into_iter().map(|(by, body)| Beside {
        by,
        who: names.remove(&by).unwrap_or_default(),
        body,
    });
    Ok(beside.collect())
}

/// What is answered already.
pub(crate) async fn answered(
    conn: &impl ConnectionTrait,
    event: EventId,
    rehearsal: Option<&Rehearsal>,
) -> Result<HashSet<Uuid>, Error> {
    if let Some(rehearsal) = rehearsal {
        return Ok(rehearsal.book.answered());
    }
    let rows = stage_cue::Entity::find()
        .filter(stage_cue::Column::EventId.eq(event))
        .filter(stage_cue::Column::AnsweredAt.is_not_null())
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| row.subject_id).collect())
}
