//! Limits that hold over all nodes: a fixed window in the database, counted by one conditional upsert.

use crate::{App, Error};
use chrono::TimeDelta;
use db::entity::rate_limit::{self, Column};
use domain::token::fingerprint;
use sea_orm::{
    ActiveValue::Set,
    EntityTrait,
    sea_query::{CaseStatement, Expr, ExprTrait, OnConflict},
};
use std::time::Duration;

/// Counts one try of `key` in `scope`, and refuses when there were `max` already in this window.
/// The key is stored as a fingerprint: the table tells no address.
///
/// Opens its own write transaction, so call it before you begin one.
pub async fn check(app: &App, scope: &str, key: &str, max: u32, per: Duration) -> Result<(), Error> {
    let now = app.clock.now();
    let window = TimeDelta::from_std(per).unwrap_or(TimeDelta::hours(1));
    let id = fingerprint(format!("{scope}\n{key}").as_bytes());
    let over = (rate_limit::Entity, Column::WindowStart);
    let is_over = || Expr::col(over).lte(now - window);
    let row = rate_limit::ActiveModel {
        key: Set(id.clone()),
        window_start: Set(now),
        count: Set(1),
    };
    let again = OnConflict::column(Column::Key)
        .value(
            Column::Count,
            CaseStatement::new()
                .case(is_over(), 1)
                .finally(Expr::col((rate_limit::Entity, Column::Count)).add(1)),
        )
        .value(
            Column::WindowStart,
            CaseStatement::new()
                .case(is_over(), now)
                .finally(Expr::col((rate_limit::Entity, Column::WindowStart))),
        )
        .to_owned();
    let tx = app.db.begin_write().await?;
    rate_limit::Entity::insert(row)
        .on_conflict(again)
        .exec_without_returning(&tx)
        .await?;
    let row = rate_limit::Entity::find_by_id(id).one(&tx).await?;
    tx.commit().await?;
    match row {
        Some(row) if u32::try_from(row.count).unwrap_or(u32::MAX) > max => {
            let rest = (row.window_start + window - now)
                .to_std()
                .unwrap_or(Duration::from_secs(1));
            tracing::info!(scope, "rate limit reached");
            Err(Error::TooMany { retry_after: rest })
        }
        _ => Ok(()),
    }
}
