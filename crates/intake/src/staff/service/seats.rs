//! Places by hand: staff look at a line, give somebody a place, change how many there are.

use crate::{
    Error, Result, seat_mail,
    seats::{self, Hall},
    staff::{deed, service::sitting::resize},
};
use db::{
    audit::{self, Actor},
    entity::{programme_part, sitting},
    prelude::*,
};
use domain::{EventId, InvitationId};
use web::App;

async fn of_event(conn: &impl ConnectionTrait, event: EventId, hall: Hall) -> Result<(&'static str, uuid::Uuid)> {
    let id = match hall {
        Hall::Sitting(id) => id,
        Hall::Part(id) => {
            let part = programme_part::Entity::find_by_id(id).one(conn).await?;
            part.ok_or(Error::NotFound)?.sitting_id
        }
    };
    let found = sitting::Entity::find_by_id(id).filter(sitting::Column::EventId.eq(event));
    found.one(conn).await?.ok_or(Error::NotFound)?;
    Ok(match hall {
        Hall::Sitting(id) => ("sitting", id.uuid()),
        Hall::Part(id) => ("programme_part", id.uuid()),
    })
}

/// Gives somebody who waits a place before all others, and tells them; when none is free, there is one more.
///
/// # Errors
/// When it is another event's; refused when they do not wait any more.
pub async fn give(
    tx: &impl ConnectionTrait,
    app: &App,
    actor: Actor,
    event: EventId,
    hall: Hall,
    who: InvitationId,
) -> Result<()> {
    let subject = of_event(tx, event, hall).await?;
    let turn = seats::turn(tx, hall).await?;
    seats::give(tx, hall, who).await?;
    seat_mail::moved_up(tx, app, who, hall, turn).await?;
    audit::record(tx, &app.clock, deed(Some(event), actor, "seat.given", subject)).await?;
    Ok(())
}

/// Changes how many places there are; who waits moves up at once and is told.
///
/// # Errors
/// When it is another event's; refused when more are taken.
pub async fn limit(
    tx: &impl ConnectionTrait,
    app: &App,
    actor: Actor,
    event: EventId,
    hall: Hall,
    capacity: Option<i32>,
) -> Result<()> {
    let subject = of_event(tx, event, hall).await?;
    resize(tx, app, hall, capacity).await?;
    audit::record(tx, &app.clock, deed(Some(event), actor, "seats.changed", subject)).await?;
    Ok(())
}
