//! Reads of the magazine.

use crate::Error;
use db::{
    entity::{article, asset, event, issue, issue_item},
    prelude::*,
};
use domain::{
    ArticleId, IssueId,
    state::{article::ArticleState, issue::IssueState},
};
use sea_orm::{JoinType, RelationTrait};
use std::collections::HashMap;

pub(crate) async fn issue(conn: &impl ConnectionTrait, id: IssueId) -> Result<issue::Model, Error> {
    issue::Entity::find_by_id(id).one(conn).await?.ok_or(Error::NotFound)
}

/// Whatever its state.
pub(crate) async fn issue_by_number(conn: &impl ConnectionTrait, number: i32) -> Result<Option<IssueId>, Error> {
    let row = issue::Entity::find()
        .filter(issue::Column::Number.eq(number))
        .one(conn)
        .await?;
    Ok(row.map(|row| row.id))
}

/// One that readers may see.
pub(crate) async fn shown_issue(conn: &impl ConnectionTrait, number: i32) -> Result<issue::Model, Error> {
    issue::Entity::find()
        .filter(issue::Column::Number.eq(number))
        .filter(issue::Column::State.eq(IssueState::Shown))
        .one(conn)
        .await?
        .ok_or(Error::NotFound)
}

/// `many` of those that readers may see, the latest number first, from below `than` on.
pub(crate) async fn shown_issues(
    conn: &impl ConnectionTrait,
    than: Option<i32>,
    many: u64,
) -> Result<Vec<issue::Model>, Error> {
    let mut all = issue::Entity::find().filter(issue::Column::State.eq(IssueState::Shown));
    if let Some(than) = than {
        all = all.filter(issue::Column::Number.lt(than));
    }
    Ok(all.order_by_desc(issue::Column::Number).limit(many).all(conn).await?)
}

/// The desk's: all of them, the latest first, with how many articles stand in each.
pub(crate) async fn issues(conn: &impl ConnectionTrait) -> Result<Vec<(issue::Model, i64)>, Error> {
    let rows = issue::Entity::find()
        .order_by_desc(issue::Column::Number)
        .all(conn)
        .await?;
    let counts: Vec<(IssueId, i64)> = issue_item::Entity::find()
        .select_only()
        .column(issue_item::Column::IssueId)
        .column_as(issue_item::Column::Id.count(), "n")
        .filter(issue_item::Column::ArticleId.is_not_null())
        .group_by(issue_item::Column::IssueId)
        .into_tuple()
        .all(conn)
        .await?;
    let counts: HashMap<IssueId, i64> = counts.into_iter().collect();
    let with = |row: issue::Model| {
        let n = counts.get(&row.id).copied().unwrap_or_default();
        (row, n)
    };
    Ok(rows.into_iter().map(with).collect())
}

/// What stands in an issue, in order.
pub(crate) async fn items(conn: &impl ConnectionTrait, id: IssueId) -> Result<Vec<issue_item::Model>, Error> {
    Ok(issue_item::Entity::find()
        .filter(issue_item::Column::IssueId.eq(id))
        .order_by_asc(issue_item::Column::Position)
        .all(conn)
        .await?)
}

/// Where these stand: the issue of each.
pub(crate) async fn places(
    conn: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = ArticleId>,
) -> Result<HashMap<ArticleId, issue::Model>, Error> {
    let rows: Vec<(issue_item::Model, Option<issue::Model>)> = issue_item::Entity::find()
        .filter(issue_item::Column::ArticleId.is_in(ids))
        .select_also(issue::Entity)
        .join(JoinType::InnerJoin, issue_item::Relation::Issue.def())
        .all(conn)
        .await?;
    let placed = rows
        .into_iter()
        .filter_map(|(item, issue)| Some((item.article_id?, issue?)));
    Ok(placed.collect())
}

pub(crate) async fn articles(
    conn: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = ArticleId>,
) -> Result<HashMap<ArticleId, article::Model>, Error> {
    let rows = article::Entity::find()
        .filter(article::Column::Id.is_in(ids))
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

pub(crate) async fn cover_asset(
    conn: &impl ConnectionTrait,
    row: &issue::Model,
) -> Result<Option<(String, i32, i32)>, Error> {
    let Some(name) = &row.cover else { return Ok(None) };
    let found: Option<(String, i32, i32)> = asset::Entity::find_by_id(name)
        .select_only()
        .columns([asset::Column::MediaType, asset::Column::Width, asset::Column::Height])
        .into_tuple()
        .one(conn)
        .await?;
    let file = |kind: &str| format!("{name}.{}", crate::article::picture::extension(kind));
    Ok(found.map(|(kind, width, height)| (file(&kind), width, height)))
}

/// What an editor may add to an issue.
#[derive(Clone, Debug)]
pub(crate) struct Offer {
    pub(crate) id: ArticleId,
    pub(crate) title: String,
    pub(crate) state: ArticleState,
    pub(crate) event: String,
    pub(crate) event_en: String,
}

/// At most `many` articles that do not stand in this issue and whose title holds `like`, those that were changed last
/// first.
pub(crate) async fn offers(
    conn: &impl ConnectionTrait,
    id: IssueId,
    like: &str,
    many: u64,
) -> Result<Vec<Offer>, Error> {
    let here = sea_orm::sea_query::Query::select()
        .column(issue_item::Column::ArticleId)
        .from(issue_item::Entity)
        .and_where(issue_item::Column::IssueId.eq(id))
        .and_where(issue_item::Column::ArticleId.is_not_null())
        .to_owned();
    let mut all = article::Entity::find()
        .select_only()
        .column(article::Column::Id)
        .column(article::Column::Title)
        .column(article::Column::State)
        .column_as(event::Column::Title, "event")
        .column_as(event::Column::TitleEn, "event_en")
        .join(JoinType::InnerJoin, article::Relation::Event.def())
        .filter(article::Column::Id.not_in_subquery(here));
    if !like.is_empty() {
        all = all.filter(article::Column::Title.contains(like));
    }
    let rows: Vec<(ArticleId, String, ArticleState, String, String)> = all
        .order_by_desc(article::Column::UpdatedAt)
        .order_by_desc(article::Column::Id)
        .limit(many)
        .into_tuple()
        .all(conn)
        .await?;
    let offer = |(id, title, state, event, event_en)| Offer {
        id,
        title,
        state,
        event,
        event_en,
    };
    Ok(rows.into_iter().map(offer).collect())
}
