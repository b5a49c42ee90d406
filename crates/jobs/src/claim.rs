//! The rows of the queue.

use chrono::{DateTime, Duration, Utc};
use db::{Db, Error, entity::job};
use domain::{Clock, JobId, job::Job, state::job::JobState};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};

/// How long a job stays with a worker that gives no sign of life: so long does its work wait after a kill.
pub(crate) const LEASE: Duration = Duration::seconds(30);
/// Tries before a job that could be retried is given up.
pub(crate) const TRIES: i32 = 12;

/// Enqueues `work` with `conn`, the transaction that causes it, to run at `run_at`.
///
/// # Errors
/// When the database refuses.
pub async fn enqueue(
    conn: &impl ConnectionTrait,
    clock: &Clock,
    work: &Job,
    run_at: DateTime<Utc>,
) -> Result<JobId, Error> {
    let id = JobId::new();
    job::Entity::insert(new(id, clock, work, run_at)?)
        .exec_without_returning(conn)
        .await?;
    Ok(id)
}

/// The same as a row of a [`db::Batch`].
///
/// # Errors
/// When the payload does not become JSON.
pub fn row(clock: &Clock, work: &Job, run_at: DateTime<Utc>) -> Result<job::ActiveModel, Error> {
    new(JobId::new(), clock, work, run_at)
}

fn new(id: JobId, clock: &Clock, work: &Job, run_at: DateTime<Utc>) -> Result<job::ActiveModel, Error> {
    Ok(job::ActiveModel {
        id: Set(id),
        kind: Set(work.kind().to_owned()),
        payload: Set(serde_json::to_value(work)?),
        state: Set(JobState::Queued),
        run_at: Set(run_at),
        attempts: Set(0),
        lease_until: Set(None),
        lease_owner: Set(None),
        last_error: NotSet,
        created_at: Set(clock.now()),
        done_at: Set(None),
    })
}

/// Which kinds of jobs a worker runs.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Kinds {
    #[default]
    All,
    Only(&'static [&'static str]),
    But(&'static [&'static str]),
}

impl Kinds {
    fn condition(self) -> Condition {
        match self {
            Self::All => Condition::all(),
            Self::Only(kinds) => Condition::all().add(job::Column::Kind.is_in(kinds.iter().copied())),
            Self::But(kinds) => Condition::all().add(job::Column::Kind.is_not_in(kinds.iter().copied())),
        }
    }
}

/// Due and free, or held by a worker whose lease has ended.
fn due(now: DateTime<Utc>, kinds: Kinds) -> Condition {
    // The first in words that the partial index knows: bound values say nothing to the planner.
    let open = Expr::cust("state IN ('queued', 'running')");
    Condition::all()
        .add(open)
        .add(kinds.condition())
        .add(job::Column::RunAt.lte(now))
        .add(
            Condition::any().add(job::Column::State.eq(JobState::Queued)).add(
                Condition::all()
                    .add(job::Column::State.eq(JobState::Running))
                    .add(job::Column::LeaseUntil.lt(now)),
            ),
        )
}

/// Claims at most `limit` due jobs, oldest first.
pub(crate) async fn claim(
    db: &Db,
    now: DateTime<Utc>,
    owner: &str,
    kinds: Kinds,
    limit: u64,
) -> Result<Vec<job::Model>, Error> {
    let candidates: Vec<JobId> = job::Entity::find()
        .select_only()
        .column(job::Column::Id)
        .filter(due(now, kinds))
        .order_by_asc(job::Column::RunAt)
        .limit(limit)
        .into_tuple()
        .all(db.reader())
        .await?;
    if candidates.is_empty() {
        return Ok(Vec::new());
    }
    let tx = db.begin_write().await?;
    // Whose worker died so often is what kills it: staff must look.
    job::Entity::update_many()
        .col_expr(job::Column::State, Expr::value(JobState::Failed))
        .col_expr(job::Column::LeaseOwner, Expr::value(Option::<String>::None))
        .col_expr(job::Column::LeaseUntil, Expr::value(Option::<DateTime<Utc>>::None))
        .col_expr(
            job::Column::LastError,
            Expr::value("its worker ended without a word, every time"),
        )
        .filter(job::Column::State.eq(JobState::Running))
        .filter(job::Column::Attempts.gte(TRIES))
        .filter(due(now, kinds))
        .exec(&tx)
        .await?;
    let mut mine = Vec::new();
    for id in candidates {
        let claimed = job::Entity::update_many()
            .col_expr(job::Column::State, Expr::value(JobState::Running))
            .col_expr(job::Column::LeaseUntil, Expr::value(now + LEASE))
            .col_expr(job::Column::LeaseOwner, Expr::value(owner))
            .col_expr(job::Column::Attempts, Expr::col(job::Column::Attempts).add(1))
            .filter(job::Column::Id.eq(id))
            .filter(due(now, kinds))
            .exec(&tx)
            .await?;
        if claimed.rows_affected == 1 {
            mine.extend(job::Entity::find_by_id(id).one(&tx).await?);
        }
    }
    tx.commit().await?;
    Ok(mine)
}

/// A sign of life: those of `rows` that `owner` still holds stay its own for another lease.
pub(crate) async fn renew(db: &Db, now: DateTime<Utc>, owner: &str, rows: &[job::Model]) -> Result<(), Error> {
    let tx = db.begin_write().await?;
    job::Entity::update_many()
        .col_expr(job::Column::LeaseUntil, Expr::value(now + LEASE))
        .filter(job::Column::Id.is_in(rows.iter().map(|row| row.id)))
        .filter(job::Column::State.eq(JobState::Running))
        .filter(job::Column::LeaseOwner.eq(owner))
        .exec(&tx)
        .await?;
    tx.commit().await
}

/// Ends the claim of `owner`, whichever way it went; does nothing when another worker has taken over.
pub(crate) async fn settle(
    db: &Db,
    now: DateTime<Utc>,
    row: &job::Model,
    owner: &str,
    state: JobState,
    run_at: Option<DateTime<Utc>>,
    error: Option<String>,
) -> Result<(), Error> {
    let tx = db.begin_write().await?;
    job::Entity::update_many()
        .col_expr(job::Column::State, Expr::value(state))
        .col_expr(job::Column::LeaseUntil, Expr::value(Option::<DateTime<Utc>>::None))
        .col_expr(job::Column::LeaseOwner, Expr::value(Option::<String>::None))
        .col_expr(job::Column::RunAt, Expr::value(run_at.unwrap_or(row.run_at)))
        .col_expr(job::Column::LastError, Expr::value(error))
        .col_expr(
            job::Column::DoneAt,
            Expr::value((state == JobState::Done).then_some(now)),
        )
        .filter(job::Column::Id.eq(row.id))
        .filter(job::Column::LeaseOwner.eq(owner))
        .exec(&tx)
        .await?;
    tx.commit().await
}
