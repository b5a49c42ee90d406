//! What goes by the clock: articles that wait for their moment, and people who have not answered.

use crate::{Error, approval, article, comments, magazine, newsletter, useful};
use jobs::clock::Watch;
use std::time::Duration;
use web::App;

/// How often somebody looks. What is due stands in the rows, so a look that was missed costs only its time.
const LOOK: Duration = Duration::from_secs(5);
/// Every so many looks people are reminded.
const REMIND: u32 = 12;

/// Publishes and begins to send what is due, but not while the clock is doubted.
#[derive(Debug)]
pub struct Due(Watch);

impl Due {
    /// It compares the clocks from now on.
    pub fn new(app: &App) -> Self {
        Self(Watch::new(app.db.clone(), app.clock.clone()))
    }

    /// How many articles went out; `None` while the clock is doubted.
    ///
    /// # Errors
    /// When the database refuses; what is due stays due.
    pub async fn look(&self, app: &App) -> Result<Option<usize>, Error> {
        if self.0.agrees().await {
            newsletter::begin_due(app).await?;
            article::publish_due(app).await.map(Some)
        } else {
            Ok(None)
        }
    }
}

/// Publishes and reminds until the process stops.
pub async fn watch(app: &App, stopped: impl Future<Output = ()>) {
    let due = Due::new(app);
    let mut looks = 0_u32;
    tokio::pin!(stopped);
    loop {
        tokio::select! {
            () = &mut stopped => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        if let Err(error) = magazine::follow(app).await {
            tracing::error!(%error, "the index of what is published does not follow; next try in seconds");
        }
        match due.look(app).await {
            Ok(None) => continue,
            Ok(Some(0)) => {}
            Ok(Some(articles)) => tracing::info!(articles, "scheduled articles were published"),
            Err(error) => tracing::error!(%error, "scheduled articles could not be published; next try in seconds"),
        }
        looks = looks.wrapping_add(1);
        if !looks.is_multiple_of(REMIND) {
            continue;
        }
        for forgotten in [useful::forget(app).await, comments::forget(app).await] {
            if let Err(error) = forgotten {
                tracing::error!(%error, "what is over could not be forgotten; next try in a minute");
            }
        }
        match approval::remind(app).await {
            Ok(0) => {}
            Ok(mails) => tracing::info!(mails, "quoted people were reminded"),
            Err(error) => tracing::error!(%error, "quoted people could not be reminded; next try in a minute"),
        }
    }
}
