//! "Send me a new link": the same work and the same words, whether the address is known or not.

use crate::partner::{Error, letters, repo};
use db::audit;
use domain::EmailAddress;
use web::App;

/// Puts a mail into the outbox for each invitation of the address that matters now; gives how many.
pub async fn send(app: &App, email: &EmailAddress) -> Result<usize, Error> {
    let invitations = repo::invitations_of(app.db.reader(), email, app.clock.now()).await?;
    let mut put = 0;
    let tx = app.db.begin_write().await?;
    for own in &invitations {
        let mail = letters::new_link(&app.clock, email.clone(), &own.partner, &own.event, &own.invitation);
        let id = mail::outbox::put(&tx, &app.clock, &app.settings, mail).await?;
        put += usize::from(id.is_some());
    }
    let first = invitations.first();
    // Noted in both cases, so both wait for a commit; the log holds no address.
    let entry = audit::Entry {
        event: first.map(|own| own.event.id),
        actor: audit::Actor::System,
        action: "link.requested",
        subject: ("invitation", first.map(|own| own.invitation.id.uuid())),
        details: serde_json::json!({ "mails": put }),
    };
    audit::record(&tx, &app.clock, entry).await?;
    tx.commit().await?;
    app.wake.notify();
    Ok(put)
}
