//! The mails that a partner gets from their own doings.

use super::Phase;
use crate::TEXTS;
use db::{
    entity::{event, invitation, partner},
    people::in_lang,
};
use domain::{Clock, EmailAddress, QuestionId, state::mail::MailKind};
use mail::{Initial, Letter, Link, NewMail, Refs};
use web::Words;

fn greeted_name(partner: &partner::Model) -> &str {
    partner.pen_name.as_deref().unwrap_or(&partner.name)
}

/// "We have your question."
pub(crate) fn receipt(
    email: EmailAddress,
    partner: &partner::Model,
    event: &event::Model,
    invitation: domain::InvitationId,
    question: QuestionId,
    body: &str,
    phase: Phase,
) -> NewMail {
    let lang = partner.lang;
    let words = Words::new(lang, &TEXTS);
    let title = in_lang(lang, &event.title, &event.title_en);
    let next = match phase {
        Phase::Hall => words.t("my-mail-receipt-next-hall"),
        _ => words.t1(
            "my-mail-receipt-next",
            "closes",
            words.datetime(event.closes_at, &event.time_zone),
        ),
    };
    let letter = Letter::new(words.t1("my-mail-receipt-subject", "event", &title))
        .text(words.t2("my-mail-receipt-text", "name", greeted_name(partner), "event", &title))
        .quote(body, None)
        .text(next)
        .action(
            words.t("my-mail-receipt-action"),
            Link::Personal {
                invitation,
                path: format!("/my/questions/{question}"),
            },
        )
        .note(words.t("my-mail-link-note"));
    NewMail {
        kind: MailKind::Receipt,
        to_name: greeted_name(partner).to_owned(),
        to_email: email,
        lang,
        letter,
        state: Initial::Queued,
        dedup: format!("receipt:{question}"),
        reply: None,
        refs: Refs {
            event: Some(event.id),
            invitation: Some(invitation),
            question: Some(question),
            ..Refs::default()
        },
    }
}

/// "Here is your link once more." At most one a minute and invitation.
pub(crate) fn new_link(
    clock: &Clock,
    email: EmailAddress,
    partner: &partner::Model,
    event: &event::Model,
    invitation: &invitation::Model,
) -> NewMail {
    let lang = partner.lang;
    let words = Words::new(lang, &TEXTS);
    let title = in_lang(lang, &event.title, &event.title_en);
    let letter = Letter::new(words.t1("my-mail-link-subject", "event", &title))
        .text(words.t2("my-mail-link-text", "name", greeted_name(partner), "event", &title))
        .action(
            words.t("my-mail-link-action"),
            Link::Personal {
                invitation: invitation.id,
                path: "/my".to_owned(),
            },
        )
        .note(words.t("my-mail-link-note"))
        .note(words.t("my-mail-link-unasked"));
    NewMail {
        kind: MailKind::NewLink,
        to_name: greeted_name(partner).to_owned(),
        to_email: email,
        lang,
        letter,
        state: Initial::Queued,
        dedup: format!("new_link:{}:{}", invitation.id, clock.now().timestamp() / 60),
        reply: None,
        refs: Refs {
            event: Some(event.id),
            invitation: Some(invitation.id),
            ..Refs::default()
        },
    }
}
