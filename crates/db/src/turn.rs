//! The turn in which the decisions of one event are made.

use crate::entity::shortlist;
use domain::EventId;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryTrait,
    sea_query::{Expr, OnConflict},
};

/// Takes the event's turn and gives the number of the act that is made in it. The row stays locked until the transaction
/// ends: take it before the row of any question, and after the counter of [`crate::question_changed`].
///
/// # Errors
/// When the database refuses.
pub async fn turn(tx: &impl ConnectionTrait, event: EventId) -> Result<i64, DbErr> {
    let next = || {
        shortlist::Entity::update_many()
            .col_expr(shortlist::Column::Acts, Expr::col(shortlist::Column::Acts).add(1))
            .filter(shortlist::Column::EventId.eq(event))
            .into_query()
            .returning_col(shortlist::Column::Acts)
            .to_owned()
    };
    if let Some(row) = tx.query_one(&next()).await? {
        return row.try_get_by_index(0);
    }
    let first = shortlist::ActiveModel {
        event_id: Set(event),
        acts: Set(0),
    };
    shortlist::Entity::insert(first)
        .on_conflict(OnConflict::column(shortlist::Column::EventId).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    let row = tx.query_one(&next()).await?;
    row.ok_or(DbErr::RecordNotUpdated)?.try_get_by_index(0)
}
