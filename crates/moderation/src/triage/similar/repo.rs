//! The queries of similar questions.

use db::{
    entity::{question, similar_dismissed, similar_group, similar_survey},
    prelude::*,
};
use domain::{
    EventId, Lang, QuestionId,
    state::question::{Board, QuestionState},
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A question's text for a survey.
#[derive(Clone, Debug)]
pub(super) struct Body {
    pub(super) id: QuestionId,
    pub(super) number: i32,
    pub(super) text: String,
    pub(super) lang: Lang,
    /// It is not joined to another and not declined: it may stand in a proposal.
    pub(super) open: bool,
}

type Columns = (QuestionId, Option<i32>, String, Lang, Option<Board>);

const OPEN: [Board; 4] = [Board::Inbox, Board::Live, Board::Reserve, Board::Crew];

/// All that stand on the board.
pub(super) async fn bodies(conn: &impl ConnectionTrait, event: EventId) -> Result<Vec<Body>, Error> {
    let rows: Vec<Columns> = question::Entity::find()
        .select_only()
        .columns([
            question::Column::Id,
            question::Column::Number,
            question::Column::Body,
            question::Column::Lang,
            question::Column::Board,
        ])
        .filter(question::Column::EventId.eq(event))
        .filter(question::Column::Board.is_not_null())
        .order_by_asc(question::Column::Number)
        .into_tuple()
        .all(conn)
        .await?;
    let body = |(id, number, body, lang, board): Columns| {
        Some(Body {
            id,
            number: number?,
            text: body,
            lang,
            open: board.is_some_and(|board| OPEN.contains(&board)),
        })
    };
    Ok(rows.into_iter().filter_map(body).collect())
}

pub(super) async fn dismissed(
    conn: &impl ConnectionTrait,
    event: EventId,
) -> Result<HashSet<(QuestionId, QuestionId)>, Error> {
    let rows = similar_dismissed::Entity::find()
        .filter(similar_dismissed::Column::EventId.eq(event))
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.one, row.other)).collect())
}

/// Groups of at least two that still stand, in order, from the one after `after`: at most `limit`, each by its number
/// with its questions and scores.
pub(super) async fn groups(
    conn: &impl ConnectionTrait,
    event: EventId,
    after: i32,
    limit: u64,
) -> Result<BTreeMap<i32, Vec<(QuestionId, i32)>>, Error> {
    let standing = || {
        similar_group::Entity::find()
            .inner_join_question()
            .filter(similar_group::Column::EventId.eq(event))
            .filter(question::Column::Board.is_in(OPEN))
    };
    let numbers: Vec<i32> = standing()
        .select_only()
        .column(similar_group::Column::GroupNo)
        .filter(similar_group::Column::GroupNo.gt(after))
        .group_by(similar_group::Column::GroupNo)
        .having(similar_group::Column::QuestionId.count().gt(1))
        .order_by_asc(similar_group::Column::GroupNo)
        .limit(limit)
        .into_tuple()
        .all(conn)
        .await?;
    let rows = standing()
        .filter(similar_group::Column::GroupNo.is_in(numbers))
        .order_by_asc(question::Column::Number)
        .all(conn)
        .await?;
    let mut groups: BTreeMap<i32, Vec<(QuestionId, i32)>> = BTreeMap::new();
    for row in rows {
        groups
            .entry(row.group_no)
            .or_default()
            .push((row.question_id, row.score_milli));
    }
    Ok(groups)
}

pub(super) async fn surveyed(
    conn: &impl ConnectionTrait,
    event: EventId,
) -> Result<Option<similar_survey::Model>, Error> {
    Ok(similar_survey::Entity::find_by_id(event).one(conn).await?)
}

/// The questions of these numbers that were not taken back.
pub(super) async fn by_numbers(
    conn: &impl ConnectionTrait,
    event: EventId,
    numbers: &[i32],
) -> Result<HashMap<i32, question::Model>, Error> {
    let rows = question::Entity::find()
        .filter(question::Column::EventId.eq(event))
        .filter(question::Column::Number.is_in(numbers.iter().copied()))
        .filter(question::Column::State.is_not_in([QuestionState::Draft, QuestionState::Withdrawn]))
        .all(conn)
        .await?;
    Ok(rows.into_iter().filter_map(|row| Some((row.number?, row))).collect())
}

/// Which of them have an approved answer.
pub(super) async fn answered(
    conn: &impl ConnectionTrait,
    questions: impl IntoIterator<Item = QuestionId>,
) -> Result<HashSet<QuestionId>, Error> {
    use db::entity::answer;
    use domain::state::answer::AnswerState;
    let rows: Vec<Option<QuestionId>> = answer::Entity::find()
        .select_only()
        .column(answer::Column::QuestionId)
        .filter(answer::Column::QuestionId.is_in(questions))
        .filter(answer::Column::State.eq(AnswerState::Approved))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().flatten().collect())
}

trait WithQuestion {
    fn inner_join_question(self) -> Self;
}

impl WithQuestion for sea_orm::Select<similar_group::Entity> {
    fn inner_join_question(self) -> Self {
        let on = similar_group::Entity::belongs_to(question::Entity)
            .from(similar_group::Column::QuestionId)
            .to(question::Column::Id)
            .into();
        self.join(sea_orm::JoinType::InnerJoin, on)
    }
}
