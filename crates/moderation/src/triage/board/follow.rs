//! The index of words follows the questions.
//!
//! A submission does not write it: it would pay for what only a search needs. The index reads on instead, from the
//! cursor in `question_follow`: new questions by their number, changed ones by `change_seq`, both of which grow in the
//! order of commits; and what triggers noted of askers and companies. A search lets it catch up first, a worker does so
//! all the time. The cursor moves in the transaction that writes the words, conditionally: several nodes do not
//! collide, and after a kill the index is as if built anew.

use super::{sql::Sql, words};
use db::{
    entity::{question_count, question_follow},
    prelude::*,
    sight,
};
use domain::EventId;
use sea_orm::{DbBackend, FromQueryResult, QueryResult};
use std::{future::Future, time::Duration};
use web::App;

/// Questions of one transaction: others wait for the writer meanwhile.
const BATCH: i64 = 500;
/// So many transactions a search waits for; the rest is the worker's.
const PATIENCE: usize = 4;
const PAUSE: Duration = Duration::from_secs(2);

/// Lets the index catch up as far as a page can wait for; false when it is still behind.
///
/// # Errors
/// When the database refuses.
pub async fn catch_up(db: &Db, event: EventId) -> Result<bool, Error> {
    for _ in 0..PATIENCE {
        if !is_behind(db.reader(), event).await? {
            return Ok(true);
        }
        step(db, event, BATCH).await?;
    }
    Ok(!is_behind(db.reader(), event).await?)
}

/// Follows until the index is where the questions are.
///
/// # Errors
/// When the database refuses.
pub async fn all(db: &Db, event: EventId) -> Result<(), Error> {
    while is_behind(db.reader(), event).await? {
        step(db, event, BATCH).await?;
    }
    Ok(())
}

/// Forgets the words of an event; the next step begins anew.
///
/// # Errors
/// When the database refuses.
pub async fn forget(db: &Db, event: EventId) -> Result<(), Error> {
    let tx = db.begin_write().await?;
    if let Some(row) = question_follow::Entity::find_by_id(event).one(&tx).await? {
        let mut gone = Sql::new("DELETE FROM question_words WHERE ");
        if tx.get_database_backend() == DbBackend::Postgres {
            gone.add("event_id = ").bind(event);
        } else {
            let first = first_row(row.slot);
            gone.add("rowid > ")
                .bind(first)
                .add(" AND rowid < ")
                .bind(first + (1 << 32));
        }
        tx.execute_raw(gone.statement(tx.get_database_backend())).await?;
        question_follow::Entity::update_many()
            .col_expr(question_follow::Column::Number, Expr::value(0))
            .col_expr(question_follow::Column::ChangeSeq, Expr::value(0))
            .filter(question_follow::Column::EventId.eq(event))
            .exec(&tx)
            .await?;
    }
    tx.commit().await
}

/// The worker's share: until `stopped`, every event, whenever it is behind.
pub async fn run(app: &App, stopped: impl Future<Output = ()>) {
    tokio::pin!(stopped);
    let mut lost = false;
    loop {
        tokio::select! {
            biased;
            () = &mut stopped => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
        match round(app).await {
            Ok(()) => lost = false,
            Err(error) if !lost => {
                lost = true;
                tracing::warn!(%error, "the index of words does not follow; it is tried again");
            }
            Err(_) => {}
        }
    }
}

async fn round(app: &App) -> Result<(), Error> {
    let mut find = Sql::new("SELECT e.id FROM event e");
    find.add(COUNTERS).add(" WHERE ").add(BEHIND);
    let conn = app.db.reader();
    for row in conn.query_all_raw(find.statement(conn.get_database_backend())).await? {
        let event: EventId = row.try_get_by_index(0)?;
        // A part of each: no event waits for another's hundred thousand.
        for _ in 0..PATIENCE {
            if step(&app.db, event, BATCH).await? == 0 {
                break;
            }
        }
    }
    Ok(())
}

const COUNTERS: &str =
    " LEFT JOIN question_follow f ON f.event_id = e.id LEFT JOIN question_count c ON c.event_id = e.id";
/// A restored event has no counter yet.
const BEHIND: &str = "(coalesce(f.number, 0) < coalesce(c.taken, (SELECT max(m.number) FROM question m WHERE m.event_id = e.id AND m.number IS NOT NULL), 0)
 OR coalesce(f.change_seq, 0) < coalesce(c.changes, 0)
 OR EXISTS (SELECT 1 FROM question_stale s WHERE s.event_id = e.id))";

async fn is_behind(conn: &impl ConnectionTrait, event: EventId) -> Result<bool, Error> {
    let mut find = Sql::new("SELECT 1 FROM event e");
    find.add(COUNTERS)
        .add(" WHERE e.id = ")
        .bind(event)
        .add(" AND ")
        .add(BEHIND);
    let row = conn.query_one_raw(find.statement(conn.get_database_backend())).await?;
    Ok(row.is_some())
}

/// A question with all that it is found by.
#[derive(FromQueryResult)]
struct Found {
    number: i32,
    change_seq: Option<i64>,
    state: String,
    body: String,
    name: String,
    pen_name: Option<String>,
    group_name: Option<String>,
    display_line: Option<String>,
    company: Option<String>,
    /// As it stands on stage and in print.
    copy: Option<String>,
}

impl Found {
    /// What tells who asks is kept apart, so that it can be left out of a search: the names, and a text in which they
    /// stand once without them and once, as a naming one, whole.
    fn words(&self) -> Vec<String> {
        let names = [
            Some(&self.name),
            self.pen_name.as_ref(),
            self.group_name.as_ref(),
            self.display_line.as_ref(),
            self.company.as_ref(),
        ];
        let names: Vec<String> = names.into_iter().flatten().cloned().collect();
        let covering = sight::sorted(names.clone());
        let mut out = Vec::new();
        for text in std::iter::once(&self.body).chain(&self.copy) {
            let covered = sight::cover(&covering, text);
            out.extend(words::of(&covered));
            if covered != *text {
                out.extend(words::naming(text));
            }
        }
        out.extend(names.iter().flat_map(|name| words::naming(name)));
        out.push(self.number.to_string());
        out
    }
}

fn finding(event: EventId) -> Sql {
    let mut find = Sql::new(
        "SELECT q.number, q.change_seq, q.state, q.body, p.name, p.pen_name, p.group_name, p.display_line, c.name AS company, k.body AS copy FROM question q
 JOIN invitation i ON i.id = q.invitation_id JOIN partner p ON p.id = i.partner_id LEFT JOIN company c ON c.id = p.company_id
 LEFT JOIN question_copy k ON k.question_id = q.id WHERE q.number IS NOT NULL AND q.event_id = ",
    );
    find.bind(event);
    find
}

/// One transaction's share: at most `most` questions of each kind. Says how many it read.
///
/// # Errors
/// When the database refuses.
pub async fn step(db: &Db, event: EventId, most: i64) -> Result<usize, Error> {
    let tx = db.begin_write().await?;
    let backend = tx.get_database_backend();
    let mut first = Sql::new("INSERT INTO question_follow (event_id, slot, number, change_seq) SELECT ");
    first
        .bind(event)
        .add(", coalesce(max(slot), 0) + 1, 0, 0 FROM question_follow WHERE 1 = 1 ON CONFLICT DO NOTHING");
    tx.execute_raw(first.statement(backend)).await?;
    // Keeps the cursor where it is until the commit: another node waits here, and then reads on from there.
    question_follow::Entity::update_many()
        .col_expr(question_follow::Column::Slot, Expr::col(question_follow::Column::Slot))
        .filter(question_follow::Column::EventId.eq(event))
        .exec(&tx)
        .await?;
    let Some(at) = question_follow::Entity::find_by_id(event).one(&tx).await? else {
        tx.rollback().await?;
        return Ok(0);
    };
    // Read before the rows: what is committed in between is left to the next step.
    let counter = question_count::Entity::find_by_id(event).one(&tx).await?;
    let taken = counter.as_ref().map_or(i32::MAX, |c| c.taken);
    let changes = counter.as_ref().map_or(i64::MAX, |c| c.changes);

    let mut find = finding(event);
    find.add(" AND q.number > ")
        .bind(at.number)
        .add(" AND q.number <= ")
        .bind(taken);
    find.add(" ORDER BY q.number LIMIT ").bind(most);
    let fresh = Found::find_by_statement(find.statement(backend)).all(&tx).await?;
    let mut find = finding(event);
    find.add(" AND q.change_seq IS NOT NULL AND q.change_seq > ")
        .bind(at.change_seq);
    find.add(" AND q.change_seq <= ").bind(changes);
    find.add(" ORDER BY q.change_seq LIMIT ").bind(most);
    let later = Found::find_by_statement(find.statement(backend)).all(&tx).await?;
    let mut find = Sql::new("SELECT id FROM question_stale WHERE event_id = ");
    find.bind(event).add(" ORDER BY id LIMIT ").bind(most);
    let stale: Vec<i64> = tx
        .query_all_raw(find.statement(backend))
        .await?
        .iter()
        .map(|row: &QueryResult| row.try_get_by_index(0))
        .collect::<Result<_, _>>()?;
    let mut renamed = Vec::new();
    if !stale.is_empty() {
        let mut find = finding(event);
        find.add(" AND q.id IN (SELECT question_id FROM question_stale WHERE id IN ");
        find.list(stale.iter().copied()).add(")");
        renamed = Found::find_by_statement(find.statement(backend)).all(&tx).await?;
        let mut gone = Sql::new("DELETE FROM question_stale WHERE id IN ");
        gone.list(stale.iter().copied());
        tx.execute_raw(gone.statement(backend)).await?;
    }

    let full = |rows: &Vec<Found>| i64::try_from(rows.len()).unwrap_or(i64::MAX) >= most;
    let number = match fresh.last() {
        Some(last) if full(&fresh) || counter.is_none() => last.number,
        // Numbers that nobody has: passed over.
        _ => counter.as_ref().map_or(at.number, |c| Ord::max(c.taken, at.number)),
    };
    let change = match later.last() {
        Some(last) if full(&later) || counter.is_none() => last.change_seq.unwrap_or(at.change_seq),
        _ => counter
            .as_ref()
            .map_or(at.change_seq, |c| Ord::max(c.changes, at.change_seq)),
    };
    // So that the board's order by readers is one index: a question that nobody has read has figures, too.
    let mut unread = Sql::new(
        "INSERT INTO question_score (question_id, event_id, readers, scored) SELECT q.id, q.event_id, 0, 0 FROM question q WHERE q.number IS NOT NULL AND q.event_id = ",
    );
    unread
        .bind(event)
        .add(" AND q.number > ")
        .bind(at.number)
        .add(" AND q.number <= ")
        .bind(number);
    unread.add(" ON CONFLICT DO NOTHING");
    tx.execute_raw(unread.statement(backend)).await?;
    let rows: Vec<&Found> = fresh.iter().chain(&later).chain(&renamed).collect();
    write(&tx, &at, &rows).await?;
    let moved = question_follow::Entity::update_many()
        .col_expr(question_follow::Column::Number, Expr::value(number))
        .col_expr(question_follow::Column::ChangeSeq, Expr::value(change))
        .filter(question_follow::Column::EventId.eq(event))
        .filter(question_follow::Column::Number.eq(at.number))
        .filter(question_follow::Column::ChangeSeq.eq(at.change_seq))
        .exec(&tx)
        .await?;
    if moved.rows_affected != 1 {
        tx.rollback().await?;
        return Ok(0);
    }
    tx.commit().await?;
    Ok(rows.len() + stale.len())
}

/// Before the first row of an event on SQLite.
pub(super) fn first_row(slot: i32) -> i64 {
    i64::from(slot) << 32
}

async fn write(tx: &WriteTx, at: &question_follow::Model, rows: &[&Found]) -> Result<(), Error> {
    let backend = tx.get_database_backend();
    let mut rows: Vec<&&Found> = rows.iter().collect();
    // The same question may be new and changed.
    rows.sort_by_key(|row| row.number);
    rows.dedup_by_key(|row| row.number);
    let (gone, there): (Vec<&&Found>, Vec<&&Found>) = rows.into_iter().partition(|row| row.state == "withdrawn");
    for chunk in there.chunks(100) {
        let mut put = match backend {
            DbBackend::Postgres => Sql::new("INSERT INTO question_words (event_id, number, words) VALUES "),
            _ => Sql::new("INSERT OR REPLACE INTO question_words (rowid, words) VALUES "),
        };
        for (n, row) in chunk.iter().enumerate() {
            put.add(if n > 0 { ", (" } else { "(" });
            if backend == DbBackend::Postgres {
                put.bind(at.event_id).add(", ").bind(row.number).add(", CAST(");
                put.bind(words::tsvector(at.slot, &row.words()))
                    .add("::text AS tsvector))");
            } else {
                put.bind(first_row(at.slot) + i64::from(row.number)).add(", ");
                put.bind(row.words().join(" ")).add(")");
            }
        }
        if backend == DbBackend::Postgres {
            put.add(" ON CONFLICT (event_id, number) DO UPDATE SET words = EXCLUDED.words");
        }
        tx.execute_raw(put.statement(backend)).await?;
    }
    for row in gone {
        let mut drop = Sql::new("DELETE FROM question_words WHERE ");
        if backend == DbBackend::Postgres {
            drop.add("event_id = ")
                .bind(at.event_id)
                .add(" AND number = ")
                .bind(row.number);
        } else {
            drop.add("rowid = ").bind(first_row(at.slot) + i64::from(row.number));
        }
        tx.execute_raw(drop.statement(backend)).await?;
    }
    Ok(())
}
