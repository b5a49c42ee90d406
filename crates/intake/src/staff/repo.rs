//! What the staff's pages read.

use crate::Result;
use db::{
    entity::{
        company, crew_member, event, field, invitation, outgoing_mail, partner, programme_part, question, rsvp,
        rsvp_interest, service, sitting, speaker,
    },
    people::{self, Invitee},
    prelude::*,
};
use domain::{EventId, InvitationId, Lang, PartId, ServiceId, SittingId, state::mail::MailKind};
use sea_orm::{
    JoinType, QueryTrait, RelationTrait, Select,
    sea_query::{Func, LikeExpr},
};
use std::collections::{HashMap, HashSet};

pub(crate) async fn sittings(conn: &impl ConnectionTrait, event: EventId) -> Result<Vec<sitting::Model>> {
    let query = sitting::Entity::find().filter(sitting::Column::EventId.eq(event));
    Ok(query
        .order_by_asc(sitting::Column::Position)
        .order_by_asc(sitting::Column::Id)
        .all(conn)
        .await?)
}

/// The parts of the event's sittings, each with how many are interested, in the order of time.
pub(crate) async fn parts(
    conn: &impl ConnectionTrait,
    event: EventId,
) -> Result<HashMap<SittingId, Vec<(programme_part::Model, usize)>>> {
    let parts = programme_part::Entity::find()
        .join(JoinType::InnerJoin, programme_part::Relation::Sitting.def())
        .filter(sitting::Column::EventId.eq(event))
        .order_by_asc(programme_part::Column::StartsAt)
        .order_by_asc(programme_part::Column::Id)
        .all(conn)
        .await?;
    let interest: Vec<(PartId, i64)> = rsvp_interest::Entity::find()
        .select_only()
        .column(rsvp_interest::Column::PartId)
        .column_as(rsvp_interest::Column::InvitationId.count(), "n")
        .filter(rsvp_interest::Column::PartId.is_in(parts.iter().map(|p| p.id)))
        .group_by(rsvp_interest::Column::PartId)
        .into_tuple()
        .all(conn)
        .await?;
    let interest: HashMap<PartId, i64> = interest.into_iter().collect();
    let mut by_sitting: HashMap<SittingId, Vec<_>> = HashMap::new();
    for part in parts {
        let n = usize::try_from(interest.get(&part.id).copied().unwrap_or_default()).unwrap_or_default();
        by_sitting.entry(part.sitting_id).or_default().push((part, n));
    }
    Ok(by_sitting)
}

pub(crate) async fn speakers(conn: &impl ConnectionTrait, event: EventId) -> Result<Vec<speaker::Model>> {
    let query = speaker::Entity::find().filter(speaker::Column::EventId.eq(event));
    Ok(query
        .order_by_asc(speaker::Column::Position)
        .order_by_asc(speaker::Column::Id)
        .all(conn)
        .await?)
}

pub(crate) async fn fields(conn: &impl ConnectionTrait) -> Result<Vec<field::Model>> {
    let query = field::Entity::find().order_by_asc(field::Column::Position);
    Ok(query.order_by_asc(field::Column::Id).all(conn).await?)
}

pub(crate) async fn services(conn: &impl ConnectionTrait) -> Result<Vec<service::Model>> {
    let query = service::Entity::find().order_by_asc(service::Column::Position);
    Ok(query.order_by_asc(service::Column::Id).all(conn).await?)
}

/// Who is in the crews now: the lead first.
pub(crate) async fn crews(conn: &impl ConnectionTrait) -> Result<HashMap<ServiceId, Vec<crew_member::Model>>> {
    let members = crew_member::Entity::find()
        .filter(crew_member::Column::RemovedAt.is_null())
        .order_by_desc(crew_member::Column::IsLead)
        .order_by_asc(crew_member::Column::Id)
        .all(conn)
        .await?;
    let mut crews: HashMap<ServiceId, Vec<_>> = HashMap::new();
    for member in members {
        crews.entry(member.service_id).or_default().push(member);
    }
    Ok(crews)
}

/// How far an event's invitations are.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Progress {
    pub(crate) people: u64,
    pub(crate) companies: u64,
    pub(crate) invited: u64,
    /// Not invited, with an address.
    pub(crate) mailable: u64,
    /// Not invited, without one.
    pub(crate) by_hand: u64,
    pub(crate) entered: u64,
    pub(crate) coming: u64,
    pub(crate) questions: u64,
}

pub(crate) async fn progress(conn: &impl ConnectionTrait, event: EventId) -> Result<Progress> {
    let all = || roster(event);
    let pending = || all().filter(invitation::Column::InvitedAt.is_null());
    let companies: Vec<Option<domain::CompanyId>> = all()
        .select_only()
        .column(partner::Column::CompanyId)
        .distinct()
        .into_tuple()
        .all(conn)
        .await?;
    let coming: Vec<InvitationId> = rsvp::Entity::find()
        .select_only()
        .column(rsvp::Column::InvitationId)
        .distinct()
        .join(JoinType::InnerJoin, rsvp::Relation::Invitation.def())
        .filter(invitation::Column::EventId.eq(event))
        .filter(rsvp::Column::Coming.eq(true))
        .filter(rsvp::Column::Waits.is_null())
        .into_tuple()
        .all(conn)
        .await?;
    Ok(Progress {
        people: all().count(conn).await?,
        companies: companies.iter().flatten().count() as u64,
        invited: all()
            .filter(invitation::Column::InvitedAt.is_not_null())
            .count(conn)
            .await?,
        mailable: pending()
            .filter(partner::Column::Email.is_not_null())
            .count(conn)
            .await?,
        by_hand: pending().filter(partner::Column::Email.is_null()).count(conn).await?,
        entered: all()
            .filter(invitation::Column::EnteredAt.is_not_null())
            .count(conn)
            .await?,
        coming: coming.len() as u64,
        questions: question::Entity::find()
            .filter(question::Column::EventId.eq(event))
            .filter(question::Column::Number.is_not_null())
            .count(conn)
            .await?,
    })
}

fn roster(event: EventId) -> Select<invitation::Entity> {
    invitation::Entity::find()
        .join(JoinType::InnerJoin, invitation::Relation::Partner.def())
        .filter(invitation::Column::EventId.eq(event))
}

pub(crate) async fn uninvited_with_address(
    conn: &impl ConnectionTrait,
    event: EventId,
    limit: u64,
) -> Result<Vec<InvitationId>> {
    let query = roster(event)
        .filter(invitation::Column::InvitedAt.is_null())
        .filter(partner::Column::Email.is_not_null())
        .filter(Expr::cust(
            "NOT EXISTS (SELECT 1 FROM unsubscribed u WHERE u.invitation_id = invitation.id)",
        ))
        .select_only()
        .column(invitation::Column::Id)
        .order_by_asc(invitation::Column::Id)
        .limit(limit);
    Ok(query.into_tuple().all(conn).await?)
}

/// Which of the roster a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Show {
    #[default]
    All,
    /// Not invited, with or without an address.
    Waiting,
    /// Not invited, without an address: their link is handed over.
    ByHand,
    Entered,
    Coming(SittingId),
}

impl Show {
    pub(crate) fn parse(text: &str) -> Self {
        match text {
            "waiting" => Self::Waiting,
            "by-hand" => Self::ByHand,
            "entered" => Self::Entered,
            _ => Self::All,
        }
    }
}

/// One page of the roster in the order in which people were added, after `after`.
pub(crate) async fn roster_page(
    conn: &impl ConnectionTrait,
    event: EventId,
    q: &str,
    show: Show,
    after: Option<InvitationId>,
    limit: usize,
) -> Result<db::page::Page<invitation::Model>> {
    let mut query = roster(event);
    if !q.is_empty() {
        let escaped: String = q.to_lowercase().chars().flat_map(escape).collect();
        let like =
            |column: Expr| Expr::expr(Func::lower(column)).like(LikeExpr::new(format!("%{escaped}%")).escape('\\'));
        let mut any = Condition::any().add(like(Expr::col((company::Entity, company::Column::Name))));
        for column in [
            partner::Column::Name,
            partner::Column::PenName,
            partner::Column::GroupName,
            partner::Column::Title,
            partner::Column::Email,
        ] {
            any = any.add(like(Expr::col((partner::Entity, column))));
        }
        query = query
            .join(JoinType::LeftJoin, partner::Relation::Company.def())
            .filter(any);
    }
    query = match show {
        Show::All => query,
        Show::Waiting => query.filter(invitation::Column::InvitedAt.is_null()),
        Show::ByHand => query
            .filter(invitation::Column::InvitedAt.is_null())
            .filter(partner::Column::Email.is_null()),
        Show::Entered => query.filter(invitation::Column::EnteredAt.is_not_null()),
        Show::Coming(sitting) => {
            let coming = rsvp::Entity::find()
                .select_only()
                .column(rsvp::Column::InvitationId)
                .filter(rsvp::Column::SittingId.eq(sitting))
                .filter(
                    Condition::any()
                        .add(rsvp::Column::Coming.eq(true))
                        .add(rsvp::Column::Came.eq(true)),
                )
                .into_query();
            query.filter(invitation::Column::Id.in_subquery(coming))
        }
    };
    if let Some(after) = after {
        query = query.filter(invitation::Column::Id.gt(after));
    }
    let rows = query
        .order_by_asc(invitation::Column::Id)
        .limit(limit as u64 + 1)
        .all(conn)
        .await?;
    Ok(db::page::Page::from_overfull(rows, limit, |row| row.id.to_string()))
}

fn escape(c: char) -> impl Iterator<Item = char> {
    let mark = matches!(c, '%' | '_' | '\\').then_some('\\');
    mark.into_iter().chain([c])
}

pub(crate) async fn invitees(
    conn: &impl ConnectionTrait,
    rows: &[invitation::Model],
    lang: Lang,
) -> Result<HashMap<InvitationId, Invitee>> {
    Ok(people::invitees(conn, rows.iter().map(|i| i.id), lang).await?)
}

/// What these people said, and whether they came, by sitting.
pub(crate) async fn rsvps(
    conn: &impl ConnectionTrait,
    rows: &[invitation::Model],
) -> Result<HashMap<(InvitationId, SittingId), rsvp::Model>> {
    let found = rsvp::Entity::find()
        .filter(rsvp::Column::InvitationId.is_in(rows.iter().map(|i| i.id)))
        .all(conn)
        .await?;
    Ok(found
        .into_iter()
        .map(|r| ((r.invitation_id, r.sitting_id), r))
        .collect())
}

/// The parts that somebody is interested in.
pub(crate) async fn interests(conn: &impl ConnectionTrait, id: InvitationId) -> Result<HashSet<PartId>> {
    let found = rsvp_interest::Entity::find()
        .filter(rsvp_interest::Column::InvitationId.eq(id))
        .all(conn)
        .await?;
    Ok(found.into_iter().map(|r| r.part_id).collect())
}

/// The invitation mails to somebody, newest first.
pub(crate) async fn invitation_mails(
    conn: &impl ConnectionTrait,
    id: InvitationId,
) -> Result<Vec<outgoing_mail::Model>> {
    let query = outgoing_mail::Entity::find()
        .filter(outgoing_mail::Column::InvitationId.eq(id))
        .filter(outgoing_mail::Column::Kind.is_in([MailKind::Invitation, MailKind::NewLink]));
    Ok(query
        .order_by_desc(outgoing_mail::Column::CreatedAt)
        .limit(5)
        .all(conn)
        .await?)
}

pub(crate) async fn event(conn: &impl ConnectionTrait, slug: &str) -> Result<event::Model> {
    let found = event::Entity::find()
        .filter(event::Column::Slug.eq(slug))
        .one(conn)
        .await?;
    found.ok_or(crate::Error::NotFound)
}
