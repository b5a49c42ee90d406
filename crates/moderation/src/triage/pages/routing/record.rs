//! One release: who pressed it, what it did, and its mails.

use crate::triage::{pages::enter, repo};
use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use db::{
    audit,
    entity::{event, outgoing_mail, release},
    page::Page,
    people,
};
use domain::{
    ReleaseId,
    state::{
        mail::{MailKind, OutgoingState},
        release::ItemState,
    },
};
use serde::Deserialize;
use web::{App, Chrome, Form, auth::Moderator, redirect, render};

#[derive(Template)]
#[template(path = "triage/release.html")]
struct RecordPage {
    c: Chrome,
    event: event::Model,
    release: release::Model,
    by: String,
    items: Vec<(String, i64)>,
    counts: Vec<(OutgoingState, i64)>,
    mails: Page<outgoing_mail::Model>,
}

impl RecordPage {
    fn base(&self) -> String {
        format!("/desk/events/{}", self.event.slug)
    }
    fn drafts(&self) -> i64 {
        let drafts = self.counts.iter().find(|(state, _)| *state == OutgoingState::Draft);
        drafts.map_or(0, |(_, n)| *n)
    }
    fn subject(mail: &outgoing_mail::Model) -> &str {
        mail.letter["subject"].as_str().unwrap_or_default()
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Address {
    after: String,
}

pub(super) async fn show(
    State(app): State<App>,
    _: Moderator,
    c: Chrome,
    Path((slug, id)): Path<(String, ReleaseId)>,
    Query(address): Query<Address>,
) -> web::Result {
    let (event, c) = enter(&app, c, &slug).await?;
    let conn = app.db.reader();
    let release = repo::release_of(conn, event.id, id)
        .await?
        .ok_or(web::Error::NotFound)?;
    let hosts = people::hosts(conn, [], [], [release.released_by]).await?;
    let by = hosts.staff.get(&release.released_by);
    let items = repo::item_counts(conn, &[id]).await?;
    let items = ItemState::ALL
        .iter()
        .filter_map(|s| Some((c.t(format!("release-item-{s}")), *items.get(&(id, *s))?)));
    let mut mails = repo::mail_page(conn, id, address.after.parse().ok()).await?;
    // Of what a correction took back to triage nobody sees who asked, where the event reads blind.
    let veils = db::sight::veils(conn, mails.rows.iter().filter_map(|m| m.question_id)).await?;
    for mail in &mut mails.rows {
        let Some(veil) = mail.question_id.and_then(|id| veils.get(&id)) else {
            continue;
        };
        if mail.kind == MailKind::Outcome {
            mail.to_name = c.t("blind-asker");
        }
        let subject = veil.cover(RecordPage::subject(mail));
        mail.letter["subject"] = subject.into();
    }
    let page = RecordPage {
        by: by.map(domain::person::Person::name).unwrap_or_default(),
        items: items.collect(),
        counts: repo::mail_counts(conn, id).await?,
        mails,
        release,
        event,
        c,
    };
    render(&page)
}

/// A form that is one button.
#[derive(Debug, Deserialize)]
pub(super) struct Nothing {}

/// Sends what waits as a draft.
pub(super) async fn send(
    State(app): State<App>,
    staff: Moderator,
    Path((slug, id)): Path<(String, ReleaseId)>,
    c: Chrome,
    Form(Nothing {}): Form<Nothing>,
) -> web::Result<Response> {
    let (event, _) = enter(&app, c, &slug).await?;
    let conn = app.db.reader();
    repo::release_of(conn, event.id, id)
        .await?
        .ok_or(web::Error::NotFound)?;
    let mut sent = 0_i64;
    for draft in repo::drafts(conn, id).await? {
        let tx = app.db.begin_write().await?;
        match mail::outbox::queue(&tx, &app.clock, draft).await {
            Ok(()) => {
                let entry = audit::Entry {
                    event: Some(event.id),
                    actor: audit::Actor::Staff(staff.id),
                    action: "mail.queued",
                    subject: ("outgoing_mail", Some(draft.uuid())),
                    details: serde_json::json!({ "release": id }),
                };
                audit::record(&tx, &app.clock, entry).await?;
                tx.commit().await?;
                sent += 1;
            }
            // Somebody else sent or dropped it.
            Err(error) if error.is_stale() => tx.rollback().await?,
            Err(error) => return Err(db::Error::from(error).into()),
        }
    }
    app.wake.notify();
    Ok(redirect(format!("/desk/events/{slug}/routing/releases/{id}"))
        .flash_n("release-drafts-sent", sent)
        .into_response())
}
