//! Places that are few: a sitting's, or those of one part of its programme.
//!
//! Whoever says yes stands in line, and the line moves up while there is room; so does it when somebody declines or staff
//! raise the number. The hall's row is locked first, until the commit: those who come at the same moment stand one behind
//! the other, and the one statement that moves the line up counts what is taken.

use crate::{Error, Result};
use db::{prelude::*, sql::Sql};
use domain::{InvitationId, PartId, SittingId};
use std::collections::HashMap;
use uuid::Uuid;

/// What has places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Hall {
    Sitting(SittingId),
    Part(PartId),
}

impl Hall {
    const fn id(self) -> Uuid {
        match self {
            Self::Sitting(id) => id.uuid(),
            Self::Part(id) => id.uuid(),
        }
    }

    const fn table(self) -> &'static str {
        match self {
            Self::Sitting(_) => "sitting",
            Self::Part(_) => "programme_part",
        }
    }

    /// Who said yes, and the column that names the hall there.
    const fn line(self) -> (&'static str, &'static str) {
        match self {
            Self::Sitting(_) => ("rsvp", "sitting_id"),
            Self::Part(_) => ("rsvp_interest", "part_id"),
        }
    }

    /// What holds for a row of the line that has a place.
    const fn seated(self) -> &'static str {
        match self {
            Self::Sitting(_) => "coming = TRUE AND waits IS NULL",
            Self::Part(_) => "waits IS NULL",
        }
    }
}

/// Where somebody stands who said yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seat {
    Taken,
    /// On the waiting list, from 1 on.
    Waits(u32),
}

/// Takes the hall's turn, which nobody else has until the transaction ends. Several halls: in the order of [`Hall`].
///
/// # Errors
/// When there is no such hall.
pub(crate) async fn turn(tx: &impl ConnectionTrait, hall: Hall) -> Result<i64> {
    let mut sql = Sql::new("UPDATE ");
    sql.add(hall.table())
        .add(" SET turn = turn + 1 WHERE id = ")
        .bind(hall.id());
    sql.add(" RETURNING turn");
    let row = tx.query_one_raw(sql.statement(tx.get_database_backend())).await?;
    Ok(row.ok_or(Error::NotFound)?.try_get_by_index(0)?)
}

/// Moves the line up as far as there is room, within the hall's turn; gives who moved, in no order.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn move_up(tx: &impl ConnectionTrait, hall: Hall) -> Result<Vec<InvitationId>> {
    let ((line, column), seated) = (hall.line(), hall.seated());
    let first = |sql: &mut Sql| {
        sql.add("SELECT invitation_id FROM ")
            .add(line)
            .add(" WHERE ")
            .add(column)
            .add(" = ")
            .bind(hall.id());
        sql.add(" AND waits IS NOT NULL ORDER BY waits LIMIT (SELECT CASE WHEN h.capacity IS NULL THEN 1000000000");
        sql.add(" WHEN h.capacity > (SELECT count(*) FROM ")
            .add(line)
            .add(" t WHERE t.")
            .add(column)
            .add(" = h.id AND ");
        sql.add(seated)
            .add(") THEN h.capacity - (SELECT count(*) FROM ")
            .add(line)
            .add(" t WHERE t.")
            .add(column);
        sql.add(" = h.id AND ")
            .add(seated)
            .add(") ELSE 0 END FROM ")
            .add(hall.table())
            .add(" h WHERE h.id = ")
            .bind(hall.id());
        sql.add(")");
    };
    let mut sql = Sql::new("UPDATE ");
    sql.add(line)
        .add(" SET waits = NULL WHERE ")
        .add(column)
        .add(" = ")
        .bind(hall.id())
        .add(" AND invitation_id IN (");
    first(&mut sql);
    sql.add(") RETURNING invitation_id");
    let rows = tx.query_all_raw(sql.statement(tx.get_database_backend())).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// Where these people stand who said yes to the hall, by invitation.
///
/// # Errors
/// When the database refuses.
pub async fn seats(conn: &impl ConnectionTrait, hall: Hall) -> Result<HashMap<InvitationId, Seat>> {
    let (line, column) = hall.line();
    let mut sql = Sql::new("SELECT invitation_id, waits FROM ");
    sql.add(line).add(" WHERE ").add(column).add(" = ").bind(hall.id());
    if matches!(hall, Hall::Sitting(_)) {
        sql.add(" AND coming = TRUE");
    }
    sql.add(" ORDER BY waits, invitation_id");
    let mut rank = 0_u32;
    let mut found = HashMap::new();
    for row in conn.query_all_raw(sql.statement(conn.get_database_backend())).await? {
        let waits: Option<i64> = row.try_get_by_index(1)?;
        let seat = if waits.is_some() {
            rank += 1;
            Seat::Waits(rank)
        } else {
            Seat::Taken
        };
        found.insert(row.try_get_by_index(0)?, seat);
    }
    Ok(found)
}

/// Where one person stands; `None` when they did not say yes.
///
/// # Errors
/// When the database refuses.
pub async fn seat(conn: &impl ConnectionTrait, hall: Hall, who: InvitationId) -> Result<Option<Seat>> {
    let (line, column) = hall.line();
    let mut sql = Sql::new("SELECT l.waits IS NULL, (SELECT count(*) FROM ");
    sql.add(line)
        .add(" b WHERE b.")
        .add(column)
        .add(" = l.")
        .add(column)
        .add(" AND b.waits IS NOT NULL AND b.waits <= l.waits) FROM ");
    sql.add(line)
        .add(" l WHERE l.")
        .add(column)
        .add(" = ")
        .bind(hall.id())
        .add(" AND l.invitation_id = ")
        .bind(who);
    if matches!(hall, Hall::Sitting(_)) {
        sql.add(" AND l.coming = TRUE");
    }
    let Some(row) = conn.query_one_raw(sql.statement(conn.get_database_backend())).await? else {
        return Ok(None);
    };
    let taken: bool = row.try_get_by_index(0)?;
    let rank: i64 = row.try_get_by_index(1)?;
    Ok(Some(if taken {
        Seat::Taken
    } else {
        Seat::Waits(u32::try_from(rank).unwrap_or(u32::MAX))
    }))
}

/// How many places are taken, and how many wait.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn counts(conn: &impl ConnectionTrait, hall: Hall) -> Result<(i64, i64)> {
    let (line, column) = hall.line();
    let mut sql = Sql::new("SELECT count(waits), count(*) FROM ");
    sql.add(line).add(" WHERE ").add(column).add(" = ").bind(hall.id());
    if matches!(hall, Hall::Sitting(_)) {
        sql.add(" AND coming = TRUE");
    }
    let row = conn.query_one_raw(sql.statement(conn.get_database_backend())).await?;
    let row = row.ok_or(Error::NotFound)?;
    let (waiting, all): (i64, i64) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    Ok((all - waiting, waiting))
}

/// How many places are taken.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn taken(conn: &impl ConnectionTrait, hall: Hall) -> Result<i64> {
    let (line, column) = hall.line();
    let mut sql = Sql::new("SELECT count(*) FROM ");
    sql.add(line)
        .add(" WHERE ")
        .add(column)
        .add(" = ")
        .bind(hall.id())
        .add(" AND ")
        .add(hall.seated());
    let row = conn.query_one_raw(sql.statement(conn.get_database_backend())).await?;
    Ok(row.ok_or(Error::NotFound)?.try_get_by_index(0)?)
}

/// Sets how many places there are, within the hall's turn.
///
/// # Errors
/// Refused when more are taken already.
pub(crate) async fn limit(tx: &impl ConnectionTrait, hall: Hall, capacity: Option<i32>) -> Result<()> {
    let (line, column) = hall.line();
    let mut sql = Sql::new("UPDATE ");
    sql.add(hall.table())
        .add(" SET capacity = ")
        .bind(capacity)
        .add(" WHERE id = ")
        .bind(hall.id());
    if let Some(most) = capacity {
        sql.add(" AND (SELECT count(*) FROM ")
            .add(line)
            .add(" t WHERE t.")
            .add(column)
            .add(" = ")
            .bind(hall.id());
        sql.add(" AND ").add(hall.seated()).add(") <= ").bind(most);
    }
    let done = tx.execute_raw(sql.statement(tx.get_database_backend())).await?;
    if done.rows_affected() == 1 {
        return Ok(());
    }
    let taken = taken(tx, hall).await?;
    Err(Error::refused(web::Message::new("seats-below").arg("n", taken)))
}

/// Gives one who waits a place before all others, within the hall's turn; when none is free, there is one more.
///
/// # Errors
/// Refused when they do not wait any more.
pub(crate) async fn give(tx: &impl ConnectionTrait, hall: Hall, who: InvitationId) -> Result<()> {
    let (line, column) = hall.line();
    let mut sql = Sql::new("UPDATE ");
    sql.add(line)
        .add(" SET waits = NULL WHERE waits IS NOT NULL AND ")
        .add(column)
        .add(" = ")
        .bind(hall.id());
    sql.add(" AND invitation_id = ").bind(who);
    let done = tx.execute_raw(sql.statement(tx.get_database_backend())).await?;
    if done.rows_affected() != 1 {
        return Err(Error::refused("seats-not-waiting"));
    }
    let mut sql = Sql::new("UPDATE ");
    sql.add(hall.table())
        .add(" SET capacity = capacity + 1 WHERE id = ")
        .bind(hall.id())
        .add(" AND capacity < (SELECT count(*) FROM ");
    sql.add(line)
        .add(" t WHERE t.")
        .add(column)
        .add(" = ")
        .bind(hall.id())
        .add(" AND ")
        .add(hall.seated())
        .add(")");
    tx.execute_raw(sql.statement(tx.get_database_backend())).await?;
    Ok(())
}
