//! Everything that is published, by year, service and keyword.

use super::{
    find::{Edge, limit},
    repo,
};
use crate::Error;
use db::{
    entity::{article, service},
    prelude::*,
    sql::Sql,
};
use domain::{ArticleId, Lang};
use std::collections::HashMap;

/// By what the archive is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Facet {
    Year,
    Service,
    Keyword,
}

impl Facet {
    /// As it stands in addresses and in the index.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Service => "service",
            Self::Keyword => "keyword",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Year, Self::Service, Self::Keyword]
            .into_iter()
            .find(|f| f.as_str() == text)
    }
}

/// What there is of one kind, and how many articles each has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// The latest first.
    pub(crate) years: Vec<Count>,
    /// In the order of the services.
    pub(crate) services: Vec<Count>,
    /// Those that stand at most articles first.
    pub(crate) keywords: Vec<Count>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Count {
    /// As it stands in its address.
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) n: i64,
}

/// Keywords that are listed; the others are found by the search.
const KEYWORDS: usize = 100;

pub(crate) async fn counts(conn: &impl ConnectionTrait, lang: Lang) -> Result<Counts, Error> {
    let sql = Sql::new("SELECT kind, value, count(*) FROM article_facet GROUP BY kind, value");
    let rows = conn.query_all_raw(sql.statement(conn.get_database_backend())).await?;
    let mut counts = Counts::default();
    let mut by_service = HashMap::new();
    for row in &rows {
        let (kind, value, n): (String, String, i64) = (
            row.try_get_by_index(0)?,
            row.try_get_by_index(1)?,
            row.try_get_by_index(2)?,
        );
        let count = Count {
            label: value.clone(),
            value,
            n,
        };
        match Facet::parse(&kind) {
            Some(Facet::Year) => counts.years.push(count),
            Some(Facet::Keyword) => counts.keywords.push(count),
            Some(Facet::Service) => {
                by_service.insert(count.value, n);
            }
            None => {}
        }
    }
    for row in services(conn).await? {
        if let Some(n) = by_service.get(&row.id.to_string()) {
            counts.services.push(Count {
                label: db::people::in_lang(lang, &row.name, &row.name_en),
                value: row.name,
                n: *n,
            });
        }
    }
    counts.years.sort_by(|a, b| b.value.cmp(&a.value));
    counts
        .keywords
        .sort_by(|a, b| b.n.cmp(&a.n).then_with(|| a.value.cmp(&b.value)));
    counts.keywords.truncate(KEYWORDS);
    Ok(counts)
}

async fn services(conn: &impl ConnectionTrait) -> Result<Vec<service::Model>, Error> {
    Ok(service::Entity::find()
        .order_by_asc(service::Column::Position)
        .order_by_asc(service::Column::Id)
        .all(conn)
        .await?)
}

/// What an address means: the value as the index has it, and how it is called.
pub(crate) async fn facet(
    conn: &impl ConnectionTrait,
    kind: Facet,
    value: &str,
    lang: Lang,
) -> Result<Option<(String, String)>, Error> {
    if kind != Facet::Service {
        return Ok(Some((value.to_owned(), value.to_owned())));
    }
    let called = services(conn).await?.into_iter().find(|s| s.name == value);
    Ok(called.map(|s| (s.id.to_string(), db::people::in_lang(lang, &s.name, &s.name_en))))
}

/// `many` articles with this value, those that were published last first. [`crate::article::visible`] decides.
pub(crate) async fn list(
    conn: &impl ConnectionTrait,
    kind: Facet,
    value: &str,
    after: Option<Edge>,
    many: usize,
) -> Result<Vec<article::Model>, Error> {
    let mut sql = Sql::new("SELECT f.article_id FROM article_facet f WHERE f.kind = ");
    sql.bind(kind.as_str()).add(" AND f.value = ").bind(value);
    if let Some((at, id)) = after {
        sql.add(" AND (f.at, f.article_id) < (")
            .bind(at)
            .add(", ")
            .bind(id)
            .add(")");
    }
    sql.add(" ORDER BY f.at DESC, f.article_id DESC LIMIT ")
        .bind(limit(many));
    let rows = conn.query_all_raw(sql.statement(conn.get_database_backend())).await?;
    let ids: Vec<ArticleId> = rows
        .iter()
        .map(|row| row.try_get_by_index(0))
        .collect::<Result<_, _>>()?;
    in_order(conn, &ids).await
}

/// These articles in this order.
pub(crate) async fn in_order(conn: &impl ConnectionTrait, ids: &[ArticleId]) -> Result<Vec<article::Model>, Error> {
    let mut rows = repo::articles(conn, ids.iter().copied()).await?;
    Ok(ids.iter().filter_map(|id| rows.remove(id)).collect())
}
