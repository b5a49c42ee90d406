//! Who answers on stage.

use crate::{Error, Result, staff::deed};
use db::{
    audit::{self, Actor},
    conflict,
    entity::speaker,
    prelude::*,
};
use domain::{Clock, EmailAddress, EventId, SpeakerId};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewSpeaker {
    pub nickname: Option<String>,
    pub name: String,
    pub title: Option<String>,
    pub team: Option<String>,
    pub affiliate: Option<String>,
    pub email: Option<EmailAddress>,
}

impl NewSpeaker {
    fn model(self) -> speaker::ActiveModel {
        speaker::ActiveModel {
            id: NotSet,
            event_id: NotSet,
            nickname: Set(self.nickname),
            name: Set(self.name),
            title: Set(self.title),
            team: Set(self.team),
            affiliate: Set(self.affiliate),
            email: Set(self.email),
            position: NotSet,
        }
    }
}

/// Adds a speaker after those that are there.
///
/// # Errors
/// When the database refuses.
pub async fn add(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    actor: Actor,
    event: EventId,
    new: NewSpeaker,
) -> Result<SpeakerId> {
    let id = SpeakerId::new();
    let before = speaker::Entity::find()
        .filter(speaker::Column::EventId.eq(event))
        .count(tx)
        .await?;
    let mut row = new.model();
    row.id = Set(id);
    row.event_id = Set(event);
    row.position = Set(i32::try_from(before).unwrap_or(i32::MAX).saturating_add(1));
    speaker::Entity::insert(row).exec_without_returning(tx).await?;
    audit::record(
        tx,
        clock,
        deed(Some(event), actor, "speaker.added", ("speaker", id.uuid())),
    )
    .await?;
    Ok(id)
}

/// # Errors
/// When the event has no such speaker.
pub async fn change(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    actor: Actor,
    event: EventId,
    id: SpeakerId,
    new: NewSpeaker,
) -> Result<()> {
    let update = speaker::Entity::update_many()
        .set(new.model())
        .filter(speaker::Column::Id.eq(id));
    let done = update.filter(speaker::Column::EventId.eq(event)).exec(tx).await?;
    if done.rows_affected != 1 {
        return Err(Error::NotFound);
    }
    audit::record(
        tx,
        clock,
        deed(Some(event), actor, "speaker.changed", ("speaker", id.uuid())),
    )
    .await?;
    Ok(())
}

/// Takes a speaker away who has no question and no answer. Roll the transaction back when this fails.
///
/// # Errors
/// Refused when they have.
pub async fn remove(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    actor: Actor,
    event: EventId,
    id: SpeakerId,
) -> Result<()> {
    let delete = speaker::Entity::delete_many().filter(speaker::Column::Id.eq(id));
    match delete.filter(speaker::Column::EventId.eq(event)).exec(tx).await {
        Ok(done) if done.rows_affected == 1 => {}
        Ok(_) => return Err(Error::NotFound),
        Err(error) if conflict(&error).is_some() => return Err(Error::refused("st-speaker-in-use")),
        Err(error) => return Err(error.into()),
    }
    audit::record(
        tx,
        clock,
        deed(Some(event), actor, "speaker.removed", ("speaker", id.uuid())),
    )
    .await?;
    Ok(())
}
