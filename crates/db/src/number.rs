//! The numbers that questions of one event get, in the order in which they are received.
//!
//! They are counted in a row of their own: every submission changes it, and a wide row that changes a thousand times a
//! second leaves PostgreSQL a thousand versions to step over whenever somebody reads the event.

use crate::{
    Batch, Engine,
    entity::{question, question_count as count},
};
use domain::EventId;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, ExprTrait,
    sea_query::{Expr, Func, InsertStatement, OnConflict, Query},
};

/// Takes the next number within a batch: what it will be. The counter stays locked until the commit.
pub fn next(batch: &mut Batch, engine: Engine, event: EventId) -> Expr {
    let row = Query::select()
        .from(count::Entity)
        .and_where(count::Column::EventId.eq(event))
        .to_owned();
    batch.take(engine, taking(event), Expr::col(count::Column::Taken), &row)
}

/// The same at once, within a transaction.
///
/// # Errors
/// When the database refuses.
pub async fn take(tx: &impl ConnectionTrait, event: EventId) -> Result<i32, DbErr> {
    let mut insert = taking(event);
    insert.returning_col(count::Column::Taken);
    let row = tx.query_one(&insert).await?;
    row.ok_or_else(|| DbErr::RecordNotInserted)?.try_get_by_index(0)
}

/// Counts a change of a question that has its number, as the value of its `change_seq`. The counter stays locked until
/// the commit, so whoever has read up to one change has missed none before it.
///
/// # Errors
/// When the database refuses.
pub async fn question_changed(tx: &impl ConnectionTrait, event: EventId) -> Result<i64, DbErr> {
    let mut update = Query::update();
    update
        .table(count::Entity)
        .value(count::Column::Changes, Expr::col(count::Column::Changes).add(1))
        .and_where(count::Column::EventId.eq(event))
        .returning_col(count::Column::Changes);
    if let Some(row) = tx.query_one(&update).await? {
        return row.try_get_by_index(0);
    }
    // A restored or imported event has no counter yet.
    take(tx, event).await?;
    let row = tx.query_one(&update).await?;
    row.ok_or_else(|| DbErr::RecordNotUpdated)?.try_get_by_index(0)
}

/// The first one begins behind what is there: a restored or imported event has no counter yet.
fn taking(event: EventId) -> InsertStatement {
    let highest = Func::coalesce([Expr::col(question::Column::Number).max(), Expr::value(0)]);
    let first = Query::select()
        .expr(Expr::value(event))
        .expr(Expr::expr(highest).add(1))
        .from(question::Entity)
        .and_where(question::Column::EventId.eq(event))
        .and_where(question::Column::Number.is_not_null())
        .to_owned();
    let more = Expr::col((count::Entity, count::Column::Taken)).add(1);
    Query::insert()
        .into_table(count::Entity)
        .columns([count::Column::EventId, count::Column::Taken])
        .select_from(first)
        .unwrap_or_else(|_| unreachable!("two columns, two values"))
        .on_conflict(
            OnConflict::column(count::Column::EventId)
                .value(count::Column::Taken, more)
                .to_owned(),
        )
        .to_owned()
}
