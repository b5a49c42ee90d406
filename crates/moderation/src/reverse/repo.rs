//! What questions asked back look up.

use db::{
    entity::{answer, assignment, company, crew_member, invitation, outgoing_mail, partner, reverse_question, speaker},
    people,
    prelude::*,
};
use domain::{CrewMemberId, EmailAddress, EventId, InvitationId, ReverseId, SpeakerId, state::mail::MailKind};
use sea_orm::RelationTrait;
use std::collections::{HashMap, HashSet};

/// Most partners that one search for whom to ask shows.
pub(crate) const CANDIDATES: usize = 100;

/// All of an event, in the order of their places, then of their proposal.
pub(crate) async fn all(conn: &impl ConnectionTrait, event: EventId) -> Result<Vec<reverse_question::Model>, Error> {
    let mut rows = reverse_question::Entity::find()
        .filter(reverse_question::Column::EventId.eq(event))
        .order_by_asc(reverse_question::Column::Id)
        .all(conn)
        .await?;
    rows.sort_by_key(|row| (row.place.is_none(), row.place));
    Ok(rows)
}

pub(crate) async fn one(
    conn: &impl ConnectionTrait,
    event: EventId,
    id: ReverseId,
) -> Result<Option<reverse_question::Model>, Error> {
    let found = reverse_question::Entity::find_by_id(id).filter(reverse_question::Column::EventId.eq(event));
    Ok(found.one(conn).await?)
}

/// How many partners each question was sent to, and how many answers came.
pub(crate) async fn progress(
    conn: &impl ConnectionTrait,
    event: EventId,
) -> Result<HashMap<ReverseId, (i64, i64)>, Error> {
    let asked: Vec<(ReverseId, i64)> = assignment::Entity::find()
        .select_only()
        .column(assignment::Column::ReverseId)
        .column_as(assignment::Column::Id.count(), "asked")
        .filter(assignment::Column::EventId.eq(event))
        .filter(assignment::Column::ReverseId.is_not_null())
        .group_by(assignment::Column::ReverseId)
        .into_tuple()
        .all(conn)
        .await?;
    let answered: Vec<(ReverseId, i64)> = answer::Entity::find()
        .select_only()
        .column(answer::Column::ReverseId)
        .column_as(answer::Column::Id.count(), "answered")
        .filter(answer::Column::EventId.eq(event))
        .filter(answer::Column::ReverseId.is_not_null())
        .group_by(answer::Column::ReverseId)
        .into_tuple()
        .all(conn)
        .await?;
    let mut out: HashMap<ReverseId, (i64, i64)> = asked.into_iter().map(|(id, n)| (id, (n, 0))).collect();
    for (id, n) in answered {
        out.entry(id).or_default().1 = n;
    }
    Ok(out)
}

/// Whom a question was sent to.
pub(crate) async fn assignments(
    conn: &impl ConnectionTrait,
    reverse: ReverseId,
) -> Result<Vec<assignment::Model>, Error> {
    Ok(assignment::Entity::find()
        .filter(assignment::Column::ReverseId.eq(reverse))
        .order_by_asc(assignment::Column::Id)
        .all(conn)
        .await?)
}

pub(crate) async fn answers(conn: &impl ConnectionTrait, reverse: ReverseId) -> Result<Vec<answer::Model>, Error> {
    Ok(answer::Entity::find()
        .filter(answer::Column::ReverseId.eq(reverse))
        .order_by_asc(answer::Column::Position)
        .order_by_asc(answer::Column::Id)
        .all(conn)
        .await?)
}

/// The invited partners of an event whose name or company holds `q`, but those who are asked already; at most
/// [`CANDIDATES`] and one more, which tells that there are more.
pub(crate) async fn candidates(
    conn: &impl ConnectionTrait,
    event: EventId,
    reverse: ReverseId,
    q: &str,
) -> Result<Vec<InvitationId>, Error> {
    let asked: HashSet<InvitationId> = assignments(conn, reverse)
        .await?
        .into_iter()
        .filter_map(|a| a.invitation_id)
        .collect();
    let mut query = invitation::Entity::find()
        .select_only()
        .column(invitation::Column::Id)
        .inner_join(partner::Entity)
        .join(sea_orm::JoinType::LeftJoin, partner::Relation::Company.def())
        .filter(invitation::Column::EventId.eq(event))
        .filter(invitation::Column::Id.is_not_in(asked))
        .order_by_asc(company::Column::Name)
        .order_by_asc(partner::Column::Name)
        .order_by_asc(invitation::Column::Id)
        .limit(CANDIDATES as u64 + 1);
    let q = q.trim();
    if !q.is_empty() {
        query = query.filter(
            Condition::any()
                .add(partner::Column::Name.contains(q))
                .add(partner::Column::PenName.contains(q))
                .add(partner::Column::GroupName.contains(q))
                .add(company::Column::Name.contains(q)),
        );
    }
    Ok(query.into_tuple().all(conn).await?)
}

/// Active crew, by id, as they stand.
pub(crate) async fn crew(conn: &impl ConnectionTrait) -> Result<Vec<(CrewMemberId, String)>, Error> {
    let rows = crew_member::Entity::find()
        .filter(crew_member::Column::RemovedAt.is_null())
        .order_by_asc(crew_member::Column::Name)
        .order_by_asc(crew_member::Column::Id)
        .all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|m| (m.id, people::crew_person(&m).line()))
        .collect())
}

/// How many addresses of active crew there are, and how many were called for this event.
pub(crate) async fn called(conn: &impl ConnectionTrait, event: EventId) -> Result<(usize, usize), Error> {
    let addresses: HashSet<EmailAddress> = crew_member::Entity::find()
        .filter(crew_member::Column::RemovedAt.is_null())
        .all(conn)
        .await?
        .into_iter()
        .map(|m| m.email)
        .collect();
    let called: HashSet<EmailAddress> = calls()
        .filter(outgoing_mail::Column::EventId.eq(event))
        .column(outgoing_mail::Column::ToEmail)
        .into_tuple()
        .all(conn)
        .await?
        .into_iter()
        .collect();
    Ok((addresses.len(), addresses.intersection(&called).count()))
}

fn calls() -> sea_orm::Select<outgoing_mail::Entity> {
    outgoing_mail::Entity::find()
        .select_only()
        .filter(outgoing_mail::Column::Kind.eq(MailKind::Call))
}

/// The events for which this address was called, the latest first.
pub(crate) async fn called_for(conn: &impl ConnectionTrait, email: &EmailAddress) -> Result<Vec<EventId>, Error> {
    let rows: Vec<Option<EventId>> = calls()
        .column(outgoing_mail::Column::EventId)
        .filter(outgoing_mail::Column::ToEmail.eq(email.clone()))
        .order_by_desc(outgoing_mail::Column::CreatedAt)
        .into_tuple()
        .all(conn)
        .await?;
    let mut seen = HashSet::new();
    Ok(rows.into_iter().flatten().filter(|id| seen.insert(*id)).collect())
}

/// What a crew member proposed for an event.
pub(crate) async fn proposed_by(
    conn: &impl ConnectionTrait,
    event: EventId,
    crew: CrewMemberId,
) -> Result<Vec<reverse_question::Model>, Error> {
    Ok(reverse_question::Entity::find()
        .filter(reverse_question::Column::EventId.eq(event))
        .filter(reverse_question::Column::CrewMemberId.eq(crew))
        .order_by_desc(reverse_question::Column::Id)
        .all(conn)
        .await?)
}

/// The speakers of an event, as they stand.
pub(crate) async fn speakers(conn: &impl ConnectionTrait, event: EventId) -> Result<Vec<(SpeakerId, String)>, Error> {
    let rows = speaker::Entity::find()
        .filter(speaker::Column::EventId.eq(event))
        .all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|s| (s.id, people::speaker_person(&s).line()))
        .collect())
}
