//! The numbers that questions of one event get, in the order in which they are received.
//!
//! They are counted in a row of their own: every submission changes it, and a wide row that changes a thousand times a
//! second leaves PostgreSQL a thousand versions to step over whenever somebody reads the event.

use crate::entity::{question, question_count as count};
use domain::EventId;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, ExprTrait,
    sea_query::{Expr, Func, OnConflict, Query},
};

/// The same for several events as tables of a PostgreSQL statement: the arrays `$1` say of which events (in the order of
/// their ids), `$2` how many; `number.before` is the number that was taken last before these.
pub(crate) const TAKE_MANY: &str = "\
    wanted AS (SELECT * FROM unnest($1::uuid[], $2::integer[]) AS w (event_id, many)), \
    taken AS (INSERT INTO question_count AS c (event_id, taken) \
    SELECT w.event_id, w.many + COALESCE((SELECT max(q.number) FROM question AS q \
    WHERE q.event_id = w.event_id AND q.number IS NOT NULL), 0) FROM wanted AS w \
    ON CONFLICT (event_id) DO UPDATE SET taken = c.taken + (SELECT w.many FROM wanted AS w WHERE w.event_id = c.event_id) \
    RETURNING c.event_id, c.taken), \
    number AS (SELECT taken.event_id, taken.taken - wanted.many AS before FROM taken JOIN wanted USING (event_id))";

/// Takes the next `many` numbers of `event`, and gives the last of them. The counter stays locked until the commit; so
/// this comes first in a transaction, and with several events in the order of their ids, or two end in a deadlock.
///
/// # Errors
/// When the database refuses.
pub async fn take(tx: &impl ConnectionTrait, event: EventId, many: i32) -> Result<i32, DbErr> {
    // The first one begins behind what is there: a restored or imported event has no counter yet.
    let highest = Func::coalesce([Expr::col(question::Column::Number).max(), Expr::value(0)]);
    let first = Query::select()
        .expr(Expr::value(event))
        .expr(Expr::expr(highest).add(many))
        .from(question::Entity)
        .and_where(question::Column::EventId.eq(event))
        .and_where(question::Column::Number.is_not_null())
        .to_owned();
    let more = Expr::col((count::Entity, count::Column::Taken)).add(many);
    let insert = Query::insert()
        .into_table(count::Entity)
        .columns([count::Column::EventId, count::Column::Taken])
        .select_from(first)
        .unwrap_or_else(|_| unreachable!("two columns, two values"))
        .on_conflict(
            OnConflict::column(count::Column::EventId)
                .value(count::Column::Taken, more)
                .to_owned(),
        )
        .returning_col(count::Column::Taken)
        .to_owned();
    let row = tx.query_one(&insert).await?;
    row.ok_or(DbErr::RecordNotInserted)?.try_get_by_index(0)
}

/// Counts a change of a question that has its number, and gives what its `change_seq` shall be. The counter stays locked
/// until the commit, so whoever has read up to one change has missed none before it.
///
/// # Errors
/// When the database refuses.
pub async fn question_changed(tx: &impl ConnectionTrait, event: EventId) -> Result<i64, DbErr> {
    let update = Query::update()
        .table(count::Entity)
        .value(count::Column::Changes, Expr::col(count::Column::Changes).add(1))
        .and_where(count::Column::EventId.eq(event))
        .returning_col(count::Column::Changes)
        .to_owned();
    if let Some(row) = tx.query_one(&update).await? {
        return row.try_get_by_index(0);
    }
    // A restored or imported event has no counter yet.
    take(tx, event, 0).await?;
    let row = tx.query_one(&update).await?;
    row.ok_or(DbErr::RecordNotUpdated)?.try_get_by_index(0)
}
