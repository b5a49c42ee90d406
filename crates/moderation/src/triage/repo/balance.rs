//! All that were asked, counted by what the ten are held against. Grouped by the engine: there may be 100,000.

use db::{
    entity::{company, event, field, invitation, partner, question},
    people::in_lang,
    prelude::*,
};
use domain::{CompanyId, EventId, FieldId, Lang, PartnerId, ServiceId};
use sea_orm::{JoinType, QueryTrait, RelationTrait, Select};
use std::collections::{HashMap, HashSet};

/// Companies that asked most, of which so many are shown beside those that have a place.
const COMPANIES: u64 = 8;

/// Sent in and not taken back; literal words, so that the partial index `question_asked` serves.
const ASKED: &str = "state NOT IN ('draft', 'withdrawn')";

/// How many were asked, by each dimension.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) services: HashMap<ServiceId, i64>,
    pub(crate) fields: HashMap<Option<FieldId>, i64>,
    /// Those of the ten, and the ones that asked most.
    pub(crate) companies: HashMap<Option<CompanyId>, i64>,
    pub(crate) languages: HashMap<Lang, i64>,
    pub(crate) all: i64,
    /// By askers who had asked at an earlier event.
    pub(crate) returning: i64,
    /// Those of the asked-for partners who had.
    pub(crate) returned: HashSet<PartnerId>,
    /// The fields' names in their order.
    pub(crate) field_names: Vec<(FieldId, String)>,
}

pub(crate) async fn asked(
    conn: &impl ConnectionTrait,
    event: &event::Model,
    companies: &[Option<CompanyId>],
    partners: &[PartnerId],
    lang: Lang,
) -> Result<Asked, Error> {
    let languages: HashMap<Lang, i64> = grouped(conn, base(event.id), question::Column::Lang).await?;
    let with = || base(event.id).join(JoinType::InnerJoin, question::Relation::Invitation.def());
    let by_company = || with().join(JoinType::InnerJoin, invitation::Relation::Partner.def());
    let top = by_company()
        .order_by_desc(question::Column::Id.count())
        .limit(COMPANIES);
    let mut by: HashMap<Option<CompanyId>, i64> = grouped(conn, top, partner::Column::CompanyId).await?;
    let known = companies.iter().flatten().copied();
    let theirs = by_company().filter(partner::Column::CompanyId.is_in(known));
    by.extend(grouped(conn, theirs, partner::Column::CompanyId).await?);
    let returning = with().filter(invitation::Column::PartnerId.in_subquery(earlier(event)));
    let returned = partner::Entity::find()
        .select_only()
        .column(partner::Column::Id)
        .filter(partner::Column::Id.is_in(partners.iter().copied()))
        .filter(partner::Column::Id.in_subquery(earlier(event)));
    Ok(Asked {
        services: grouped(conn, base(event.id), question::Column::ServiceId).await?,
        fields: grouped(conn, with(), invitation::Column::FieldId).await?,
        companies: by,
        all: languages.values().sum(),
        languages,
        returning: i64::try_from(returning.count(conn).await?).unwrap_or(i64::MAX),
        returned: returned.into_tuple().all(conn).await?.into_iter().collect(),
        field_names: field_names(conn, lang).await?,
    })
}

pub(crate) async fn company_names(
    conn: &impl ConnectionTrait,
    ids: impl Iterator<Item = CompanyId>,
) -> Result<Vec<(CompanyId, String)>, Error> {
    let found = company::Entity::find().filter(company::Column::Id.is_in(ids));
    let rows = found.order_by_asc(company::Column::Name).all(conn).await?;
    Ok(rows.into_iter().map(|c| (c.id, c.name)).collect())
}

/// The fields' names in their order.
pub(crate) async fn field_names(conn: &impl ConnectionTrait, lang: Lang) -> Result<Vec<(FieldId, String)>, Error> {
    let rows = field::Entity::find()
        .order_by_asc(field::Column::Position)
        .order_by_asc(field::Column::Id)
        .all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|f| (f.id, in_lang(lang, &f.name, &f.name_en)))
        .collect())
}

fn base(event: EventId) -> Select<question::Entity> {
    question::Entity::find()
        .filter(question::Column::EventId.eq(event))
        .filter(Expr::cust(ASKED))
}

/// The partners who asked at an event that opened earlier.
fn earlier(event: &event::Model) -> sea_orm::sea_query::SelectStatement {
    question::Entity::find()
        .select_only()
        .column(invitation::Column::PartnerId)
        .join(JoinType::InnerJoin, question::Relation::Invitation.def())
        .join(JoinType::InnerJoin, question::Relation::Event.def())
        .filter(event::Column::OpensAt.lt(event.opens_at))
        .filter(Expr::cust(ASKED))
        .into_query()
}

async fn grouped<K>(
    conn: &impl ConnectionTrait,
    select: Select<question::Entity>,
    by: impl ColumnTrait,
) -> Result<HashMap<K, i64>, Error>
where
    K: std::hash::Hash + Eq + Send + Sync + sea_orm::TryGetable,
    (K, i64): sea_orm::TryGetableMany,
{
    let rows = select
        .select_only()
        .column(by)
        .column_as(question::Column::Id.count(), "n")
        .group_by(by)
        .into_tuple::<(K, i64)>()
        .all(conn)
        .await?;
    Ok(rows.into_iter().collect())
}
