//! People of partners: added by hand, matched with those who are there.

use crate::{
    Error, Result,
    staff::{deed, roster::store},
};
use db::{
    audit::{self, Actor},
    entity::{company, invitation, partner},
    prelude::*,
};
use domain::{Clock, CompanyId, EmailAddress, EventId, FieldId, InvitationId, Lang, PartnerId, ServiceId};

/// A person of a partner, in values that are parsed already. Company and title are optional: a taxi driver has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPartner {
    pub company: Option<String>,
    pub title: Option<String>,
    pub name: String,
    pub pen_name: Option<String>,
    /// A work, a police station, an association.
    pub group: Option<String>,
    pub field: Option<FieldId>,
    pub services: Vec<ServiceId>,
    pub email: Option<EmailAddress>,
    pub lang: Lang,
    /// Stands instead of the computed display line.
    pub display_line: Option<String>,
}

/// Invites somebody to an event. A partner is known by their e-mail address, else by name, company and group; the
/// company is found by its name or made. Adding somebody twice changes them and gives the same invitation.
///
/// # Errors
/// When the database refuses.
pub async fn add(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    actor: Actor,
    event: EventId,
    new: NewPartner,
) -> Result<InvitationId> {
    let company = company(tx, clock, new.company.as_deref()).await?;
    let known = find(tx, &new, company).await?;
    let id = if let Some(known) = known {
        let email = new.email.clone().or(known.email);
        write(tx, clock, known.id, NewPartner { email, ..new.clone() }, company).await?;
        known.id
    } else {
        let id = PartnerId::new();
        let row = store::partner_row(id, clock.now(), company, &new);
        partner::Entity::insert(row).exec_without_returning(tx).await?;
        id
    };
    store::set_services(tx, &[(id, new.services.clone())]).await?;
    let invited = store::invite(tx, clock, event, &[(id, new.field)]).await?;
    let invitation = invited.get(&id).copied().ok_or(Error::NotFound)?;
    audit::record(
        tx,
        clock,
        deed(Some(event), actor, "partner.added", ("invitation", invitation.uuid())),
    )
    .await?;
    Ok(invitation)
}

/// Changes a person who is invited to the event.
///
/// # Errors
/// When the event has no such invitation; refused when somebody else has the address: roll the transaction back then.
pub async fn change(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    actor: Actor,
    event: EventId,
    id: InvitationId,
    new: NewPartner,
) -> Result<()> {
    let found = invitation::Entity::find_by_id(id)
        .filter(invitation::Column::EventId.eq(event))
        .one(tx)
        .await?;
    let partner = found.ok_or(Error::NotFound)?.partner_id;
    let company = company(tx, clock, new.company.as_deref()).await?;
    store::set_services(tx, &[(partner, new.services.clone())]).await?;
    store::set_field(tx, id, new.field).await?;
    write(tx, clock, partner, new, company).await?;
    audit::record(
        tx,
        clock,
        deed(Some(event), actor, "partner.changed", ("invitation", id.uuid())),
    )
    .await?;
    Ok(())
}

async fn company(tx: &impl ConnectionTrait, clock: &Clock, name: Option<&str>) -> Result<Option<CompanyId>> {
    let Some(name) = name else { return Ok(None) };
    Ok(store::companies(tx, clock, &[name.to_owned()])
        .await?
        .get(name)
        .copied())
}

async fn find(
    tx: &impl ConnectionTrait,
    new: &NewPartner,
    company: Option<CompanyId>,
) -> Result<Option<partner::Model>> {
    if let Some(email) = &new.email
        && let Some(known) = partner::Entity::find()
            .filter(partner::Column::Email.eq(email.clone()))
            .one(tx)
            .await?
    {
        return Ok(Some(known));
    }
    let same = |column: partner::Column, value: Option<&str>| match value {
        Some(value) => column.eq(value),
        None => column.is_null(),
    };
    let mut query = partner::Entity::find()
        .filter(partner::Column::Name.eq(new.name.as_str()))
        .filter(same(partner::Column::GroupName, new.group.as_deref()))
        .filter(match company {
            Some(id) => partner::Column::CompanyId.eq(id),
            None => partner::Column::CompanyId.is_null(),
        });
    if new.email.is_some() {
        // The same name with another address is another person.
        query = query.filter(partner::Column::Email.is_null());
    }
    let mut found = query.order_by_asc(partner::Column::Id).limit(2).all(tx).await?;
    Ok(if found.len() == 1 { found.pop() } else { None })
}

async fn write(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    id: PartnerId,
    new: NewPartner,
    company: Option<CompanyId>,
) -> Result<()> {
    let update = partner::Entity::update_many()
        .col_expr(partner::Column::CompanyId, Expr::value(company))
        .col_expr(partner::Column::Name, Expr::value(new.name))
        .col_expr(partner::Column::Title, Expr::value(new.title))
        .col_expr(partner::Column::PenName, Expr::value(new.pen_name))
        .col_expr(partner::Column::GroupName, Expr::value(new.group))
        .col_expr(partner::Column::Email, Expr::value(new.email))
        .col_expr(partner::Column::Lang, Expr::value(new.lang))
        .col_expr(partner::Column::DisplayLine, Expr::value(new.display_line))
        .col_expr(partner::Column::UpdatedAt, Expr::value(clock.now()))
        .filter(partner::Column::Id.eq(id));
    match update.exec(tx).await {
        Ok(_) => Ok(()),
        Err(error) if db::conflict(&error).is_some() => Err(Error::refused("st-email-taken")),
        Err(error) => Err(error.into()),
    }
}

/// The name of a company, for a form that is filled with what is there.
pub(crate) async fn company_name(conn: &impl ConnectionTrait, id: Option<CompanyId>) -> Result<Option<String>> {
    let Some(id) = id else { return Ok(None) };
    Ok(company::Entity::find_by_id(id).one(conn).await?.map(|c| c.name))
}
