//! What is a partner's own. No query here can be written without the partner's session.

use super::service::consent::{Given, Latest};
use chrono::{DateTime, Utc};
use db::{
    Together,
    entity::{
        answer, assignment, consent, decision, delivery, event, invitation, message, partner, programme_part, question,
        question_copy, reverse_question, rsvp, rsvp_interest, service, sitting,
    },
    padded,
    prelude::*,
};
use domain::{
    ConsentId, EmailAddress, EventId, InvitationId, PartId, QuestionId, ServiceId, SittingId,
    state::{
        answer::AnswerState, decision::DecisionKind, decision::DecisionState, message::MessageKind,
        people::ConsentPurpose, question::QuestionState, question::ReverseState,
    },
};
use sea_orm::{
    DbBackend, DbErr,
    sea_query::{Query, SelectStatement, UnionType},
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use web::auth::PartnerSession;

/// The rows that a session stands for.
#[derive(Clone, Debug)]
pub struct Own {
    pub invitation: Arc<invitation::Model>,
    pub event: Arc<event::Model>,
    pub partner: Arc<partner::Model>,
}

/// Invitations with their partners.
struct Invited;

impl Together for Invited {
    type Key = InvitationId;
    type Value = (Arc<invitation::Model>, Arc<partner::Model>);

    async fn read<C: ConnectionTrait>(
        conn: &C,
        ids: &[InvitationId],
    ) -> Result<HashMap<Self::Key, Self::Value>, DbErr> {
        let rows = invitation::Entity::find()
            .filter(invitation::Column::Id.is_in(padded(ids)))
            .find_also_related(partner::Entity)
            .all(conn)
            .await?;
        let both = |(i, p): (invitation::Model, Option<partner::Model>)| Some((i.id, (Arc::new(i), Arc::new(p?))));
        Ok(rows.into_iter().filter_map(both).collect())
    }
}

/// Events by their ids.
struct Events;

impl Together for Events {
    type Key = EventId;
    type Value = event::Model;

    async fn read<C: ConnectionTrait>(conn: &C, ids: &[EventId]) -> Result<HashMap<EventId, event::Model>, DbErr> {
        let rows = event::Entity::find().filter(event::Column::Id.is_in(padded(ids)));
        Ok(rows
            .all(conn)
            .await?
            .into_iter()
            .map(|event| (event.id, event))
            .collect())
    }
}

/// The rows of a session.
pub async fn own(db: &Db, who: &PartnerSession) -> Result<Option<Own>, Error> {
    let (invited, event) = tokio::try_join!(db.together::<Invited>(who.invitation), db.together::<Events>(who.event))?;
    Ok(match (invited, event) {
        (Some(invited), Some(event)) => Some(Own {
            invitation: Arc::clone(&invited.0),
            event,
            partner: Arc::clone(&invited.1),
        }),
        _ => None,
    })
}

/// The rows of one invitation, of whose session nothing is known yet.
pub async fn invited(conn: &impl ConnectionTrait, id: InvitationId) -> Result<Option<Own>, Error> {
    let row = invitation::Entity::find_by_id(id)
        .find_also_related(event::Entity)
        .find_also_related(partner::Entity)
        .one(conn)
        .await?;
    Ok(row.and_then(whole))
}

fn whole(
    (invitation, event, partner): (invitation::Model, Option<event::Model>, Option<partner::Model>),
) -> Option<Own> {
    Some(Own {
        invitation: Arc::new(invitation),
        event: Arc::new(event?),
        partner: Arc::new(partner?),
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
#[derive(Clone, Debug, Default)]
pub(crate) struct Standing {
    pub(crate) places: Vec<Place>,
    pub(crate) latest: Latest,
}

impl Together for Standing {
    type Key = InvitationId;
    type Value = Self;

    async fn read<C: ConnectionTrait>(conn: &C, ids: &[InvitationId]) -> Result<HashMap<InvitationId, Self>, DbErr> {
        let ids = padded(ids);
        let mut both = consents_of(&ids);
        both.union(UnionType::All, places_of(conn.get_database_backend(), &ids));
        standings(conn, &both).await
    }
}

fn consents_of(ids: &[InvitationId]) -> SelectStatement {
    Query::select()
        .column(consent::Column::InvitationId)
        .column(consent::Column::Id)
        .column(consent::Column::At)
        .expr_as(Expr::case(consent::Column::Given.eq(true), 1).finally(0), "yes")
        .column(consent::Column::Purpose)
        .column(consent::Column::WordingVersion)
        .from(consent::Entity)
        .and_where(consent::Column::InvitationId.is_in(ids.iter().copied()))
        .to_owned()
}

/// The same columns. All of one partner's places are one row: a row costs more than what stands in it.
fn places_of(engine: DbBackend, ids: &[InvitationId]) -> SelectStatement {
    let nothing = || Expr::cust("NULL");
    let said = if engine == DbBackend::Postgres {
        "string_agg(CAST(id AS text) || ' ' || state || ' ' || COALESCE(CAST(ordinal AS text), '-'), ',')"
    } else {
        "group_concat(hex(id) || ' ' || state || ' ' || COALESCE(CAST(ordinal AS text), '-'), ',')"
    };
    Query::select()
        .column(question::Column::InvitationId)
        .exprs([nothing(), nothing(), nothing(), nothing()])
        .expr(Expr::cust(said))
        .from(question::Entity)
        .and_where(question::Column::InvitationId.is_in(ids.iter().copied()))
        .group_by_col(question::Column::InvitationId)
        .to_owned()
}

fn place(text: &str) -> Result<Place, DbErr> {
    let wrong = || DbErr::Type(format!("no place: {text}"));
    let [id, state, ordinal] = text.split(' ').collect::<Vec<_>>()[..] else {
        return Err(wrong());
    };
    Ok(Place {
        id: id.parse().map_err(|_| wrong())?,
        state: state.parse().map_err(|_| wrong())?,
        ordinal: if ordinal == "-" {
            None
        } else {
            Some(ordinal.parse().map_err(|_| wrong())?)
        },
    })
}

async fn standings(
    conn: &impl ConnectionTrait,
    rows: &SelectStatement,
) -> Result<HashMap<InvitationId, Standing>, DbErr> {
    let mut all = HashMap::<InvitationId, Standing>::new();
    let mut given = Vec::new();
    for row in conn.query_all(rows).await? {
        let of: InvitationId = row.try_get_by_index(0)?;
        let text: String = row.try_get_by_index(5)?;
        let Some(purpose) = row.try_get_by_index::<Option<ConsentPurpose>>(4)? else {
            all.entry(of).or_default().places = text.split(',').map(place).collect::<Result<_, _>>()?;
            continue;
        };
        let id: ConsentId = row.try_get_by_index(1)?;
        let at: DateTime<Utc> = row.try_get_by_index(2)?;
        let yes: i32 = row.try_get_by_index(3)?;
        let stands = Given {
            given: yes == 1,
            wording_version: text,
            at,
        };
        given.push(((at, id), of, purpose, stands));
    }
    // The later answer stands.
    given.sort_by_key(|(key, ..)| *key);
    for (_, of, purpose, stands) in given {
        all.entry(of).or_default().latest.insert(purpose, stands);
    }
    Ok(all)
}

pub(crate) async fn standing(db: &Db, who: &PartnerSession) -> Result<Arc<Standing>, Error> {
    Ok(db.together::<Standing>(who.invitation).await?.unwrap_or_default())
}

/// The same within a transaction.
pub(crate) async fn standing_within(tx: &impl ConnectionTrait, who: &PartnerSession) -> Result<Standing, Error> {
    let mut both = consents_of(&[who.invitation]);
    both.union(UnionType::All, places_of(tx.get_database_backend(), &[who.invitation]));
    Ok(standings(tx, &both).await?.remove(&who.invitation).unwrap_or_default())
}

pub(crate) async fn places(conn: &impl ConnectionTrait, who: &PartnerSession) -> Result<Vec<Place>, Error> {
    let found = standings(conn, &places_of(conn.get_database_backend(), &[who.invitation])).await?;
    Ok(found.into_values().flat_map(|of| of.places).collect())
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

/// Whether the release joined it to one that had its answer.
pub(crate) async fn is_duplicate(conn: &impl ConnectionTrait, own: &question::Model) -> Result<bool, Error> {
    let Some(lead) = own.merged_into else { return Ok(false) };
    let found = decision::Entity::find()
        .filter(decision::Column::QuestionId.eq(own.id))
        .filter(decision::Column::MergedInto.eq(lead))
        .filter(decision::Column::State.eq(DecisionState::Released))
        .order_by_desc(decision::Column::ReleasedAt)
        .one(conn)
        .await?;
    Ok(found.is_some_and(|d| d.kind == DecisionKind::Duplicate))
}

/// How many others' questions were joined to it and released.
pub(crate) async fn joined_by(conn: &impl ConnectionTrait, own: &question::Model) -> Result<usize, Error> {
    let askers: Vec<InvitationId> = question::Entity::find()
        .select_only()
        .column(question::Column::InvitationId)
        .filter(question::Column::MergedInto.eq(own.id))
        .filter(question::Column::InvitationId.ne(own.invitation_id))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(askers.into_iter().collect::<HashSet<_>>().len())
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

/// What they and the crew said to each other about a question of theirs, oldest first.
pub async fn messages(
    conn: &impl ConnectionTrait,
    who: &PartnerSession,
    question: QuestionId,
) -> Result<Vec<message::Model>, Error> {
    let own = question::Entity::find_by_id(question).filter(question::Column::InvitationId.eq(who.invitation));
    if own.one(conn).await?.is_none() {
        return Ok(Vec::new());
    }
    let rows = message::Entity::find()
        .filter(message::Column::QuestionId.eq(question))
        .filter(message::Column::Kind.ne(MessageKind::Stuck))
        .order_by_asc(message::Column::Id);
    Ok(rows.all(conn).await?)
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
    let found = standings(conn, &consents_of(&[who.invitation])).await?;
    Ok(found.into_values().flat_map(|of| of.latest).collect())
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
    let mut all: Vec<Own> = rows.into_iter().filter_map(whole).collect();
    let going = all.iter().filter(|own| own.event.closes_at > now).count();
    all.truncate(going.clamp(1, 3));
    Ok(all)
}
