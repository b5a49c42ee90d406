//! Reminders while an answer is awaited: to whom it was given, then to the lead of the crew, then to the moderators. Never
//! outside working hours, never after an answer, one mail for somebody who has several to give.

mod board;
mod letter;
mod pages;
mod rule;
mod send;
mod stop;
#[cfg(test)]
mod tests;
mod waiting;

pub(crate) use pages::routes;
pub use rule::Rule;
pub use send::run;
pub(crate) use stop::stop;

use std::time::Duration;
use web::App;

/// How often somebody looks. What is due stands in the rows, so a look that was missed costs only its time.
const LOOK: Duration = Duration::from_mins(1);

/// Reminds until the process stops; not while the clock is doubted.
pub async fn watch(app: &App, stopped: impl Future<Output = ()>) {
    let clock = jobs::clock::Watch::new(app.db.clone(), app.clock.clone());
    tokio::pin!(stopped);
    while clock.next(LOOK, &mut stopped).await {
        match run(app).await {
            Ok(0) => {}
            Ok(mails) => tracing::info!(mails, "reminders were put into the outbox"),
            Err(error) => tracing::error!(%error, "reminders that are due could not be put; next try in a minute"),
        }
    }
}
