//! What was done in triage, in its order: what an undo looks at.

use db::{entity::triage_act, prelude::*};
use domain::{ActId, DecisionId, EventId, QuestionId, StaffId};
use std::collections::HashMap;

/// An undo looks so far back for what still stands.
const FAR: u64 = 50;

pub(crate) async fn act(conn: &impl ConnectionTrait, id: ActId) -> Result<Option<triage_act::Model>, Error> {
    Ok(triage_act::Entity::find_by_id(id).one(conn).await?)
}

/// The last acts of a staff member in an event, newest first: those that take back, or those that do.
pub(crate) async fn acts_of(
    conn: &impl ConnectionTrait,
    staff: StaffId,
    event: EventId,
    back: bool,
) -> Result<Vec<triage_act::Model>, Error> {
    Ok(triage_act::Entity::find()
        .filter(triage_act::Column::StaffId.eq(staff))
        .filter(triage_act::Column::EventId.eq(event))
        .filter(triage_act::Column::Back.eq(back))
        .order_by_desc(triage_act::Column::Seq)
        .limit(FAR)
        .all(conn)
        .await?)
}

/// The last act about a question.
pub(crate) async fn last_act(
    conn: &impl ConnectionTrait,
    question: QuestionId,
) -> Result<Option<triage_act::Model>, Error> {
    act_before(conn, question, i64::MAX).await
}

/// The last act about a question before that of the number `seq`.
pub(crate) async fn act_before(
    conn: &impl ConnectionTrait,
    question: QuestionId,
    seq: i64,
) -> Result<Option<triage_act::Model>, Error> {
    Ok(triage_act::Entity::find()
        .filter(triage_act::Column::QuestionId.eq(question))
        .filter(triage_act::Column::Seq.lt(seq))
        .order_by_desc(triage_act::Column::Seq)
        .one(conn)
        .await?)
}

pub(crate) async fn act_that_made(
    conn: &impl ConnectionTrait,
    decision: DecisionId,
) -> Result<Option<triage_act::Model>, Error> {
    let found = triage_act::Entity::find().filter(triage_act::Column::Made.eq(decision));
    Ok(found.one(conn).await?)
}

/// Who moved up because of an act.
pub(crate) async fn acts_because(conn: &impl ConnectionTrait, act: ActId) -> Result<Vec<triage_act::Model>, Error> {
    Ok(triage_act::Entity::find()
        .filter(triage_act::Column::Because.eq(act))
        .filter(triage_act::Column::Because.is_not_null())
        .order_by_asc(triage_act::Column::Seq)
        .all(conn)
        .await?)
}

/// Those of the decisions that a reserve's move up made, with the rank it came from.
pub(crate) async fn moved_up(
    conn: &impl ConnectionTrait,
    decisions: impl IntoIterator<Item = DecisionId>,
) -> Result<HashMap<DecisionId, i32>, Error> {
    let rows = triage_act::Entity::find()
        .filter(triage_act::Column::Made.is_in(decisions))
        .filter(triage_act::Column::StaffId.is_null())
        .filter(triage_act::Column::Back.eq(false))
        .all(conn)
        .await?;
    let stood = entity::decision::Entity::find()
        .filter(entity::decision::Column::Id.is_in(rows.iter().filter_map(|a| a.dropped)))
        .all(conn)
        .await?;
    let rank: HashMap<DecisionId, i32> = stood.into_iter().filter_map(|d| Some((d.id, d.rank?))).collect();
    Ok(rows
        .into_iter()
        .filter_map(|a| Some((a.made?, rank.get(&a.dropped?).copied()?)))
        .collect())
}
