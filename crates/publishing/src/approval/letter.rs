//! The mails about somebody's words, in their language.

use super::{Contact, until};
use crate::article::Piece;
use chrono::{DateTime, Utc};
use db::{
    entity::{article, event},
    people,
};
use domain::{ApproverId, EmailAddress, state::mail::MailKind};
use mail::{Initial, Letter, Link, NewMail, Refs};
use web::Words;

/// The first mail, or a reminder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    First,
    Again(i32),
}

/// What is asked of somebody: how they are named, and their words.
pub(super) type Shown<'a> = (&'a str, Vec<Piece>);

pub(super) fn asks(
    (event, article): (&event::Model, &article::Model),
    contact: &Contact,
    email: &EmailAddress,
    approver: ApproverId,
    shown: &[Shown<'_>],
    (ask, now, dedup): (Ask, DateTime<Utc>, String),
) -> NewMail {
    let w = Words::new(contact.lang, &crate::TEXTS);
    let title = people::in_lang(contact.lang, &event.title, &event.title_en);
    let subject = match ask {
        Ask::First => w.t1("mail-approval-subject", "event", title.clone()),
        Ask::Again(_) => w.t1("mail-approval-subject-again", "event", title.clone()),
    };
    let mut letter = Letter::new(subject)
        .text(w.t1("mail-approval-hello", "name", contact.name.clone()))
        .text(w.t2("mail-approval-text", "event", title, "title", article.title.clone()));
    for (line, pieces) in shown {
        for piece in pieces.iter().filter(|p| p.part != crate::article::PULL) {
            letter = letter.quote(&piece.text, Some((*line).to_owned()));
        }
    }
    letter = letter
        .text(w.t("mail-approval-ways"))
        .action(
            w.t("mail-approval-action"),
            Link::Approval {
                approver,
                until: until(now),
            },
        )
        .note(w.t("mail-approval-note"));
    new(MailKind::Approval, event, contact, email, letter, dedup)
}

/// An article was corrected where their words stand.
pub(crate) fn correction(
    (event, article): (&event::Model, &article::Model),
    contact: &Contact,
    email: &EmailAddress,
    text: &str,
    dedup: String,
) -> NewMail {
    let w = Words::new(contact.lang, &crate::TEXTS);
    let title = people::in_lang(contact.lang, &event.title, &event.title_en);
    let letter = Letter::new(w.t1("mail-correction-subject", "event", title))
        .text(w.t1("mail-approval-hello", "name", contact.name.clone()))
        .text(w.t1("mail-correction-text", "title", article.title.clone()))
        .quote(text, None)
        .action(
            w.t("mail-correction-action"),
            Link::Page {
                path: format!("/articles/{}", article.slug),
            },
        );
    new(MailKind::Correction, event, contact, email, letter, dedup)
}

fn new(
    kind: MailKind,
    event: &event::Model,
    contact: &Contact,
    email: &EmailAddress,
    letter: Letter,
    dedup: String,
) -> NewMail {
    NewMail {
        kind,
        to_name: contact.name.clone(),
        to_email: email.clone(),
        lang: contact.lang,
        letter,
        state: Initial::Queued,
        dedup,
        reply: None,
        refs: Refs {
            event: Some(event.id),
            invitation: contact.invitation,
            ..Refs::default()
        },
    }
}
