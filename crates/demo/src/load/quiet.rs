//! Mails of the past do not go out today: their rows say that they went.

use crate::Error;
use db::{
    entity::{delivery, outgoing_mail},
    prelude::*,
};
use domain::{
    EventId, OutgoingId,
    state::{delivery::DeliveryState, mail::OutgoingState},
};
use web::App;

/// What stands in place of the mail server's words.
const SAID: &str = "demo: counted as sent, without a mail";

/// Marks the event's waiting mails as sent and their deliveries as accepted, but for `keep`, which really go to the
/// demo's mailbox.
pub(crate) async fn hush(app: &App, event: EventId, keep: &[OutgoingId]) -> Result<(), Error> {
    let tx = app.db.begin_write().await?;
    outgoing_mail::Entity::update_many()
        .col_expr(outgoing_mail::Column::State, Expr::value(OutgoingState::Sent))
        .col_expr(
            outgoing_mail::Column::SentAt,
            Expr::col(outgoing_mail::Column::CreatedAt),
        )
        .col_expr(outgoing_mail::Column::ServerReply, Expr::value(Some(SAID.to_owned())))
        .filter(outgoing_mail::Column::EventId.eq(event))
        .filter(outgoing_mail::Column::State.eq(OutgoingState::Queued))
        .filter(outgoing_mail::Column::Id.is_not_in(keep.iter().copied()))
        .exec(&tx)
        .await?;
    delivery::Entity::update_many()
        .col_expr(delivery::Column::State, Expr::value(DeliveryState::Accepted))
        .col_expr(delivery::Column::AcceptedAt, Expr::col(delivery::Column::CreatedAt))
        .col_expr(delivery::Column::Proof, Expr::value(Some(SAID.to_owned())))
        .filter(delivery::Column::EventId.eq(event))
        .filter(delivery::Column::State.eq(DeliveryState::Queued))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}
