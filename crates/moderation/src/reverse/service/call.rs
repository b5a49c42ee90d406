//! All crew are asked, by mail, for questions to ask back.

use crate::{
    Error,
    service::assign::{event_of, event_title, link_until},
};
use db::{
    audit::{self, Actor},
    entity::crew_member,
    prelude::*,
};
use domain::{EventId, Lang, StaffId, state::mail::MailKind};
use mail::{Initial, Letter, Link, NewMail, Refs};
use serde_json::json;
use std::collections::HashSet;
use web::{App, Words};

/// Puts one mail for each address of active crew; who was called for this event already is not called again. Says how
/// many mails were put. Call `app.wake.notify()` after the commit.
///
/// # Errors
/// When the database refuses.
pub async fn call(tx: &WriteTx, app: &App, staff: StaffId, event: EventId) -> Result<usize, Error> {
    let event = event_of(tx, event).await?;
    let crew = crew_member::Entity::find()
        .filter(crew_member::Column::RemovedAt.is_null())
        .order_by_asc(crew_member::Column::CreatedAt)
        .order_by_asc(crew_member::Column::Id)
        .all(tx)
        .await?;
    let lang = Lang::Ko;
    let w = Words::new(lang, &crate::TEXTS);
    let title = event_title(&event, lang);
    let mut addresses = HashSet::new();
    let mut put = 0;
    // A person who serves several services stands in several rows, and gets one mail.
    for member in crew.into_iter().filter(|m| addresses.insert(m.email.clone())) {
        let letter = Letter::new(w.t1("call-mail-subject", "event", &title))
            .text(w.t2("call-mail-lead", "event", &title, "places", event.reverse_places))
            .text(w.t("call-mail-how"))
            .action(
                w.t("call-mail-action"),
                Link::Propose {
                    crew_member: member.id,
                    until: link_until(app),
                },
            )
            .note(w.t("call-mail-note"));
        let mail = NewMail {
            kind: MailKind::Call,
            to_name: member.nickname.clone().unwrap_or(member.name),
            dedup: format!("call:{}:{}", event.id, member.email),
            to_email: member.email,
            lang,
            letter,
            state: Initial::Queued,
            reply: None,
            refs: Refs {
                event: Some(event.id),
                ..Refs::default()
            },
        };
        put += usize::from(mail::outbox::put(tx, &app.clock, &app.settings, mail).await?.is_some());
    }
    let entry = audit::Entry {
        event: Some(event.id),
        actor: Actor::Staff(staff),
        action: "reverse.called",
        subject: ("event", Some(event.id.uuid())),
        details: json!({ "mails": put }),
    };
    audit::record(tx, &app.clock, entry).await?;
    Ok(put)
}
