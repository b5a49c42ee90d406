//! What several pages of a partner show alike.

use crate::{
    TEXTS,
    partner::{Refusal, repo, repo::Own},
    seats::{self, Hall, Seat},
};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use db::{
    entity::{programme_part, sitting},
    people::in_lang,
    prelude::ConnectionTrait,
};
use std::collections::HashMap;
use web::{App, Chrome, Error, Message, auth::PartnerSession};

/// The rows behind a session, and the page's context for their event.
pub(super) async fn begin(app: &App, who: &PartnerSession, c: Chrome) -> Result<(Own, Chrome), Error> {
    let own = repo::own(&app.db, who).await?.ok_or(Error::NeedsLink)?;
    let c = context(c, &own);
    Ok((own, c))
}

pub(super) fn context(c: Chrome, own: &Own) -> Chrome {
    let title = in_lang(c.lang(), &own.event.title, &own.event.title_en);
    c.with(&TEXTS).for_event(own.event.slug.clone(), title)
}

pub(super) fn host_name(c: &Chrome, own: &Own) -> String {
    in_lang(c.lang(), &own.event.host_name, &own.event.host_name_en)
}

/// A day has no time zone; noon in UTC prints as that day.
fn noon(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc() + chrono::TimeDelta::hours(12)
}

/// `2026년 12월 3일 (목) – 2026년 12월 4일 (금)`.
pub(super) fn days(c: &Chrome, sitting: &sitting::Model) -> String {
    let first = c.date(noon(sitting.first_day), "UTC");
    if sitting.first_day == sitting.last_day {
        first
    } else {
        format!("{first} – {}", c.date(noon(sitting.last_day), "UTC"))
    }
}

/// Today, as the event's calendar has it.
pub(super) fn today(now: DateTime<Utc>, zone: &str) -> NaiveDate {
    let zone: chrono_tz::Tz = zone.parse().unwrap_or(chrono_tz::Asia::Seoul);
    now.with_timezone(&zone).date_naive()
}

/// Where they stand in the lines of a programme; what they did not say yes to is not among it.
pub(super) async fn stands(
    conn: &impl ConnectionTrait,
    who: &PartnerSession,
    programme: &[(sitting::Model, Vec<programme_part::Model>)],
) -> Result<HashMap<Hall, Seat>, Error> {
    let mut stands = HashMap::new();
    for (sitting, parts) in programme {
        let mut halls = vec![Hall::Sitting(sitting.id)];
        halls.extend(parts.iter().map(|part| Hall::Part(part.id)));
        for hall in halls {
            if let Some(seat) = seats::seat(conn, hall, who.invitation).await? {
                stands.insert(hall, seat);
            }
        }
    }
    Ok(stands)
}

/// That places are few, or where somebody stands; empty when there are enough.
pub(super) fn few(c: &Chrome, capacity: Option<i32>, seat: Option<Seat>) -> String {
    match (capacity, seat) {
        (_, Some(Seat::Waits(rank))) => c.t1("my-seat-waits", "n", rank),
        (Some(_), Some(Seat::Taken)) => c.t("my-seat-taken"),
        (Some(n), None) => c.t1("my-seat-few", "n", n),
        (None, _) => String::new(),
    }
}

/// A refusal in words, for the head of a form.
pub(super) fn refused(c: &Chrome, zone: &str, refusal: Refusal) -> Message {
    match refusal {
        Refusal::NotFound => Message::new("my-no-not-found"),
        Refusal::Before(at) => Message::new("my-no-before").arg("at", c.datetime(at, zone)),
        Refusal::Closed(at) => Message::new("my-no-closed").arg("at", c.datetime(at, zone)),
        Refusal::Limit(n) => Message::new("my-no-limit").arg("n", n),
        Refusal::Drafts => Message::new("my-no-drafts"),
        Refusal::Changed => Message::new("my-no-changed"),
        Refusal::Settled => Message::new("my-no-settled"),
        Refusal::Consent => Message::new("my-no-consent"),
        Refusal::Service => Message::new("error-choose"),
        Refusal::Over => Message::new("my-no-over"),
    }
}
