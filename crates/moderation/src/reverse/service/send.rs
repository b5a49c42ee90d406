//! A picked question goes to the partners who shall answer it.

use super::{note, pick::step};
use crate::{
    Error,
    answers::repo,
    service::assign::{For, due, event_of, event_title, insert},
};
use db::{
    audit::Actor,
    entity::{event, reverse_question},
    people::{self, Invitee},
    prelude::*,
};
use domain::{
    AssignmentId, EventId, InvitationId, ReverseId, StaffId,
    state::{mail::MailKind, question::ReverseState},
};
use mail::{Initial, Letter, Link, NewMail, Refs, ReplyTo};
use serde_json::json;
use web::{App, Words};

/// How a round of sending went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Partners who are asked from now on.
    pub asked: usize,
    /// Those of them who have no address: staff hand over their personal link.
    pub without_mail: usize,
    /// Partners who were asked before.
    pub already: usize,
}

/// Asks these partners; one who is asked already is not asked twice. A question that was sent may go to more
/// partners. Call `app.wake.notify()` after the commit.
///
/// # Errors
/// A refusal when nobody is named; not found when one was not invited to this event; stale when the question is not
/// picked.
pub async fn send(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    event: EventId,
    id: ReverseId,
    invitations: &[InvitationId],
) -> Result<Sent, Error> {
    if invitations.is_empty() {
        return Err(Error::Refused("refused-nobody"));
    }
    let found = reverse_question::Entity::find_by_id(id).filter(reverse_question::Column::EventId.eq(event));
    let row = found.one(tx).await?.ok_or(Error::NotFound)?;
    let row = match row.state {
        ReverseState::Sent => row,
        _ => step(tx, event, id, ReverseState::Sent, |update| update).await?,
    };
    let event = event_of(tx, event).await?;
    let mut sent = Sent::default();
    for invitation in invitations {
        if !invited(tx, &event, *invitation).await? {
            return Err(Error::NotFound);
        }
        let what = For::Reverse(row.id, row.service_id, *invitation);
        let Some(assignment) = insert(tx, app, &event, what).await? else {
            sent.already += 1;
            continue;
        };
        sent.asked += 1;
        if !mail(tx, app, &event, &row, *invitation, assignment).await? {
            sent.without_mail += 1;
        }
    }
    let details = json!({ "asked": sent.asked, "already": sent.already });
    note(tx, app, Actor::Staff(staff), &row, "reverse.sent", details).await?;
    Ok(sent)
}

async fn invited(tx: &WriteTx, event: &event::Model, invitation: InvitationId) -> Result<bool, Error> {
    use db::entity::invitation as row;
    let found = row::Entity::find_by_id(invitation).filter(row::Column::EventId.eq(event.id));
    Ok(found.one(tx).await?.is_some())
}

/// False when the partner has no address.
async fn mail(
    tx: &WriteTx,
    app: &App,
    event: &event::Model,
    row: &reverse_question::Model,
    invitation: InvitationId,
    assignment: AssignmentId,
) -> Result<bool, Error> {
    let Some(invitee) = people::invitee(tx, invitation, row.lang).await? else {
        return Err(Error::NotFound);
    };
    let Invitee {
        email: Some(email),
        lang,
        ..
    } = invitee.clone()
    else {
        return Ok(false);
    };
    let subject = repo::subject(tx, None, Some(row.id), lang).await?;
    let w = Words::new(lang, &crate::TEXTS);
    let title = event_title(event, lang);
    let host = people::in_lang(lang, &event.host_name, &event.host_name_en);
    let due = w.datetime(due(app, event), &event.time_zone);
    let letter = Letter::new(w.t1("reverse-mail-subject", "event", &title))
        .text(w.t2("reverse-mail-lead", "event", &title, "host", &host))
        .quote(&row.body, Some(subject.asker))
        .facts([(w.t("fact-due"), due)])
        .action(
            w.t("reverse-mail-action"),
            Link::Personal {
                invitation,
                path: format!("/my/reverse/{assignment}"),
            },
        )
        .note(w.t("reverse-mail-note"));
    let mail = NewMail {
        kind: MailKind::ReverseQuestion,
        to_name: invitee.person.name(),
        to_email: email,
        lang,
        letter,
        state: Initial::Queued,
        dedup: format!("assignment:{assignment}"),
        reply: Some(ReplyTo::Assignment(assignment)),
        refs: Refs {
            event: Some(event.id),
            invitation: Some(invitation),
            assignment: Some(assignment),
            ..Refs::default()
        },
    };
    mail::outbox::put(tx, &app.clock, &app.settings, mail).await?;
    Ok(true)
}
