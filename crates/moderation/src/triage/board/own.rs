//! The orders by scores for a moderator whose own score comes first: what they scored stands in its order, and behind it,
//! by number, all that has no score for them. The key of the latter is its number below zero, so that both are one order.

use super::{
    filter::{Edge, Filter, Key, Sort},
    narrow::{JUDGED, Narrow, judged_by},
    query::{Ask, FEW},
    sql::Sql,
};
use db::prelude::*;
use domain::{QuestionId, StaffId};

type Rows = Vec<(QuestionId, Key)>;

impl<C: ConnectionTrait> Ask<'_, C> {
    /// Whose own score decides about the order.
    pub(super) fn own_first(&self) -> Option<StaffId> {
        self.filter
            .own_first
            .filter(|_| matches!(self.filter.sort, Sort::Score | Sort::Spread))
    }

    const fn own_column(&self) -> &'static str {
        match self.filter.sort {
            Sort::Spread => "s.spread_milli",
            _ => "s.mean_milli",
        }
    }

    /// What is sorted by, of `q` and `s`.
    pub(super) fn own_measure(&self, sql: &mut Sql, staff: StaffId) {
        let column = self.own_column();
        sql.add("CASE WHEN ").add(column).add(" IS NOT NULL AND ");
        judged_by(sql, Some(staff));
        sql.add(" THEN ").add(column).add(" ELSE -q.number END");
    }

    /// A page of it, read against the order where the page ends at its edge.
    pub(super) async fn along_own(&self, staff: StaffId, wanted: i64) -> Result<Rows, Error> {
        let untold = self.edge().filter(|key| key.value < 0);
        match (self.backwards(), untold) {
            (false, Some(key)) => self.untold(staff, Some(key), wanted).await,
            (true, None) => self.told(staff, true, wanted).await,
            (false, None) => {
                let mut rows = self.told(staff, true, wanted).await?;
                rows.extend(self.untold(staff, None, left(&rows, wanted)).await?);
                Ok(rows)
            }
            (true, Some(key)) => {
                let mut rows = self.untold(staff, Some(key), wanted).await?;
                rows.extend(self.told(staff, false, left(&rows, wanted)).await?);
                Ok(rows)
            }
        }
    }

    /// What they scored, from the page's edge or from the end: few of it are read whole, else along the index of scores.
    async fn told(&self, staff: StaffId, from_edge: bool, wanted: i64) -> Result<Rows, Error> {
        if wanted < 1 {
            return Ok(Rows::new());
        }
        let column = self.own_column();
        let mut sql = if self.judged_few().await? {
            let mut sql = Sql::new("SELECT q.id, ");
            sql.add(column).add(
                " FROM review r CROSS JOIN question q CROSS JOIN question_score s WHERE q.id = r.question_id AND s.question_id = q.id AND r.event_id = ",
            );
            sql.bind(self.event).add(" AND r.staff_id = ").bind(staff).add(JUDGED);
            sql.add(" AND ").add(column).add(" IS NOT NULL");
            self.check_column(&mut sql);
            self.checks(&mut sql, None);
            sql
        } else {
            let mut sql = self.score_rows(column, column, " IS NOT NULL");
            sql.add(" AND ");
            judged_by(&mut sql, Some(staff));
            sql
        };
        if from_edge {
            self.beyond_measure(&mut sql, column, "s.question_id");
        }
        self.rows(self.ordered(sql, column, wanted)).await
    }

    async fn judged_few(&self) -> Result<bool, Error> {
        let mut sql = Sql::new("SELECT count(*) FROM (");
        self.list(&mut sql, Narrow::Judged);
        sql.add(" LIMIT ").bind(FEW + 1).add(") x");
        let row = self.conn.query_one_raw(sql.statement(self.backend())).await?;
        let count: i64 = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
        Ok(count <= FEW)
    }

    /// What has no score for them, by number.
    async fn untold(&self, staff: StaffId, from: Option<Key>, wanted: i64) -> Result<Rows, Error> {
        if wanted < 1 {
            return Ok(Rows::new());
        }
        let edge = from.map(|key| Key {
            value: -key.value,
            id: None,
        });
        let filter = Filter {
            sort: Sort::Number,
            untold_to: Some(staff),
            edge: edge.map(|key| {
                if self.backwards() {
                    Edge::Before(key)
                } else {
                    Edge::After(key)
                }
            }),
            ..self.filter.clone()
        };
        let ask = Ask {
            conn: self.conn,
            event: self.event,
            filter: &filter,
            first: self.first,
            slot: self.slot,
        };
        let rows = ask.rows(ask.along_numbers(wanted)).await?;
        Ok(rows
            .into_iter()
            .map(|(id, key)| {
                let key = Key {
                    value: -key.value,
                    id: Some(id),
                };
                (id, key)
            })
            .collect())
    }
}

fn left(rows: &Rows, wanted: i64) -> i64 {
    wanted - i64::try_from(rows.len()).unwrap_or(i64::MAX)
}
