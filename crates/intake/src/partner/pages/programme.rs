//! The programme with what they chose, and the same for their calendar.

use super::view;
use crate::{
    partner::{repo, service::programme as service},
    seats::{Hall, Seat},
};
use axum::{
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::token::Purpose;
use std::collections::HashSet;
use web::{App, Chrome, Error, Result, auth::PartnerSession, render};

struct PartLine {
    title: String,
    kind: String,
    from: String,
    to: String,
    place: String,
    chosen: bool,
    /// Where they stand, when places are few.
    seat: String,
}

struct Day {
    day: String,
    parts: Vec<PartLine>,
}

struct SittingLine {
    title: String,
    days: String,
    place: String,
    /// What they said, and where they stand.
    coming: String,
    waits: bool,
    by_day: Vec<Day>,
}

#[derive(askama::Template)]
#[template(path = "partner/programme.html")]
struct Page {
    c: Chrome,
    sittings: Vec<SittingLine>,
    zone: String,
    /// Where a calendar program finds it without a session.
    address: String,
    webcal: String,
    has_entry: bool,
}

pub(super) async fn page(State(app): State<App>, who: PartnerSession, c: Chrome) -> Result {
    let (own, c) = view::begin(&app, &who, c).await?;
    let conn = app.db.reader();
    let programme = repo::programme(conn, who.event).await?;
    let stands = view::stands(conn, &who, &programme).await?;
    let coming = repo::coming(conn, &who).await?;
    let interests: HashSet<_> = repo::interests(conn, &who).await?;
    let zone = &own.event.time_zone;
    let mut sittings = Vec::new();
    for (s, parts) in &programme {
        let stands_here = stands.get(&Hall::Sitting(s.id)).copied();
        let mut by_day: Vec<Day> = Vec::new();
        for p in parts {
            let day = c.date(p.starts_at, zone);
            if by_day.last().is_none_or(|d| d.day != day) {
                by_day.push(Day { day, parts: Vec::new() });
            }
            let line = PartLine {
                title: c.either(&p.title, &p.title_en).to_owned(),
                kind: c.t(format!("my-part-{}", p.kind)),
                from: c.time(p.starts_at, zone),
                to: c.time(p.ends_at, zone),
                place: c.either(&p.place, &p.place_en).to_owned(),
                chosen: interests.contains(&p.id),
                seat: view::few(&c, p.capacity, stands.get(&Hall::Part(p.id)).copied()),
            };
            if let Some(last) = by_day.last_mut() {
                last.parts.push(line);
            }
        }
        sittings.push(SittingLine {
            title: c.either(&s.title, &s.title_en).to_owned(),
            days: view::days(&c, s),
            place: c.either(&s.place, &s.place_en).to_owned(),
            coming: match (stands_here, coming.get(&s.id)) {
                (Some(Seat::Waits(rank)), _) => c.t1("my-seat-waits", "n", rank),
                (_, Some(true)) => c.t("my-rsvp-yes-said"),
                (_, Some(false)) => c.t("my-rsvp-no-said"),
                (_, None) => c.t("my-rsvp-open"),
            },
            waits: matches!(stands_here, Some(Seat::Waits(_))),
            by_day,
        });
    }
    let stamp = u16::try_from(own.invitation.link_version).unwrap_or_default();
    let token = app.keys.sign(Purpose::Calendar, own.invitation.id.uuid(), stamp);
    let address = app.public_url(&format!("/calendar/{token}.ics"));
    let bare = address.split_once("://").map_or(address.as_str(), |(_, rest)| rest);
    render(&Page {
        webcal: format!("webcal://{bare}"),
        address,
        has_entry: stands
            .iter()
            .any(|(hall, seat)| matches!((hall, seat), (Hall::Sitting(_), Seat::Taken))),
        zone: zone.clone(),
        sittings,
        c,
    })
}

/// To be put into a calendar once.
pub(super) async fn file(State(app): State<App>, who: PartnerSession, c: Chrome) -> Result<Response> {
    let (own, c) = view::begin(&app, &who, c).await?;
    let text = service::calendar(&app, &own, c.words).await?;
    Ok(web::attachment(&format!("{}.ics", own.event.slug), KIND, text))
}

const KIND: &str = "text/calendar; charset=utf-8";

/// What a calendar program asks for again and again; a new personal link ends it.
pub(super) async fn subscribed(State(app): State<App>, Path(file): Path<String>) -> Result<Response> {
    let claim = file
        .strip_suffix(".ics")
        .and_then(|token| app.keys.verify(Purpose::Calendar, token))
        .ok_or(Error::NotFound)?;
    let own = repo::invited(app.db.reader(), domain::InvitationId::from_uuid(claim.id)).await?;
    let own = own
        .filter(|own| own.invitation.link_version == i32::from(claim.stamp))
        .ok_or(Error::NotFound)?;
    let words = web::Words::new(own.partner.lang, &crate::TEXTS);
    let mut response = service::calendar(&app, &own, words).await?.into_response();
    for (name, value) in [
        (header::CONTENT_TYPE, KIND),
        (header::CACHE_CONTROL, "private, no-cache"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}
