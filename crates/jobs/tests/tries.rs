//! A job that cannot be done is tried with growing pauses, then given up and left for staff.

use async_trait::async_trait;
use chrono::{DateTime, Duration};
use db::{Db, entity::job, prelude::*};
use domain::{AnswerId, Clock, JobId, job::Job, state::job::JobState};
use jobs::{Failure, Handler, Worker, enqueue};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// Fails each time, and counts.
struct Never(Arc<AtomicUsize>);

#[async_trait]
impl Handler for Never {
    async fn run(&self, _: &Job) -> Option<Result<(), Failure>> {
        let n = self.0.fetch_add(1, Ordering::SeqCst) + 1;
        Some(Err(Failure::Retry(format!("no for the {n}th time"))))
    }
}

/// Takes a job and never comes back, as a worker that is killed at work.
struct Killed;

#[async_trait]
impl Handler for Killed {
    async fn run(&self, _: &Job) -> Option<Result<(), Failure>> {
        std::future::pending().await
    }
}

struct Queue {
    db: Db,
    clock: Clock,
    id: JobId,
    _dir: tempfile::TempDir,
}

async fn queue() -> Queue {
    let dir = tempfile::tempdir().expect("a folder");
    let db = Db::connect(&format!("sqlite://{}/t.db", dir.path().display()), 4)
        .await
        .expect("opens");
    db.migrate().await.expect("migrates");
    let clock = Clock::frozen(DateTime::from_timestamp(1_795_000_000, 0).expect("time"));
    let tx = db.begin_write().await.expect("begins");
    let work = Job::Deliver {
        answer: AnswerId::new(),
    };
    let id = enqueue(&tx, &clock, &work, clock.now()).await.expect("enqueues");
    tx.commit().await.expect("commits");
    Queue {
        db,
        clock,
        id,
        _dir: dir,
    }
}

impl Queue {
    fn worker(&self, handler: Arc<dyn Handler>) -> Worker {
        Worker::new(self.db.clone(), self.clock.clone(), db::Wake::default(), vec![handler])
    }

    async fn row(&self) -> job::Model {
        let found = job::Entity::find_by_id(self.id).one(self.db.reader()).await;
        found.expect("reads").expect("is never lost")
    }
}

#[tokio::test]
async fn after_twelve_tries_it_is_given_up_and_never_taken_again() {
    let queue = queue().await;
    let tries = Arc::new(AtomicUsize::new(0));
    let worker = queue.worker(Arc::new(Never(Arc::clone(&tries))));
    let mut pauses = Vec::new();
    for n in 1..=12 {
        assert_eq!(worker.run_due().await.expect("runs"), 1, "try {n}");
        let row = queue.row().await;
        assert_eq!(row.attempts, n);
        assert_eq!(
            row.last_error.as_deref(),
            Some(format!("no for the {n}th time").as_str())
        );
        if n < 12 {
            assert_eq!(row.state, JobState::Queued, "try {n}");
            assert_eq!(worker.run_due().await.expect("runs"), 0, "not before its pause is over");
            pauses.push((row.run_at - queue.clock.now()).num_seconds());
            queue.clock.set(row.run_at);
        }
    }
    assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024]);
    assert_eq!(queue.row().await.state, JobState::Failed);
    queue.clock.advance(Duration::days(30));
    assert_eq!(worker.run_due().await.expect("runs"), 0);
    assert_eq!(tries.load(Ordering::SeqCst), 12);
}

#[tokio::test]
async fn a_job_whose_worker_dies_every_time_is_given_up_too() {
    let queue = queue().await;
    for n in 1..=12 {
        let worker = queue.worker(Arc::new(Killed));
        let work = tokio::spawn(async move { worker.run_due().await.map(drop) });
        loop {
            let row = queue.row().await;
            if row.attempts == n && row.state == JobState::Running {
                break;
            }
            tokio::task::yield_now().await;
        }
        work.abort();
        assert!(work.await.expect_err("was killed").is_cancelled());
        queue.clock.advance(Duration::minutes(1));
    }
    let worker = queue.worker(Arc::new(Killed));
    assert_eq!(
        worker.run_due().await.expect("claims"),
        0,
        "nobody takes it a thirteenth time"
    );
    let row = queue.row().await;
    assert_eq!((row.state, row.attempts, row.lease_owner), (JobState::Failed, 12, None));
}

#[tokio::test]
async fn what_takes_long_waits_in_a_line_of_its_own() {
    let queue = queue().await;
    let tx = queue.db.begin_write().await.expect("begins");
    for _ in 0..2 {
        let work = Job::MakeFile {
            printed: domain::PrintedId::new(),
        };
        enqueue(&tx, &queue.clock, &work, queue.clock.now())
            .await
            .expect("enqueues");
    }
    tx.commit().await.expect("commits");
    let tries = Arc::new(AtomicUsize::new(0));
    let worker = || queue.worker(Arc::new(Never(Arc::clone(&tries))));
    assert_eq!(
        worker().but(domain::job::LONG).run_due().await.expect("runs"),
        1,
        "the mail"
    );
    assert_eq!(queue.row().await.attempts, 1);
    for _ in 0..2 {
        let ran = worker().only(domain::job::LONG).run_due().await.expect("runs");
        assert_eq!(ran, 1, "one at a time");
    }
    assert_eq!(worker().only(domain::job::LONG).run_due().await.expect("runs"), 0);
    assert_eq!(queue.row().await.attempts, 1, "left to the other one");
}
