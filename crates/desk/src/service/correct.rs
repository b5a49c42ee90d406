//! A mail came back: the address is corrected where it is kept, and the same letter goes to the right one.

use crate::Error;
use db::{
    audit::{self, Actor},
    conflict,
    entity::{assignment, crew_member, delivery, invitation, outgoing_mail, partner},
    prelude::*,
};
use domain::{
    EmailAddress, OutgoingId, StaffId,
    state::{Transitions, delivery::DeliveryState},
};
use mail::{marks, outbox};
use web::App;

/// Sends the letter of `old` again, to this address, which from now on is that of whom it was for. To the same address
/// it goes once more, and that address takes mail again.
///
/// Call `app.wake.notify()` after the commit; roll the transaction back when this fails.
///
/// # Errors
/// [`Error::Taken`] when the address is somebody else's; stale when it was sent again already.
pub async fn correct(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    old: &outgoing_mail::Model,
    email: EmailAddress,
) -> Result<OutgoingId, Error> {
    let changed = email != old.to_email;
    if changed {
        rewrite(tx, old, &email).await?;
        marks::settle(tx, &app.clock, staff, &old.to_email)
            .await
            .map_err(db::Error::from)?;
    } else {
        marks::lift(tx, &email).await.map_err(db::Error::from)?;
    }
    let new = outbox::again(tx, &app.clock, &app.settings, old, email).await;
    let new = new.map_err(db::Error::from)?.ok_or(db::Error::Stale { what: "mail" })?;
    if let Some(id) = old.delivery_id {
        delivery::Entity::update_many()
            .col_expr(delivery::Column::State, Expr::value(DeliveryState::Queued))
            .col_expr(delivery::Column::OutgoingId, Expr::value(Some(new)))
            .filter(delivery::Column::Id.eq(id))
            .filter(delivery::Column::State.is_in(DeliveryState::sources(DeliveryState::Queued)))
            .exec(tx)
            .await?;
    }
    if let Some(id) = old.reply_assignment_id {
        let none: Option<chrono::DateTime<chrono::Utc>> = None;
        assignment::Entity::update_many()
            .col_expr(assignment::Column::ReturnedAt, Expr::value(none))
            .filter(assignment::Column::Id.eq(id))
            .exec(tx)
            .await?;
    }
    let entry = audit::Entry {
        event: old.event_id,
        actor: Actor::Staff(staff),
        action: "mail.corrected",
        subject: ("outgoing_mail", Some(old.id.uuid())),
        details: serde_json::json!({ "again": new, "changed": changed }),
    };
    audit::record(tx, &app.clock, entry).await?;
    Ok(new)
}

/// Whose address it is: that of a crew member, in every crew, or of a partner. A speaker's or staff's stays as it is.
async fn rewrite(tx: &WriteTx, old: &outgoing_mail::Model, email: &EmailAddress) -> Result<(), Error> {
    let asked = match old.assignment_id {
        Some(id) => assignment::Entity::find_by_id(id).one(tx).await?,
        None => None,
    };
    if asked.is_some_and(|a| a.crew_member_id.is_some()) {
        let rewritten = crew_member::Entity::update_many()
            .col_expr(crew_member::Column::Email, Expr::value(email.clone()))
            .filter(crew_member::Column::RemovedAt.is_null())
            .filter(crew_member::Column::Email.eq(old.to_email.clone()))
            .exec(tx)
            .await;
        taken(rewritten)?;
        return Ok(());
    }
    let Some(invitation) = old.invitation_id else {
        return Ok(());
    };
    let partner = invitation::Entity::find_by_id(invitation)
        .one(tx)
        .await?
        .map(|i| i.partner_id);
    let rewritten = partner::Entity::update_many()
        .col_expr(partner::Column::Email, Expr::value(Some(email.clone())))
        .filter(partner::Column::Id.eq(partner.ok_or(db::Error::Stale { what: "invitation" })?))
        .filter(partner::Column::Email.eq(Some(old.to_email.clone())))
        .exec(tx)
        .await;
    taken(rewritten)?;
    Ok(())
}

fn taken<T>(result: Result<T, sea_orm::DbErr>) -> Result<T, Error> {
    result.map_err(|error| match conflict(&error) {
        Some(_) => Error::Taken,
        None => error.into(),
    })
}
