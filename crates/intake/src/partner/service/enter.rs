//! The personal link: read by anybody without a trace, entered by a button.

use crate::partner::{Error, repo, repo::Own};
use db::{audit, entity::invitation, prelude::*};
use domain::{InvitationId, token::Purpose};
use web::App;

/// Whose link it is; `None` for a wrong one and for one that was replaced.
pub async fn owner(app: &App, token: &str) -> Result<Option<Own>, Error> {
    let Some(claim) = app.keys.verify(Purpose::PersonalLink, token) else {
        return Ok(None);
    };
    let own = repo::invited(app.db.reader(), InvitationId::from_uuid(claim.id)).await?;
    Ok(own.filter(|own| own.invitation.link_version == i32::from(claim.stamp)))
}

/// Notes that they came in: the first time on the invitation, every time in the audit log.
pub async fn note(app: &App, own: &Own) -> Result<(), Error> {
    let now = app.clock.now();
    let id = own.invitation.id;
    let tx = app.db.begin_write().await?;
    let first = invitation::Entity::update_many()
        .col_expr(invitation::Column::EnteredAt, Expr::value(now))
        .filter(invitation::Column::Id.eq(id))
        .filter(invitation::Column::EnteredAt.is_null())
        .exec(&tx)
        .await?
        .rows_affected
        == 1;
    let entry = audit::Entry {
        event: Some(own.event.id),
        actor: audit::Actor::Partner(id),
        action: "invitation.entered",
        subject: ("invitation", Some(id.uuid())),
        details: serde_json::json!({ "first": first }),
    };
    audit::record(&tx, &app.clock, entry).await?;
    tx.commit().await?;
    Ok(())
}
