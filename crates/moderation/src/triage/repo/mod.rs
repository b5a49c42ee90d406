//! The queries of triage.

mod acts;
mod balance;
mod candidates;
mod list;
mod panel;
mod release;
mod rest;

pub(crate) use acts::{act, act_before, act_that_made, acts_because, acts_of, last_act, moved_up};
pub(crate) use balance::{Asked, asked, asked_by, company_names, field_names, returned};
pub(crate) use candidates::{Candidate, candidates, copies, profiles};
pub(crate) use list::{Line, lines, lines_of};
pub(crate) use panel::{History, consents, history, invitation_field};
pub use release::What;
pub(crate) use release::{
    drafts, item_counts, mail_counts, mail_page, next_items, refusals, release_of, releases, releasing, waiting,
    waiting_counts,
};
pub use rest::Rest;
pub(crate) use rest::{routed_to, routing, undecided, undecided_counts, undecided_texts};

use super::service::step::{PLACED, RANKED};
use db::{
    entity::{answer, decision, question, speaker, staff, triage_setting},
    prelude::*,
};
use domain::{
    EventId, QuestionId, SpeakerId, StaffId,
    state::{
        answer::AnswerState,
        decision::{DecisionKind, DecisionState},
    },
};
use sea_orm::{Select, TryGetable};
use std::{
    collections::{BTreeSet, HashMap},
    hash::Hash,
};

/// The decision that waits for its release; there is at most one.
pub(crate) async fn pending_of(
    conn: &impl ConnectionTrait,
    question: QuestionId,
) -> Result<Option<decision::Model>, Error> {
    let found = decision::Entity::find()
        .filter(decision::Column::QuestionId.eq(question))
        .filter(decision::Column::State.eq(DecisionState::Pending));
    Ok(found.one(conn).await?)
}

/// The live decision of a question, pending or released.
pub(crate) async fn live_of(
    conn: &impl ConnectionTrait,
    question: QuestionId,
) -> Result<Option<decision::Model>, Error> {
    let found = decision::Entity::find()
        .filter(decision::Column::QuestionId.eq(question))
        .filter(decision::Column::Kind.eq(DecisionKind::Live))
        .filter(decision::Column::State.ne(DecisionState::Dropped));
    Ok(found.one(conn).await?)
}

pub(crate) async fn at_place(
    conn: &impl ConnectionTrait,
    event: EventId,
    place: i32,
) -> Result<Option<decision::Model>, Error> {
    let found = decision::Entity::find()
        .filter(decision::Column::EventId.eq(event))
        .filter(decision::Column::Place.eq(place))
        .filter(Expr::cust(PLACED));
    Ok(found.one(conn).await?)
}

/// The decision that was released and holds.
pub(crate) async fn released_of(
    conn: &impl ConnectionTrait,
    question: QuestionId,
) -> Result<Option<decision::Model>, Error> {
    let found = decision::Entity::find()
        .filter(decision::Column::QuestionId.eq(question))
        .filter(decision::Column::State.eq(DecisionState::Released));
    Ok(found.one(conn).await?)
}

/// The reserves by their ranks.
pub(crate) async fn reserves(conn: &impl ConnectionTrait, event: EventId) -> Result<Vec<decision::Model>, Error> {
    Ok(decision::Entity::find()
        .filter(decision::Column::EventId.eq(event))
        .filter(Expr::cust(RANKED))
        .order_by_asc(decision::Column::Rank)
        .all(conn)
        .await?)
}

/// How the event's triage is done; nobody set anything yet when there is no row.
pub(crate) async fn setting(
    conn: &impl ConnectionTrait,
    event: EventId,
) -> Result<Option<triage_setting::Model>, Error> {
    Ok(triage_setting::Entity::find_by_id(event).one(conn).await?)
}

pub(crate) async fn taken_places(conn: &impl ConnectionTrait, event: EventId) -> Result<BTreeSet<i32>, Error> {
    let rows = shortlist(conn, event).await?;
    Ok(rows.into_iter().filter_map(|d| d.place).collect())
}

/// The live decisions that hold a place, in order.
pub(crate) async fn shortlist(conn: &impl ConnectionTrait, event: EventId) -> Result<Vec<decision::Model>, Error> {
    Ok(decision::Entity::find()
        .filter(decision::Column::EventId.eq(event))
        .filter(Expr::cust(PLACED))
        .order_by_asc(decision::Column::Place)
        .all(conn)
        .await?)
}

/// The rank behind the last of the reserves. Two who take the same are told apart by a unique index.
pub(crate) async fn next_rank(conn: &impl ConnectionTrait, event: EventId) -> Result<i32, Error> {
    let last = decision::Entity::find()
        .filter(decision::Column::EventId.eq(event))
        .filter(Expr::cust(RANKED))
        .order_by_desc(decision::Column::Rank)
        .one(conn)
        .await?;
    Ok(last.and_then(|d| d.rank).unwrap_or_default() + 1)
}

/// Whether an approved answer to it stands.
pub(crate) async fn is_answered(conn: &impl ConnectionTrait, question: QuestionId) -> Result<bool, Error> {
    let approved = answer::Entity::find()
        .filter(answer::Column::QuestionId.eq(question))
        .filter(answer::Column::State.eq(AnswerState::Approved));
    Ok(approved.one(conn).await?.is_some())
}

/// Whether other questions joined this one, or shall with the next release.
pub(crate) async fn has_followers(conn: &impl ConnectionTrait, question: QuestionId) -> Result<bool, Error> {
    let merged = question::Entity::find()
        .filter(question::Column::MergedInto.eq(question))
        .count(conn)
        .await?;
    let joining = decision::Entity::find()
        .filter(decision::Column::MergedInto.eq(question))
        .filter(decision::Column::State.eq(DecisionState::Pending))
        .count(conn)
        .await?;
    Ok(merged + joining > 0)
}

pub(crate) async fn staff_name(conn: &impl ConnectionTrait, id: Option<StaffId>) -> Result<String, Error> {
    let Some(id) = id else { return Ok(String::new()) };
    Ok(staff::Entity::find_by_id(id)
        .one(conn)
        .await?
        .map(|s| s.name)
        .unwrap_or_default())
}

pub(crate) async fn speakers(conn: &impl ConnectionTrait, event: EventId) -> Result<Vec<speaker::Model>, Error> {
    Ok(speaker::Entity::find()
        .filter(speaker::Column::EventId.eq(event))
        .order_by_asc(speaker::Column::Position)
        .order_by_asc(speaker::Column::Id)
        .all(conn)
        .await?)
}

/// How a speaker is called in a mail; `None` while nobody is named.
pub(crate) async fn speaker_line(conn: &impl ConnectionTrait, id: Option<SpeakerId>) -> Result<Option<String>, Error> {
    let Some(id) = id else { return Ok(None) };
    let found = speaker::Entity::find_by_id(id).one(conn).await?;
    Ok(found.map(|s| db::people::speaker_person(&s).line()))
}

/// A question by its number, as people call it.
pub(crate) async fn by_number(
    conn: &impl ConnectionTrait,
    event: EventId,
    number: i32,
) -> Result<Option<question::Model>, Error> {
    let found = question::Entity::find()
        .filter(question::Column::EventId.eq(event))
        .filter(question::Column::Number.eq(number));
    Ok(found.one(conn).await?)
}

/// How many of what is found have each value of `by`.
pub(crate) async fn count_by<E: EntityTrait, K: TryGetable + Eq + Hash>(
    conn: &impl ConnectionTrait,
    find: Select<E>,
    by: E::Column,
) -> Result<HashMap<K, usize>, Error> {
    let rows: Vec<(K, i64)> = find
        .select_only()
        .column(by)
        .column_as(Expr::cust("count(*)"), "n")
        .group_by(by)
        .into_tuple()
        .all(conn)
        .await?;
    let counts = rows
        .into_iter()
        .map(|(key, n)| (key, usize::try_from(n).unwrap_or_default()));
    Ok(counts.collect())
}
