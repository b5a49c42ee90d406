//! What partners are told about their place: that they have one, that they wait, that they moved up.

use crate::{
    Result, TEXTS,
    seats::{Hall, Seat},
};
use db::{
    entity::{event, invitation, partner, programme_part, sitting},
    people::in_lang,
    prelude::*,
};
use domain::{InvitationId, Lang, state::mail::MailKind};
use mail::{Initial, Letter, Link, NewMail, Refs};
use web::{App, Words};

/// A hall in words.
struct Named {
    title: String,
    when: String,
    place: String,
}

struct To {
    event: event::Model,
    partner: partner::Model,
    words: Words,
    invitation: InvitationId,
}

impl To {
    async fn load(conn: &impl ConnectionTrait, id: InvitationId) -> Result<Option<Self>> {
        let found = invitation::Entity::find_by_id(id)
            .find_also_related(event::Entity)
            .find_also_related(partner::Entity)
            .one(conn)
            .await?;
        Ok(found.and_then(|(invitation, event, partner)| {
            let partner = partner?;
            Some(Self {
                words: Words::new(partner.lang, &TEXTS),
                event: event?,
                partner,
                invitation: invitation.id,
            })
        }))
    }

    fn name(&self) -> &str {
        self.partner.pen_name.as_deref().unwrap_or(&self.partner.name)
    }

    fn title(&self) -> String {
        in_lang(self.partner.lang, &self.event.title, &self.event.title_en)
    }

    async fn named(&self, conn: &impl ConnectionTrait, hall: Hall) -> Result<Named> {
        let lang = self.partner.lang;
        match hall {
            Hall::Sitting(id) => {
                let row = sitting::Entity::find_by_id(id)
                    .one(conn)
                    .await?
                    .ok_or(crate::Error::NotFound)?;
                Ok(Named {
                    title: in_lang(lang, &row.title, &row.title_en),
                    when: crate::staff::service::invitation::days(&self.words, &row),
                    place: in_lang(lang, &row.place, &row.place_en),
                })
            }
            Hall::Part(id) => {
                let row = programme_part::Entity::find_by_id(id)
                    .one(conn)
                    .await?
                    .ok_or(crate::Error::NotFound)?;
                Ok(Named {
                    title: in_lang(lang, &row.title, &row.title_en),
                    when: self.words.datetime(row.starts_at, &self.event.time_zone),
                    place: in_lang(lang, &row.place, &row.place_en),
                })
            }
        }
    }

    fn facts(&self, named: &Named) -> Vec<(String, String)> {
        let w = &self.words;
        let mut facts = vec![(w.t("door-mail-when"), named.when.clone())];
        if !named.place.is_empty() {
            facts.push((w.t("door-mail-place"), named.place.clone()));
        }
        facts
    }

    /// Ends every letter about a place alike: their programme, and the calendar.
    fn ended(&self, letter: Letter) -> Letter {
        let invitation = self.invitation;
        letter
            .action(
                self.words.t("door-mail-programme"),
                Link::Personal {
                    invitation,
                    path: "/my/programme".to_owned(),
                },
            )
            .ways([
                (self.words.t("door-mail-calendar"), Link::Calendar { invitation }),
                (
                    self.words.t("door-mail-change"),
                    Link::Personal {
                        invitation,
                        path: "/my/rsvp".to_owned(),
                    },
                ),
            ])
    }

    async fn put(self, tx: &impl ConnectionTrait, app: &App, letter: Letter, dedup: String) -> Result<()> {
        let Some(email) = self.partner.email.clone() else {
            return Ok(());
        };
        let mail = NewMail {
            kind: MailKind::Seat,
            to_name: self.name().to_owned(),
            to_email: email,
            lang: self.partner.lang,
            letter,
            state: Initial::Queued,
            dedup,
            reply: None,
            refs: Refs {
                event: Some(self.event.id),
                invitation: Some(self.invitation),
                ..Refs::default()
            },
        };
        mail::outbox::put(tx, &app.clock, &app.settings, mail).await?;
        Ok(())
    }
}

fn key(hall: Hall) -> String {
    match hall {
        Hall::Sitting(id) => id.to_string(),
        Hall::Part(id) => id.to_string(),
    }
}

/// Confirms what somebody just said, once: with a place or a number on the waiting list for each. Nothing when they said
/// no to everything, or have no address.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn standing(
    tx: &impl ConnectionTrait,
    app: &App,
    who: InvitationId,
    stands: &[(Hall, Seat)],
    (first, turn): (Hall, i64),
) -> Result<()> {
    if stands.is_empty() {
        return Ok(());
    }
    let Some(to) = To::load(tx, who).await? else {
        return Ok(());
    };
    let waits = stands.iter().any(|(_, seat)| matches!(seat, Seat::Waits(_)));
    let w = &to.words;
    let subject = if waits {
        "door-mail-waits-subject"
    } else {
        "door-mail-seat-subject"
    };
    let text = if waits {
        "door-mail-waits-text"
    } else {
        "door-mail-seat-text"
    };
    let mut letter =
        Letter::new(w.t1(subject, "event", to.title())).text(w.t2(text, "name", to.name(), "event", to.title()));
    for (hall, seat) in stands {
        let named = to.named(tx, *hall).await?;
        let mut facts = vec![(
            named.title.clone(),
            match seat {
                Seat::Taken => w.t("door-mail-seat"),
                Seat::Waits(rank) => w.t1("door-mail-rank", "n", *rank),
            },
        )];
        facts.extend(to.facts(&named));
        letter = letter.facts(facts);
    }
    if waits {
        letter = letter.text(w.t("door-mail-waits-next"));
    }
    let letter = to.ended(letter);
    let dedup = format!("seat:{who}:{}:{turn}", key(first));
    to.put(tx, app, letter, dedup).await
}

/// Tells somebody that they moved up in this turn of the hall, once: somebody declined, or there are more places.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn moved_up(
    tx: &impl ConnectionTrait,
    app: &App,
    who: InvitationId,
    hall: Hall,
    turn: i64,
) -> Result<()> {
    let Some(to) = To::load(tx, who).await? else {
        return Ok(());
    };
    let named = to.named(tx, hall).await?;
    let w = &to.words;
    let letter = Letter::new(w.t2("door-mail-up-subject", "event", to.title(), "what", &named.title))
        .text(w.t2("door-mail-up-text", "name", to.name(), "what", &named.title))
        .facts(to.facts(&named))
        .text(w.t("door-mail-up-next"));
    let letter = to.ended(letter);
    let dedup = format!("seat-up:{who}:{}:{turn}", key(hall));
    to.put(tx, app, letter, dedup).await
}

/// The reminder with the code to show at the door of a sitting.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn entry(
    tx: &impl ConnectionTrait,
    app: &App,
    who: InvitationId,
    sitting: &sitting::Model,
    code: &str,
) -> Result<bool> {
    let Some(to) = To::load(tx, who).await? else {
        return Ok(false);
    };
    let Some(email) = to.partner.email.clone() else {
        return Ok(false);
    };
    let lang: Lang = to.partner.lang;
    let named = to.named(tx, Hall::Sitting(sitting.id)).await?;
    let w = &to.words;
    let letter = Letter::new(w.t2("door-mail-entry-subject", "event", to.title(), "what", &named.title))
        .text(w.t2("door-mail-entry-text", "name", to.name(), "event", to.title()))
        .facts([vec![(w.t("door-mail-what"), named.title.clone())], to.facts(&named)].concat())
        .code(code, w.t("door-mail-code"))
        .action(
            w.t("door-mail-entry-action"),
            Link::Personal {
                invitation: who,
                path: "/my/entry".to_owned(),
            },
        )
        .ways([
            (w.t("door-mail-calendar"), Link::Calendar { invitation: who }),
            (
                w.t("door-mail-change"),
                Link::Personal {
                    invitation: who,
                    path: "/my/rsvp".to_owned(),
                },
            ),
        ])
        .note(w.t("door-mail-entry-note"));
    let mail = NewMail {
        kind: MailKind::Entry,
        to_name: to.name().to_owned(),
        to_email: email,
        lang,
        letter,
        state: Initial::Queued,
        dedup: format!("entry:{}:{who}", sitting.id),
        reply: None,
        refs: Refs {
            event: Some(to.event.id),
            invitation: Some(who),
            ..Refs::default()
        },
    };
    Ok(mail::outbox::put(tx, &app.clock, &app.settings, mail).await?.is_some())
}
