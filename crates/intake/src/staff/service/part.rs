//! Parts of a sitting's programme.

use crate::{
    Error, Result,
    seats::Hall,
    staff::{deed, service::sitting::resize},
};
use chrono::{DateTime, Utc};
use db::{
    audit::{self, Actor},
    conflict,
    entity::{programme_part, sitting},
    prelude::*,
};
use domain::{Clock, EventId, PartId, SittingId, state::people::PartKind};
use web::App;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPart {
    pub title: String,
    pub title_en: String,
    pub kind: PartKind,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub place: String,
    pub place_en: String,
    /// How many can take part; none: all who want.
    pub capacity: Option<i32>,
}

impl NewPart {
    fn model(self) -> programme_part::ActiveModel {
        programme_part::ActiveModel {
            id: NotSet,
            sitting_id: NotSet,
            title: Set(self.title),
            title_en: Set(self.title_en),
            kind: Set(self.kind),
            starts_at: Set(self.starts_at),
            ends_at: Set(self.ends_at),
            place: Set(self.place),
            place_en: Set(self.place_en),
            capacity: NotSet,
            sequence: NotSet,
            turn: NotSet,
        }
    }
}

/// Adds a part to a sitting of the event.
///
/// # Errors
/// When the event has no such sitting.
pub async fn add(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    actor: Actor,
    event: EventId,
    sitting: SittingId,
    new: NewPart,
) -> Result<PartId> {
    let found = sitting::Entity::find_by_id(sitting)
        .filter(sitting::Column::EventId.eq(event))
        .one(tx)
        .await?;
    found.ok_or(Error::NotFound)?;
    let id = PartId::new();
    let capacity = new.capacity;
    let mut row = new.model();
    row.capacity = Set(capacity);
    row.id = Set(id);
    row.sitting_id = Set(sitting);
    programme_part::Entity::insert(row).exec_without_returning(tx).await?;
    audit::record(
        tx,
        clock,
        deed(Some(event), actor, "part.added", ("programme_part", id.uuid())),
    )
    .await?;
    Ok(id)
}

/// Changes it; where there are more places now, those who wait move up and are told.
///
/// # Errors
/// When the event has no such part; refused when more places are taken than there shall be. Roll the transaction back
/// when this fails.
pub async fn change(
    tx: &impl ConnectionTrait,
    app: &App,
    actor: Actor,
    event: EventId,
    id: PartId,
    new: NewPart,
) -> Result<()> {
    find(tx, event, id).await?.ok_or(Error::NotFound)?;
    let capacity = new.capacity;
    programme_part::Entity::update_many()
        .set(new.model())
        .col_expr(
            programme_part::Column::Sequence,
            Expr::col(programme_part::Column::Sequence).add(1),
        )
        .filter(programme_part::Column::Id.eq(id))
        .exec(tx)
        .await?;
    resize(tx, app, Hall::Part(id), capacity).await?;
    audit::record(
        tx,
        &app.clock,
        deed(Some(event), actor, "part.changed", ("programme_part", id.uuid())),
    )
    .await?;
    Ok(())
}

/// Takes a part away that nobody has shown interest in. Roll the transaction back when this fails.
///
/// # Errors
/// Refused when somebody has.
pub async fn remove(tx: &impl ConnectionTrait, clock: &Clock, actor: Actor, event: EventId, id: PartId) -> Result<()> {
    find(tx, event, id).await?.ok_or(Error::NotFound)?;
    match programme_part::Entity::delete_by_id(id).exec(tx).await {
        Ok(_) => {}
        Err(error) if conflict(&error).is_some() => return Err(Error::refused("st-part-in-use")),
        Err(error) => return Err(error.into()),
    }
    audit::record(
        tx,
        clock,
        deed(Some(event), actor, "part.removed", ("programme_part", id.uuid())),
    )
    .await?;
    Ok(())
}

/// The part with its sitting, when it is this event's.
///
/// # Errors
/// When the database refuses.
pub async fn find(
    conn: &impl ConnectionTrait,
    event: EventId,
    id: PartId,
) -> Result<Option<(programme_part::Model, sitting::Model)>> {
    let found = programme_part::Entity::find_by_id(id)
        .find_also_related(sitting::Entity)
        .one(conn)
        .await?;
    Ok(found.and_then(|(part, sitting)| Some((part, sitting.filter(|s| s.event_id == event)?))))
}
