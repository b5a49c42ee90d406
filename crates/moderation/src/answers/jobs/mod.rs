//! The work of this part that is done later.

mod asker;
mod bind;
mod read_mail;

pub(crate) use asker::remark;
pub(crate) use bind::bind;
pub use read_mail::{Outcome, read_mail};
pub(crate) use read_mail::{keep, reading};

use crate::triage::{
    board::bulk,
    service::{release, reserves, route_rest},
    similar::survey,
};
use async_trait::async_trait;
use domain::job::Job;
use jobs::{Failure, Handler};
use std::sync::Arc;
use web::App;

struct Jobs(App);

#[async_trait]
impl Handler for Jobs {
    async fn run(&self, job: &Job) -> Option<Result<(), Failure>> {
        match job {
            Job::ReadMail { incoming } => {
                let done = read_mail(&self.0, *incoming).await;
                Some(done.map(|_| ()).map_err(|e| Failure::Retry(e.to_string())))
            }
            Job::Release { release } => {
                let done = release::part(&self.0, *release).await;
                Some(done.map_err(|e| Failure::Retry(e.to_string())))
            }
            Job::MoveUp { event, decision } => {
                let done = reserves::after_withdrawal(&self.0, *event, *decision).await;
                Some(done.map_err(|e| Failure::Retry(e.to_string())))
            }
            Job::RouteRest {
                event,
                staff,
                service,
                written,
                prefers,
                after,
                last,
            } => {
                let rest = route_rest::Rest {
                    service: *service,
                    written: *written,
                    prefers: *prefers,
                    after: *after,
                    last: None,
                };
                let done = route_rest::part(&self.0, *staff, *event, rest, *last).await;
                Some(done.map_err(|e| Failure::Retry(e.to_string())))
            }
            Job::GroupSimilar { event } => {
                let done = survey::group(&self.0, *event).await;
                Some(done.map_err(|e| Failure::Retry(e.to_string())))
            }
            Job::Bulk { bulk } => {
                let done = bulk::part(&self.0, *bulk).await;
                Some(done.map_err(|e| Failure::Retry(e.to_string())))
            }
            _ => None,
        }
    }
}

pub fn handler(app: App) -> Arc<dyn Handler> {
    Arc::new(Jobs(app))
}
