//! The slice's part of the queue.

use async_trait::async_trait;
use domain::job::Job;
use jobs::{Failure, Handler};
use std::sync::Arc;

/// Runs [`Job::Deliver`], [`Job::WithdrawPrint`], [`Job::WithdrawWords`], [`Job::FillNewsletter`] and [`Job::MakeFile`].
pub fn handler(app: web::App) -> Arc<dyn Handler> {
    Arc::new(Deliveries(app))
}

struct Deliveries(web::App);

#[async_trait]
impl Handler for Deliveries {
    async fn run(&self, job: &Job) -> Option<Result<(), Failure>> {
        let outcome = match job {
            Job::Deliver { answer } => crate::delivery::deliver(&self.0, *answer).await.map(drop),
            Job::WithdrawPrint { invitation } => crate::article::withdraw_print(&self.0, *invitation).await.map(drop),
            Job::WithdrawWords { approver } => crate::article::withdraw_words(&self.0, *approver).await.map(drop),
            Job::FillNewsletter { newsletter } => crate::newsletter::fill(&self.0, *newsletter).await,
            Job::MakeFile { printed } => crate::outputs::make(&self.0, *printed).await,
            _ => return None,
        };
        Some(outcome.map_err(|error| match error {
            crate::Error::Orphan(_) => Failure::Fail(error.to_string()),
            error => Failure::Retry(error.to_string()),
        }))
    }
}
