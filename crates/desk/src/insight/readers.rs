//! What readers did: how often each article was read, on which days, and to how many it was of use.

use chrono::NaiveDate;
use db::{prelude::*, sql::Sql};
use domain::EventId;
use sea_orm::QueryResult;

/// Articles and days on the page; the workbook has more.
pub(crate) const ON_PAGE: u64 = 30;
pub(crate) const IN_BOOK: u64 = 5_000;
/// Remarks on the page.
const REMARKS: u64 = 20;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Article {
    pub(crate) title: String,
    pub(crate) slug: String,
    pub(crate) lang: String,
    pub(crate) reads: i64,
    pub(crate) useful: i64,
    pub(crate) useless: i64,
}

impl Article {
    /// Of those who said anything, in hundredths.
    pub(crate) fn useful_share(&self) -> Option<i64> {
        let all = self.useful + self.useless;
        (all > 0).then(|| self.useful * 100 / all)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Readers {
    /// The most read first.
    pub(crate) articles: Vec<Article>,
    /// The latest first; those on which nobody read are left out.
    pub(crate) days: Vec<(NaiveDate, i64)>,
    /// Why it was of no use, and of which article that was said; the latest first.
    pub(crate) remarks: Vec<(String, String)>,
    pub(crate) reads: i64,
    pub(crate) useful: i64,
    pub(crate) useless: i64,
}

impl Readers {
    pub(crate) const fn is_empty(&self) -> bool {
        self.articles.is_empty() && self.remarks.is_empty()
    }
    pub(crate) fn most(&self) -> i64 {
        self.articles.iter().map(|a| a.reads).chain([1]).max().unwrap_or(1)
    }
    pub(crate) fn most_a_day(&self) -> i64 {
        self.days.iter().map(|(_, n)| *n).chain([1]).max().unwrap_or(1)
    }
}

/// Of one event's articles, or of all.
pub(crate) async fn read(conn: &impl ConnectionTrait, event: Option<EventId>, most: u64) -> Result<Readers, db::Error> {
    let backend = conn.get_database_backend();
    let of = |sql: &mut Sql| {
        if let Some(event) = event {
            sql.add(" WHERE a.event_id = ").bind(event);
        }
    };
    let sums = "CAST(sum(d.reads) AS bigint) AS reads, CAST(sum(d.useful) AS bigint), CAST(sum(d.useless) AS bigint)";
    let from = "FROM article_day d JOIN article a ON a.id = d.article_id";
    let mut sql = Sql::new(&format!("SELECT a.title, a.slug, a.lang, {sums} {from}"));
    of(&mut sql);
    sql.add(&format!(
        " GROUP BY a.id, a.title, a.slug, a.lang ORDER BY reads DESC, a.slug LIMIT {most}"
    ));
    let rows = conn.query_all_raw(sql.statement(backend)).await?;
    let article = |row: &QueryResult| {
        Ok(Article {
            title: row.try_get_by_index(0)?,
            slug: row.try_get_by_index(1)?,
            lang: row.try_get_by_index(2)?,
            reads: row.try_get_by_index(3)?,
            useful: row.try_get_by_index(4)?,
            useless: row.try_get_by_index(5)?,
        })
    };
    let articles = rows.iter().map(article).collect::<Result<_, sea_orm::DbErr>>()?;
    let mut sql = Sql::new(&format!("SELECT d.day, {sums} {from}"));
    of(&mut sql);
    sql.add(&format!(
        " GROUP BY d.day HAVING sum(d.reads) > 0 ORDER BY d.day DESC LIMIT {most}"
    ));
    let rows = conn.query_all_raw(sql.statement(backend)).await?;
    let day = |row: &QueryResult| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
    let days = rows.iter().map(day).collect::<Result<_, sea_orm::DbErr>>()?;
    let mut sql = Sql::new("SELECT r.body, a.title FROM article_remark r JOIN article a ON a.id = r.article_id");
    of(&mut sql);
    sql.add(&format!(" ORDER BY r.at DESC, r.id DESC LIMIT {REMARKS}"));
    let rows = conn.query_all_raw(sql.statement(backend)).await?;
    let remark = |row: &QueryResult| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
    let remarks = rows.iter().map(remark).collect::<Result<_, sea_orm::DbErr>>()?;
    let mut sql = Sql::new(&format!("SELECT {sums} {from}"));
    of(&mut sql);
    let all = conn.query_one_raw(sql.statement(backend)).await?;
    let sum = |n: usize| -> Result<i64, sea_orm::DbErr> {
        let found: Option<i64> = all.as_ref().map(|row| row.try_get_by_index(n)).transpose()?.flatten();
        Ok(found.unwrap_or_default())
    };
    Ok(Readers {
        articles,
        days,
        remarks,
        reads: sum(0)?,
        useful: sum(1)?,
        useless: sum(2)?,
    })
}
