//! Invitations go out by mail, or by hand where there is no address.

use crate::{Error, Result, TEXTS, staff::deed};
use db::{
    audit::{self, Actor},
    entity::{event, invitation, sitting},
    people::{self, Invitee, in_lang},
    prelude::*,
};
use domain::{EventId, InvitationId, Lang, OutgoingId, state::mail::MailKind, token::Purpose};
use mail::{Initial, Letter, Link, NewMail, Refs};
use std::collections::HashMap;
use web::{App, Words};

/// The address that opens the partner's pages: for staff to copy and hand over, never stored, never logged.
pub fn personal_url(app: &App, invitee: &Invitee) -> String {
    let token = app
        .keys
        .sign(Purpose::PersonalLink, invitee.invitation.uuid(), invitee.link_version);
    app.public_url(&format!("/i/{token}"))
}

/// Puts the invitation mail into the outbox, once; `None` when there is no address, or it was sent before.
///
/// # Errors
/// When there is no such invitation.
pub async fn send(tx: &impl ConnectionTrait, app: &App, actor: Actor, id: InvitationId) -> Result<Option<OutgoingId>> {
    one(tx, app, actor, id, format!("invitation:{id}")).await
}

/// Puts it once more, at most once a minute: it was lost, or the address was corrected.
///
/// # Errors
/// When there is no such invitation.
pub async fn send_again(
    tx: &impl ConnectionTrait,
    app: &App,
    actor: Actor,
    id: InvitationId,
) -> Result<Option<OutgoingId>> {
    let minute = app.clock.now().format("%Y%m%d%H%M");
    one(tx, app, actor, id, format!("invitation:{id}:{minute}")).await
}

async fn one(
    tx: &impl ConnectionTrait,
    app: &App,
    actor: Actor,
    id: InvitationId,
    dedup: String,
) -> Result<Option<OutgoingId>> {
    let row = invitation::Entity::find_by_id(id)
        .one(tx)
        .await?
        .ok_or(Error::NotFound)?;
    let about = About::load(tx, row.event_id).await?;
    let invitee = people::invitee(tx, id, Lang::Ko).await?.ok_or(Error::NotFound)?;
    let put = put(tx, app, &about, &invitee, dedup).await?;
    if put.is_some() {
        mark_invited(tx, app, &[id]).await?;
        let entry = deed(Some(row.event_id), actor, "invitation.sent", ("invitation", id.uuid()));
        audit::record(tx, &app.clock, entry).await?;
    }
    Ok(put)
}

/// How many invitations one transaction of [`send_all`] puts.
const BATCH: u64 = 200;

/// Invites all of the event who have an address and were not invited; gives how many. Pressed twice at once, it
/// still puts one mail each.
///
/// # Errors
/// When the database refuses; what was committed before stands, and sending again goes on.
pub async fn send_all(app: &App, actor: Actor, event: EventId) -> Result<usize> {
    let about = About::load(app.db.reader(), event).await?;
    let mut sent = 0;
    loop {
        let tx = app.db.begin_write().await?;
        let ids = crate::staff::repo::uninvited_with_address(&tx, event, BATCH).await?;
        if ids.is_empty() {
            tx.rollback().await?;
            return Ok(sent);
        }
        let invitees: HashMap<InvitationId, Invitee> = people::invitees(&tx, ids.iter().copied(), Lang::Ko).await?;
        let mut put_here = 0;
        for invitee in ids.iter().filter_map(|id| invitees.get(id)) {
            let dedup = format!("invitation:{}", invitee.invitation);
            put_here += usize::from(put(&tx, app, &about, invitee, dedup).await?.is_some());
        }
        mark_invited(&tx, app, &ids).await?;
        let entry = audit::Entry {
            event: Some(event),
            actor,
            action: "invitations.sent",
            subject: ("event", Some(event.uuid())),
            details: serde_json::json!({ "mails": put_here }),
        };
        audit::record(&tx, &app.clock, entry).await?;
        tx.commit().await?;
        sent += put_here;
        app.wake.notify();
    }
}

/// Staff handed the link over by messenger or in person.
///
/// # Errors
/// When the event has no such invitation.
pub async fn handed_over(
    tx: &impl ConnectionTrait,
    app: &App,
    actor: Actor,
    event: EventId,
    id: InvitationId,
) -> Result<()> {
    of_event(tx, event, id).await?;
    mark_invited(tx, app, &[id]).await?;
    audit::record(
        tx,
        &app.clock,
        deed(Some(event), actor, "invitation.handed_over", ("invitation", id.uuid())),
    )
    .await?;
    Ok(())
}

/// Makes a new personal link; the old one, and the sessions that began with it, end.
///
/// # Errors
/// When the event has no such invitation.
pub async fn renew_link(
    tx: &impl ConnectionTrait,
    app: &App,
    actor: Actor,
    event: EventId,
    id: InvitationId,
) -> Result<()> {
    let done = invitation::Entity::update_many()
        .col_expr(
            invitation::Column::LinkVersion,
            Expr::col(invitation::Column::LinkVersion).add(1),
        )
        .filter(invitation::Column::Id.eq(id))
        .filter(invitation::Column::EventId.eq(event))
        // The version travels in 16 bits of the token.
        .filter(invitation::Column::LinkVersion.lt(i32::from(u16::MAX)))
        .exec(tx)
        .await?;
    if done.rows_affected != 1 {
        return Err(Error::NotFound);
    }
    audit::record(
        tx,
        &app.clock,
        deed(Some(event), actor, "invitation.link_renewed", ("invitation", id.uuid())),
    )
    .await?;
    Ok(())
}

/// The invitation, when it is this event's.
///
/// # Errors
/// When the event has no such invitation.
pub async fn of_event(conn: &impl ConnectionTrait, event: EventId, id: InvitationId) -> Result<invitation::Model> {
    let found = invitation::Entity::find_by_id(id)
        .filter(invitation::Column::EventId.eq(event))
        .one(conn)
        .await?;
    found.ok_or(Error::NotFound)
}

/// The first time stays.
async fn mark_invited(tx: &impl ConnectionTrait, app: &App, ids: &[InvitationId]) -> Result<()> {
    invitation::Entity::update_many()
        .col_expr(invitation::Column::InvitedAt, Expr::value(app.clock.now()))
        .filter(invitation::Column::Id.is_in(ids.iter().copied()))
        .filter(invitation::Column::InvitedAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// What every invitation to an event says.
struct About {
    event: event::Model,
    sittings: Vec<sitting::Model>,
}

impl About {
    async fn load(conn: &impl ConnectionTrait, id: EventId) -> Result<Self> {
        let event = event::Entity::find_by_id(id).one(conn).await?.ok_or(Error::NotFound)?;
        let sittings = crate::staff::repo::sittings(conn, id).await?;
        Ok(Self { event, sittings })
    }
}

async fn put(
    tx: &impl ConnectionTrait,
    app: &App,
    about: &About,
    invitee: &Invitee,
    dedup: String,
) -> Result<Option<OutgoingId>> {
    let Some(email) = invitee.email.clone() else {
        return Ok(None);
    };
    let mail = NewMail {
        kind: MailKind::Invitation,
        to_name: invitee.person.name(),
        to_email: email,
        lang: invitee.lang,
        letter: letter(about, invitee),
        state: Initial::Queued,
        dedup,
        reply: None,
        refs: Refs {
            event: Some(about.event.id),
            invitation: Some(invitee.invitation),
            ..Refs::default()
        },
    };
    Ok(mail::outbox::put(tx, &app.clock, &app.settings, mail).await?)
}

fn letter(about: &About, invitee: &Invitee) -> Letter {
    let (lang, event) = (invitee.lang, &about.event);
    let words = Words::new(lang, &TEXTS);
    let title = in_lang(lang, &event.title, &event.title_en);
    let host = in_lang(lang, &event.host_name, &event.host_name_en);
    let intro = in_lang(lang, &event.intro, &event.intro_en);
    let name = invitee.person.name();
    let mut letter = Letter::new(words.t2("st-mail-invite-subject", "host", &host, "title", &title))
        .text(words.t1("st-mail-invite-greeting", "name", &name))
        .text(words.t2("st-mail-invite-opening", "host", &host, "title", &title));
    if !intro.is_empty() {
        letter = letter.text(intro);
    }
    let mut facts: Vec<(String, String)> = about
        .sittings
        .iter()
        .map(|s| {
            let place = in_lang(lang, &s.place, &s.place_en);
            let days = days(&words, s);
            (
                in_lang(lang, &s.title, &s.title_en),
                if place.is_empty() {
                    days
                } else {
                    format!("{days}, {place}")
                },
            )
        })
        .collect();
    let (opens, closes) = (
        words.datetime(event.opens_at, &event.time_zone),
        words.datetime(event.closes_at, &event.time_zone),
    );
    facts.push((words.t("st-mail-invite-period"), format!("{opens} – {closes}")));
    letter
        .facts(facts)
        .text(words.t1("st-mail-invite-what", "n", event.max_questions))
        .action(
            words.t("st-mail-invite-button"),
            Link::Personal {
                invitation: invitee.invitation,
                path: String::new(),
            },
        )
        .text(words.t1("st-mail-invite-closing", "host", &host))
}

/// The days of a sitting, as a mail and a page say them.
pub(crate) fn days(words: &Words, sitting: &sitting::Model) -> String {
    let day = |date: chrono::NaiveDate| words.date(date.and_time(chrono::NaiveTime::MIN).and_utc(), chrono_tz::UTC);
    if sitting.first_day == sitting.last_day {
        day(sitting.first_day)
    } else {
        format!("{} – {}", day(sitting.first_day), day(sitting.last_day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{NaiveDate, TimeZone, Utc};
    use domain::{EmailAddress, PartnerId, SittingId, person::Person};

    #[test]
    fn an_invitation_says_when_and_where_and_holds_no_token() {
        let at = |day| Utc.with_ymd_and_hms(2026, 12, day, 1, 0, 0).single().expect("a moment");
        let id = EventId::new();
        let event = event::Model {
            id,
            slug: "talk".into(),
            title: "파트너 대화".into(),
            title_en: "Partner talk".into(),
            host_name: "나래".into(),
            host_name_en: "Narae".into(),
            intro: String::new(),
            intro_en: String::new(),
            time_zone: "Asia/Seoul".into(),
            opens_at: at(1),
            closes_at: at(9),
            live_places: 10,
            reverse_places: 8,
            max_questions: 3,
            answer_days: 7,
            created_at: at(1),
            hall_code: None,
            hall_from: None,
            hall_asks_until: None,
        };
        let day = NaiveDate::from_ymd_opt(2026, 12, 17).expect("a day");
        let sitting = sitting::Model {
            id: SittingId::new(),
            event_id: id,
            title: "1회차".into(),
            title_en: "First sitting".into(),
            place: "판교".into(),
            place_en: "Pangyo".into(),
            first_day: day,
            last_day: day.succ_opt().expect("a day"),
            position: 1,
            capacity: None,
            remind_days: None,
            sequence: 0,
            turn: 0,
        };
        let about = About {
            event,
            sittings: vec![sitting],
        };
        let mut invitee = Invitee {
            invitation: InvitationId::new(),
            partner: PartnerId::new(),
            person: Person::Partner {
                name: Some("김하늘".into()),
                title: None,
                company: None,
                group: None,
                services: vec![],
            },
            display_line: None,
            email: EmailAddress::parse("ha@haneul.example").ok(),
            lang: Lang::Ko,
            company_id: None,
            company: None,
            field: None,
            link_version: 1,
        };
        let korean = letter(&about, &invitee);
        assert_eq!(korean.subject, "[나래] 파트너 대화에 초대합니다");
        let text = korean.plain();
        for part in [
            "김하늘 님",
            "1회차: 2026년 12월 17일 (목) – 2026년 12월 18일 (금), 판교",
            "오전 10:00",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        invitee.lang = Lang::En;
        let english = letter(&about, &invitee).plain();
        assert!(english.contains("Pangyo") && !english.contains("st-mail"), "{english}");
    }
}
