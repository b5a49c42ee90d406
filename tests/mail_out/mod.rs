//! Mail that goes out, and what people and servers say to it.

mod patience;
mod returns;
mod unsubscribe;

use db::{entity, prelude::*};
use domain::{
    EmailAddress, Lang, OutgoingId,
    state::mail::{MailKind, OutgoingState},
};
use mail::{Initial, Letter, NewMail, Refs, outbox};
use testkit::{World, eventually};

/// Puts a mail into the outbox.
pub(crate) async fn queue(world: &World, kind: MailKind, to: &str, refs: Refs) -> OutgoingId {
    let app = &world.app;
    let new = NewMail {
        kind,
        to_name: "받는 이".into(),
        to_email: EmailAddress::parse(to).expect("an address"),
        lang: Lang::Ko,
        letter: Letter::new("안내").text("본문"),
        state: Initial::Queued,
        dedup: format!("story:{}", OutgoingId::new()),
        reply: None,
        refs,
    };
    let tx = app.db.begin_write().await.expect("begins");
    let id = outbox::put(&tx, &app.clock, &app.settings, new).await;
    let id = id.expect("puts").expect("is new");
    tx.commit().await.expect("commits");
    app.wake.notify();
    id
}

pub(crate) async fn row(world: &World, id: OutgoingId) -> entity::outgoing_mail::Model {
    let row = entity::outgoing_mail::Entity::find_by_id(id)
        .one(world.app.db.reader())
        .await;
    row.expect("reads").expect("is there")
}

/// Waits until the mail has come to this state.
async fn becomes(world: &World, id: OutgoingId, state: OutgoingState) -> entity::outgoing_mail::Model {
    eventually(&format!("the mail to be {state}"), async || {
        Some(row(world, id).await).filter(|row| row.state == state)
    })
    .await
}
