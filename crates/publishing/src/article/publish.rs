//! An article goes out, and may be taken back.

use super::{Block, build};
use crate::{Error, cache, repo};
use db::{audit, entity::article, prelude::*};
use domain::{
    ArticleId, StaffId,
    state::{Transitions, article::ArticleState},
};

/// Freezes what the article says now and lets readers see it. One that stands already is corrected: it keeps its date
/// and bears that of the correction.
///
/// # Errors
/// [`Error::Empty`] without an exchange; stale when it is withdrawn or somebody was faster.
pub async fn publish(app: &web::App, staff: StaffId, id: ArticleId) -> Result<(), Error> {
    let now = app.clock.now();
    let tx = app.db.begin_write().await?;
    let article = repo::article(&tx, id).await?;
    let snapshot = build(&tx, &article).await?;
    if !snapshot.blocks.iter().any(|b| matches!(b, Block::Exchange(_))) {
        return Err(Error::Empty);
    }
    let again = matches!(article.state, ArticleState::Published | ArticleState::Corrected);
    let (to, at, action) = if again {
        (
            ArticleState::Corrected,
            article::Column::CorrectedAt,
            "article.corrected",
        )
    } else {
        (
            ArticleState::Published,
            article::Column::PublishedAt,
            "article.published",
        )
    };
    let result = article::Entity::update_many()
        .col_expr(article::Column::State, Expr::value(to))
        .col_expr(article::Column::Snapshot, Expr::value(serde_json::to_value(&snapshot)?))
        .col_expr(at, Expr::value(now))
        .col_expr(article::Column::UpdatedAt, Expr::value(now))
        .col_expr(article::Column::Version, Expr::value(article.version + 1))
        .filter(article::Column::Id.eq(id))
        .filter(article::Column::Version.eq(article.version))
        .filter(article::Column::State.is_in(ArticleState::sources(to)))
        .exec(&tx)
        .await?;
    one_row(&result, "article")?;
    note(&tx, app, staff, &article, action).await?;
    tx.commit().await?;
    cache::changed();
    Ok(())
}

/// Takes it back: its address answers 410 from now on.
///
/// # Errors
/// Stale when it does not stand.
pub async fn withdraw(app: &web::App, staff: StaffId, id: ArticleId) -> Result<(), Error> {
    step(app, staff, id, ArticleState::Withdrawn, "article.withdrawn").await
}

/// A withdrawn article becomes a draft again; it stays unseen until it is published anew.
///
/// # Errors
/// Stale when it is not withdrawn.
pub async fn redraft(app: &web::App, staff: StaffId, id: ArticleId) -> Result<(), Error> {
    step(app, staff, id, ArticleState::Draft, "article.redrafted").await
}

async fn step(
    app: &web::App,
    staff: StaffId,
    id: ArticleId,
    to: ArticleState,
    action: &'static str,
) -> Result<(), Error> {
    let tx = app.db.begin_write().await?;
    let article = repo::article(&tx, id).await?;
    let result = article::Entity::update_many()
        .col_expr(article::Column::State, Expr::value(to))
        .col_expr(article::Column::UpdatedAt, Expr::value(app.clock.now()))
        .col_expr(article::Column::Version, Expr::col(article::Column::Version).add(1))
        .filter(article::Column::Id.eq(id))
        .filter(article::Column::State.is_in(ArticleState::sources(to)))
        .exec(&tx)
        .await?;
    one_row(&result, "article")?;
    note(&tx, app, staff, &article, action).await?;
    tx.commit().await?;
    cache::changed();
    Ok(())
}

async fn note(
    tx: &impl ConnectionTrait,
    app: &web::App,
    staff: StaffId,
    article: &article::Model,
    action: &'static str,
) -> Result<(), Error> {
    let entry = audit::Entry {
        event: Some(article.event_id),
        actor: audit::Actor::Staff(staff),
        action,
        subject: ("article", Some(article.id.uuid())),
        details: serde_json::json!({ "from": article.state, "slug": article.slug }),
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}
