//! Releases: what waits for one, what a filter picks, what a job still has to do, and what could not be done.

use crate::Error;
use db::{
    entity::{decision, outgoing_mail, question, release, release_item, release_mail},
    page::Page,
    prelude::*,
};
use domain::{
    DecisionId, EventId, OutgoingId, QuestionId, ReleaseId, ServiceId,
    state::{
        decision::{DecisionKind, DecisionState},
        mail::OutgoingState,
        release::ItemState,
    },
};
use sea_orm::{
    QueryTrait, Select,
    sea_query::{Expr, Func, NullOrdering, Order, Query},
};
use std::collections::HashMap;

/// Which of the pending decisions are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct What {
    /// The service that answers, or that an undirected question is about.
    pub service: Option<ServiceId>,
    pub kind: Option<DecisionKind>,
    /// These alone.
    pub only: Option<Vec<DecisionId>>,
}

impl What {
    /// Whether it leaves something out.
    pub(crate) fn is_filter(&self) -> bool {
        self.service.is_some() || self.kind.is_some()
    }
}

/// The pending decisions that are meant; a reserve waits for a place instead.
fn matching(event: EventId, what: &What) -> Select<decision::Entity> {
    let mut find = decision::Entity::find()
        .filter(decision::Column::EventId.eq(event))
        .filter(decision::Column::State.eq(DecisionState::Pending))
        .filter(decision::Column::Kind.ne(DecisionKind::Reserve));
    if let Some(kind) = what.kind {
        find = find.filter(decision::Column::Kind.eq(kind));
    }
    if let Some(service) = what.service {
        let about = Query::select()
            .column(question::Column::Id)
            .from(question::Entity)
            .and_where(question::Column::EventId.eq(event))
            .and_where(question::Column::ServiceId.eq(service))
            .to_owned();
        let about = Condition::all()
            .add(decision::Column::ServiceId.is_null())
            .add(decision::Column::QuestionId.in_subquery(about));
        find = find.filter(Condition::any().add(decision::Column::ServiceId.eq(service)).add(about));
    }
    find
}

/// The stage first, in its order, then by time.
pub(crate) async fn waiting(
    conn: &impl ConnectionTrait,
    event: EventId,
    what: &What,
    most: Option<u64>,
) -> Result<Vec<decision::Model>, Error> {
    let mut rows = matching(event, what)
        .order_by_with_nulls(decision::Column::Place, Order::Asc, NullOrdering::Last)
        .order_by_asc(decision::Column::DecidedAt)
        .order_by_asc(decision::Column::Id)
        .limit(most)
        .all(conn)
        .await?;
    if let Some(only) = &what.only {
        let only: std::collections::HashSet<&DecisionId> = only.iter().collect();
        rows.retain(|d| only.contains(&d.id));
    }
    Ok(rows)
}

/// How many wait, by the service to which they are routed; those that are not routed, under none.
pub(crate) async fn waiting_counts(
    conn: &impl ConnectionTrait,
    event: EventId,
    what: &What,
) -> Result<HashMap<Option<ServiceId>, usize>, Error> {
    Ok(super::count_by(conn, matching(event, what), decision::Column::ServiceId).await?)
}

/// The next decisions of a release that wait for their turn.
pub(crate) async fn next_items(
    conn: &impl ConnectionTrait,
    release: ReleaseId,
    most: u64,
) -> Result<Vec<release_item::Model>, Error> {
    Ok(release_item::Entity::find()
        .filter(release_item::Column::ReleaseId.eq(release))
        .filter(release_item::Column::State.eq(ItemState::Waiting))
        .order_by_asc(release_item::Column::Position)
        .limit(most)
        .all(conn)
        .await?)
}

/// How many pending decisions the event's releases still have to do; `None` when none of them is at work.
pub(crate) async fn releasing(conn: &impl ConnectionTrait, event: EventId) -> Result<Option<usize>, Error> {
    let theirs = Query::select()
        .column(release::Column::Id)
        .from(release::Entity)
        .and_where(release::Column::EventId.eq(event))
        .to_owned();
    let waiting: Vec<DecisionId> = release_item::Entity::find()
        .select_only()
        .column(release_item::Column::DecisionId)
        .distinct()
        .filter(release_item::Column::ReleaseId.in_subquery(theirs))
        .filter(release_item::Column::State.eq(ItemState::Waiting))
        .into_tuple()
        .all(conn)
        .await?;
    if waiting.is_empty() {
        return Ok(None);
    }
    let pending: Vec<DecisionId> = matching(event, &What::default())
        .select_only()
        .column(decision::Column::Id)
        .into_tuple()
        .all(conn)
        .await?;
    let pending: std::collections::HashSet<DecisionId> = pending.into_iter().collect();
    Ok(Some(waiting.iter().filter(|id| pending.contains(id)).count()))
}

/// Why pending decisions that a release tried stayed, by their questions: the key of a text.
pub(crate) async fn refusals(
    conn: &impl ConnectionTrait,
    event: EventId,
) -> Result<HashMap<QuestionId, String>, Error> {
    let pending = matching(event, &What::default())
        .select_only()
        .column(decision::Column::Id)
        .into_query();
    let rows = release_item::Entity::find()
        .filter(release_item::Column::State.eq(ItemState::Refused))
        .filter(release_item::Column::DecisionId.in_subquery(pending))
        .order_by_asc(release_item::Column::ReleaseId)
        .all(conn)
        .await?;
    let decisions = decision::Entity::find()
        .filter(decision::Column::Id.is_in(rows.iter().map(|r| r.decision_id)))
        .all(conn)
        .await?;
    let questions: HashMap<DecisionId, QuestionId> = decisions.into_iter().map(|d| (d.id, d.question_id)).collect();
    let kept = rows
        .into_iter()
        .filter_map(|row| Some((*questions.get(&row.decision_id)?, row.why?)));
    Ok(kept.collect())
}

/// The event's releases, newest first, the last few.
pub(crate) async fn releases(conn: &impl ConnectionTrait, event: EventId) -> Result<Vec<release::Model>, Error> {
    Ok(release::Entity::find()
        .filter(release::Column::EventId.eq(event))
        .order_by_desc(release::Column::Id)
        .limit(20)
        .all(conn)
        .await?)
}

pub(crate) async fn release_of(
    conn: &impl ConnectionTrait,
    event: EventId,
    id: ReleaseId,
) -> Result<Option<release::Model>, Error> {
    let found = release::Entity::find_by_id(id).filter(release::Column::EventId.eq(event));
    Ok(found.one(conn).await?)
}

/// How many of a release's decisions stand in which state.
pub(crate) async fn item_counts(
    conn: &impl ConnectionTrait,
    releases: &[ReleaseId],
) -> Result<HashMap<(ReleaseId, ItemState), i64>, Error> {
    let rows: Vec<(ReleaseId, ItemState, i64)> = release_item::Entity::find()
        .select_only()
        .column(release_item::Column::ReleaseId)
        .column(release_item::Column::State)
        .column_as(
            Expr::expr(Func::count(Expr::col(release_item::Column::DecisionId))),
            "n",
        )
        .filter(release_item::Column::ReleaseId.is_in(releases.iter().copied()))
        .group_by(release_item::Column::ReleaseId)
        .group_by(release_item::Column::State)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(release, state, n)| ((release, state), n))
        .collect())
}

fn mails(release: ReleaseId) -> Select<outgoing_mail::Entity> {
    let theirs = Query::select()
        .column(release_mail::Column::OutgoingId)
        .from(release_mail::Entity)
        .and_where(release_mail::Column::ReleaseId.eq(release))
        .to_owned();
    outgoing_mail::Entity::find().filter(outgoing_mail::Column::Id.in_subquery(theirs))
}

/// How many of a release's mails stand in which state.
pub(crate) async fn mail_counts(
    conn: &impl ConnectionTrait,
    release: ReleaseId,
) -> Result<Vec<(OutgoingState, i64)>, Error> {
    let rows: Vec<(OutgoingState, i64)> = mails(release)
        .select_only()
        .column(outgoing_mail::Column::State)
        .column_as(outgoing_mail::Column::Id.count(), "n")
        .group_by(outgoing_mail::Column::State)
        .into_tuple()
        .all(conn)
        .await?;
    let order = |state: OutgoingState| OutgoingState::ALL.iter().position(|s| *s == state);
    let mut rows = rows;
    rows.sort_by_key(|(state, _)| order(*state));
    Ok(rows)
}

pub(crate) const MAILS: usize = 50;

/// A page of a release's mails, in the order in which they were put.
pub(crate) async fn mail_page(
    conn: &impl ConnectionTrait,
    release: ReleaseId,
    after: Option<OutgoingId>,
) -> Result<Page<outgoing_mail::Model>, Error> {
    let mut find = mails(release);
    if let Some(after) = after {
        find = find.filter(outgoing_mail::Column::Id.gt(after));
    }
    let rows = find
        .order_by_asc(outgoing_mail::Column::Id)
        .limit(MAILS as u64 + 1)
        .all(conn)
        .await?;
    Ok(Page::from_overfull(rows, MAILS, |m| m.id.to_string()))
}

/// The drafts of a release.
pub(crate) async fn drafts(conn: &impl ConnectionTrait, release: ReleaseId) -> Result<Vec<OutgoingId>, Error> {
    Ok(mails(release)
        .select_only()
        .column(outgoing_mail::Column::Id)
        .filter(outgoing_mail::Column::State.eq(OutgoingState::Draft))
        .into_tuple()
        .all(conn)
        .await?)
}
