//! What readers say below an article. Nothing of it is seen before an editor shows it, and it is plain text: no address in
//! it becomes a link, so nobody writes here for one's sake.
//!
//! Comments go with their article: whoever may not read that finds none of them. What readers see of them is counted by
//! article (`article_talk`), and the pages in memory stand as long as that does.

mod decide;
mod list;
mod write;

pub use decide::{forget, refuse, step, undo};
pub use write::{By, put, take_back};

pub(crate) use list::{Line, Show, below, desk, own, shown};

use crate::{Error, article};
use chrono::{DateTime, Utc};
use db::{
    entity::{article as rows, article_talk},
    prelude::*,
};
use domain::{ArticleId, CommentId};
use sea_orm::JoinType;
use std::collections::HashMap;

/// One comment as readers see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Comment {
    pub(crate) id: CommentId,
    pub(crate) name: String,
    pub(crate) partner: bool,
    pub(crate) at: DateTime<Utc>,
    pub(crate) body: String,
}

impl Comment {
    pub(crate) fn paragraphs(&self) -> Vec<&str> {
        article::markdown::paragraphs(&self.body)
    }
}

/// The last of them, the oldest first, and how many there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Below {
    pub(crate) last: Vec<Comment>,
    pub(crate) all: u64,
}

/// Whether readers may say and read something below this article now.
pub(crate) fn open(row: &rows::Model, now: DateTime<Utc>) -> bool {
    row.comments && article::visible(row, now)
}

/// What a page is stamped with: its place in the magazine, and what is said below it.
pub(crate) const fn stamp(beside: u64, talk: i64) -> u64 {
    beside.rotate_left(1) ^ talk.cast_unsigned()
}

/// How often changed what readers see below this article.
pub(crate) async fn talk(conn: &impl ConnectionTrait, id: ArticleId) -> Result<i64, Error> {
    let row = article_talk::Entity::find_by_id(id).one(conn).await?;
    Ok(row.map(|row| row.version).unwrap_or_default())
}

/// The same of all that anybody said something below, by their slugs.
pub(crate) async fn talks(conn: &impl ConnectionTrait) -> Result<HashMap<String, i64>, Error> {
    let rows: Vec<(String, i64)> = article_talk::Entity::find()
        .select_only()
        .column(rows::Column::Slug)
        .column(article_talk::Column::Version)
        .join(
            JoinType::InnerJoin,
            article_talk::Entity::belongs_to(rows::Entity)
                .from(article_talk::Column::ArticleId)
                .to(rows::Column::Id)
                .into(),
        )
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().collect())
}
