//! What a mail is bound to: by a secret of ours in its address, or by the mail that it answers.

use super::read_mail::{envelope, reader};
use crate::{Error, answers::service::judge::Binding};
use db::{
    entity::{incoming_mail, outgoing_mail},
    prelude::*,
};
use domain::{AssignmentId, OutgoingId, QuestionId, token::day_stamp};
use mail::{
    ReplyTo,
    read::{Class, Reading, TokenFinding},
};
use web::App;

/// What a mail's token, or the mail that it answers, says it is about.
#[derive(Default)]
pub(crate) struct Bound {
    pub(super) binding: Binding,
    pub(super) assignment: Option<AssignmentId>,
    /// The question whose asker got the token.
    pub(crate) asker: Option<QuestionId>,
    /// The mail of ours that came back or is answered by its Message-ID.
    pub(super) ours: Option<outgoing_mail::Model>,
}

/// `returned` is what [`returned`] finds of the same mail.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn bind(
    tx: &impl ConnectionTrait,
    app: &App,
    reading: &Reading,
    returned: Option<OutgoingId>,
) -> Result<Bound, Error> {
    // The address is signed, and says which mail it was; a bounce's body often does not.
    let came_to = match returned {
        Some(id) => outgoing_mail::Entity::find_by_id(id).one(tx).await?,
        None => None,
    };
    if reading.bounce.is_some() || (came_to.is_some() && reading.class == Class::AutoReply) {
        let named = reading.bounce.as_ref().and_then(|bounce| bounce.message_id.as_ref());
        let ours = match (came_to, named) {
            (Some(mail), _) => Some(mail),
            (None, Some(id)) => mail::outbox::by_message_id(tx, id).await?,
            (None, None) => None,
        };
        return Ok(Bound {
            assignment: ours.as_ref().and_then(|m| m.assignment_id),
            ours,
            ..Bound::default()
        });
    }
    let today = day_stamp(app.clock.now());
    let dated = |until| {
        if today <= until {
            Binding::Token
        } else {
            Binding::Expired
        }
    };
    let unbound = |binding| Bound {
        binding,
        ..Bound::default()
    };
    Ok(match &reading.token {
        TokenFinding::Reply { assignment, until } => Bound {
            binding: dated(*until),
            assignment: Some(*assignment),
            ..Bound::default()
        },
        TokenFinding::Asker { question, until } => Bound {
            binding: dated(*until),
            asker: Some(*question),
            ..Bound::default()
        },
        TokenFinding::Thread { message_ids } => {
            let mut ours = None;
            for id in message_ids {
                ours = mail::outbox::by_message_id(tx, id).await?;
                if ours.as_ref().and_then(mail::outbox::reply_to).is_some() {
                    break;
                }
            }
            let (assignment, asker) = match ours.as_ref().and_then(mail::outbox::reply_to) {
                Some(ReplyTo::Assignment(id)) => (Some(id), None),
                Some(ReplyTo::Asker(id)) => (None, Some(id)),
                None => (None, None),
            };
            Bound {
                binding: Binding::Thread,
                assignment,
                asker,
                ours,
            }
        }
        TokenFinding::Forged => unbound(Binding::Forged),
        TokenFinding::None => unbound(Binding::None),
    })
}

/// The mail of ours to whose return path it came.
pub(super) fn returned(app: &App, row: &incoming_mail::Model) -> Option<OutgoingId> {
    mail::read::returned(&envelope(row), &reader(app), row.received_at)
}
