//! Where an article stands in its issue, and what stands before and after it.

use super::repo;
use crate::{Error, article};
use chrono::{DateTime, Utc};
use db::{
    entity::{article as rows, issue, issue_item},
    prelude::*,
};
use domain::{
    ArticleId, IssueId, Lang,
    state::{article::ArticleState, issue::IssueState},
};
use sea_orm::{JoinType, RelationTrait};
use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

/// What an article's page says of its issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Beside {
    pub(crate) number: i32,
    pub(crate) title: String,
    pub(crate) lang: Lang,
    /// The section in which it stands, where there is one.
    pub(crate) section: String,
    pub(crate) previous: Option<Neighbour>,
    pub(crate) next: Option<Neighbour>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Neighbour {
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) lang: Lang,
}

/// As much of a line as decides about the pages beside it.
type Row = (
    IssueId,
    i32,
    ArticleId,
    String,
    i32,
    ArticleState,
    Option<DateTime<Utc>>,
    bool,
);

/// The articles of shown issues in order, of one issue or of all.
async fn order(conn: &impl ConnectionTrait, of: Option<IssueId>) -> Result<Vec<Row>, Error> {
    let mut all = issue_item::Entity::find()
        .select_only()
        .column(issue_item::Column::IssueId)
        .column_as(issue::Column::Version, "issue_version")
        .column_as(rows::Column::Id, "article")
        .column_as(rows::Column::Slug, "slug")
        .column_as(rows::Column::Version, "version")
        .column_as(rows::Column::State, "state")
        .column_as(rows::Column::PublishedAt, "published_at")
        .column_as(rows::Column::Hidden, "hidden")
        .join(JoinType::InnerJoin, issue_item::Relation::Issue.def())
        .join(JoinType::InnerJoin, issue_item::Relation::Article.def())
        .filter(issue::Column::State.eq(IssueState::Shown));
    if let Some(id) = of {
        all = all.filter(issue_item::Column::IssueId.eq(id));
    }
    Ok(all
        .order_by_asc(issue_item::Column::IssueId)
        .order_by_asc(issue_item::Column::Position)
        .into_tuple()
        .all(conn)
        .await?)
}

fn stands((_, _, _, _, _, state, at, hidden): &Row, now: DateTime<Utc>) -> bool {
    article::stands(*state, *at, *hidden, now)
}

/// The same number as long as every page of this issue's articles may stay as it is. Never 0, which stands for none.
fn stamp(rows: &[Row], now: DateTime<Utc>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for row in rows {
        (row.0, row.1, row.2, row.4, stands(row, now)).hash(&mut hasher);
    }
    hasher.finish() | 1
}

/// The stamp of each article that stands in a shown issue, by its slug.
pub(crate) async fn stamps(conn: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<HashMap<String, u64>, Error> {
    let rows = order(conn, None).await?;
    let mut stamps = HashMap::with_capacity(rows.len());
    for issue in rows.chunk_by(|a, b| a.0 == b.0) {
        let stamp = stamp(issue, now);
        stamps.extend(issue.iter().map(|row| (row.3.clone(), stamp)));
    }
    Ok(stamps)
}

/// Where the article stands, with its stamp; nothing and 0 when it stands in no issue that readers see.
pub(crate) async fn beside(
    conn: &impl ConnectionTrait,
    id: ArticleId,
    now: DateTime<Utc>,
) -> Result<(Option<Beside>, u64), Error> {
    let Some(item) = issue_item::Entity::find()
        .filter(issue_item::Column::ArticleId.eq(id))
        .one(conn)
        .await?
    else {
        return Ok((None, 0));
    };
    let rows = order(conn, Some(item.issue_id)).await?;
    if rows.is_empty() {
        return Ok((None, 0));
    }
    let stamp = stamp(&rows, now);
    let row = repo::issue(conn, item.issue_id).await?;
    let seen: Vec<ArticleId> = rows.iter().filter(|r| stands(r, now)).map(|r| r.2).collect();
    let at = seen.iter().position(|other| *other == id);
    let before = at.and_then(|at| at.checked_sub(1)).map(|at| seen[at]);
    let after = at.and_then(|at| seen.get(at + 1).copied());
    let mut shown = repo::articles(conn, before.into_iter().chain(after)).await?;
    let mut neighbour = |id: Option<ArticleId>| {
        let row = shown.remove(&id?).filter(|row| article::visible(row, now))?;
        let snapshot: article::Snapshot = serde_json::from_value(row.snapshot?).ok()?;
        Some(Neighbour {
            slug: row.slug,
            title: snapshot.title,
            lang: snapshot.lang,
        })
    };
    let (previous, next) = (neighbour(before), neighbour(after));
    let lines = repo::items(conn, item.issue_id).await?;
    let mut sections = lines
        .iter()
        .filter(|l| l.position < item.position && l.article_id.is_none());
    let beside = Beside {
        number: row.number,
        title: row.title,
        lang: row.lang,
        section: sections.next_back().map(|l| l.title.clone()).unwrap_or_default(),
        previous,
        next,
    };
    Ok((Some(beside), stamp))
}
