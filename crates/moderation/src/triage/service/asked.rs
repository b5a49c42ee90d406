//! All that were asked, counted once for a while: a page that compares the ten with 100,000 does not count them each time.

use crate::triage::repo::{self, Asked};
use chrono::{DateTime, TimeDelta, Utc};
use db::{Error, entity::event};
use domain::EventId;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use web::App;

/// What was counted is used for so long.
const KEPT: TimeDelta = TimeDelta::seconds(30);
/// Fewer than these are counted anew each time.
const MANY: i64 = 5_000;

#[derive(Default)]
struct Kept(Mutex<HashMap<EventId, (DateTime<Utc>, Arc<Asked>)>>);

/// The counts of the event, at most half a minute old.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn asked(app: &App, event: &event::Model) -> Result<Arc<Asked>, Error> {
    let (kept, now) = (app.parts.get(Kept::default), app.clock.now());
    {
        let known = kept.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, asked)) = known.get(&event.id)
            && (TimeDelta::zero()..KEPT).contains(&(now - *at))
        {
            return Ok(Arc::clone(asked));
        }
    }
    let fresh = Arc::new(repo::asked(app.db.reader(), event).await?);
    let mut known = kept.0.lock().unwrap_or_else(PoisonError::into_inner);
    known.retain(|_, (at, _)| now - *at < KEPT);
    if fresh.all >= MANY {
        known.insert(event.id, (now, Arc::clone(&fresh)));
    }
    Ok(fresh)
}
