//! What all parts of this slice look up.

use db::{
    entity::{event, question},
    prelude::*,
};
use domain::{EventId, QuestionId};

pub async fn event_by_slug(conn: &impl ConnectionTrait, slug: &str) -> Result<Option<event::Model>, Error> {
    Ok(event::Entity::find()
        .filter(event::Column::Slug.eq(slug))
        .one(conn)
        .await?)
}

/// A question of this event; another event's is not there.
pub async fn question_of(
    conn: &impl ConnectionTrait,
    event: EventId,
    id: QuestionId,
) -> Result<Option<question::Model>, Error> {
    let found = question::Entity::find_by_id(id).filter(question::Column::EventId.eq(event));
    Ok(found.one(conn).await?)
}
