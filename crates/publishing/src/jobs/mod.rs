//! The slice's part of the queue.

use async_trait::async_trait;
use domain::job::Job;
use jobs::{Failure, Handler};
use std::sync::Arc;

/// Runs [`Job::Deliver`].
pub fn handler(app: web::App) -> Arc<dyn Handler> {
    Arc::new(Deliveries(app))
}

struct Deliveries(web::App);

#[async_trait]
impl Handler for Deliveries {
    async fn run(&self, job: &Job) -> Option<Result<(), Failure>> {
        let Job::Deliver { answer } = job else { return None };
        let outcome = crate::delivery::deliver(&self.0, *answer).await;
        Some(outcome.map(drop).map_err(|error| match error {
            crate::Error::Orphan(_) => Failure::Fail(error.to_string()),
            error => Failure::Retry(error.to_string()),
        }))
    }
}
