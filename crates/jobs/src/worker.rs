//! The loop that runs what is due.

use crate::claim::{Kinds, TRIES, claim, renew, settle};
use async_trait::async_trait;
use chrono::Duration;
use db::{Db, Error, Wake, entity::job};
use domain::{Clock, job::Job, state::job::JobState};
use std::{convert::Infallible, future::Future, sync::Arc};
use uuid::Uuid;

/// Why a job did not succeed, and whether trying again can help.
#[derive(Debug)]
pub enum Failure {
    /// Later it may go: the disk was full, a server did not answer.
    Retry(String),
    /// It will never go: staff must look. The job stays, failed, and is counted on every staff page.
    Fail(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Retry(error.to_string())
    }
}

impl From<sea_orm::DbErr> for Failure {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Retry(error.to_string())
    }
}

/// Runs the jobs of one slice.
#[async_trait]
pub trait Handler: Send + Sync {
    /// `None` when this kind of job is not this handler's.
    async fn run(&self, job: &Job) -> Option<Result<(), Failure>>;
}

/// Runs due jobs with the first handler that knows them.
pub struct Worker {
    db: Db,
    clock: Clock,
    wake: Wake,
    handlers: Vec<Arc<dyn Handler>>,
    owner: String,
    kinds: Kinds,
    batch: u64,
}

const BATCH: u64 = 16;
/// How long the loop sleeps when nothing is due and nobody wakes it.
const POLL: std::time::Duration = std::time::Duration::from_millis(500);
/// A worker gives a sign of life so often while it works; well within the lease.
const RENEW: std::time::Duration = std::time::Duration::from_secs(8);

impl Worker {
    pub fn new(db: Db, clock: Clock, wake: Wake, handlers: Vec<Arc<dyn Handler>>) -> Self {
        Self {
            db,
            clock,
            wake,
            handlers,
            owner: Uuid::new_v4().simple().to_string(),
            kinds: Kinds::All,
            batch: BATCH,
        }
    }

    /// Runs these kinds alone, and one job at a time, so that the next one is free for another process.
    #[must_use]
    pub const fn only(mut self, kinds: &'static [&'static str]) -> Self {
        (self.kinds, self.batch) = (Kinds::Only(kinds), 1);
        self
    }

    /// Leaves these kinds to another worker.
    #[must_use]
    pub const fn but(mut self, kinds: &'static [&'static str]) -> Self {
        self.kinds = Kinds::But(kinds);
        self
    }

    /// Runs until `shutdown` is ready; finishes the job at hand first.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) {
        tokio::pin!(shutdown);
        loop {
            let ran = match self.run_due().await {
                Ok(ran) => ran,
                Err(error) => {
                    tracing::error!(%error, "jobs: the queue does not answer");
                    0
                }
            };
            tokio::select! {
                biased;
                () = &mut shutdown => return,
                // Where some ran, more may be due: no rest before none are.
                () = std::future::ready(()), if ran > 0 => {}
                () = self.wake.wait(POLL) => {}
            }
        }
    }

    /// Runs what is due now, once; says how many jobs were run. Tests call it in place of the loop.
    ///
    /// # Errors
    /// When the queue itself cannot be read or written.
    pub async fn run_due(&self) -> Result<usize, Error> {
        let rows = claim(&self.db, self.clock.now(), &self.owner, self.kinds, self.batch).await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let work = async {
            for row in &rows {
                self.run_one(row).await?;
            }
            Ok(rows.len())
        };
        tokio::select! {
            done = work => done,
            never = self.stay(&rows) => match never {},
        }
    }

    /// Keeps the claims for as long as the work takes: a long import is not begun a second time.
    async fn stay(&self, rows: &[job::Model]) -> Infallible {
        loop {
            tokio::time::sleep(RENEW).await;
            if let Err(error) = renew(&self.db, self.clock.now(), &self.owner, rows).await {
                tracing::warn!(%error, "jobs: the claims could not be renewed");
            }
        }
    }

    async fn run_one(&self, row: &job::Model) -> Result<(), Error> {
        let outcome = match serde_json::from_value::<Job>(row.payload.clone()) {
            Ok(work) => self.hand_over(&work).await,
            Err(error) => Err(Failure::Fail(format!("payload does not read: {error}"))),
        };
        let now = self.clock.now();
        let (state, run_at, error) = match outcome {
            Ok(()) => (JobState::Done, None, None),
            Err(Failure::Retry(why)) if row.attempts < TRIES => {
                tracing::warn!(job = %row.id, kind = %row.kind, attempt = row.attempts, %why, "job will be tried again");
                (JobState::Queued, Some(now + pause(row.attempts)), Some(why))
            }
            Err(Failure::Retry(why) | Failure::Fail(why)) => {
                tracing::error!(job = %row.id, kind = %row.kind, attempt = row.attempts, %why, "job failed");
                (JobState::Failed, None, Some(why))
            }
        };
        settle(&self.db, now, row, &self.owner, state, run_at, error).await
    }

    async fn hand_over(&self, work: &Job) -> Result<(), Failure> {
        for handler in &self.handlers {
            if let Some(outcome) = handler.run(work).await {
                return outcome;
            }
        }
        Err(Failure::Fail(format!("nobody runs {} here", work.kind())))
    }
}

/// 1 s, 2 s, 4 s … one hour.
fn pause(attempt: i32) -> Duration {
    let exponent = u32::try_from(attempt.clamp(1, 12) - 1).unwrap_or_default();
    Duration::seconds(2_i64.pow(exponent).min(3_600))
}
