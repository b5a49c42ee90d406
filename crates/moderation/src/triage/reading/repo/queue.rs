//! Which question a moderator reads next.
//!
//! It is looked for along the index of readers, the least read first. Who has read all there was leaves a mark, the
//! event's last number and last act of triage at that moment, and from then on only what came later is looked at: so
//! *nothing left to read* is two short ranges of an index, however many questions there are.

use crate::triage::board::Sql;
use db::{
    entity::{question, question_count, read_mark, review, shortlist},
    prelude::*,
};
use domain::{EventId, QuestionId, StaffId, state::question::Board};
use sea_orm::sea_query::OnConflict;

/// How far a moderator is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    pub(crate) read: u64,
    pub(crate) of: u64,
}

pub(crate) async fn progress(conn: &impl ConnectionTrait, event: EventId, staff: StaffId) -> Result<Progress, Error> {
    let of = question::Entity::find()
        .filter(question::Column::EventId.eq(event))
        .filter(question::Column::Board.is_not_null());
    let read = review::Entity::find()
        .filter(review::Column::EventId.eq(event))
        .filter(review::Column::StaffId.eq(staff));
    // Few were taken back: they are looked for, not the many that stand.
    let mut gone = Sql::new(
        "SELECT count(*) FROM question q CROSS JOIN review r WHERE r.question_id = q.id AND q.board IS NULL AND q.event_id = ",
    );
    gone.bind(event).add(" AND r.staff_id = ").bind(staff);
    let row = conn.query_one_raw(gone.statement(conn.get_database_backend())).await?;
    let gone: i64 = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
    Ok(Progress {
        read: read.count(conn).await?.saturating_sub(gone.unsigned_abs()),
        of: of.count(conn).await?,
    })
}

/// From so many of the least read the next one is taken.
const WINDOW: usize = 64;
/// What came since the mark is looked at whole up to so many.
const SINCE: usize = 200;

/// The event's last number and last act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Now {
    number: i32,
    act: i64,
}

impl Now {
    async fn of(conn: &impl ConnectionTrait, event: EventId) -> Result<Self, Error> {
        let acts = shortlist::Entity::find_by_id(event).one(conn).await?;
        let number = match question_count::Entity::find_by_id(event).one(conn).await? {
            Some(count) => Some(count.taken),
            // A restored event has no counter yet.
            None => question::Entity::find()
                .select_only()
                .column_as(question::Column::Number.max(), "last")
                .filter(question::Column::EventId.eq(event))
                .filter(question::Column::Number.is_not_null())
                .into_tuple::<Option<i32>>()
                .one(conn)
                .await?
                .flatten(),
        };
        Ok(Self {
            number: number.unwrap_or_default(),
            act: acts.map_or(0, |row| row.acts),
        })
    }
}

/// The least-read undecided question that they have not read; `None` when there is none. Among equals each moderator has
/// an order of their own, so that two do not read the same one at the same moment: where they begin and how it is shuffled
/// both come from who they are, and stay.
///
/// The questions' figures are made by `board::follow`; what it has not reached yet is read later.
pub(crate) async fn next(db: &Db, event: EventId, staff: StaffId) -> Result<Option<QuestionId>, Error> {
    let conn = db.reader();
    // Before anything else: what comes meanwhile is above it.
    let now = Now::of(conn, event).await?;
    let mark = read_mark::Entity::find_by_id((event, staff)).one(conn).await?;
    let ask = Ask { conn, event, staff };
    if let Some(mark) = &mark {
        let since = ask.since(mark).await?;
        if since.len() <= SINCE {
            let least = since.iter().map(|(_, readers)| *readers).min();
            let found = since
                .iter()
                .filter(|(_, readers)| Some(*readers) == least)
                .map(|(id, _)| *id);
            let found = ask.lot(found);
            if found.is_none() && (mark.number, mark.act) != (now.number, now.act) {
                put(db, event, staff, now).await?;
            }
            return Ok(found);
        }
    }
    let found = ask.least_read().await?;
    if found.is_none() && mark.is_none() && ask.follows(now).await? {
        put(db, event, staff, now).await?;
    }
    Ok(found)
}

/// Everything up to `now` is read. Two windows of the same moderator may say so at once; the mark only grows.
async fn put(db: &Db, event: EventId, staff: StaffId, now: Now) -> Result<(), Error> {
    let tx = db.begin_write().await?;
    let row = read_mark::ActiveModel {
        event_id: Set(event),
        staff_id: Set(staff),
        number: Set(now.number),
        act: Set(now.act),
    };
    let grown = Condition::all()
        .add(Expr::col((read_mark::Entity, read_mark::Column::Number)).lte(now.number))
        .add(Expr::col((read_mark::Entity, read_mark::Column::Act)).lte(now.act));
    let further = OnConflict::columns([read_mark::Column::EventId, read_mark::Column::StaffId])
        .update_columns([read_mark::Column::Number, read_mark::Column::Act])
        .action_cond_where(grown)
        .to_owned();
    read_mark::Entity::insert(row)
        .on_conflict(further)
        .exec_without_returning(&tx)
        .await?;
    tx.commit().await
}

struct Ask<'a, C: ConnectionTrait> {
    conn: &'a C,
    event: EventId,
    staff: StaffId,
}

impl<C: ConnectionTrait> Ask<'_, C> {
    /// What they have not read of what came since the mark, each with its readers: one more than [`SINCE`] at most of
    /// each kind.
    async fn since(&self, mark: &read_mark::Model) -> Result<Vec<(QuestionId, i32)>, Error> {
        let mut sql = Sql::new(
            "SELECT id, coalesce(s.readers, 0) FROM (SELECT id FROM (SELECT q.id FROM question q WHERE q.event_id = ",
        );
        sql.bind(self.event)
            .add(" AND q.board = ")
            .bind(Board::Inbox)
            .add(" AND q.number > ")
            .bind(mark.number);
        self.unread(&mut sql);
        sql.add(" ORDER BY q.number LIMIT ").bind(limit(SINCE + 1));
        sql.add(") x UNION SELECT id FROM (SELECT q.id FROM triage_act a CROSS JOIN question q WHERE q.id = a.question_id AND a.event_id = ");
        sql.bind(self.event).add(" AND a.seq > ").bind(mark.act);
        sql.add(" AND q.board = ").bind(Board::Inbox);
        self.unread(&mut sql);
        sql.add(" ORDER BY a.seq LIMIT ").bind(limit(SINCE + 1));
        sql.add(") y) z LEFT JOIN question_score s ON s.question_id = z.id");
        self.pairs(sql).await
    }

    fn unread(&self, sql: &mut Sql) {
        sql.add(" AND NOT EXISTS (SELECT 1 FROM review r WHERE r.question_id = q.id AND r.staff_id = ")
            .bind(self.staff)
            .add(")");
    }

    /// Along the index of readers.
    fn by_readers(&self) -> Sql {
        let mut sql = Sql::new(
            "SELECT q.id, s.readers FROM question_score s CROSS JOIN question q WHERE q.id = s.question_id AND s.event_id = ",
        );
        sql.bind(self.event).add(" AND q.board = ").bind(Board::Inbox);
        self.unread(&mut sql);
        sql
    }

    async fn least_read(&self) -> Result<Option<QuestionId>, Error> {
        let mut first = self.by_readers();
        first.add(" ORDER BY s.readers, s.question_id LIMIT 1");
        let Some((_, least)) = self.pairs(first).await?.pop() else {
            return Ok(None);
        };
        let begin = self.begin().await?;
        let mut found: Vec<QuestionId> = Vec::new();
        for half in [" >= ", " < "] {
            let mut sql = self.by_readers();
            sql.add(" AND s.readers = ").bind(least);
            sql.add(" AND s.question_id").add(half).bind(begin);
            sql.add(" ORDER BY s.question_id LIMIT ")
                .bind(limit(WINDOW - found.len()));
            found.extend(self.pairs(sql).await?.into_iter().map(|(id, _)| id));
            if found.len() >= WINDOW {
                break;
            }
        }
        Ok(self.lot(found.into_iter()))
    }

    /// A question in the middle of the event, another one for each moderator.
    async fn begin(&self) -> Result<QuestionId, Error> {
        let last = Now::of(self.conn, self.event).await?.number;
        let span = u64::try_from(last).unwrap_or_default() + 1;
        let begin = i32::try_from(mixed(self.staff.uuid().as_u128(), self.event.uuid().as_u128()) % span);
        let found = question::Entity::find()
            .select_only()
            .column(question::Column::Id)
            .filter(question::Column::EventId.eq(self.event))
            .filter(question::Column::Number.gte(begin.unwrap_or_default()))
            .order_by_asc(question::Column::Number)
            .into_tuple()
            .one(self.conn)
            .await?;
        Ok(found.unwrap_or_else(|| QuestionId::from_uuid(self.staff.uuid())))
    }

    /// Whether every question has its figures, so that the index of readers knows all.
    async fn follows(&self, now: Now) -> Result<bool, Error> {
        use db::entity::question_follow;
        let at = question_follow::Entity::find_by_id(self.event).one(self.conn).await?;
        Ok(at.map_or(0, |at| at.number) >= now.number)
    }

    async fn pairs(&self, sql: Sql) -> Result<Vec<(QuestionId, i32)>, Error> {
        let rows = self
            .conn
            .query_all_raw(sql.statement(self.conn.get_database_backend()))
            .await?;
        let mut out = Vec::with_capacity(rows.len());
        for row in rows {
            out.push((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
        }
        Ok(out)
    }

    /// The one that this moderator reads first.
    fn lot(&self, found: impl Iterator<Item = QuestionId>) -> Option<QuestionId> {
        found.min_by_key(|id| mixed(self.staff.uuid().as_u128(), id.uuid().as_u128()))
    }
}

fn limit(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

/// A number that looks drawn by lot and is always the same for the same two (the finalizer of `SplitMix64`).
fn mixed(a: u128, b: u128) -> u64 {
    let fold = |x: u128| u64::try_from((x ^ (x >> 64)) & u128::from(u64::MAX)).unwrap_or_default();
    let mut z = fold(a).rotate_left(17) ^ fold(b);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
