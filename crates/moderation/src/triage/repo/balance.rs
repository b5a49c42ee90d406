//! All that were asked, counted by what the ten are held against. Grouped by the engine: there may be 100,000.

use crate::triage::board::Sql;
use db::{
    entity::{company, event, field, question},
    people::in_lang,
    prelude::*,
};
use domain::{CompanyId, EventId, FieldId, Lang, PartnerId, ServiceId};
use std::collections::{HashMap, HashSet};

/// Companies that asked most, of which so many are shown beside those that have a place.
const COMPANIES: i64 = 8;

/// Sent in and not taken back; literal words, so that the partial index `question_asked` serves.
const ASKED: &str = "state NOT IN ('draft', 'withdrawn')";

/// How many were asked, by each dimension.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) services: HashMap<ServiceId, i64>,
    pub(crate) fields: HashMap<Option<FieldId>, i64>,
    /// The ones that asked most.
    pub(crate) companies: HashMap<Option<CompanyId>, i64>,
    pub(crate) languages: HashMap<Lang, i64>,
    pub(crate) all: i64,
    /// By askers who had asked at an earlier event.
    pub(crate) returning: i64,
}

/// All of them. Who asked is joined once for the three dimensions that want it: with 100,000 it is nearly all of the time.
pub(crate) async fn asked(conn: &impl ConnectionTrait, event: &event::Model) -> Result<Asked, Error> {
    let mut asked = Asked::default();
    for (service, lang, n) in by_service_and_language(conn, event.id).await? {
        *asked.services.entry(service).or_default() += n;
        *asked.languages.entry(lang).or_default() += n;
        asked.all += n;
    }
    let before = event::Entity::find().filter(event::Column::OpensAt.lt(event.opens_at));
    let is_first = before.one(conn).await?.is_none();
    let mut sql = Sql::new(
        "WITH per AS MATERIALIZED (SELECT q.invitation_id AS id, count(*) AS n FROM question q WHERE q.state NOT IN ('draft', 'withdrawn') AND q.event_id = ",
    );
    sql.bind(event.id).add(
        " GROUP BY q.invitation_id), who AS MATERIALIZED (SELECT i.field_id AS field, p.company_id AS company, p.id AS partner, per.n AS n
 FROM per CROSS JOIN invitation i CROSS JOIN partner p WHERE i.id = per.id AND p.id = i.partner_id)
 SELECT 1 AS kind, field AS id, CAST(sum(n) AS bigint) AS n FROM who GROUP BY field
 UNION ALL SELECT 2, company, n FROM (SELECT company, CAST(sum(n) AS bigint) AS n FROM who GROUP BY company ORDER BY 2 DESC, 1 LIMIT ",
    );
    sql.bind(COMPANIES).add(") most");
    if !is_first {
        sql.add(
            " UNION ALL SELECT 3, NULL, CAST(coalesce(sum(n), 0) AS bigint) FROM who WHERE partner IN (SELECT j.partner_id FROM event e CROSS JOIN invitation j CROSS JOIN question o
 WHERE j.event_id = e.id AND o.invitation_id = j.id AND o.state NOT IN ('draft', 'withdrawn') AND e.opens_at < ",
        );
        sql.bind(event.opens_at).add(")");
    }
    for row in conn.query_all_raw(sql.statement(conn.get_database_backend())).await? {
        let n: i64 = row.try_get_by_index(2)?;
        match row.try_get_by_index::<i32>(0)? {
            1 => _ = asked.fields.insert(row.try_get_by_index(1)?, n),
            2 => _ = asked.companies.insert(row.try_get_by_index(1)?, n),
            _ => asked.returning = n,
        }
    }
    Ok(asked)
}

/// How many came from each of these companies.
pub(crate) async fn asked_by(
    conn: &impl ConnectionTrait,
    event: EventId,
    companies: &[CompanyId],
) -> Result<HashMap<Option<CompanyId>, i64>, Error> {
    if companies.is_empty() {
        return Ok(HashMap::new());
    }
    let mut sql = Sql::new(
        "SELECT p.company_id, count(*) FROM partner p CROSS JOIN invitation i CROSS JOIN question q WHERE i.partner_id = p.id AND q.invitation_id = i.id AND q.state NOT IN ('draft', 'withdrawn') AND i.event_id = ",
    );
    sql.bind(event)
        .add(" AND p.company_id IN ")
        .list(companies.iter().copied());
    sql.add(" GROUP BY p.company_id");
    let mut out = HashMap::new();
    for row in conn.query_all_raw(sql.statement(conn.get_database_backend())).await? {
        out.insert(row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    }
    Ok(out)
}

/// Those of the partners who had asked at an earlier event.
pub(crate) async fn returned(
    conn: &impl ConnectionTrait,
    event: &event::Model,
    partners: &[PartnerId],
) -> Result<HashSet<PartnerId>, Error> {
    if partners.is_empty() {
        return Ok(HashSet::new());
    }
    let mut sql = Sql::new(
        "SELECT DISTINCT j.partner_id FROM invitation j CROSS JOIN question o CROSS JOIN event e WHERE o.invitation_id = j.id AND e.id = j.event_id AND o.state NOT IN ('draft', 'withdrawn') AND e.opens_at < ",
    );
    sql.bind(event.opens_at)
        .add(" AND j.partner_id IN ")
        .list(partners.iter().copied());
    let rows = conn.query_all_raw(sql.statement(conn.get_database_backend())).await?;
    Ok(rows
        .iter()
        .map(|row| row.try_get_by_index(0))
        .collect::<Result<_, _>>()?)
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

async fn by_service_and_language(
    conn: &impl ConnectionTrait,
    event: EventId,
) -> Result<Vec<(ServiceId, Lang, i64)>, Error> {
    Ok(question::Entity::find()
        .filter(question::Column::EventId.eq(event))
        .filter(Expr::cust(ASKED))
        .select_only()
        .column(question::Column::ServiceId)
        .column(question::Column::Lang)
        .column_as(question::Column::Id.count(), "n")
        .group_by(question::Column::ServiceId)
        .group_by(question::Column::Lang)
        .into_tuple()
        .all(conn)
        .await?)
}
