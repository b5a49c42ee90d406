//! From what a proposal is made: the best of those about which nobody decided.

use db::{
    entity::{question, question_copy, question_score},
    people::{self, Invitee},
    prelude::*,
};
use domain::{
    EventId, InvitationId, Lang, QuestionId,
    state::question::{Board, Prefers},
};
use std::collections::HashMap;

/// So many are compared with each other.
pub(crate) const MOST: u64 = 300;

/// One of them.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) question: question::Model,
    /// The mean of its scores in thousandths; none while nobody scored it.
    pub(crate) mean_milli: Option<i32>,
}

/// The best by their mean, then those that nobody scored: who would like the stage first, then in the order received.
pub(crate) async fn candidates(conn: &impl ConnectionTrait, event: EventId) -> Result<Vec<Candidate>, Error> {
    let scores: HashMap<QuestionId, i32> = question_score::Entity::find()
        .select_only()
        .column(question_score::Column::QuestionId)
        .column(question_score::Column::MeanMilli)
        .filter(question_score::Column::EventId.eq(event))
        .filter(question_score::Column::MeanMilli.is_not_null())
        .order_by_desc(question_score::Column::MeanMilli)
        .order_by_asc(question_score::Column::QuestionId)
        .limit(MOST * 3)
        .into_tuple::<(QuestionId, i32)>()
        .all(conn)
        .await?
        .into_iter()
        .collect();
    let inbox = || {
        question::Entity::find()
            .filter(question::Column::EventId.eq(event))
            .filter(question::Column::Board.eq(Board::Inbox))
    };
    let judged = inbox().filter(question::Column::Id.is_in(scores.keys().copied()));
    let mut rows = judged.all(conn).await?;
    rows.sort_by_key(|q| (std::cmp::Reverse(scores.get(&q.id).copied()), q.number));
    for wish in [Some(Prefers::Stage), None] {
        let mut more = inbox().order_by_asc(question::Column::Number).limit(MOST);
        if let Some(wish) = wish {
            more = more.filter(question::Column::Prefers.eq(wish));
        }
        for question in more.all(conn).await? {
            if !rows.iter().any(|q| q.id == question.id) {
                rows.push(question);
            }
        }
    }
    rows.truncate(MOST.try_into().unwrap_or(usize::MAX));
    Ok(rows
        .into_iter()
        .map(|question| Candidate {
            mean_milli: scores.get(&question.id).copied(),
            question,
        })
        .collect())
}

/// Who asked them.
pub(crate) async fn profiles(
    conn: &impl ConnectionTrait,
    questions: impl IntoIterator<Item = InvitationId>,
    lang: Lang,
) -> Result<HashMap<InvitationId, Invitee>, Error> {
    people::invitees(conn, questions, lang).await
}

/// The questions as they were edited for the stage, where they were.
pub(crate) async fn copies(
    conn: &impl ConnectionTrait,
    ids: &[QuestionId],
) -> Result<HashMap<QuestionId, String>, Error> {
    let found = question_copy::Entity::find().filter(question_copy::Column::QuestionId.is_in(ids.iter().copied()));
    Ok(found
        .all(conn)
        .await?
        .into_iter()
        .map(|c| (c.question_id, c.body))
        .collect())
}
