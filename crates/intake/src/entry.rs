//! The code that somebody shows at the door, and the mail that brings it.

use crate::{Result, seat_mail};
use axum::{
    http::{HeaderName, HeaderValue},
    response::Response,
};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use db::{
    entity::{entry_code, event, partner, rsvp, sitting},
    prelude::*,
};
use domain::{InvitationId, SittingId};
use sea_orm::{JoinType, RelationTrait, sea_query::OnConflict};
use std::time::Duration;
use web::App;

/// Letters and digits of which none is mistaken for another: no I, O, 0, 1.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// Letters of a code: 40 random bits.
pub const CODE_CHARS: usize = 8;
/// The hour of the event's day at which the reminder goes.
const HOUR: u32 = 9;
/// Mails that one transaction puts.
const BATCH: u64 = 200;
/// How often somebody looks whom to remind.
const LOOK: Duration = Duration::from_mins(1);

fn fresh() -> String {
    // Octets of chance; those of a version 4 UUID from 6 on are partly fixed.
    let octets = uuid::Uuid::new_v4().into_bytes();
    let mut bits = octets[..5]
        .iter()
        .fold(0_u64, |all, octet| all << 8 | u64::from(*octet));
    let mut code = String::with_capacity(CODE_CHARS);
    for _ in 0..CODE_CHARS {
        code.push(char::from(LETTERS[usize::try_from(bits & 31).unwrap_or_default()]));
        bits >>= 5;
    }
    code
}

/// A code as somebody types or a camera reads it: in small letters, in pieces. `None` when it can be none.
pub fn read(typed: &str) -> Option<String> {
    let code: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let fits = code.len() == CODE_CHARS && code.bytes().all(|b| LETTERS.contains(&b));
    fits.then_some(code)
}

/// `ABCD-EFGH`.
pub fn shown(code: &str) -> String {
    code.split_at_checked(CODE_CHARS / 2)
        .map_or_else(|| code.to_owned(), |(a, b)| format!("{a}-{b}"))
}

/// The code of somebody for a sitting, made now when there is none yet.
///
/// # Errors
/// When the database refuses.
pub async fn code(tx: &impl ConnectionTrait, who: InvitationId, sitting: SittingId) -> Result<String> {
    let row = entry_code::ActiveModel {
        invitation_id: Set(who),
        sitting_id: Set(sitting),
        code: Set(fresh()),
        mailed_at: Set(None),
    };
    let own = OnConflict::columns([entry_code::Column::InvitationId, entry_code::Column::SittingId])
        .do_nothing()
        .to_owned();
    entry_code::Entity::insert(row)
        .on_conflict(own)
        .exec_without_returning(tx)
        .await?;
    let row = entry_code::Entity::find_by_id((who, sitting)).one(tx).await?;
    Ok(row.ok_or(crate::Error::NotFound)?.code)
}

/// The same in a transaction of its own, when there is none yet.
///
/// # Errors
/// When the database refuses.
pub async fn of(app: &App, who: InvitationId, sitting: SittingId) -> Result<String> {
    if let Some(row) = entry_code::Entity::find_by_id((who, sitting))
        .one(app.db.reader())
        .await?
    {
        return Ok(row.code);
    }
    let tx = app.db.begin_write().await?;
    let made = code(&tx, who, sitting).await?;
    tx.commit().await?;
    Ok(made)
}

/// Tells the worker in the browser that it may keep this page, and how long: to the end of a day at the event.
pub(crate) fn keep(response: &mut Response, last: NaiveDate, zone: &str) {
    let until = HeaderValue::from(end_of(last, zone).timestamp_millis());
    response
        .headers_mut()
        .insert(HeaderName::from_static("x-kept-until"), until);
}

/// The midnight that ends a day at the event.
pub(crate) fn end_of(last: NaiveDate, zone: &str) -> DateTime<Utc> {
    let zone: chrono_tz::Tz = zone.parse().unwrap_or(chrono_tz::Asia::Seoul);
    let next = last
        .checked_add_days(Days::new(1))
        .unwrap_or(last)
        .and_time(NaiveTime::MIN);
    zone.from_local_datetime(&next)
        .earliest()
        .map_or_else(|| next.and_utc(), |at| at.to_utc())
}

/// Puts the mails with codes that are due into the outbox; gives how many. A sitting's are due on its day, so many days
/// before it as it says, from nine o'clock at the event on; whoever gets a place later gets theirs then. Each goes once.
///
/// # Errors
/// When the database refuses; what was committed before stands.
pub async fn remind(app: &App) -> Result<usize> {
    let now = app.clock.now();
    // A day has begun somewhere before it has in UTC.
    let yesterday = (now - TimeDelta::days(1)).date_naive();
    let sittings = sitting::Entity::find()
        .find_also_related(event::Entity)
        .filter(sitting::Column::RemindDays.is_not_null())
        .filter(sitting::Column::LastDay.gte(yesterday))
        .order_by_asc(sitting::Column::Id)
        .all(app.db.reader())
        .await?;
    let mut put = 0;
    for (sitting, event) in sittings {
        let Some(event) = event else { continue };
        if is_due(&sitting, &event, now) {
            put += remind_of(app, &sitting).await?;
        }
    }
    Ok(put)
}

fn is_due(sitting: &sitting::Model, event: &event::Model, now: DateTime<Utc>) -> bool {
    let zone: chrono_tz::Tz = event.time_zone.parse().unwrap_or(chrono_tz::Asia::Seoul);
    let Some(days) = sitting.remind_days.and_then(|days| u64::try_from(days).ok()) else {
        return false;
    };
    let nine = NaiveTime::from_hms_opt(HOUR, 0, 0).unwrap_or_default();
    let day = sitting
        .first_day
        .checked_sub_days(Days::new(days))
        .unwrap_or(sitting.first_day);
    let from = zone.from_local_datetime(&day.and_time(nine)).earliest();
    from.is_some_and(|from| from <= now) && now.with_timezone(&zone).date_naive() <= sitting.last_day
}

async fn remind_of(app: &App, sitting: &sitting::Model) -> Result<usize> {
    let mut put = 0;
    loop {
        let tx = app.db.begin_write().await?;
        let due: Vec<InvitationId> = rsvp::Entity::find()
            .select_only()
            .column(rsvp::Column::InvitationId)
            .join(JoinType::InnerJoin, rsvp::Relation::Invitation.def())
            .join(JoinType::InnerJoin, db::entity::invitation::Relation::Partner.def())
            .filter(rsvp::Column::SittingId.eq(sitting.id))
            .filter(rsvp::Column::Coming.eq(true))
            .filter(rsvp::Column::Waits.is_null())
            .filter(partner::Column::Email.is_not_null())
            .filter(Expr::cust(
                "NOT EXISTS (SELECT 1 FROM entry_code e WHERE e.invitation_id = rsvp.invitation_id \
                 AND e.sitting_id = rsvp.sitting_id AND e.mailed_at IS NOT NULL)",
            ))
            .order_by_asc(rsvp::Column::InvitationId)
            .limit(BATCH)
            .into_tuple()
            .all(&tx)
            .await?;
        if due.is_empty() {
            tx.rollback().await?;
            return Ok(put);
        }
        for who in due {
            let code = code(&tx, who, sitting.id).await?;
            put += usize::from(seat_mail::entry(&tx, app, who, sitting, &code).await?);
            entry_code::Entity::update_many()
                .col_expr(entry_code::Column::MailedAt, Expr::value(app.clock.now()))
                .filter(entry_code::Column::InvitationId.eq(who))
                .filter(entry_code::Column::SittingId.eq(sitting.id))
                .exec(&tx)
                .await?;
        }
        tx.commit().await?;
        app.wake.notify();
    }
}

/// Reminds until the process stops; not while the clock is doubted.
pub async fn watch(app: &App, stopped: impl Future<Output = ()>) {
    let clock = jobs::clock::Watch::new(app.db.clone(), app.clock.clone());
    tokio::pin!(stopped);
    while clock.next(LOOK, &mut stopped).await {
        match remind(app).await {
            Ok(0) => {}
            Ok(mails) => tracing::info!(mails, "codes for the door were put into the outbox"),
            Err(error) => tracing::error!(%error, "codes for the door could not be put; next try in a minute"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_written_and_nothing_else_is_one() {
        let code = fresh();
        assert_eq!(read(&code), Some(code.clone()));
        assert_eq!(read(&format!(" {} ", shown(&code).to_lowercase())), Some(code.clone()));
        for wrong in [
            "",
            "ABCD-EFG",
            "ABCD-EFGHJ",
            "ABCD-EFG0",
            "ABCD-EFG1",
            "ABCDEFGI",
            "가나다라마바사아",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        let many: std::collections::HashSet<String> = (0..1_000).map(|_| fresh()).collect();
        assert_eq!(many.len(), 1_000);
    }
}
