//! A file from its first octet to its last row: for the command line in one call, for the pages as a job.

use super::{
    apply::{self, BATCH},
    diff::{Plan, plan},
    parse::{Problem, parse},
    store,
};
use crate::{Error, Result};
use chrono::Duration;
use db::{Db, audit::Actor, entity::roster_import, prelude::*};
use domain::{Clock, EventId, ImportId, state::people::ImportState};
use serde::{Deserialize, Serialize};

/// What importing a file did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    pub new: usize,
    pub changed: usize,
    pub unchanged: usize,
    pub wrong: usize,
    /// The wrong rows by number, each with its problems; [`Problem::text`] puts them into words.
    #[serde(skip)]
    pub problems: Vec<(usize, Vec<Problem>)>,
}

impl Summary {
    pub fn of(plan: &Plan) -> Self {
        let wrong = plan.rows.iter().filter(|p| !p.row.problems.is_empty());
        Self {
            new: plan.count("new"),
            changed: plan.count("changed"),
            unchanged: plan.count("unchanged"),
            wrong: plan.count("wrong"),
            problems: wrong.map(|p| (p.row.number, p.row.problems.clone())).collect(),
        }
    }

    /// The rows that are written.
    pub const fn work(&self) -> usize {
        self.new + self.changed
    }
}

/// Reads a file and compares it with what is there.
pub(crate) async fn prepare(conn: &impl ConnectionTrait, event: EventId, bytes: Vec<u8>) -> Result<Plan> {
    let known = store::known(conn).await?;
    // A workbook that makes its reader panic is no workbook.
    let rows = tokio::task::spawn_blocking(move || parse(&sheet::read(&bytes)?, &known))
        .await
        .map_err(|_| sheet::Unreadable::Workbook)??;
    let people = store::people(conn, event).await?;
    Ok(plan(rows, people))
}

/// Imports a file at once; with `dry_run` it only says what would happen. `progress(done, total)` is called after each
/// batch. Wrong rows are left out and told in the summary.
///
/// # Errors
/// When the file is no roster, or the database refuses: then the batches before stand, and importing again goes on.
pub async fn import_file(
    db: &Db,
    clock: &Clock,
    event: EventId,
    bytes: &[u8],
    dry_run: bool,
    progress: impl Fn(usize, usize),
) -> Result<Summary> {
    let plan = prepare(db.reader(), event, bytes.to_vec()).await?;
    let summary = Summary::of(&plan);
    let work = plan.work();
    progress(0, work.len());
    if dry_run {
        return Ok(summary);
    }
    let mut done = 0;
    for batch in work.chunks(BATCH) {
        let tx = db.begin_write().await?;
        apply::batch(&tx, clock, Actor::System, event, batch, &plan.people).await?;
        tx.commit().await?;
        done += batch.len();
        progress(done, work.len());
    }
    Ok(summary)
}

/// Runs an import that staff began. Run again after a crash, it goes on where it stood: rows that are written already
/// are unchanged ones.
pub(crate) async fn run(db: &Db, clock: &Clock, id: ImportId) -> Result<()> {
    let Some(import) = roster_import::Entity::find_by_id(id).one(db.reader()).await? else {
        return Ok(());
    };
    if import.state != ImportState::Running {
        return Ok(());
    }
    let actor = import.created_by.map_or(Actor::System, Actor::Staff);
    let plan = match prepare(db.reader(), import.event_id, import.bytes).await {
        Ok(plan) => plan,
        Err(Error::Roster(error)) => {
            let tx = db.begin_write().await?;
            settle(&tx, id, ImportState::Failed, false).await?;
            tx.commit().await?;
            return Err(error.into());
        }
        Err(error) => return Err(error),
    };
    let work = plan.work();
    let total = usize::try_from(import.total).unwrap_or_default();
    let mut left = work.len();
    for batch in work.chunks(BATCH) {
        let tx = db.begin_write().await?;
        apply::batch(&tx, clock, actor, import.event_id, batch, &plan.people).await?;
        left -= batch.len();
        let done = i32::try_from(total.saturating_sub(left)).unwrap_or(i32::MAX);
        roster_import::Entity::update_many()
            .col_expr(roster_import::Column::Done, Expr::value(done))
            .filter(roster_import::Column::Id.eq(id))
            .exec(&tx)
            .await?;
        tx.commit().await?;
    }
    let tx = db.begin_write().await?;
    // The wrong rows may be fetched for as long as `forget` leaves them.
    settle(&tx, id, ImportState::Done, Summary::of(&plan).wrong > 0).await?;
    tx.commit().await?;
    Ok(())
}

/// How long an uploaded file is kept for a look at its rows.
const KEPT: Duration = Duration::days(7);

/// Lets go of the files that nobody asks for any more: names and addresses lie in the roster, not in what it came as.
///
/// # Errors
/// When the database refuses.
pub async fn forget(tx: &impl ConnectionTrait, clock: &Clock) -> std::result::Result<(), db::Error> {
    roster_import::Entity::update_many()
        .col_expr(roster_import::Column::Bytes, Expr::value(Vec::<u8>::new()))
        .filter(roster_import::Column::State.ne(ImportState::Running))
        .filter(roster_import::Column::CreatedAt.lt(clock.now() - KEPT))
        .filter(roster_import::Column::Bytes.ne(Vec::<u8>::new()))
        .exec(tx)
        .await?;
    Ok(())
}

async fn settle(tx: &impl ConnectionTrait, id: ImportId, state: ImportState, keep: bool) -> Result<()> {
    let mut update = roster_import::Entity::update_many().col_expr(roster_import::Column::State, Expr::value(state));
    if !keep {
        update = update.col_expr(roster_import::Column::Bytes, Expr::value(Vec::<u8>::new()));
    }
    update
        .filter(roster_import::Column::Id.eq(id))
        .filter(roster_import::Column::State.eq(ImportState::Running))
        .exec(tx)
        .await?;
    Ok(())
}
