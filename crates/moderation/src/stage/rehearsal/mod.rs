//! A rehearsal (리허설): everything is done as on the day, and nothing of it is kept.
//!
//! What it does stands in one document (`Book`) in one row, and what telephones press in rows that hang on it; of the day's
//! rows it writes none. So no list, figure, export, mail or job can take it for the day, and its end is a deletion. Who acts on
//! the stage, in a rehearsal or not, holds the row of `stage_run`: a rehearsal neither begins nor ends in the middle of an act.
//!
//! It does not end by itself. Where the day is played in a rehearsal that was forgotten, an end would throw away what was said;
//! instead the stage asks when another day or a sitting has begun, and does nothing more until somebody says.

mod book;

pub(crate) use book::{Book, Past, Typed};

use super::{
    plan, repo,
    service::{self, Seen, Shown},
};
use crate::{Error, Result, telephones::service as telephones};
use chrono::{DateTime, Utc};
use db::{
    audit::{self, Actor},
    entity::{event, stage_rehearsal, stage_run},
    prelude::*,
};
use domain::{EventId, RehearsalId, StaffId};
use serde_json::json;
use web::{App, lang::Zone};

/// The rehearsal of an event that is on.
#[derive(Clone, Debug)]
pub(crate) struct Rehearsal {
    pub(crate) id: RehearsalId,
    pub(crate) event: EventId,
    pub(crate) hall_code: String,
    /// Who began it.
    pub(crate) staff: StaffId,
    pub(crate) began_at: DateTime<Utc>,
    kept_at: DateTime<Utc>,
    pub(crate) book: Book,
}

impl Rehearsal {
    fn read(row: stage_rehearsal::Model) -> Result<Self> {
        Ok(Self {
            id: row.id,
            event: row.event_id,
            hall_code: row.hall_code,
            staff: row.staff_id,
            began_at: row.began_at,
            kept_at: row.kept_at,
            book: serde_json::from_value(row.book).map_err(|error| unreadable(&error))?,
        })
    }

    /// What its hall sees, in the form of the day's row.
    pub(crate) fn run(&self) -> stage_run::Model {
        self.book.run(self.event, self.began_at)
    }

    /// Writes its document. The caller holds the stage's row since before it was read.
    ///
    /// # Errors
    /// Stale when it has ended.
    pub(crate) async fn save(&self, tx: &WriteTx) -> Result<()> {
        let book = serde_json::to_value(&self.book).map_err(|error| unreadable(&error))?;
        let saved = stage_rehearsal::Entity::update_many()
            .col_expr(stage_rehearsal::Column::Book, Expr::value(book))
            .filter(stage_rehearsal::Column::EventId.eq(self.event))
            .filter(stage_rehearsal::Column::Id.eq(self.id))
            .exec(tx)
            .await?;
        Ok(one_row(&saved, "rehearsal")?)
    }

    /// Whether somebody should say that it goes on: since they did last, another day has begun where the event is, or a
    /// sitting has.
    fn asks_at(&self, zone: &impl Zone, begins: &[DateTime<Utc>], now: DateTime<Utc>) -> bool {
        let day = |at: DateTime<Utc>| at.with_timezone(&zone.tz()).date_naive();
        day(now) > day(self.kept_at) || begins.iter().any(|at| self.kept_at < *at && *at <= now)
    }

    /// See the module: then it does nothing more until somebody says that it goes on.
    pub(crate) async fn asks(&self, conn: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<bool> {
        let event = event::Entity::find_by_id(self.event).one(conn).await?;
        let event = event.ok_or(Error::NotFound)?;
        Ok(self.asks_at(&event.time_zone, &plan::begins(conn, self.event).await?, now))
    }
}

fn unreadable(error: &serde_json::Error) -> Error {
    db::Error::from(sea_orm::DbErr::Json(error.to_string())).into()
}

pub(crate) async fn of(conn: &impl ConnectionTrait, event: EventId) -> Result<Option<Rehearsal>> {
    let row = stage_rehearsal::Entity::find_by_id(event).one(conn).await?;
    row.map(Rehearsal::read).transpose()
}

/// By the address of its telephones.
pub(crate) async fn by_code(conn: &impl ConnectionTrait, code: &str) -> Result<Option<Rehearsal>> {
    let row = stage_rehearsal::Entity::find().filter(stage_rehearsal::Column::HallCode.eq(code));
    row.one(conn).await?.map(Rehearsal::read).transpose()
}

/// The rehearsal in which a page was made, held until the transaction ends.
///
/// # Errors
/// A refusal when another one, or none, is on by now, or one has begun: what was typed for the one is not written to the other.
pub(crate) async fn held(
    tx: &WriteTx,
    app: &App,
    event: EventId,
    seen: Option<RehearsalId>,
) -> Result<Option<Rehearsal>> {
    if of(tx, event).await?.is_some() {
        // Read once more, now that nobody else writes it.
        service::hold_run(tx, app, event).await?;
    }
    let on = of(tx, event).await?;
    if on.as_ref().map(|rehearsal| rehearsal.id) == seen {
        Ok(on)
    } else {
        Err(Error::Refused("refused-rehearsal-changed"))
    }
}

/// The stage as it is played now.
pub(crate) struct Now {
    /// What the hall sees; nothing was shown yet when there is none.
    pub(crate) run: Option<stage_run::Model>,
    pub(crate) rehearsal: Option<Rehearsal>,
}

impl Now {
    pub(crate) async fn load(conn: &impl ConnectionTrait, event: EventId) -> Result<Self> {
        Self::of(conn, event, of(conn, event).await?).await
    }

    /// Of this rehearsal, or of the day.
    pub(crate) async fn of(conn: &impl ConnectionTrait, event: EventId, rehearsal: Option<Rehearsal>) -> Result<Self> {
        let run = match &rehearsal {
            Some(rehearsal) => Some(rehearsal.run()),
            None => repo::run(conn, event).await?,
        };
        Ok(Self { run, rehearsal })
    }

    pub(crate) fn seen(&self) -> Seen {
        Seen {
            rehearsal: self.rehearsal.as_ref().map(|rehearsal| rehearsal.id),
            version: self.run.as_ref().map_or(0, |run| run.version),
        }
    }
}

/// Begins one, also between two sittings; when one is on, nothing is done.
///
/// # Errors
/// A refusal while something of the day is on the screen.
pub async fn begin(app: &App, staff: StaffId, event: EventId) -> Result<()> {
    let tx = app.db.begin_write().await?;
    match begun(&tx, app, staff, event).await {
        Ok(()) => service::commit(app, tx, event).await,
        Err(error) => {
            tx.rollback().await?;
            Err(error)
        }
    }
}

async fn begun(tx: &WriteTx, app: &App, staff: StaffId, event: EventId) -> Result<()> {
    let day = service::hold_run(tx, app, event).await?;
    if of(tx, event).await?.is_some() {
        return Ok(());
    }
    if Shown::of(Some(&day)) != Shown::Nothing {
        return Err(Error::Refused("refused-day-is-played"));
    }
    let book = serde_json::to_value(Book::over(&day)).map_err(|error| unreadable(&error))?;
    let row = stage_rehearsal::ActiveModel {
        event_id: Set(event),
        id: Set(RehearsalId::new()),
        hall_code: Set(telephones::code()),
        staff_id: Set(staff),
        began_at: Set(app.clock.now()),
        kept_at: Set(app.clock.now()),
        book: Set(book),
    };
    stage_rehearsal::Entity::insert(row).exec_without_returning(tx).await?;
    record(tx, app, staff, event, "stage.rehearsal_begun").await
}

/// Somebody says that it goes on.
///
/// # Errors
/// Stale when it has ended.
pub async fn keep_on(app: &App, event: EventId, id: RehearsalId) -> Result<()> {
    let tx = app.db.begin_write().await?;
    let kept = stage_rehearsal::Entity::update_many()
        .col_expr(stage_rehearsal::Column::KeptAt, Expr::value(app.clock.now()))
        .filter(stage_rehearsal::Column::EventId.eq(event))
        .filter(stage_rehearsal::Column::Id.eq(id))
        .exec(&tx)
        .await?;
    one_row(&kept, "rehearsal")?;
    service::commit(app, tx, event).await
}

/// Ends it: all that it wrote is deleted, and the stage is the day's, as it stood before. When another operator has ended it,
/// nothing is done.
///
/// # Errors
/// When the database refuses.
pub async fn end(app: &App, staff: StaffId, event: EventId, id: RehearsalId) -> Result<()> {
    let tx = app.db.begin_write().await?;
    service::hold_run(&tx, app, event).await?;
    let ended = stage_rehearsal::Entity::delete_many()
        .filter(stage_rehearsal::Column::EventId.eq(event))
        .filter(stage_rehearsal::Column::Id.eq(id))
        .exec(&tx)
        .await?;
    if ended.rows_affected == 0 {
        tx.rollback().await?;
        return Ok(());
    }
    // The row that was held where nobody had acted yet.
    stage_run::Entity::delete_many()
        .filter(stage_run::Column::EventId.eq(event))
        .filter(stage_run::Column::Version.eq(0))
        .exec(&tx)
        .await?;
    record(&tx, app, staff, event, "stage.rehearsal_ended").await?;
    service::commit(app, tx, event).await
}

/// That it was, and nothing of what was done in it.
async fn record(tx: &WriteTx, app: &App, staff: StaffId, event: EventId, action: &'static str) -> Result<()> {
    let entry = audit::Entry {
        event: Some(event),
        actor: Actor::Staff(staff),
        action,
        subject: ("event", Some(event.uuid())),
        details: json!({}),
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{TimeDelta, TimeZone};

    #[test]
    fn it_asks_when_another_day_or_a_sitting_has_begun() {
        let at = |day, hour| {
            Utc.with_ymd_and_hms(2026, 11, day, hour, 0, 0)
                .single()
                .expect("a moment")
        };
        let mut rehearsal = Rehearsal {
            id: RehearsalId::new(),
            event: EventId::new(),
            hall_code: String::new(),
            staff: StaffId::new(),
            began_at: at(21, 5),
            kept_at: at(21, 5),
            book: Book::default(),
        };
        let zone = "Asia/Seoul".to_owned();
        assert!(
            !rehearsal.asks_at(&zone, &[], at(21, 14)),
            "eleven in the evening there"
        );
        assert!(rehearsal.asks_at(&zone, &[], at(21, 15)), "midnight");
        let begins = [at(21, 4), at(21, 7)];
        assert!(!rehearsal.asks_at(&zone, &begins, at(21, 6)), "one has begun before it");
        assert!(rehearsal.asks_at(&zone, &begins, at(21, 7)));
        rehearsal.kept_at = at(21, 7) + TimeDelta::seconds(1);
        assert!(!rehearsal.asks_at(&zone, &begins, at(21, 8)), "somebody has said so");
    }
}
