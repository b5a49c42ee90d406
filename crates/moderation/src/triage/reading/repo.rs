//! The queries of reading.

mod notes;
mod queue;

pub(crate) use notes::{Called, Noted, called, is_called, notes};
pub(crate) use queue::{Progress, next, progress};

use db::{
    entity::{audit_entry, criterion, mark, question_copy, question_score, review, staff, triage_setting},
    prelude::*,
};
use domain::{
    EventId, QuestionId, ReviewId, StaffId,
    role::{self, Role},
};
use std::collections::{HashMap, HashSet};

/// The settings of the event's triage, or the defaults while nobody has changed them.
pub(crate) async fn settings(conn: &impl ConnectionTrait, event: EventId) -> Result<triage_setting::Model, Error> {
    let found = triage_setting::Entity::find_by_id(event).one(conn).await?;
    Ok(found.unwrap_or(triage_setting::Model {
        event_id: event,
        blind: false,
        own_first: true,
        frozen_at: None,
        freeze_at: None,
        max_per_company: 1,
        max_per_service: 3,
    }))
}

/// When blind reading was last turned on, and by whom.
pub(crate) async fn blinded(
    conn: &impl ConnectionTrait,
    event: EventId,
) -> Result<Option<(audit_entry::Model, String)>, Error> {
    let entry = audit_entry::Entity::find()
        .filter(audit_entry::Column::EventId.eq(event))
        .filter(audit_entry::Column::Action.eq("reading.blinded"))
        .order_by_desc(audit_entry::Column::At)
        .one(conn)
        .await?;
    let Some(entry) = entry else { return Ok(None) };
    let by = crate::triage::repo::staff_name(conn, entry.actor_id.map(StaffId::from_uuid)).await?;
    Ok(Some((entry, by)))
}

pub(crate) async fn criteria(conn: &impl ConnectionTrait, event: EventId) -> Result<Vec<criterion::Model>, Error> {
    Ok(criterion::Entity::find()
        .filter(criterion::Column::EventId.eq(event))
        .order_by_asc(criterion::Column::Position)
        .all(conn)
        .await?)
}

/// Of which of these the others' scores are told to this moderator: where one's own score comes first, of those that they
/// scored, or abstained from.
pub(crate) async fn told(
    conn: &impl ConnectionTrait,
    event: EventId,
    staff: StaffId,
    questions: &[QuestionId],
) -> Result<HashSet<QuestionId>, Error> {
    if !settings(conn, event).await?.own_first {
        return Ok(questions.iter().copied().collect());
    }
    let judged = review::Entity::find()
        .select_only()
        .column(review::Column::QuestionId)
        .filter(review::Column::QuestionId.is_in(questions.iter().copied()))
        .filter(review::Column::StaffId.eq(staff))
        .filter(Expr::cust(JUDGED));
    Ok(judged.into_tuple().all(conn).await?.into_iter().collect())
}

/// A review that says something: a score, or that it has none. Literal words, for the partial index `review_judged`.
pub(crate) const JUDGED: &str = "(scored_at IS NOT NULL OR abstained)";

/// What this moderator said of the question; `None` when they have not read it.
pub(crate) async fn review(
    conn: &impl ConnectionTrait,
    question: QuestionId,
    staff: StaffId,
) -> Result<Option<review::Model>, Error> {
    let found = review::Entity::find()
        .filter(review::Column::QuestionId.eq(question))
        .filter(review::Column::StaffId.eq(staff));
    Ok(found.one(conn).await?)
}

/// All reviews of the question, in the order of reading.
pub(crate) async fn reviews(conn: &impl ConnectionTrait, question: QuestionId) -> Result<Vec<review::Model>, Error> {
    Ok(review::Entity::find()
        .filter(review::Column::QuestionId.eq(question))
        .order_by_asc(review::Column::ReadAt)
        .order_by_asc(review::Column::Id)
        .all(conn)
        .await?)
}

pub(crate) async fn marks(
    conn: &impl ConnectionTrait,
    reviews: impl IntoIterator<Item = ReviewId>,
) -> Result<Vec<mark::Model>, Error> {
    Ok(mark::Entity::find()
        .filter(mark::Column::ReviewId.is_in(reviews))
        .all(conn)
        .await?)
}

pub(crate) async fn score(
    conn: &impl ConnectionTrait,
    question: QuestionId,
) -> Result<Option<question_score::Model>, Error> {
    Ok(question_score::Entity::find_by_id(question).one(conn).await?)
}

pub(crate) async fn copy(
    conn: &impl ConnectionTrait,
    question: QuestionId,
) -> Result<Option<question_copy::Model>, Error> {
    Ok(question_copy::Entity::find_by_id(question).one(conn).await?)
}

/// The copies of these questions, where there are any.
pub(crate) async fn copies(
    conn: &impl ConnectionTrait,
    questions: impl IntoIterator<Item = QuestionId>,
) -> Result<HashMap<QuestionId, String>, Error> {
    let rows = question_copy::Entity::find()
        .filter(question_copy::Column::QuestionId.is_in(questions))
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|c| (c.question_id, c.body)).collect())
}

/// All who may open the panel, by name.
pub(crate) async fn moderators(conn: &impl ConnectionTrait) -> Result<Vec<staff::Model>, Error> {
    let rows = staff::Entity::find()
        .filter(staff::Column::DisabledAt.is_null())
        .order_by_asc(staff::Column::Name)
        .order_by_asc(staff::Column::Id)
        .all(conn)
        .await?;
    let may = |s: &staff::Model| {
        let roles = role::split(&s.roles);
        roles.contains(&Role::Moderator) || roles.contains(&Role::Administrator)
    };
    Ok(rows.into_iter().filter(may).collect())
}
