//! A database that was put back from a backup sends nothing before somebody has looked.
//!
//! What stands in it as queued may have gone out since the backup was made. While mails are sent, a number in the
//! database goes up, and a file in `data_dir` follows it, so that the file is never ahead. When it is, the database went
//! back in time; when it is missing or names another database, this one was brought here from elsewhere. A further
//! node of a database that others work on is told by their beat: theirs goes up, that of a restored one stands still.

use crate::Error;
use db::{
    audit::{self, Actor, Entry},
    entity::{installation, outgoing_mail},
    prelude::*,
};
use domain::Clock;
use sea_orm::sea_query::OnConflict;
use serde_json::json;
use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;
use uuid::Uuid;

/// So long is watched whether others send from the same database. They beat every ten seconds.
const WATCH: Duration = Duration::from_secs(25);

/// Looks after the one row and the one file.
#[derive(Debug)]
pub(super) struct Hold {
    /// `None`: switched off.
    file: Option<PathBuf>,
    state: Mutex<State>,
}

#[derive(Clone, Debug)]
enum State {
    /// Not looked yet.
    New,
    /// The file does not fit; the beat that was seen first, and when.
    Watching(i64, Instant),
    /// This process sends; what it noted last, also where the file cannot be written.
    Fits(Noted),
}

/// Whether mails may go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Leave {
    Go,
    Wait(String),
}

/// What the file says.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Noted {
    mark: String,
    beat: i64,
}

/// Whether the file goes with the row.
fn misfit(noted: Option<&Noted>, row: &installation::Model) -> Option<&'static str> {
    match noted {
        // Nobody has sent from it yet, or somebody has said since that it is right.
        _ if row.beat == 0 => None,
        Some(noted) if noted.mark != row.mark => Some("data_dir belongs to another database"),
        Some(noted) if noted.beat > row.beat => Some("the database is older than what was sent from it"),
        Some(_) => None,
        None => Some("the database was not used with this data_dir before"),
    }
}

impl Hold {
    pub(super) fn new(data_dir: &Path, on: bool) -> Self {
        Self {
            file: on.then(|| data_dir.join("database.mark")),
            state: Mutex::new(State::New),
        }
    }

    fn state(&self) -> State {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, state: State) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    /// Asks, and beats when mails may go.
    ///
    /// # Errors
    /// When the database refuses; then nothing may go, either.
    pub(super) async fn look(&self, db: &Db, clock: &Clock) -> Result<Leave, Error> {
        let Some(file) = &self.file else { return Ok(Leave::Go) };
        let state = self.state();
        let noted = match &state {
            State::Fits(noted) => Some(noted.clone()),
            State::New | State::Watching(..) => read(file),
        };
        let tx = db.begin_write().await?;
        let row = match installation::Entity::find_by_id(1).one(&tx).await? {
            Some(row) => row,
            None => begin(&tx, clock, noted.is_some()).await?,
        };
        if row.held_at.is_some() {
            tx.commit().await?;
            self.set(State::New);
            return Ok(Leave::Wait(row.held_why.unwrap_or_default()));
        }
        if let Some(why) = misfit(noted.as_ref(), &row) {
            let first = match state {
                State::Watching(first, since) if row.beat == first && since.elapsed() < WATCH => {
                    return Ok(Leave::Wait(format!("looking whether others send: {why}")));
                }
                State::Watching(first, _) => Some(first),
                // One file of SQLite has one process.
                State::New | State::Fits(_) if db.engine() == db::Engine::Sqlite => Some(row.beat),
                State::New | State::Fits(_) => None,
            };
            match first {
                None => {
                    self.set(State::Watching(row.beat, Instant::now()));
                    return Ok(Leave::Wait(format!("looking whether others send: {why}")));
                }
                Some(first) if row.beat == first => {
                    hold(&tx, clock, why).await?;
                    tx.commit().await?;
                    self.set(State::New);
                    return Ok(Leave::Wait(why.to_owned()));
                }
                Some(_) => tracing::info!("mail: others send from this database; this node joins them"),
            }
        }
        installation::Entity::update_many()
            .col_expr(installation::Column::Beat, Expr::col(installation::Column::Beat).add(1))
            .filter(installation::Column::One.eq(1))
            .exec(&tx)
            .await?;
        tx.commit().await?;
        let noted = Noted {
            mark: row.mark,
            beat: row.beat + 1,
        };
        self.set(State::Fits(noted.clone()));
        if let Err(error) = write(file, &noted) {
            tracing::warn!(%error, file = %file.display(), "mail: the database's mark cannot be written; the next start may hold the outbox");
        }
        Ok(Leave::Go)
    }
}

/// The first start on this schema: a fresh installation or an upgrade sends at once. When a file is there already, the
/// schema's step ran on a backup from before it.
async fn begin(tx: &WriteTx, clock: &Clock, known: bool) -> Result<installation::Model, Error> {
    let held = known && outgoing_mail::Entity::find().one(tx).await?.is_some();
    let why = "the database is older than this version of Mundap, which has run here before";
    let row = installation::ActiveModel {
        one: Set(1),
        mark: Set(Uuid::new_v4().simple().to_string()),
        beat: Set(0),
        held_at: Set(held.then(|| clock.now())),
        held_why: Set(held.then(|| why.to_owned())),
    };
    // Two nodes may begin at once.
    installation::Entity::insert(row)
        .on_conflict(OnConflict::column(installation::Column::One).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    let row = installation::Entity::find_by_id(1).one(tx).await?;
    row.ok_or_else(|| sea_orm::DbErr::RecordNotFound("installation".into()).into())
}

async fn hold(tx: &WriteTx, clock: &Clock, why: &str) -> Result<(), Error> {
    tracing::error!(
        why,
        "mail: this database seems to be put back from a backup; nothing is sent before `mundap mail resume`"
    );
    let held = installation::Entity::update_many()
        .col_expr(installation::Column::HeldAt, Expr::value(Some(clock.now())))
        .col_expr(installation::Column::HeldWhy, Expr::value(Some(why)))
        .filter(installation::Column::One.eq(1))
        .filter(installation::Column::HeldAt.is_null())
        .exec(tx)
        .await?;
    if held.rows_affected == 1 {
        let entry = Entry {
            event: None,
            actor: Actor::System,
            action: "outbox.held",
            subject: ("installation", None),
            details: json!({ "why": why }),
        };
        audit::record(tx, clock, entry).await?;
    }
    Ok(())
}

/// Why nothing is sent from this database, if so.
///
/// # Errors
/// When the database refuses.
pub async fn held(db: &Db) -> Result<Option<String>, Error> {
    let row = installation::Entity::find_by_id(1).one(db.reader()).await?;
    Ok(row
        .filter(|r| r.held_at.is_some())
        .map(|r| r.held_why.unwrap_or_default()))
}

/// Somebody has looked at the outbox: from here on this database is the one that counts, and mails go again. False when
/// nothing was held.
///
/// # Errors
/// When the database refuses.
pub async fn resume(db: &Db, clock: &Clock) -> Result<bool, Error> {
    let tx = db.begin_write().await?;
    let freed = installation::Entity::update_many()
        .col_expr(
            installation::Column::HeldAt,
            Expr::value(Option::<chrono::DateTime<chrono::Utc>>::None),
        )
        .col_expr(installation::Column::HeldWhy, Expr::value(Option::<String>::None))
        .col_expr(
            installation::Column::Mark,
            Expr::value(Uuid::new_v4().simple().to_string()),
        )
        .col_expr(installation::Column::Beat, Expr::value(0_i64))
        .filter(installation::Column::One.eq(1))
        .filter(installation::Column::HeldAt.is_not_null())
        .exec(&tx)
        .await?;
    if freed.rows_affected == 0 {
        tx.rollback().await?;
        return Ok(false);
    }
    let entry = Entry {
        event: None,
        actor: Actor::System,
        action: "outbox.resumed",
        subject: ("installation", None),
        details: json!({}),
    };
    audit::record(&tx, clock, entry).await?;
    tx.commit().await?;
    Ok(true)
}

fn read(file: &Path) -> Option<Noted> {
    let text = std::fs::read_to_string(file).ok()?;
    let (mark, beat) = text.trim().split_once(' ')?;
    Some(Noted {
        mark: mark.to_owned(),
        beat: beat.parse().ok()?,
    })
}

/// Whole or not at all. A file that is behind by a beat is no harm, so it is not forced to the disk.
fn write(file: &Path, noted: &Noted) -> std::io::Result<()> {
    let new = file.with_extension(format!("mark.{}", std::process::id()));
    std::fs::write(&new, format!("{} {}\n", noted.mark, noted.beat))?;
    std::fs::rename(&new, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock() -> Clock {
        Clock::frozen(chrono::DateTime::from_timestamp(1_800_000_000, 0).expect("time"))
    }

    /// As a process that has just begun.
    async fn start(db: &Db, dir: &Path) -> Leave {
        Hold::new(dir, true).look(db, &clock()).await.expect("looks")
    }

    async fn beat(db: &Db) -> i64 {
        let row = installation::Entity::find_by_id(1).one(db.reader()).await;
        row.expect("reads").expect("is there").beat
    }

    async fn back_to(db: &Db, beat: i64) {
        let tx = db.begin_write().await.expect("begins");
        installation::Entity::update_many()
            .col_expr(installation::Column::Beat, Expr::value(beat))
            .exec(&tx)
            .await
            .expect("updates");
        tx.commit().await.expect("commits");
    }

    /// On PostgreSQL others may send from the same database: that is watched first.
    async fn start_and_watch(db: &Db, dir: &Path) -> Leave {
        let hold = Hold::new(dir, true);
        let first = hold.look(db, &clock()).await.expect("looks");
        if db.engine() == db::Engine::Sqlite {
            return first;
        }
        assert!(matches!(first, Leave::Wait(_)), "nothing goes while it watches");
        let Some(begun) = Instant::now().checked_sub(WATCH) else {
            panic!("the machine has just begun")
        };
        hold.set(State::Watching(beat(db).await, begun));
        hold.look(db, &clock()).await.expect("looks")
    }

    #[tokio::test]
    async fn a_database_that_went_back_in_time_sends_nothing_until_somebody_says_so() {
        let (db, folder) = crate::fixture::database().await;
        let dir = folder.path();
        for _ in 0..5 {
            assert_eq!(start(&db, dir).await, Leave::Go, "fresh, and each start after it");
        }
        assert_eq!(beat(&db).await, 5);
        back_to(&db, 3).await;
        assert!(matches!(start_and_watch(&db, dir).await, Leave::Wait(_)));
        assert!(held(&db).await.expect("reads").is_some());
        assert!(
            matches!(start(&db, dir).await, Leave::Wait(_)),
            "a restart changes nothing"
        );
        assert!(resume(&db, &clock()).await.expect("resumes"));
        assert!(!resume(&db, &clock()).await.expect("asks"), "once");
        assert_eq!(start(&db, dir).await, Leave::Go);
        assert_eq!(start(&db, dir).await, Leave::Go);
    }

    #[tokio::test]
    async fn a_database_that_came_from_elsewhere_waits_but_a_further_node_joins_those_that_send() {
        let (db, folder) = crate::fixture::database().await;
        let elsewhere = tempfile::tempdir().expect("a folder");
        assert_eq!(start(&db, folder.path()).await, Leave::Go);
        if db.engine() == db::Engine::Postgres {
            let joining = Hold::new(elsewhere.path(), true);
            assert!(matches!(
                joining.look(&db, &clock()).await.expect("looks"),
                Leave::Wait(_)
            ));
            assert_eq!(start(&db, folder.path()).await, Leave::Go, "the other one beats");
            assert_eq!(joining.look(&db, &clock()).await.expect("looks"), Leave::Go);
            assert_eq!(held(&db).await.expect("reads"), None);
        }
        let empty = tempfile::tempdir().expect("a folder");
        assert!(matches!(start_and_watch(&db, empty.path()).await, Leave::Wait(_)));
        assert!(
            matches!(start(&db, folder.path()).await, Leave::Wait(_)),
            "nobody sends from it now"
        );
        let off = Hold::new(empty.path(), false);
        assert_eq!(off.look(&db, &clock()).await.expect("looks"), Leave::Go, "switched off");
    }
}
