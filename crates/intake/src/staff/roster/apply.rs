//! A plan is written, some hundred rows a transaction.

use super::{
    diff::{Person, Planned, Verdict},
    parse::Row,
    store,
};
use crate::{Result, staff::service::partner::NewPartner};
use db::{
    audit::{self, Actor},
    entity::partner,
    prelude::*,
};
use domain::{Clock, EventId, Lang, PartnerId};

/// Rows of one transaction: large enough to be quick, small enough that pages can be served meanwhile.
pub(super) const BATCH: usize = 200;

/// Writes rows of a plan within one transaction. Written twice, they change nothing the second time.
pub(super) async fn batch(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    actor: Actor,
    event: EventId,
    work: &[&Planned],
    people: &[Person],
) -> Result<()> {
    let names: Vec<String> = work.iter().filter_map(|p| p.row.company.clone()).collect();
    let companies = store::companies(tx, clock, &names).await?;
    let company = |row: &Row| row.company.as_ref().and_then(|name| companies.get(name)).copied();
    let (mut fresh, mut services, mut invited) = (Vec::new(), Vec::new(), Vec::new());
    for planned in work {
        let row = &planned.row;
        let id = if let Some(person) = planned.known.and_then(|at| people.get(at)) {
            update(tx, clock, person, row, company(row).or(person.company)).await?;
            person.id
        } else {
            let id = PartnerId::new();
            fresh.push(store::partner_row(id, clock.now(), company(row), &as_new(row)));
            id
        };
        if !row.services.is_empty() {
            services.push((id, row.services.clone()));
        }
        invited.push((id, row.field));
    }
    let new = work.iter().filter(|p| p.verdict == Verdict::New).count();
    if !fresh.is_empty() {
        partner::Entity::insert_many(fresh).exec_without_returning(tx).await?;
    }
    store::set_services(tx, &services).await?;
    store::invite(tx, clock, event, &invited).await?;
    let entry = audit::Entry {
        event: Some(event),
        actor,
        action: "roster.imported",
        subject: ("event", Some(event.uuid())),
        details: serde_json::json!({ "new": new, "changed": work.len() - new }),
    };
    audit::record(tx, clock, entry).await?;
    Ok(())
}

fn as_new(row: &Row) -> NewPartner {
    NewPartner {
        company: row.company.clone(),
        title: row.title.clone(),
        name: row.name.clone(),
        pen_name: row.pen_name.clone(),
        group: row.group.clone(),
        field: row.field,
        services: row.services.clone(),
        email: row.email.clone(),
        lang: row.lang.unwrap_or(Lang::Ko),
        display_line: None,
    }
}

/// What the file says stands; where it says nothing, all stays.
async fn update(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    person: &Person,
    row: &Row,
    company: Option<domain::CompanyId>,
) -> Result<()> {
    let or = |given: &Option<String>, there: &Option<String>| given.clone().or_else(|| there.clone());
    partner::Entity::update_many()
        .col_expr(partner::Column::CompanyId, Expr::value(company))
        .col_expr(partner::Column::Name, Expr::value(row.name.clone()))
        .col_expr(partner::Column::Title, Expr::value(or(&row.title, &person.title)))
        .col_expr(
            partner::Column::PenName,
            Expr::value(or(&row.pen_name, &person.pen_name)),
        )
        .col_expr(partner::Column::GroupName, Expr::value(or(&row.group, &person.group)))
        .col_expr(
            partner::Column::Email,
            Expr::value(row.email.clone().or_else(|| person.email.clone())),
        )
        .col_expr(partner::Column::Lang, Expr::value(row.lang.unwrap_or(person.lang)))
        .col_expr(partner::Column::UpdatedAt, Expr::value(clock.now()))
        .filter(partner::Column::Id.eq(person.id))
        .exec(tx)
        .await?;
    Ok(())
}
