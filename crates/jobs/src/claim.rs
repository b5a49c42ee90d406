//! The rows of the queue.

use chrono::{DateTime, Duration, Utc};
use db::{Db, Error, entity::job};
use domain::{Clock, JobId, job::Job, state::job::JobState};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};

/// How long a worker may hold a job before another takes it.
pub(crate) const LEASE: Duration = Duration::minutes(5);

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
    let row = job::ActiveModel {
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
    };
    job::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(id)
}

/// Due and free, or held by a worker whose lease has ended.
fn due(now: DateTime<Utc>) -> Condition {
    Condition::all().add(job::Column::RunAt.lte(now)).add(
        Condition::any().add(job::Column::State.eq(JobState::Queued)).add(
            Condition::all()
                .add(job::Column::State.eq(JobState::Running))
                .add(job::Column::LeaseUntil.lt(now)),
        ),
    )
}

/// Claims at most `limit` due jobs, oldest first.
pub(crate) async fn claim(db: &Db, now: DateTime<Utc>, owner: &str, limit: u64) -> Result<Vec<job::Model>, Error> {
    let candidates: Vec<JobId> = job::Entity::find()
        .select_only()
        .column(job::Column::Id)
        .filter(due(now))
        .order_by_asc(job::Column::RunAt)
        .limit(limit)
        .into_tuple()
        .all(db.reader())
        .await?;
    if candidates.is_empty() {
        return Ok(Vec::new());
    }
    let tx = db.begin_write().await?;
    let mut mine = Vec::new();
    for id in candidates {
        let claimed = job::Entity::update_many()
            .col_expr(job::Column::State, Expr::value(JobState::Running))
            .col_expr(job::Column::LeaseUntil, Expr::value(now + LEASE))
            .col_expr(job::Column::LeaseOwner, Expr::value(owner))
            .col_expr(job::Column::Attempts, Expr::col(job::Column::Attempts).add(1))
            .filter(job::Column::Id.eq(id))
            .filter(due(now))
            .exec(&tx)
            .await?;
        if claimed.rows_affected == 1 {
            mine.extend(job::Entity::find_by_id(id).one(&tx).await?);
        }
    }
    tx.commit().await?;
    Ok(mine)
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
