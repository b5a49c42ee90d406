//! A search in what readers may see.

use super::passages::passages;
use crate::{Error, article::Snapshot};
use chrono::{DateTime, Utc};
use db::{
    prelude::*,
    sql::Sql,
    words::{self, Search},
};
use domain::ArticleId;
use sea_orm::DbBackend;

/// Characters before and behind what was found.
const AROUND: usize = 70;
/// Counts beyond this read "1,000+".
pub(crate) const MOST: i64 = 1_000;

/// Where a list goes on: behind the article that was published at this moment.
pub(crate) type Edge = (DateTime<Utc>, ArticleId);

/// `many` articles in which all of it stands, those that were published last first.
pub(crate) async fn found(
    conn: &impl ConnectionTrait,
    search: &Search,
    after: Option<Edge>,
    many: usize,
) -> Result<Vec<ArticleId>, Error> {
    let backend = conn.get_database_backend();
    let mut sql = Sql::default();
    matching(&mut sql, backend, search, " w.article_id, w.at");
    if let Some((at, id)) = after {
        sql.add(" AND (w.at, w.article_id) < (")
            .bind(at)
            .add(", ")
            .bind(id)
            .add(")");
    }
    sql.add(" ORDER BY w.at DESC, w.article_id DESC LIMIT ")
        .bind(limit(many));
    let rows = conn.query_all_raw(sql.statement(backend)).await?;
    Ok(rows
        .iter()
        .map(|row| row.try_get_by_index(0))
        .collect::<Result<_, _>>()?)
}

/// As a number of SQL.
pub(super) fn limit(many: usize) -> i64 {
    i64::try_from(many).unwrap_or(i64::MAX)
}

/// How many they are, counted no further than one beyond [`MOST`].
pub(crate) async fn many_found(conn: &impl ConnectionTrait, search: &Search) -> Result<i64, Error> {
    let backend = conn.get_database_backend();
    let mut sql = Sql::new("SELECT count(*) FROM (");
    matching(&mut sql, backend, search, " w.article_id");
    sql.add(" LIMIT ").bind(MOST + 1).add(") x");
    let row = conn.query_one_raw(sql.statement(backend)).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default())
}

/// `w` is the article with its moment. PostgreSQL keeps a long text in several pieces, so each part may stand in another.
fn matching(sql: &mut Sql, backend: DbBackend, search: &Search, columns: &str) {
    if backend == DbBackend::Postgres {
        sql.add("SELECT DISTINCT ")
            .add(columns)
            .add(" FROM article_words w WHERE TRUE");
        for part in search.tsqueries() {
            sql.add(" AND w.article_id IN (SELECT m.article_id FROM article_words m WHERE m.words @@ CAST(");
            sql.bind(part).add("::text AS tsquery))");
        }
    } else {
        sql.add("SELECT").add(columns);
        sql.add(" FROM article_words f CROSS JOIN article_slot w ON w.slot = f.rowid WHERE f.article_words MATCH ");
        sql.bind(search.fts5());
    }
}

/// Where what was searched for stands in an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Excerpt {
    pub(crate) exchange: Option<usize>,
    pub(crate) before: String,
    pub(crate) found: String,
    pub(crate) after: String,
}

/// The first place, past the title, where something of it stands; where more of it stands comes first.
pub(crate) fn excerpt(snapshot: &Snapshot, typed: &str) -> Option<Excerpt> {
    let wanted: Vec<Vec<char>> = words::runs_of(typed).iter().map(|run| run.chars().collect()).collect();
    let passages = passages(snapshot);
    let lowered = |text: &str| -> Vec<char> { text.chars().map(|c| c.to_lowercase().next().unwrap_or(c)).collect() };
    let mut best: Option<(usize, usize, usize, usize)> = None;
    for (n, passage) in passages.iter().enumerate().skip(1) {
        let text = lowered(&passage.text);
        let places: Vec<(usize, usize)> = wanted.iter().filter_map(|run| place(&text, run)).collect();
        let Some((at, length)) = places.first().copied() else {
            continue;
        };
        if best.is_none_or(|(.., many)| places.len() > many) {
            best = Some((n, at, length, places.len()));
        }
    }
    let (n, at, length, _) = best?;
    let text: Vec<char> = passages[n].text.chars().collect();
    let (begin, end) = (at.saturating_sub(AROUND), (at + length + AROUND).min(text.len()));
    let part = |from: usize, to: usize| String::from_iter(&text[from..to]);
    let dots = |cut: bool| if cut { "…" } else { "" };
    Some(Excerpt {
        exchange: passages[n].exchange,
        before: format!("{}{}", dots(begin > 0), part(begin, at)),
        found: part(at, at + length),
        after: format!("{}{}", part(at + length, end), dots(end < text.len())),
    })
}

/// Words begin where a search for them does; syllables stand anywhere.
fn place(text: &[char], run: &[char]) -> Option<(usize, usize)> {
    let latin = run.first().is_some_and(char::is_ascii_alphanumeric);
    let begins = |at: usize| !latin || at == 0 || !text[at - 1].is_ascii_alphanumeric();
    let at = (0..=text.len().checked_sub(run.len())?).find(|at| begins(*at) && text[*at..].starts_with(run))?;
    Some((at, run.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::render::tests::snapshot;

    #[test]
    fn an_excerpt_shows_the_place_where_most_of_it_stands() {
        let found = excerpt(&snapshot(), "또 있").expect("stands there");
        assert_eq!((found.exchange, found.found.as_str()), (Some(1), "또"));
        assert!(found.after.starts_with(" 있습니다"), "{found:?}");
        assert_eq!(excerpt(&snapshot(), "없는 낱말"), None);
        let begins = |text: &str, run: &str| place(&text.chars().collect::<Vec<_>>(), &run.chars().collect::<Vec<_>>());
        assert_eq!(begins("a payment", "pay"), Some((2, 3)));
        assert_eq!(begins("repay", "pay"), None);
        assert_eq!(begins("재정산", "정산"), Some((1, 2)));
    }
}
