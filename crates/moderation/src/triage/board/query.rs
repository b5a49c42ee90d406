//! One page of the board, in a time that does not grow with the questions.
//!
//! A page is read in one of two ways. What finds at most [`FEW`] questions is read whole and then sorted: each narrow
//! filter can list what it finds from an index, and a count that stops at [`FEW`] tells which are narrow. Where every
//! filter finds more, the page is read along the index of its order, and a row in a hundred or more is one of its rows.

use super::{
    filter::{Edge, Filter, Key, Sort},
    follow::first_row,
    narrow::Narrow,
    sql::Sql,
};
use db::{entity::question_follow, prelude::*};
use domain::{EventId, QuestionId, state::question::Board};
use sea_orm::{DbBackend, QueryResult};

/// Counts beyond this read "1,000+".
pub(crate) const FEW: i64 = 1_000;
/// On PostgreSQL the words that at most so many questions hold are listed and sorted for a page: to read along the
/// numbers until a page is full would take longer, with a hundred thousand questions thrice so.
pub(super) const LISTED: i64 = 4 * FEW;
pub(crate) const PAGE: usize = 50;

/// A page's questions in their order, and where the pages beside it begin.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slice {
    pub(crate) ids: Vec<QuestionId>,
    pub(crate) before: Option<Key>,
    pub(crate) after: Option<Key>,
    /// All that the filters find, where that is known without looking at each.
    pub(crate) found: Option<i64>,
}

/// How a page is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// All that this filter finds is looked at.
    Few(Narrow),
    /// Along the sorted list of the words.
    Words,
    /// Along the index of the order.
    Along,
}

/// Everything that a filter is asked against.
pub(crate) struct Ask<'a, C: ConnectionTrait> {
    pub(super) conn: &'a C,
    pub(super) event: EventId,
    pub(super) filter: &'a Filter,
    /// The event's rows in the index of words on SQLite begin after this.
    pub(super) first: i64,
    pub(super) slot: i32,
}

/// One page of at most `size` questions.
pub(crate) async fn page(
    conn: &impl ConnectionTrait,
    event: EventId,
    filter: &Filter,
    size: usize,
) -> Result<Slice, Error> {
    let follow = question_follow::Entity::find_by_id(event).one(conn).await?;
    let slot = follow.map_or(0, |row| row.slot);
    let ask = Ask {
        conn,
        event,
        filter,
        first: first_row(slot),
        slot,
    };
    ask.page(size).await
}

impl<C: ConnectionTrait> Ask<'_, C> {
    async fn page(&self, size: usize) -> Result<Slice, Error> {
        let wanted = i64::try_from(size + 1).unwrap_or(i64::MAX);
        let mut counted = None;
        let mut rows = match self.way_to().await? {
            Way::Few(narrow) => {
                let (rows, count) = self.counted(self.few(narrow, wanted)).await?;
                counted = count;
                rows
            }
            Way::Words => self.rows(self.along_words(wanted)).await?,
            Way::Along if self.filter.sort.by_number() => self.rows(self.along_numbers(wanted)).await?,
            Way::Along => match self.own_first() {
                Some(staff) => self.along_own(staff, wanted).await?,
                None => self.along_scores(wanted).await?,
            },
        };
        let more = rows.len() > size;
        rows.truncate(size);
        let (mut before, mut after) = (rows.first().map(|r| r.1), rows.last().map(|r| r.1));
        match self.filter.edge {
            Some(Edge::Before(_)) => {
                rows.reverse();
                (before, after) = (after, before);
                before = before.filter(|_| more);
            }
            Some(Edge::After(_)) => after = after.filter(|_| more),
            None => {
                before = None;
                after = after.filter(|_| more);
            }
        }
        let whole = self.filter.edge.is_none() && !more;
        let found = i64::try_from(rows.len()).ok().filter(|_| whole);
        Ok(Slice {
            ids: rows.into_iter().map(|r| r.0).collect(),
            before,
            after,
            found: counted.or(found),
        })
    }

    pub(super) async fn rows(&self, sql: Sql) -> Result<Vec<(QuestionId, Key)>, Error> {
        let rows = self.conn.query_all_raw(sql.statement(self.backend())).await?;
        rows.iter().map(|row| self.keyed(row)).collect()
    }

    /// The same with how many there are in all, which each row says in its third column.
    async fn counted(&self, sql: Sql) -> Result<(Vec<(QuestionId, Key)>, Option<i64>), Error> {
        let rows = self.conn.query_all_raw(sql.statement(self.backend())).await?;
        let count = rows.first().map(|row| row.try_get_by_index(2)).transpose()?;
        let rows = rows.iter().map(|row| self.keyed(row)).collect::<Result<_, _>>()?;
        Ok((rows, count))
    }

    fn keyed(&self, row: &QueryResult) -> Result<(QuestionId, Key), Error> {
        let id: QuestionId = row.try_get_by_index(0)?;
        let value = i64::from(row.try_get_by_index::<i32>(1)?);
        let id_of_key = (!self.filter.sort.by_number()).then_some(id);
        Ok((id, Key { value, id: id_of_key }))
    }

    pub(super) fn backend(&self) -> DbBackend {
        self.conn.get_database_backend()
    }
    pub(super) fn postgres(&self) -> bool {
        self.backend() == DbBackend::Postgres
    }

    /// Whether the page is read against its order.
    pub(super) fn backwards(&self) -> bool {
        matches!(self.filter.edge, Some(Edge::Before(_)))
    }
    fn falling(&self) -> bool {
        self.filter.sort.descends() != self.backwards()
    }
    fn way(&self) -> &'static str {
        if self.falling() { " DESC" } else { " ASC" }
    }
    pub(super) fn edge(&self) -> Option<Key> {
        match self.filter.edge? {
            Edge::After(key) | Edge::Before(key) => Some(key),
        }
    }

    /// Beyond the edge by number.
    pub(super) fn beyond(&self, sql: &mut Sql, column: &str) {
        if let Some(key) = self.edge() {
            sql.add(" AND ").add(column);
            sql.add(if self.falling() { " < " } else { " > " });
            sql.bind(i32::try_from(key.value).unwrap_or_default());
        }
    }

    /// What is sorted by, of `s`; what nobody scored or read counts as less than anything.
    fn measure(&self, sql: &mut Sql) {
        if let Some(staff) = self.own_first() {
            return self.own_measure(sql, staff);
        }
        sql.add(match self.filter.sort {
            Sort::Number | Sort::Newest => "q.number",
            Sort::Score => "coalesce(s.mean_milli, -1)",
            Sort::Spread => "coalesce(s.spread_milli, -1)",
            Sort::LeastRead => "coalesce(s.readers, 0)",
        });
    }

    /// `base` read whole; then the rest of the filters.
    fn base_first(&self, sql: &mut Sql, narrow: Narrow) {
        sql.add(
            " FROM base CROSS JOIN question q LEFT JOIN question_score s ON s.question_id = q.id WHERE q.event_id = ",
        );
        sql.bind(self.event);
        sql.add(if narrow == Narrow::Words {
            " AND q.number = base.number"
        } else {
            " AND q.id = base.id"
        });
        self.check_column(sql);
        self.checks(sql, Some(narrow));
    }

    /// The page of what the filters find, and how much that is: with at most a thousand, all of it is looked at, and only
    /// the page leaves the engine.
    fn few(&self, narrow: Narrow, wanted: i64) -> Sql {
        let mut sql = Sql::new("WITH base AS MATERIALIZED (");
        self.list(&mut sql, narrow);
        sql.add(" LIMIT ")
            .bind(FEW + 1)
            .add("), found AS MATERIALIZED (SELECT q.id AS id, ");
        self.measure(&mut sql);
        sql.add(" AS value");
        self.base_first(&mut sql, narrow);
        sql.add(") SELECT f.id, f.value, (SELECT count(*) FROM found) FROM found f WHERE f.value IS NOT NULL");
        if self.filter.sort.by_number() {
            self.beyond(&mut sql, "(f.value)");
        } else {
            self.beyond_measure(&mut sql, "(f.value)", "(f.id)");
        }
        let way = self.way();
        sql.add(" ORDER BY f.value").add(way).add(", f.id").add(way);
        sql.add(" LIMIT ").bind(wanted);
        sql
    }

    pub(super) fn beyond_measure(&self, sql: &mut Sql, measure: &str, id: &str) {
        if let Some(key) = self.edge() {
            let sign = if self.falling() { " < " } else { " > " };
            sql.add(" AND (")
                .add(measure)
                .add(", ")
                .add(id)
                .add(")")
                .add(sign)
                .add("(");
            sql.bind(i32::try_from(key.value).unwrap_or_default())
                .add(", ")
                .bind(key.id)
                .add(")");
        }
    }

    /// Along the numbers: of the words' index on SQLite, else of the board's.
    pub(super) fn along_numbers(&self, wanted: i64) -> Sql {
        let (mut sql, way) = (Sql::default(), self.way());
        if self.filter.search.is_some() && !self.postgres() {
            let search = self.filter.search.as_ref().map(super::words::Search::fts5);
            sql.add("SELECT q.id, q.number FROM question_words w CROSS JOIN question q WHERE w.question_words MATCH ");
            sql.bind(search);
            let edge = self.edge().map(|key| self.first + key.value);
            let (low, high) = match (edge, self.falling()) {
                (Some(edge), true) => (self.first, edge),
                (Some(edge), false) => (edge, self.first + (1 << 32)),
                (None, _) => (self.first, self.first + (1 << 32)),
            };
            sql.add(" AND w.rowid > ").bind(low).add(" AND w.rowid < ").bind(high);
            sql.add(" AND q.event_id = ").bind(self.event);
            sql.add(" AND q.number IS NOT NULL AND q.number = w.rowid - ")
                .bind(self.first);
            self.check_column(&mut sql);
            self.checks(&mut sql, Some(Narrow::Words));
            sql.add(" ORDER BY w.rowid").add(way).add(" LIMIT ").bind(wanted);
            return sql;
        }
        // A page of each column, and of those the first rows: so each is read along its own part of the index.
        sql.add("SELECT id, number FROM (");
        for (n, board) in self.filter.column.boards().iter().enumerate() {
            sql.add(if n > 0 {
                " UNION ALL SELECT * FROM ("
            } else {
                "SELECT * FROM ("
            });
            self.of_board(&mut sql, *board);
            sql.add(" ORDER BY q.number")
                .add(way)
                .add(" LIMIT ")
                .bind(wanted)
                .add(") x");
        }
        sql.add(") y ORDER BY number").add(way).add(" LIMIT ").bind(wanted);
        sql
    }

    /// Along the numbers that PostgreSQL's index of words lists in no order.
    fn along_words(&self, wanted: i64) -> Sql {
        let (mut sql, way) = (Sql::new("WITH base AS MATERIALIZED ("), self.way());
        self.list(&mut sql, Narrow::Words);
        sql.add("), listed AS (SELECT number FROM base WHERE TRUE");
        self.beyond(&mut sql, "number");
        sql.add(" ORDER BY number").add(way);
        sql.add(") SELECT q.id, q.number FROM listed CROSS JOIN question q WHERE q.number = listed.number AND q.event_id = ");
        sql.bind(self.event);
        self.check_column(&mut sql);
        self.checks(&mut sql, Some(Narrow::Words));
        sql.add(" ORDER BY listed.number").add(way).add(" LIMIT ").bind(wanted);
        sql
    }

    fn of_board(&self, sql: &mut Sql, board: Board) {
        sql.add("SELECT q.id, q.number FROM question q WHERE q.event_id = ")
            .bind(self.event);
        sql.add(" AND q.board = ").bind(board);
        self.beyond(sql, "q.number");
        self.checks(sql, None);
    }

    /// Along the scores: what has one, and behind it what has none.
    async fn along_scores(&self, wanted: i64) -> Result<Vec<(QuestionId, Key)>, Error> {
        let column = match self.filter.sort {
            Sort::Score => "s.mean_milli",
            Sort::Spread => "s.spread_milli",
            _ => "s.readers",
        };
        let some = || self.of_scores(column, column, " IS NOT NULL", wanted);
        let none = |wanted| self.of_scores("-1", column, " IS NULL", wanted);
        let at_none = self.edge().is_some_and(|key| key.value < 0);
        let readers = self.filter.sort == Sort::LeastRead;
        if readers {
            return self.rows(some()).await;
        }
        // Forwards the scored come first; backwards those without.
        let (first, second) = match (self.backwards(), at_none) {
            (false, true) => return self.rows(none(wanted)).await,
            (false, false) => (some(), true),
            (true, true) => (none(wanted), false),
            (true, false) => return self.rows(some()).await,
        };
        let mut rows = self.rows(first).await?;
        let left = wanted - i64::try_from(rows.len()).unwrap_or_default();
        if left > 0 {
            let rest = if second {
                self.unbounded("-1", column, " IS NULL", left)
            } else {
                self.unbounded(column, column, " IS NOT NULL", left)
            };
            rows.extend(self.rows(rest).await?);
        }
        Ok(rows)
    }

    fn of_scores(&self, value: &str, column: &str, there: &str, wanted: i64) -> Sql {
        let mut sql = self.score_rows(value, column, there);
        if there == " IS NULL" {
            if let Some(id) = self.edge().filter(|key| key.value < 0).and_then(|key| key.id) {
                sql.add(if self.falling() {
                    " AND s.question_id < "
                } else {
                    " AND s.question_id > "
                })
                .bind(id);
            }
        } else {
            self.beyond_measure(&mut sql, column, "s.question_id");
        }
        self.ordered(sql, column, wanted)
    }

    /// The same from its end, whatever the page's edge.
    fn unbounded(&self, value: &str, column: &str, there: &str, wanted: i64) -> Sql {
        let sql = self.score_rows(value, column, there);
        self.ordered(sql, column, wanted)
    }

    pub(super) fn score_rows(&self, value: &str, column: &str, there: &str) -> Sql {
        let mut sql = Sql::new("SELECT q.id, ");
        sql.add(value)
            .add(" FROM question_score s CROSS JOIN question q WHERE q.id = s.question_id AND s.event_id = ");
        sql.bind(self.event).add(" AND ").add(column).add(there);
        self.check_column(&mut sql);
        self.checks(&mut sql, None);
        sql
    }

    pub(super) fn ordered(&self, mut sql: Sql, column: &str, wanted: i64) -> Sql {
        let way = self.way();
        sql.add(" ORDER BY ")
            .add(column)
            .add(way)
            .add(", s.question_id")
            .add(way);
        sql.add(" LIMIT ").bind(wanted);
        sql
    }
}
