//! The jobs of this slice.

use super::roster;
use crate::Error;
use async_trait::async_trait;
use domain::job::Job;
use jobs::{Failure, Handler};
use web::App;

pub struct Jobs {
    app: App,
}

impl Jobs {
    pub const fn new(app: App) -> Self {
        Self { app }
    }
}

#[async_trait]
impl Handler for Jobs {
    async fn run(&self, job: &Job) -> Option<Result<(), Failure>> {
        let Job::ImportRoster { import } = job else { return None };
        let done = roster::run(&self.app.db, &self.app.clock, *import).await;
        Some(done.map_err(|error| match error {
            Error::Roster(error) => Failure::Fail(error.to_string()),
            // Two imports that met: the next try compares anew.
            other => Failure::Retry(other.to_string()),
        }))
    }
}
