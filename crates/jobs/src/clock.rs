//! Whether the wall clock is to be trusted. Work that goes by it (reminders, retries, what is put for a later moment) waits
//! while it is doubted: a machine that wakes in another year must not remind everybody of everything.
//!
//! The clock is doubted when it went more than ten minutes further, or less far, than the monotonic one since this process
//! began, and when it stands more than ten minutes behind the last time that a process stored. It is trusted again when
//! that is over, or when staff confirm that it is right now.

use chrono::{DateTime, TimeDelta, Utc};
use db::{Db, Error, entity::clock_watch, prelude::*};
use domain::{Clock, StaffId};
use sea_orm::sea_query::OnConflict;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// The one row.
const NAME: &str = "clock";
/// What two clocks may differ by.
const MOST: TimeDelta = TimeDelta::minutes(10);
/// The row is read at most so often.
const FRESH: Duration = Duration::from_secs(10);
/// A time that was believed is stored so often.
const STORE: TimeDelta = TimeDelta::minutes(1);
/// A doubt that nobody has repeated for so long is over.
const STALE: TimeDelta = TimeDelta::minutes(5);

/// Watches for one loop of one process.
#[derive(Debug)]
pub struct Watch {
    db: Db,
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The two clocks at the moment from which they are compared.
    since: (Instant, DateTime<Utc>),
    /// The last confirmation that this process knows.
    confirmed: Option<DateTime<Utc>>,
    looked: Option<Instant>,
    agrees: bool,
}

impl Watch {
    pub fn new(db: Db, clock: Clock) -> Self {
        let since = (Instant::now(), clock.now());
        Self {
            db,
            clock,
            state: Mutex::new(State {
                since,
                confirmed: None,
                looked: None,
                agrees: true,
            }),
        }
    }

    /// Whether work may go by the clock now. When the database does not say, the answer of last time stands.
    pub async fn agrees(&self) -> bool {
        let mut state = self.state.lock().await;
        if state.looked.is_some_and(|at| at.elapsed() < FRESH) {
            return state.agrees;
        }
        let elapsed = TimeDelta::from_std(state.since.0.elapsed()).unwrap_or(TimeDelta::MAX);
        match self.look(&mut state, elapsed).await {
            Ok(agrees) => {
                if agrees != state.agrees {
                    tracing::warn!(
                        agrees,
                        "the clock: what goes by it {}",
                        if agrees { "goes on" } else { "waits" }
                    );
                }
                state.agrees = agrees;
                state.looked = Some(Instant::now());
            }
            Err(error) => tracing::warn!(%error, "the clock could not be compared with the time stored last"),
        }
        state.agrees
    }

    /// Waits a period, and on while the clock is doubted; `false` when the process stops.
    pub async fn next(&self, period: Duration, stopped: &mut (impl Future<Output = ()> + Unpin)) -> bool {
        loop {
            tokio::select! {
                () = &mut *stopped => return false,
                () = tokio::time::sleep(period) => {}
            }
            if self.agrees().await {
                return true;
            }
        }
    }

    async fn look(&self, state: &mut State, elapsed: TimeDelta) -> Result<bool, Error> {
        let now = self.clock.now();
        let row = row(&self.db).await?;
        let confirmed = row.as_ref().and_then(|row| row.confirmed_at);
        let mut walked = elapsed;
        if confirmed.is_some() && confirmed != state.confirmed {
            // What staff confirmed is where we begin anew.
            *state = State {
                since: (Instant::now(), now),
                confirmed,
                looked: None,
                agrees: state.agrees,
            };
            walked = TimeDelta::zero();
        }
        let doubt = doubt(now - state.since.1, walked, now, row.as_ref().map(|row| row.at));
        store(&self.db, now, row.as_ref(), doubt).await?;
        Ok(doubt.is_none())
    }
}

/// Why the clock is doubted, as it is stored; a key of the desk's texts.
fn doubt(
    wall: TimeDelta,
    monotonic: TimeDelta,
    now: DateTime<Utc>,
    stored: Option<DateTime<Utc>>,
) -> Option<&'static str> {
    if stored.is_some_and(|stored| stored - now > MOST) {
        Some("behind")
    } else if (wall - monotonic).abs() > MOST {
        Some("jumped")
    } else {
        None
    }
}

async fn row(db: &Db) -> Result<Option<clock_watch::Model>, Error> {
    Ok(clock_watch::Entity::find_by_id(NAME).one(db.reader()).await?)
}

async fn store(
    db: &Db,
    now: DateTime<Utc>,
    row: Option<&clock_watch::Model>,
    doubt: Option<&str>,
) -> Result<(), Error> {
    let stored = row.map(|row| row.at);
    let others = row.filter(|row| row.doubt.is_some()).and_then(|row| row.doubted_at);
    let stale = others.is_some_and(|at| (now - at).abs() > STALE);
    let due = stored.is_none_or(|stored| now - stored > STORE);
    if doubt.is_none() && !stale && !due {
        return Ok(());
    }
    let tx = db.begin_write().await?;
    ensure(&tx, now).await?;
    let mut update = clock_watch::Entity::update_many().filter(clock_watch::Column::Name.eq(NAME));
    if let Some(doubt) = doubt {
        update = update
            .col_expr(clock_watch::Column::Doubt, Expr::value(Some(doubt)))
            .col_expr(clock_watch::Column::DoubtedAt, Expr::value(Some(now)));
    } else {
        // A time that we believe; another node may have stored a later one.
        if due {
            update = update.col_expr(clock_watch::Column::At, Expr::value(now));
        }
        if stale || others.is_none() {
            update = update
                .col_expr(clock_watch::Column::Doubt, Expr::value(Option::<String>::None))
                .col_expr(
                    clock_watch::Column::DoubtedAt,
                    Expr::value(Option::<DateTime<Utc>>::None),
                );
        }
        update = update.filter(clock_watch::Column::At.lte(now + MOST));
    }
    update.exec(&tx).await?;
    tx.commit().await
}

async fn ensure(tx: &WriteTx, now: DateTime<Utc>) -> Result<(), Error> {
    let first = clock_watch::ActiveModel {
        name: Set(NAME.to_owned()),
        at: Set(now),
        doubt: Set(None),
        doubted_at: Set(None),
        confirmed_at: Set(None),
        confirmed_by: Set(None),
    };
    clock_watch::Entity::insert(first)
        .on_conflict(OnConflict::column(clock_watch::Column::Name).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// The doubt that stands, for the line on every staff page: when it arose last, and why.
///
/// # Errors
/// When the database refuses.
pub async fn doubted(db: &Db) -> Result<Option<clock_watch::Model>, Error> {
    Ok(row(db).await?.filter(|row| row.doubt.is_some()))
}

/// Staff say that the clock is right now: every process begins to compare anew.
///
/// # Errors
/// When the database refuses.
pub async fn confirm(tx: &WriteTx, clock: &Clock, staff: StaffId) -> Result<(), Error> {
    let now = clock.now();
    ensure(tx, now).await?;
    clock_watch::Entity::update_many()
        .col_expr(clock_watch::Column::At, Expr::value(now))
        .col_expr(clock_watch::Column::Doubt, Expr::value(Option::<String>::None))
        .col_expr(
            clock_watch::Column::DoubtedAt,
            Expr::value(Option::<DateTime<Utc>>::None),
        )
        .col_expr(clock_watch::Column::ConfirmedAt, Expr::value(Some(now)))
        .col_expr(clock_watch::Column::ConfirmedBy, Expr::value(Some(staff)))
        .filter(clock_watch::Column::Name.eq(NAME))
        .exec(tx)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_doubted_when_it_leaps_or_stands_behind_what_was_stored() {
        let now: DateTime<Utc> = "2026-11-26T03:00:00Z".parse().expect("a moment");
        let minutes = TimeDelta::minutes;
        for (wall, monotonic, behind, expected) in [
            (60, 60, 0, None),
            (69, 60, 0, None),
            (71, 60, 0, Some("jumped")),
            (49, 60, 0, Some("jumped")),
            (-500_000, 60, 0, Some("jumped")),
            (1, 1, 9, None),
            (1, 1, 11, Some("behind")),
        ] {
            let stored = Some(now + minutes(behind));
            assert_eq!(
                doubt(minutes(wall), minutes(monotonic), now, stored),
                expected,
                "{wall} {behind}"
            );
        }
        assert_eq!(doubt(minutes(0), minutes(0), now, None), None);
    }

    #[tokio::test]
    async fn after_a_leap_the_work_waits_until_staff_confirm() {
        let folder = tempfile::tempdir().expect("a folder");
        let db = Db::connect(&format!("sqlite://{}/t.db", folder.path().display()), 2)
            .await
            .expect("opens");
        db.migrate().await.expect("migrates");
        let clock = Clock::frozen("2026-11-26T03:00:00Z".parse().expect("a moment"));
        let watch = Watch::new(db.clone(), clock.clone());
        let look = async |elapsed| {
            let mut state = watch.state.lock().await;
            watch.look(&mut state, elapsed).await.expect("looks")
        };
        assert!(look(TimeDelta::zero()).await);
        clock.advance(TimeDelta::hours(1));
        assert!(look(TimeDelta::hours(1)).await, "an hour went by on both");
        clock.advance(TimeDelta::days(400));
        assert!(!look(TimeDelta::hours(1)).await);
        let row = doubted(&db).await.expect("asks").expect("is doubted");
        assert_eq!(row.doubt.as_deref(), Some("jumped"));
        assert!(
            row.at < clock.now() - TimeDelta::days(300),
            "the wrong time is not stored"
        );
        // It is set right again.
        clock.advance(-TimeDelta::days(400));
        assert!(look(TimeDelta::hours(1)).await);
        // This time it was right: the machine slept.
        clock.advance(TimeDelta::days(3));
        assert!(!look(TimeDelta::hours(1)).await);
        let staff = StaffId::new();
        let tx = db.begin_write().await.expect("begins");
        db::entity::staff::Entity::insert(db::entity::staff::ActiveModel {
            id: Set(staff),
            email: Set(domain::EmailAddress::parse("a@host.example").expect("an address")),
            name: Set("한별".into()),
            password_hash: Set(String::new()),
            roles: Set("administrator".into()),
            disabled_at: Set(None),
            created_at: Set(clock.now()),
        })
        .exec_without_returning(&tx)
        .await
        .expect("inserts");
        confirm(&tx, &clock, staff).await.expect("confirms");
        tx.commit().await.expect("commits");
        assert!(look(TimeDelta::hours(1)).await);
        assert!(doubted(&db).await.expect("asks").is_none());
        // A process that begins with a clock of last week.
        clock.advance(-TimeDelta::days(7));
        let late = Watch::new(db.clone(), clock.clone());
        assert!(!late.agrees().await);
    }
}
