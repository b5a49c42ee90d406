//! An issue comes into sight and goes out of it, and what stands in it with it.

use super::{draft::note, items};
use crate::{Error, cache};
use db::{
    entity::{article, issue, issue_item},
    prelude::*,
};
use domain::{
    ArticleId, IssueId, StaffId,
    state::{Transitions, article::ArticleState, issue::IssueState},
};
use sea_orm::{JoinType, RelationTrait};

/// Lets readers see the issue, and again what was hidden with it.
///
/// # Errors
/// [`Error::Empty`] when no published article stands in it; stale when they see it already.
pub async fn show(app: &web::App, staff: StaffId, id: IssueId) -> Result<(), Error> {
    step(app, staff, id, IssueState::Shown, "issue.shown").await
}

/// Takes it out of sight: its pages, its cover and its articles answer as if they had never been there. Each article is
/// still what it was, and is seen again with its issue, or in another.
///
/// # Errors
/// Stale when readers do not see it.
pub async fn hide(app: &web::App, staff: StaffId, id: IssueId) -> Result<(), Error> {
    step(app, staff, id, IssueState::Hidden, "issue.hidden").await
}

async fn step(app: &web::App, staff: StaffId, id: IssueId, to: IssueState, action: &'static str) -> Result<(), Error> {
    let now = app.clock.now();
    let tx = app.db.begin_write().await?;
    let row = super::issue(&tx, id).await?;
    let mut update = issue::Entity::update_many()
        .col_expr(issue::Column::State, Expr::value(to))
        .col_expr(issue::Column::UpdatedAt, Expr::value(now))
        .col_expr(issue::Column::Version, Expr::col(issue::Column::Version).add(1))
        .filter(issue::Column::Id.eq(id))
        .filter(issue::Column::State.is_in(IssueState::sources(to)));
    if row.shown_at.is_none() {
        update = update.col_expr(issue::Column::ShownAt, Expr::value(now));
    }
    one_row(&update.exec(&tx).await?, "issue")?;
    // From here on the issue is ours alone, its contents included.
    if to == IssueState::Shown && published(&tx, id).await? == 0 {
        return Err(Error::Empty);
    }
    let all = items(&tx, id).await?;
    settle(&tx, all.into_iter().filter_map(|item| item.article_id)).await?;
    let details = serde_json::json!({ "from": row.state, "number": row.number });
    note(&tx, app, staff, id, action, details).await?;
    tx.commit().await?;
    cache::changed();
    Ok(())
}

async fn published(conn: &impl ConnectionTrait, id: IssueId) -> Result<u64, Error> {
    Ok(issue_item::Entity::find()
        .join(JoinType::InnerJoin, issue_item::Relation::Article.def())
        .filter(issue_item::Column::IssueId.eq(id))
        .filter(article::Column::State.is_in([ArticleState::Published, ArticleState::Corrected]))
        .count(conn)
        .await?)
}

/// Each of these is hidden exactly while the issue that it stands in is.
pub(super) async fn settle(tx: &impl ConnectionTrait, ids: impl IntoIterator<Item = ArticleId>) -> Result<(), Error> {
    const HIDDEN: &str = "EXISTS (SELECT 1 FROM issue_item t JOIN issue i ON i.id = t.issue_id
        WHERE t.article_id = article.id AND i.state = 'hidden')";
    article::Entity::update_many()
        .col_expr(article::Column::Hidden, Expr::cust(HIDDEN))
        .filter(article::Column::Id.is_in(ids))
        // What stays as it is, is not touched: it would be indexed anew.
        .filter(Expr::cust(format!("hidden <> {HIDDEN}")))
        .exec(tx)
        .await?;
    Ok(())
}
