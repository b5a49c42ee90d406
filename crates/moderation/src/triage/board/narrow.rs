//! The filters: what each finds by itself, and how a question is asked whether it is among that.

use super::{
    query::{Ask, FEW, LISTED, Way},
    sql::Sql,
};
use db::prelude::*;
use domain::StaffId;

/// So many of an event's questions tell how frequent a word is, and so many of them have a frequent one.
const SAMPLE: i64 = 500;
const OFTEN: i64 = 12;

/// A filter that can list what it finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Narrow {
    Words,
    Field,
    Companies,
    Tag,
    Late,
    Score,
    Spread,
    Similar,
    /// What one scored oneself, or abstained from: nothing else has a score for whom their own comes first.
    Judged,
    /// The column with what stands in the board's index.
    Column,
}

/// Of a review `r`, in the words of the partial index `review_judged`.
pub(super) const JUDGED: &str = " AND (r.scored_at IS NOT NULL OR r.abstained)";

/// Whether `staff` scored the question `q`, or abstained.
pub(super) fn judged_by(sql: &mut Sql, staff: Option<StaffId>) {
    sql.add("EXISTS (SELECT 1 FROM review r WHERE r.question_id = q.id AND r.staff_id = ")
        .bind(staff)
        .add(JUDGED)
        .add(")");
}

impl<C: ConnectionTrait> Ask<'_, C> {
    /// The filters that are set and can list what they find.
    fn set(&self) -> Vec<Narrow> {
        let f = self.filter;
        let all = [
            (Narrow::Words, f.search.is_some()),
            (Narrow::Field, f.field.is_some()),
            (Narrow::Companies, f.companies.is_some()),
            (Narrow::Tag, f.tag.is_some()),
            (Narrow::Late, f.late.is_some()),
            (Narrow::Score, f.score.is_some()),
            (Narrow::Spread, f.spread.is_some()),
            (Narrow::Similar, f.similar),
            (
                Narrow::Judged,
                f.own_first.is_some() && (f.score.is_some() || f.spread.is_some()),
            ),
        ];
        all.into_iter().filter(|(_, set)| *set).map(|(n, _)| n).collect()
    }

    /// How the page is best read.
    pub(super) async fn way_to(&self) -> Result<Way, Error> {
        let mut set = self.set();
        // Along the board's index a page of the column is read as fast.
        if !self.filter.sort.by_number() || set.contains(&Narrow::Words) {
            set.push(Narrow::Column);
        }
        if set.is_empty() {
            return Ok(Way::Along);
        }
        let mut sql = Sql::new("SELECT ");
        for (n, narrow) in set.iter().enumerate() {
            if n > 0 {
                sql.add(", ");
            }
            let sampled = *narrow == Narrow::Words && self.sample_words(&mut sql);
            sql.add("(SELECT count(*) FROM (");
            self.list(&mut sql, *narrow);
            sql.add(" LIMIT ").bind(self.most(*narrow) + 1).add(") x)");
            if sampled {
                sql.add(" END");
            }
        }
        let Some(row) = self.conn.query_one_raw(sql.statement(self.backend())).await? else {
            return Ok(Way::Along);
        };
        let (mut least, mut way) = (FEW + 1, Way::Along);
        for (n, narrow) in set.into_iter().enumerate() {
            let count: i64 = row.try_get_by_index(n)?;
            if count < least {
                (least, way) = (count, Way::Few(narrow));
            } else if way == Way::Along && count > FEW && count <= self.most(narrow) {
                way = Way::Words;
            }
        }
        Ok(way)
    }

    /// How far to count what a filter finds. On PostgreSQL a list of words is of use beyond the few.
    fn most(&self, narrow: Narrow) -> i64 {
        if narrow == Narrow::Words && self.postgres() && self.filter.sort.by_number() {
            LISTED
        } else {
            FEW
        }
    }

    /// What the filter finds by itself, in no order: ids, for [`Narrow::Words`] numbers.
    pub(super) fn list(&self, sql: &mut Sql, narrow: Narrow) {
        let f = self.filter;
        // SQLite keeps the tables of a CROSS JOIN in this order; to PostgreSQL it is a join like others.
        match narrow {
            Narrow::Words => self.list_words(sql),
            Narrow::Field => {
                sql.add("SELECT q.id FROM invitation i CROSS JOIN question q WHERE q.invitation_id = i.id AND i.event_id = ");
                sql.bind(self.event).add(" AND i.field_id = ").bind(f.field);
            }
            Narrow::Companies => {
                sql.add("SELECT q.id FROM partner p CROSS JOIN invitation i CROSS JOIN question q WHERE i.partner_id = p.id AND q.invitation_id = i.id AND i.event_id = ");
                sql.bind(self.event).add(" AND p.company_id IN ");
                sql.list(f.companies.iter().flatten().copied());
            }
            Narrow::Tag => {
                sql.add("SELECT t.question_id AS id FROM question_tag t WHERE t.tag_id = ")
                    .bind(f.tag);
            }
            Narrow::Late => {
                sql.add("SELECT a.question_id AS id FROM assignment a WHERE a.question_id IS NOT NULL AND a.state IN ('sent', 'reminded') AND a.event_id = ");
                sql.bind(self.event).add(" AND a.due_at < ").bind(f.late);
            }
            Narrow::Score => {
                sql.add("SELECT s.question_id AS id FROM question_score s WHERE s.event_id = ")
                    .bind(self.event);
                sql.add(" AND s.mean_milli >= ").bind(f.score);
            }
            Narrow::Spread => {
                sql.add("SELECT s.question_id AS id FROM question_score s WHERE s.event_id = ")
                    .bind(self.event);
                sql.add(" AND s.spread_milli >= ").bind(f.spread);
            }
            Narrow::Similar => {
                sql.add("SELECT g.question_id AS id FROM similar_group g WHERE g.event_id = ")
                    .bind(self.event);
            }
            Narrow::Judged => {
                sql.add("SELECT r.question_id AS id FROM review r WHERE r.event_id = ")
                    .bind(self.event);
                sql.add(" AND r.staff_id = ").bind(f.own_first).add(JUDGED);
            }
            Narrow::Column => {
                sql.add("SELECT q.id FROM question q WHERE q.event_id = ")
                    .bind(self.event);
                sql.add(" AND q.board IN ").list(f.column.boards().iter().copied());
                self.check_own(sql);
            }
        }
    }

    fn list_words(&self, sql: &mut Sql) {
        let Some(search) = &self.filter.search else { return };
        if self.postgres() {
            // The event's own word stands in each of its rows. Without a condition on the row the engine counts by the
            // index, and does not visit what vacuum found to be visible to everybody.
            sql.add("SELECT w.number FROM question_words w WHERE w.words @@ CAST(")
                .bind(search.tsquery_in(self.slot))
                .add("::text AS tsquery)");
        } else {
            sql.add("SELECT w.rowid - ").bind(self.first);
            sql.add(" AS number FROM question_words w WHERE w.question_words MATCH ")
                .bind(search.fts5());
            sql.add(" AND w.rowid > ").bind(self.first);
            sql.add(" AND w.rowid < ").bind(self.first + (1 << 32));
        }
    }

    /// What stands in the question's own row.
    fn check_own(&self, sql: &mut Sql) {
        let f = self.filter;
        if let Some(service) = f.service {
            sql.add(" AND q.service_id = ").bind(service);
        }
        if let Some(lang) = f.lang {
            sql.add(" AND q.lang = ").bind(lang);
        }
        if let Some(prefers) = f.prefers {
            sql.add(" AND q.prefers = ").bind(prefers);
        }
        if let Some(number) = f.number {
            sql.add(" AND q.number = ").bind(number);
        }
        if let Some(number) = f.up_to {
            sql.add(" AND q.number <= ").bind(number);
        }
    }

    /// All filters but `but`, which the rows come from, asked of the question `q`.
    pub(super) fn checks(&self, sql: &mut Sql, but: Option<Narrow>) {
        let f = self.filter;
        self.check_own(sql);
        for narrow in self.set().into_iter().filter(|n| Some(*n) != but) {
            match narrow {
                Narrow::Words => self.check_words(sql, but.is_some()),
                Narrow::Field => {
                    sql.add(" AND EXISTS (SELECT 1 FROM invitation i WHERE i.id = q.invitation_id AND i.field_id = ");
                    sql.bind(f.field).add(")");
                }
                Narrow::Companies => {
                    sql.add(" AND EXISTS (SELECT 1 FROM invitation i JOIN partner p ON p.id = i.partner_id WHERE i.id = q.invitation_id AND p.company_id IN ");
                    sql.list(f.companies.iter().flatten().copied()).add(")");
                }
                Narrow::Tag => {
                    sql.add(" AND EXISTS (SELECT 1 FROM question_tag t WHERE t.question_id = q.id AND t.tag_id = ");
                    sql.bind(f.tag).add(")");
                }
                Narrow::Late => {
                    sql.add(" AND EXISTS (SELECT 1 FROM assignment a WHERE a.question_id = q.id AND a.state IN ('sent', 'reminded') AND a.due_at < ");
                    sql.bind(f.late).add(")");
                }
                Narrow::Score => {
                    sql.add(
                        " AND EXISTS (SELECT 1 FROM question_score y WHERE y.question_id = q.id AND y.mean_milli >= ",
                    );
                    sql.bind(f.score).add(")");
                }
                Narrow::Spread => {
                    sql.add(
                        " AND EXISTS (SELECT 1 FROM question_score y WHERE y.question_id = q.id AND y.spread_milli >= ",
                    );
                    sql.bind(f.spread).add(")");
                }
                Narrow::Similar => {
                    sql.add(" AND EXISTS (SELECT 1 FROM similar_group g WHERE g.question_id = q.id AND g.event_id = ");
                    sql.bind(self.event).add(")");
                }
                Narrow::Judged => {
                    sql.add(" AND ");
                    judged_by(sql, f.own_first);
                }
                Narrow::Column => {}
            }
        }
        if f.blind && (f.companies.is_some() || f.field.is_some()) {
            // Whom nobody may see is of no company.
            sql.add(" AND q.state IN ('live', 'routed', 'merged', 'declined')");
        }
        if f.untold_to.is_some() {
            // A value of one row each, since PostgreSQL would hash all scores of all events for an `EXISTS`.
            sql.add(" AND ((SELECT m.mean_milli FROM question_score m WHERE m.question_id = q.id) IS NULL OR (SELECT r.question_id FROM review r WHERE r.question_id = q.id AND r.staff_id = ");
            sql.bind(f.untold_to).add(JUDGED).add(") IS NULL)");
        }
        if let Some(staff) = f.unread_by {
            sql.add(" AND NOT EXISTS (SELECT 1 FROM review r WHERE r.question_id = q.id AND r.staff_id = ");
            sql.bind(staff).add(")");
        }
    }

    /// PostgreSQL gathers all that its index of words finds before the first of it is read. So a word that many of the
    /// event's first questions have is not looked for there at all. Begins a `CASE`.
    fn sample_words(&self, sql: &mut Sql) -> bool {
        let Some(search) = self.filter.search.as_ref().filter(|_| self.postgres()) else {
            return false;
        };
        sql.add("CASE WHEN (SELECT count(*) = ").bind(SAMPLE);
        sql.add(" AND count(*) FILTER (WHERE (y.words @@ CAST(")
            .bind(search.tsquery());
        sql.add("::text AS tsquery)) IS TRUE) >= ").bind(OFTEN);
        sql.add(" FROM (SELECT w.words FROM question_words w WHERE w.event_id = ")
            .bind(self.event);
        sql.add(" ORDER BY w.number LIMIT ")
            .bind(SAMPLE)
            .add(") y) THEN ")
            .bind(LISTED + 1)
            .add(" ELSE ");
        true
    }

    /// `few`: of at most a thousand questions.
    fn check_words(&self, sql: &mut Sql, few: bool) {
        let Some(search) = &self.filter.search else { return };
        if self.postgres() {
            // By its row, not by the index of words: this is asked where that finds much.
            sql.add(" AND EXISTS (SELECT 1 FROM question_words w WHERE w.event_id = q.event_id AND w.number = q.number AND (w.words @@ CAST(");
            sql.bind(search.tsquery()).add("::text AS tsquery)) IS TRUE");
            if !few && self.filter.sort.by_number() {
                // The planner draws no such conclusion from the question's number.
                self.beyond(sql, "(w.number)");
            }
            sql.add(")");
        } else if few {
            sql.add(" AND EXISTS (SELECT 1 FROM question_words w WHERE w.question_words MATCH ");
            sql.bind(search.fts5())
                .add(" AND w.rowid = q.number + ")
                .bind(self.first)
                .add(")");
        } else {
            // All that it finds, once: a look into the index for each row would cost more.
            sql.add(" AND q.number IN (");
            self.list_words(sql);
            sql.add(")");
        }
    }

    pub(super) fn check_column(&self, sql: &mut Sql) {
        sql.add(" AND q.board IN ");
        sql.list(self.filter.column.boards().iter().copied());
    }
}
