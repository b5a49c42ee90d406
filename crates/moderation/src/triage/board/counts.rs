//! How many questions stand in each column.

use super::{query::FEW, sql::Sql};
use db::prelude::*;
use domain::{EventId, state::question::Board};

/// How many questions stand in each column, counted no further than [`FEW`] and one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts(Vec<(Board, i64)>);

impl Counts {
    pub(crate) fn of(&self, column: super::Column) -> i64 {
        let boards = column.boards();
        let sum: i64 = self.0.iter().filter(|(b, _)| boards.contains(b)).map(|(_, n)| n).sum();
        Ord::min(sum, FEW + 1)
    }
}

pub(crate) async fn counts(conn: &impl ConnectionTrait, event: EventId) -> Result<Counts, Error> {
    let mut sql = Sql::new("SELECT ");
    for (n, board) in Board::ALL.iter().enumerate() {
        sql.add(if n > 0 { ", (" } else { "(" });
        sql.add("SELECT count(*) FROM (SELECT 1 FROM question q WHERE q.event_id = ")
            .bind(event);
        sql.add(" AND q.board = ")
            .bind(*board)
            .add(" LIMIT ")
            .bind(FEW + 1)
            .add(") x)");
    }
    let row = conn.query_one_raw(sql.statement(conn.get_database_backend())).await?;
    let Some(row) = row else { return Ok(Counts::default()) };
    let mut out = Vec::new();
    for (n, board) in Board::ALL.iter().enumerate() {
        out.push((*board, row.try_get_by_index(n)?));
    }
    Ok(Counts(out))
}
