//! The rows behind a roster: read all at once, written many at a time.

use super::{diff::Person, parse::Known};
use crate::{Result, staff::service::partner::NewPartner};
use chrono::{DateTime, Utc};
use db::{
    entity::{company, field, invitation, partner, partner_service, service},
    prelude::*,
};
use domain::{Clock, CompanyId, EventId, FieldId, InvitationId, PartnerId, ServiceId};
use sea_orm::sea_query::OnConflict;
use std::collections::{HashMap, HashSet};

/// The fields and services that a file may name.
pub(crate) async fn known(conn: &impl ConnectionTrait) -> Result<Known> {
    let mut known = Known::default();
    for row in field::Entity::find().all(conn).await? {
        known.fields.add(row.id, &row.name_en);
        known.fields.add(row.id, &row.name);
    }
    for row in service::Entity::find().all(conn).await? {
        known.services.add(row.id, &row.name_en);
        known.services.add(row.id, &row.name);
    }
    Ok(known)
}

/// Everybody who is there, with their invitation to this event.
pub(crate) async fn people(conn: &impl ConnectionTrait, event: EventId) -> Result<Vec<Person>> {
    let companies: HashMap<CompanyId, String> = company::Entity::find()
        .all(conn)
        .await?
        .into_iter()
        .map(|c| (c.id, c.name))
        .collect();
    let mut services: HashMap<PartnerId, HashSet<ServiceId>> = HashMap::new();
    for link in partner_service::Entity::find().all(conn).await? {
        services.entry(link.partner_id).or_default().insert(link.service_id);
    }
    let mut invitations: HashMap<PartnerId, (InvitationId, Option<FieldId>)> = invitation::Entity::find()
        .filter(invitation::Column::EventId.eq(event))
        .all(conn)
        .await?
        .into_iter()
        .map(|i| (i.partner_id, (i.id, i.field_id)))
        .collect();
    let partners = partner::Entity::find()
        .order_by_asc(partner::Column::Id)
        .all(conn)
        .await?;
    Ok(partners
        .into_iter()
        .map(|p| Person {
            company_name: p.company_id.and_then(|id| companies.get(&id).cloned()),
            services: services.remove(&p.id).unwrap_or_default(),
            invitation: invitations.remove(&p.id),
            id: p.id,
            company: p.company_id,
            title: p.title,
            name: p.name,
            pen_name: p.pen_name,
            group: p.group_name,
            email: p.email,
            lang: p.lang,
        })
        .collect())
}

/// The companies of these names; those that are not there are made.
pub(crate) async fn companies(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    names: &[String],
) -> Result<HashMap<String, CompanyId>> {
    let names: HashSet<&str> = names.iter().map(String::as_str).collect();
    if names.is_empty() {
        return Ok(HashMap::new());
    }
    let find = || company::Entity::find().filter(company::Column::Name.is_in(names.iter().copied()));
    let map = |rows: Vec<company::Model>| rows.into_iter().map(|c| (c.name, c.id)).collect::<HashMap<_, _>>();
    let there = map(find().all(tx).await?);
    let missing: Vec<company::ActiveModel> = names
        .iter()
        .filter(|name| !there.contains_key(**name))
        .map(|name| company::ActiveModel {
            id: Set(CompanyId::new()),
            name: Set((*name).to_owned()),
            created_at: Set(clock.now()),
        })
        .collect();
    if missing.is_empty() {
        return Ok(there);
    }
    let once = OnConflict::column(company::Column::Name).do_nothing().to_owned();
    company::Entity::insert_many(missing)
        .on_conflict(once)
        .exec_without_returning(tx)
        .await?;
    Ok(map(find().all(tx).await?))
}

/// The one constructor of a partner's row.
pub(crate) fn partner_row(
    id: PartnerId,
    now: DateTime<Utc>,
    company: Option<CompanyId>,
    new: &NewPartner,
) -> partner::ActiveModel {
    partner::ActiveModel {
        id: Set(id),
        company_id: Set(company),
        name: Set(new.name.clone()),
        title: Set(new.title.clone()),
        pen_name: Set(new.pen_name.clone()),
        group_name: Set(new.group.clone()),
        email: Set(new.email.clone()),
        lang: Set(new.lang),
        display_line: Set(new.display_line.clone()),
        created_at: Set(now),
        updated_at: Set(now),
    }
}

/// Each partner meets exactly these services from now on.
pub(crate) async fn set_services(tx: &impl ConnectionTrait, all: &[(PartnerId, Vec<ServiceId>)]) -> Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    let partners = all.iter().map(|(id, _)| *id);
    partner_service::Entity::delete_many()
        .filter(partner_service::Column::PartnerId.is_in(partners))
        .exec(tx)
        .await?;
    let rows: Vec<partner_service::ActiveModel> = all
        .iter()
        .flat_map(|(partner, services)| {
            services.iter().map(|service| partner_service::ActiveModel {
                partner_id: Set(*partner),
                service_id: Set(*service),
            })
        })
        .collect();
    if !rows.is_empty() {
        let once = OnConflict::columns([partner_service::Column::PartnerId, partner_service::Column::ServiceId])
            .do_nothing()
            .to_owned();
        partner_service::Entity::insert_many(rows)
            .on_conflict(once)
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// Invites the partners to the event, each once; a field that is given is set also where the invitation was there.
pub(crate) async fn invite(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    event: EventId,
    all: &[(PartnerId, Option<FieldId>)],
) -> Result<HashMap<PartnerId, InvitationId>> {
    if all.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = all.iter().map(|(partner, field)| invitation::ActiveModel {
        id: Set(InvitationId::new()),
        event_id: Set(event),
        partner_id: Set(*partner),
        field_id: Set(*field),
        link_version: Set(1),
        invited_at: Set(None),
        entered_at: Set(None),
        created_at: Set(clock.now()),
    });
    let once = OnConflict::columns([invitation::Column::EventId, invitation::Column::PartnerId])
        .do_nothing()
        .to_owned();
    invitation::Entity::insert_many(rows)
        .on_conflict(once)
        .exec_without_returning(tx)
        .await?;
    let found = invitation::Entity::find()
        .filter(invitation::Column::EventId.eq(event))
        .filter(invitation::Column::PartnerId.is_in(all.iter().map(|(id, _)| *id)))
        .all(tx)
        .await?;
    let fields: HashMap<PartnerId, Option<FieldId>> = all.iter().copied().collect();
    for row in &found {
        let wanted = fields.get(&row.partner_id).copied().flatten();
        if wanted.is_some() && wanted != row.field_id {
            set_field(tx, row.id, wanted).await?;
        }
    }
    Ok(found.into_iter().map(|i| (i.partner_id, i.id)).collect())
}

pub(crate) async fn set_field(tx: &impl ConnectionTrait, id: InvitationId, field: Option<FieldId>) -> Result<()> {
    invitation::Entity::update_many()
        .col_expr(invitation::Column::FieldId, Expr::value(field))
        .filter(invitation::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}
