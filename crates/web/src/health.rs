//! Whether the process lives, whether it is ready, and the line about the mail queue on every desk page.

use crate::App;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, TimeDelta, Utc};
use db::{
    entity::{clock_watch, job, marked_address, staff, worker_health},
    prelude::*,
};
use domain::state::job::JobState;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// A worker that wrote nothing for so long has stopped.
const SILENT: TimeDelta = TimeDelta::minutes(3);
/// The line is read from the database at most so often.
const FRESH: Duration = Duration::from_secs(2);

/// The mail queue as the worker last saw it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    pub waiting: i64,
    pub uncertain: i64,
    pub failed: i64,
    /// Work other than mail that was given up.
    pub failed_jobs: u64,
    /// Addresses that mail came back from, which nobody has seen to.
    pub returned: u64,
    pub oldest_at: Option<DateTime<Utc>>,
    pub paused: bool,
    /// The clock is doubted: what goes by it waits.
    pub clock: bool,
    /// No worker has reported lately.
    pub silent: bool,
}

impl Health {
    pub fn is_bad(&self) -> bool {
        self.failed > 0 || self.failed_jobs > 0 || self.returned > 0 || self.clock || self.silent
    }

    /// Where one sees to it.
    pub const fn href(&self) -> &'static str {
        if self.clock {
            "/desk/clock"
        } else if self.failed_jobs > 0 && self.failed == 0 {
            "/desk"
        } else if self.returned > 0 && self.failed == 0 {
            "/desk/addresses"
        } else {
            "/desk/outbox"
        }
    }
}

#[derive(Clone, Default)]
pub(crate) struct Cache(Arc<Mutex<Option<(Instant, Health)>>>);

impl Cache {
    /// The line must never break a page: when it cannot be read, there is none.
    pub(crate) async fn read(&self, app: &App) -> Option<Health> {
        if let Some((at, health)) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner)
            && at.elapsed() < FRESH
        {
            return Some(health.clone());
        }
        let rows = worker_health::Entity::find().all(app.db.reader()).await.ok()?;
        let failed = job::Entity::find().filter(job::Column::State.eq(JobState::Failed));
        let returned = marked_address::Entity::find().filter(marked_address::Column::SettledAt.is_null());
        let health = Health {
            returned: returned.count(app.db.reader()).await.ok()?,
            clock: clock_watch::Entity::find()
                .filter(clock_watch::Column::Doubt.is_not_null())
                .one(app.db.reader())
                .await
                .ok()?
                .is_some(),
            failed_jobs: failed.count(app.db.reader()).await.ok()?,
            ..sum(&rows, app.clock.now())
        };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), health.clone()));
        Some(health)
    }
}

/// All workers look at the same queue, so the latest word counts.
fn sum(rows: &[worker_health::Model], now: DateTime<Utc>) -> Health {
    rows.iter().max_by_key(|r| r.at).map_or(
        Health {
            silent: true,
            ..Health::default()
        },
        |r| Health {
            waiting: i64::from(r.waiting),
            uncertain: i64::from(r.uncertain),
            failed: i64::from(r.failed),
            failed_jobs: 0,
            returned: 0,
            clock: false,
            oldest_at: r.oldest_at,
            paused: r.paused,
            silent: now - r.at > SILENT,
        },
    )
}

pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// Ready when the database answers and has our tables.
pub(crate) async fn readyz(State(app): State<App>) -> Response {
    let asked = staff::Entity::find()
        .select_only()
        .column(staff::Column::Id)
        .limit(1)
        .into_tuple::<domain::StaffId>();
    match tokio::time::timeout(Duration::from_secs(2), asked.one(app.db.reader())).await {
        Ok(Ok(_)) => "ready\n".into_response(),
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready: the database refused");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready: database\n").into_response()
        }
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "not ready: database is slow\n").into_response(),
    }
}
