//! Ten thousand who listen, each on a connection of their own.

use anyhow::{Context, Result};
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use testkit::Wire;
use tokio::{sync::Notify, task::JoinSet};

/// A reader whom it did not reach by then is lost.
const PATIENCE: Duration = Duration::from_secs(30);

/// Who reads, and how many have heard of the change at hand.
#[derive(Default)]
pub(super) struct Readers {
    tasks: JoinSet<()>,
    heard: Arc<Heard>,
    all: usize,
}

#[derive(Default)]
struct Heard {
    many: AtomicUsize,
    all: AtomicUsize,
    last: Mutex<Option<Instant>>,
    done: Notify,
}

impl Readers {
    pub(super) async fn join(&mut self, wire: &Wire, path: &str, many: usize, event: &'static str) -> Result<()> {
        for n in 0..many {
            let mut events = wire
                .beside()
                .events(path)
                .await
                .with_context(|| format!("reader {n}"))?;
            let heard = Arc::clone(&self.heard);
            self.tasks.spawn(async move {
                while let Ok(name) = events.next().await {
                    if name == event {
                        heard.one();
                    }
                }
            });
        }
        self.all += many;
        Ok(())
    }

    pub(super) fn begin(&self) {
        self.heard.many.store(0, Ordering::SeqCst);
        self.heard.all.store(self.all, Ordering::SeqCst);
        *self.heard.last.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Milliseconds until the last one heard.
    pub(super) async fn reached(&self, begun: Instant) -> Result<f64> {
        let waited = tokio::time::timeout(PATIENCE, self.heard.done.notified()).await;
        let many = self.heard.many.load(Ordering::SeqCst);
        waited.with_context(|| format!("{many} of {} readers heard of it", self.all))?;
        let last = *self.heard.last.lock().unwrap_or_else(PoisonError::into_inner);
        let took = last.context("somebody was the last")?.duration_since(begun);
        Ok(took.as_secs_f64() * 1000.0)
    }
}

impl Heard {
    fn one(&self) {
        if self.many.fetch_add(1, Ordering::SeqCst) + 1 == self.all.load(Ordering::SeqCst) {
            *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
            self.done.notify_one();
        }
    }
}
