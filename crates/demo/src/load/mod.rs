//! Loads the demo through the slices' services, with a clock that stands in the past.

mod event;
mod finished;
mod host;
mod magazine;
mod open;
mod quiet;
mod talk;

use crate::{
    Error, content,
    guard::{BEGUN, LOADED, noted},
    tour::{self, Tour},
};
use chrono::{DateTime, Utc};
use db::audit::{self, Actor};
use domain::{Clock, QuestionId};
use event::Scene;
use host::Cast;
use web::App;

/// The events' slugs.
pub(crate) mod slug {
    pub(crate) const OPEN: &str = "open";
    pub(crate) const TALK: &str = "talk";
    pub(crate) const FINISHED: &str = "finished";
}

/// Loads the demo into an empty database and says where to look; does nothing when it is there.
///
/// # Errors
/// When the database refuses, or the content contradicts the slices' rules.
pub async fn load(app: &App) -> Result<Tour, Error> {
    if !noted(app.db.reader(), LOADED).await? {
        let begun = app.clock.now();
        everything(app).await?;
        let took = app.clock.now() - begun;
        tracing::info!(ms = took.num_milliseconds(), "the demo is loaded");
    }
    tour::tour(app).await
}

async fn everything(app: &App) -> Result<(), Error> {
    note(app, BEGUN).await?;
    let cast = host::load(app, content::host()?).await?;
    let people = content::people()?;
    finished::load(app, &cast, &people, &content::finished()?).await?;
    magazine::load(app, &cast, &content::magazine()?).await?;
    talk::load(app, &cast, &people, &content::talk()?).await?;
    open::load(app, &cast, &people, &content::open()?).await?;
    note(app, LOADED).await?;
    app.wake.notify();
    Ok(())
}

async fn note(app: &App, action: &'static str) -> Result<(), Error> {
    let tx = app.db.begin_write().await?;
    let subject = ("demo", None);
    let details = serde_json::json!({});
    audit::record(
        &tx,
        &app.clock,
        audit::Entry {
            event: None,
            actor: Actor::System,
            action,
            subject,
            details,
        },
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// The same installation at another time.
fn at(app: &App, time: DateTime<Utc>) -> App {
    let mut then = app.clone();
    then.clock = Clock::frozen(time);
    then
}

/// The question with this number in the file, as it was stored.
fn asked(ids: &[(u32, QuestionId)], n: u32) -> Result<QuestionId, Error> {
    let found = ids.iter().find(|(number, _)| *number == n);
    found
        .map(|(_, id)| *id)
        .ok_or_else(|| Error::content(format!("there is no question {n}")))
}
