//! Comments, as they are read.

use super::{Below, Comment};
use crate::Error;
use db::{
    entity::{article, comment},
    prelude::*,
};
use domain::{ArticleId, CommentId, InvitationId, state::comment::CommentState};
use sea_orm::Select;

/// Comments on the article's own page; all stand on theirs.
const BELOW: u64 = 30;
/// Comments on one page.
const MANY: u64 = 40;

fn comment(row: comment::Model) -> Comment {
    Comment {
        id: row.id,
        name: row.name,
        partner: row.invitation_id.is_some(),
        at: row.at,
        body: row.body,
    }
}

fn seen(id: ArticleId) -> Select<comment::Entity> {
    comment::Entity::find()
        .filter(comment::Column::ArticleId.eq(id))
        // In literal words, for the index's sake.
        .filter(Expr::cust("state = 'shown'"))
}

/// What stands on the article's page; nothing when it takes no comments.
pub(crate) async fn below(conn: &impl ConnectionTrait, row: &article::Model) -> Result<Option<Below>, Error> {
    if !row.comments {
        return Ok(None);
    }
    let mut last = seen(row.id)
        .order_by_desc(comment::Column::At)
        .order_by_desc(comment::Column::Id)
        .limit(BELOW)
        .all(conn)
        .await?;
    last.reverse();
    Ok(Some(Below {
        last: last.into_iter().map(comment).collect(),
        all: seen(row.id).count(conn).await?,
    }))
}

fn place() -> sea_orm::sea_query::SimpleExpr {
    Expr::tuple([Expr::col(comment::Column::At), Expr::col(comment::Column::Id)])
}

async fn behind(
    conn: &impl ConnectionTrait,
    query: Select<comment::Entity>,
    after: Option<CommentId>,
    latest_first: bool,
) -> Result<(Vec<comment::Model>, Option<CommentId>), Error> {
    let from = match after {
        Some(id) => comment::Entity::find_by_id(id).one(conn).await?,
        None => None,
    };
    let mut query = query;
    if let Some(from) = from {
        let there = Expr::tuple([Expr::value(from.at), Expr::value(from.id)]);
        query = query.filter(if latest_first {
            place().lt(there)
        } else {
            place().gt(there)
        });
    }
    let order = if latest_first {
        sea_orm::Order::Desc
    } else {
        sea_orm::Order::Asc
    };
    let mut rows = query
        .order_by(comment::Column::At, order.clone())
        .order_by(comment::Column::Id, order)
        .limit(MANY + 1)
        .all(conn)
        .await?;
    let more = rows.len() as u64 > MANY;
    rows.truncate(usize::try_from(MANY).unwrap_or(usize::MAX));
    let next = rows.last().filter(|_| more).map(|row| row.id);
    Ok((rows, next))
}

/// Those that readers see, the oldest first, from behind `after` on, and behind which the next page begins.
pub(crate) async fn shown(
    conn: &impl ConnectionTrait,
    id: ArticleId,
    after: Option<CommentId>,
) -> Result<(Vec<Comment>, Option<CommentId>), Error> {
    let (rows, next) = behind(conn, seen(id), after, false).await?;
    Ok((rows.into_iter().map(comment).collect(), next))
}

/// What this partner said here, whatever became of it; the latest first.
pub(crate) async fn own(
    conn: &impl ConnectionTrait,
    id: ArticleId,
    invitation: InvitationId,
) -> Result<Vec<comment::Model>, Error> {
    Ok(comment::Entity::find()
        .filter(comment::Column::InvitationId.eq(invitation))
        .filter(comment::Column::ArticleId.eq(id))
        .order_by_desc(comment::Column::At)
        .order_by_desc(comment::Column::Id)
        .limit(MANY)
        .all(conn)
        .await?)
}

/// What the desk looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Show {
    /// The oldest first: it has waited longest.
    #[default]
    Held,
    Shown,
    /// Refused and hidden.
    Gone,
}

impl Show {
    pub(crate) const ALL: [Self; 3] = [Self::Held, Self::Shown, Self::Gone];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Shown => "shown",
            Self::Gone => "gone",
        }
    }

    pub(crate) const fn states(self) -> &'static [CommentState] {
        match self {
            Self::Held => &[CommentState::Held],
            Self::Shown => &[CommentState::Shown],
            Self::Gone => &[CommentState::Refused, CommentState::Hidden],
        }
    }
}

/// A comment with the article that it stands below.
pub(crate) type Line = (comment::Model, article::Model);

/// The desk's, across all articles.
pub(crate) async fn desk(
    conn: &impl ConnectionTrait,
    show: Show,
    after: Option<CommentId>,
) -> Result<(Vec<Line>, Option<CommentId>), Error> {
    let all = comment::Entity::find().filter(comment::Column::State.is_in(show.states().iter().copied()));
    let (rows, next) = behind(conn, all, after, show != Show::Held).await?;
    let articles = crate::magazine::articles(conn, rows.iter().map(|row| row.article_id)).await?;
    let lines = rows.into_iter().filter_map(|row| {
        let about = articles.get(&row.article_id)?.clone();
        Some((row, about))
    });
    Ok((lines.collect(), next))
}
