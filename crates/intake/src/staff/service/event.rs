//! Events are made and changed.

use crate::{Error, Result, staff::deed};
use chrono::{DateTime, Utc};
use db::{
    audit::{self, Actor},
    entity::event,
    prelude::*,
};
use domain::{Clock, EventId};
use sea_orm::sea_query::OnConflict;

/// An event, in values that are parsed already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    pub slug: String,
    pub title: String,
    pub title_en: String,
    pub host_name: String,
    pub host_name_en: String,
    pub intro: String,
    pub intro_en: String,
    pub time_zone: chrono_tz::Tz,
    pub opens_at: DateTime<Utc>,
    pub closes_at: DateTime<Utc>,
    pub live_places: i32,
    pub reverse_places: i32,
    pub max_questions: i32,
    pub answer_days: i32,
}

impl NewEvent {
    fn model(self) -> event::ActiveModel {
        event::ActiveModel {
            id: NotSet,
            slug: Set(self.slug),
            title: Set(self.title),
            title_en: Set(self.title_en),
            host_name: Set(self.host_name),
            host_name_en: Set(self.host_name_en),
            intro: Set(self.intro),
            intro_en: Set(self.intro_en),
            time_zone: Set(self.time_zone.name().to_owned()),
            opens_at: Set(self.opens_at),
            closes_at: Set(self.closes_at),
            live_places: Set(self.live_places),
            reverse_places: Set(self.reverse_places),
            max_questions: Set(self.max_questions),
            answer_days: Set(self.answer_days),
            created_at: NotSet,
            hall_code: NotSet,
            hall_from: NotSet,
            hall_asks_until: NotSet,
        }
    }
}

/// Makes the event.
///
/// # Errors
/// Refused when another event has its address.
pub async fn create(tx: &impl ConnectionTrait, clock: &Clock, actor: Actor, new: NewEvent) -> Result<EventId> {
    let id = EventId::new();
    let mut row = new.model();
    row.id = Set(id);
    row.created_at = Set(clock.now());
    let inserted = event::Entity::insert(row)
        .on_conflict(OnConflict::column(event::Column::Slug).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    if inserted == 0 {
        return Err(Error::refused("error-taken"));
    }
    audit::record(tx, clock, deed(Some(id), actor, "event.created", ("event", id.uuid()))).await?;
    Ok(id)
}

/// Changes all but the address by which the event is known: it stands in mails that were sent.
///
/// # Errors
/// When there is no such event.
pub async fn change(tx: &impl ConnectionTrait, clock: &Clock, actor: Actor, id: EventId, new: NewEvent) -> Result<()> {
    let mut row = new.model();
    row.slug = NotSet;
    let done = event::Entity::update_many()
        .set(row)
        .filter(event::Column::Id.eq(id))
        .exec(tx)
        .await?;
    if done.rows_affected != 1 {
        return Err(Error::NotFound);
    }
    audit::record(tx, clock, deed(Some(id), actor, "event.changed", ("event", id.uuid()))).await?;
    Ok(())
}

/// The event of an address.
///
/// # Errors
/// When the database refuses.
pub async fn by_slug(conn: &impl ConnectionTrait, slug: &str) -> Result<Option<event::Model>> {
    Ok(event::Entity::find()
        .filter(event::Column::Slug.eq(slug))
        .one(conn)
        .await?)
}
