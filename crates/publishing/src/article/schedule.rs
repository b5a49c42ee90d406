//! An article goes out at a moment. The row is the work: it waits in its state, so a restart loses nothing, and the step
//! to *published* is made once, by whoever comes first.

use super::publish::{go_out, note};
use crate::{Error, cache, repo};
use chrono::{DateTime, Utc};
use db::{audit::Actor, entity::article, prelude::*};
use domain::{
    ArticleId, StaffId,
    state::{Transitions, article::ArticleState},
};

/// Lets it go out at this moment.
///
/// # Errors
/// [`Error::Over`] when the moment is over; stale when it is out or withdrawn.
pub async fn schedule(app: &web::App, staff: StaffId, id: ArticleId, at: DateTime<Utc>) -> Result<(), Error> {
    let now = app.clock.now();
    if at <= now {
        return Err(Error::Over);
    }
    let tx = app.db.begin_write().await?;
    let article = repo::article(&tx, id).await?;
    let mut from = ArticleState::sources(ArticleState::Scheduled);
    // Another moment is no other state.
    from.push(ArticleState::Scheduled);
    let result = article::Entity::update_many()
        .col_expr(article::Column::State, Expr::value(ArticleState::Scheduled))
        .col_expr(article::Column::PublishAt, Expr::value(Some(at)))
        .col_expr(article::Column::Version, Expr::col(article::Column::Version).add(1))
        .filter(article::Column::Id.eq(id))
        .filter(article::Column::State.is_in(from))
        .exec(&tx)
        .await?;
    one_row(&result, "article")?;
    let details = serde_json::json!({ "from": article.state, "at": at });
    note(&tx, app, Actor::Staff(staff), &article, "article.scheduled", details).await?;
    tx.commit().await?;
    Ok(())
}

/// It waits for nothing any more, and is a draft.
///
/// # Errors
/// Stale when it does not wait: it may have gone out.
pub async fn unschedule(app: &web::App, staff: StaffId, id: ArticleId) -> Result<(), Error> {
    let tx = app.db.begin_write().await?;
    let article = repo::article(&tx, id).await?;
    back(&tx, id, None).await?;
    let details = serde_json::json!({});
    note(&tx, app, Actor::Staff(staff), &article, "article.unscheduled", details).await?;
    tx.commit().await?;
    Ok(())
}

/// `missed`: the moment that it could not keep.
async fn back(tx: &WriteTx, id: ArticleId, missed: Option<DateTime<Utc>>) -> Result<(), Error> {
    let result = article::Entity::update_many()
        .col_expr(article::Column::State, Expr::value(ArticleState::Draft))
        .col_expr(article::Column::PublishAt, Expr::value(missed))
        .col_expr(article::Column::Version, Expr::col(article::Column::Version).add(1))
        .filter(article::Column::Id.eq(id))
        .filter(article::Column::State.eq(ArticleState::Scheduled))
        .exec(tx)
        .await?;
    Ok(one_row(&result, "article")?)
}

/// Publishes what is due, each in a transaction of its own; gives how many. Call it while the clock is believed. One of
/// which nothing is left to read becomes a draft that says so; one that cannot go out holds up no other.
///
/// # Errors
/// The first refusal, after all were tried; what is due stays due.
pub async fn publish_due(app: &web::App) -> Result<usize, Error> {
    let due: Vec<ArticleId> = article::Entity::find()
        .select_only()
        .column(article::Column::Id)
        .filter(Expr::cust("state = 'scheduled'"))
        .filter(article::Column::PublishAt.lte(app.clock.now()))
        .order_by_asc(article::Column::PublishAt)
        .into_tuple()
        .all(app.db.reader())
        .await?;
    let (mut out, mut refused) = (0, None);
    for id in due {
        match one(app, id).await {
            Ok(published) => out += usize::from(published),
            // Somebody else did it, or an editor saved at the moment: the next look finds it, if it still waits.
            Err(error) if error.is_stale() => {}
            Err(error) => {
                tracing::error!(article = %id, %error, "a scheduled article could not go out");
                refused.get_or_insert(error);
            }
        }
    }
    if out > 0 {
        cache::changed();
    }
    refused.map_or(Ok(out), Err)
}

async fn one(app: &web::App, id: ArticleId) -> Result<bool, Error> {
    let tx = app.db.begin_write().await?;
    let article = repo::article(&tx, id).await?;
    let due = article.publish_at.is_some_and(|at| at <= app.clock.now());
    if article.state != ArticleState::Scheduled || !due {
        return Ok(false);
    }
    match go_out(&tx, app, Actor::System, &article).await {
        Ok(_) => {}
        Err(Error::Empty) => {
            back(&tx, id, article.publish_at).await?;
            let details = serde_json::json!({ "at": article.publish_at });
            note(&tx, app, Actor::System, &article, "article.missed", details).await?;
            tx.commit().await?;
            tracing::warn!(article = %id, "a scheduled article had nothing left to read, and is a draft again");
            return Ok(false);
        }
        Err(error) => return Err(error),
    }
    tx.commit().await?;
    Ok(true)
}
