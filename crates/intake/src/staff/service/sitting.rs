//! Sittings of an event: days and a place.

use crate::{
    Error, Result, seat_mail,
    seats::{self, Hall},
    staff::deed,
};
use chrono::NaiveDate;
use db::{
    audit::{self, Actor},
    conflict,
    entity::sitting,
    prelude::*,
};
use domain::{Clock, EventId, SittingId};
use web::App;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSitting {
    pub title: String,
    pub title_en: String,
    pub place: String,
    pub place_en: String,
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
    /// How many can come; none: all who want.
    pub capacity: Option<i32>,
    /// So many days before it those who come get their code by mail; none: no such mail.
    pub remind_days: Option<i32>,
}

impl NewSitting {
    fn model(self) -> sitting::ActiveModel {
        sitting::ActiveModel {
            id: NotSet,
            event_id: NotSet,
            title: Set(self.title),
            title_en: Set(self.title_en),
            place: Set(self.place),
            place_en: Set(self.place_en),
            first_day: Set(self.first_day),
            last_day: Set(self.last_day),
            position: NotSet,
            capacity: NotSet,
            remind_days: Set(self.remind_days),
            sequence: NotSet,
            turn: NotSet,
        }
    }
}

/// Adds a sitting after those that are there.
///
/// # Errors
/// When the database refuses.
pub async fn add(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    actor: Actor,
    event: EventId,
    new: NewSitting,
) -> Result<SittingId> {
    let id = SittingId::new();
    let before = sitting::Entity::find()
        .filter(sitting::Column::EventId.eq(event))
        .count(tx)
        .await?;
    let capacity = new.capacity;
    let mut row = new.model();
    row.capacity = Set(capacity);
    row.id = Set(id);
    row.event_id = Set(event);
    row.position = Set(i32::try_from(before).unwrap_or(i32::MAX).saturating_add(1));
    sitting::Entity::insert(row).exec_without_returning(tx).await?;
    audit::record(
        tx,
        clock,
        deed(Some(event), actor, "sitting.added", ("sitting", id.uuid())),
    )
    .await?;
    Ok(id)
}

/// Changes it; where there are more places now, those who wait move up and are told.
///
/// # Errors
/// When the event has no such sitting; refused when more places are taken than there shall be. Roll the transaction back
/// when this fails.
pub async fn change(
    tx: &impl ConnectionTrait,
    app: &App,
    actor: Actor,
    event: EventId,
    id: SittingId,
    new: NewSitting,
) -> Result<()> {
    let capacity = new.capacity;
    let update = sitting::Entity::update_many()
        .set(new.model())
        .col_expr(sitting::Column::Sequence, Expr::col(sitting::Column::Sequence).add(1))
        .filter(sitting::Column::Id.eq(id));
    let done = update.filter(sitting::Column::EventId.eq(event)).exec(tx).await?;
    if done.rows_affected != 1 {
        return Err(Error::NotFound);
    }
    resize(tx, app, Hall::Sitting(id), capacity).await?;
    audit::record(
        tx,
        &app.clock,
        deed(Some(event), actor, "sitting.changed", ("sitting", id.uuid())),
    )
    .await?;
    Ok(())
}

/// Sets how many places a hall has, moves up who waits and tells them.
///
/// # Errors
/// Refused when more are taken.
pub(crate) async fn resize(tx: &impl ConnectionTrait, app: &App, hall: Hall, capacity: Option<i32>) -> Result<()> {
    let turn = seats::turn(tx, hall).await?;
    seats::limit(tx, hall, capacity).await?;
    for who in seats::move_up(tx, hall).await? {
        seat_mail::moved_up(tx, app, who, hall, turn).await?;
    }
    Ok(())
}

/// Takes a sitting away that nothing hangs on. Roll the transaction back when this fails.
///
/// # Errors
/// Refused when it has parts, or somebody has said whether they come.
pub async fn remove(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    actor: Actor,
    event: EventId,
    id: SittingId,
) -> Result<()> {
    let delete = sitting::Entity::delete_many().filter(sitting::Column::Id.eq(id));
    match delete.filter(sitting::Column::EventId.eq(event)).exec(tx).await {
        Ok(done) if done.rows_affected == 1 => {}
        Ok(_) => return Err(Error::NotFound),
        Err(error) if conflict(&error).is_some() => return Err(Error::refused("st-sitting-in-use")),
        Err(error) => return Err(error.into()),
    }
    audit::record(
        tx,
        clock,
        deed(Some(event), actor, "sitting.removed", ("sitting", id.uuid())),
    )
    .await?;
    Ok(())
}
