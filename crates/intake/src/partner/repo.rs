//! What is a partner's own. No query here can be written without the partner's session.

use super::service::consent::{Given, Latest};
use chrono::{DateTime, Utc};
use db::{
    entity::{
        answer, assignment, consent, delivery, event, invitation, partner, programme_part, question, question_copy,
        reverse_question, rsvp, rsvp_interest, service, sitting,
    },
    prelude::*,
};
use domain::{
    ConsentId, EmailAddress, EventId, InvitationId, PartId, QuestionId, ServiceId, SittingId,
    state::{answer::AnswerState, people::ConsentPurpose, question::QuestionState, question::ReverseState},
};
use sea_orm::sea_query::{Query, UnionType};
use std::collections::{HashMap, HashSet};
use web::auth::PartnerSession;

/// The rows that a session stands for.
#[derive(Clone, Debug)]
pub struct Own {
    pub invitation: invitation::Model,
    pub event: event::Model,
    pub partner: partner::Model,
}

/// The rows of one invitation.
pub async fn own(conn: &impl ConnectionTrait, id: InvitationId) -> Result<Option<Own>, Error> {
    let row = invitation::Entity::find_by_id(id)
        .find_also_related(event::Entity)
        .find_also_related(partner::Entity)
        .one(conn)
        .await?;
    Ok(match row {
        Some((invitation, Some(event), Some(partner))) => Some(Own {
            invitation,
            event,
            partner,
        }),
        _ => None,
    })
}

/// A question of theirs as far as places are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) id: QuestionId,
    pub(crate) state: QuestionState,
    pub(crate) ordinal: Option<i32>,
}

/// What a submission must know of its writer: their questions' places, and their newest answer on each consent.
pub(crate) async fn standing(conn: &impl ConnectionTrait, who: &PartnerSession) -> Result<(Vec<Place>, Latest), Error> {
    // Both in one way to the engine and back.
    let mut rows = Query::select()
        .expr_as(Expr::value("question"), "kind")
        .column(question::Column::Id)
        .column(question::Column::CreatedAt)
        .column(question::Column::Ordinal)
        .column(question::Column::State)
        .expr(Expr::value(""))
        .from(question::Entity)
        .and_where(question::Column::InvitationId.eq(who.invitation))
        .to_owned();
    let consents = Query::select()
        .expr(Expr::value("consent"))
        .column(consent::Column::Id)
        .column(consent::Column::At)
        .expr(Expr::case(consent::Column::Given.eq(true), 1).finally(0))
        .column(consent::Column::Purpose)
        .column(consent::Column::WordingVersion)
        .from(consent::Entity)
        .and_where(consent::Column::InvitationId.eq(who.invitation))
        .to_owned();
    rows.union(UnionType::All, consents);
    let (mut places, mut given) = (Vec::new(), Vec::new());
    for row in conn.query_all(&rows).await? {
        let kind: String = row.try_get_by_index(0)?;
        if kind == "question" {
            places.push(Place {
                id: row.try_get_by_index(1)?,
                ordinal: row.try_get_by_index(3)?,
                state: row.try_get_by_index(4)?,
            });
        } else {
            let id: ConsentId = row.try_get_by_index(1)?;
            let at: DateTime<Utc> = row.try_get_by_index(2)?;
            let yes: i32 = row.try_get_by_index(3)?;
            let stands = Given {
                given: yes == 1,
                wording_version: row.try_get_by_index(5)?,
                at,
            };
            given.push(((at, id), row.try_get_by_index::<ConsentPurpose>(4)?, stands));
        }
    }
    // The later answer stands.
    given.sort_by_key(|(key, ..)| *key);
    Ok((
        places,
        given
            .into_iter()
            .map(|(_, purpose, stands)| (purpose, stands))
            .collect(),
    ))
}

pub(crate) async fn places(conn: &impl ConnectionTrait, who: &PartnerSession) -> Result<Vec<Place>, Error> {
    Ok(standing(conn, who).await?.0)
}

/// Their questions, the newest first; withdrawn ones last.
pub async fn questions(conn: &impl ConnectionTrait, who: &PartnerSession) -> Result<Vec<question::Model>, Error> {
    let mut rows = question::Entity::find()
        .filter(question::Column::InvitationId.eq(who.invitation))
        .order_by_desc(question::Column::CreatedAt)
        .order_by_desc(question::Column::Id)
        .all(conn)
        .await?;
    rows.sort_by_key(|q| q.state == QuestionState::Withdrawn);
    Ok(rows)
}

/// A question of theirs as it stands on stage and in print, where the host changed it.
pub async fn copy(conn: &impl ConnectionTrait, who: &PartnerSession, id: QuestionId) -> Result<Option<String>, Error> {
    let own = Query::select()
        .column(question::Column::Id)
        .from(question::Entity)
        .and_where(question::Column::Id.eq(id))
        .and_where(question::Column::InvitationId.eq(who.invitation))
        .to_owned();
    let found = question_copy::Entity::find().filter(question_copy::Column::QuestionId.in_subquery(own));
    Ok(found.one(conn).await?.map(|c| c.body))
}

/// One question of theirs; somebody else's is not there.
pub async fn question(
    conn: &impl ConnectionTrait,
    who: &PartnerSession,
    id: QuestionId,
) -> Result<Option<question::Model>, Error> {
    let row = question::Entity::find_by_id(id).filter(question::Column::InvitationId.eq(who.invitation));
    Ok(row.one(conn).await?)
}

/// The approved answers that were delivered to them, all or those to one question, in their order.
pub async fn deliveries(
    conn: &impl ConnectionTrait,
    who: &PartnerSession,
    question: Option<QuestionId>,
) -> Result<Vec<(delivery::Model, answer::Model)>, Error> {
    let mut query = delivery::Entity::find()
        .filter(delivery::Column::InvitationId.eq(who.invitation))
        .find_also_related(answer::Entity)
        .filter(answer::Column::State.eq(AnswerState::Approved));
    if let Some(id) = question {
        query = query.filter(delivery::Column::QuestionId.eq(id));
    }
    let rows = query
        .order_by_asc(answer::Column::Position)
        .order_by_asc(delivery::Column::CreatedAt)
        .all(conn)
        .await?;
    Ok(rows.into_iter().filter_map(|(d, a)| Some((d, a?))).collect())
}

/// The questions asked back that were sent to them, with their assignments.
pub async fn asked_back(
    conn: &impl ConnectionTrait,
    who: &PartnerSession,
) -> Result<Vec<(assignment::Model, reverse_question::Model)>, Error> {
    let rows = assignment::Entity::find()
        .filter(assignment::Column::InvitationId.eq(who.invitation))
        .find_also_related(reverse_question::Entity)
        .filter(reverse_question::Column::State.eq(ReverseState::Sent))
        .order_by_asc(assignment::Column::CreatedAt)
        .all(conn)
        .await?;
    Ok(rows.into_iter().filter_map(|(a, r)| Some((a, r?))).collect())
}

/// The newest answer on each consent.
pub async fn consents(conn: &impl ConnectionTrait, who: &PartnerSession) -> Result<Latest, Error> {
    Ok(standing(conn, who).await?.1)
}

pub(crate) async fn has_service(conn: &impl ConnectionTrait, id: ServiceId) -> Result<bool, Error> {
    let found = service::Entity::find_by_id(id)
        .select_only()
        .column(service::Column::Id);
    Ok(found.into_tuple::<ServiceId>().one(conn).await?.is_some())
}

/// The services where they meet the host: what the form offers first.
pub async fn met_services(conn: &impl ConnectionTrait, who: &PartnerSession) -> Result<Vec<ServiceId>, Error> {
    use db::entity::partner_service;
    Ok(partner_service::Entity::find()
        .select_only()
        .column(partner_service::Column::ServiceId)
        .filter(partner_service::Column::PartnerId.eq(who.partner))
        .into_tuple()
        .all(conn)
        .await?)
}

/// The sittings of an event in their order, each with the parts of its programme.
pub async fn programme(
    conn: &impl ConnectionTrait,
    event: EventId,
) -> Result<Vec<(sitting::Model, Vec<programme_part::Model>)>, Error> {
    let sittings = sitting::Entity::find()
        .filter(sitting::Column::EventId.eq(event))
        .order_by_asc(sitting::Column::Position)
        .order_by_asc(sitting::Column::FirstDay)
        .all(conn)
        .await?;
    let parts = programme_part::Entity::find()
        .filter(programme_part::Column::SittingId.is_in(sittings.iter().map(|s| s.id)))
        .order_by_asc(programme_part::Column::StartsAt)
        .order_by_asc(programme_part::Column::Id)
        .all(conn)
        .await?;
    let mut by_sitting: HashMap<SittingId, Vec<programme_part::Model>> = HashMap::new();
    for part in parts {
        by_sitting.entry(part.sitting_id).or_default().push(part);
    }
    let with = |s: sitting::Model| {
        let parts = by_sitting.remove(&s.id).unwrap_or_default();
        (s, parts)
    };
    Ok(sittings.into_iter().map(with).collect())
}

/// Whether they said that they come, by sitting.
pub async fn coming(conn: &impl ConnectionTrait, who: &PartnerSession) -> Result<HashMap<SittingId, bool>, Error> {
    let rows = rsvp::Entity::find()
        .filter(rsvp::Column::InvitationId.eq(who.invitation))
        .all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|r| Some((r.sitting_id, r.coming?)))
        .collect())
}

/// The parts of the programme that interest them.
pub async fn interests(conn: &impl ConnectionTrait, who: &PartnerSession) -> Result<HashSet<PartId>, Error> {
    let rows = rsvp_interest::Entity::find()
        .filter(rsvp_interest::Column::InvitationId.eq(who.invitation))
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|r| r.part_id).collect())
}

/// The invitations of whoever has this address: of the events that still go on, else of the last one.
pub async fn invitations_of(
    conn: &impl ConnectionTrait,
    email: &EmailAddress,
    now: DateTime<Utc>,
) -> Result<Vec<Own>, Error> {
    let rows = invitation::Entity::find()
        .find_also_related(event::Entity)
        .find_also_related(partner::Entity)
        .filter(partner::Column::Email.eq(email.clone()))
        .order_by_desc(event::Column::ClosesAt)
        .all(conn)
        .await?;
    let mut all: Vec<Own> = rows
        .into_iter()
        .filter_map(|(invitation, event, partner)| {
            Some(Own {
                invitation,
                event: event?,
                partner: partner?,
            })
        })
        .collect();
    let going = all.iter().filter(|own| own.event.closes_at > now).count();
    all.truncate(going.clamp(1, 3));
    Ok(all)
}
