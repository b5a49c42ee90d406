//! What stands on the page of the door.

use crate::{
    Result, entry,
    seats::{self, Hall, Seat},
    staff::{
        repo::{self, Show},
        service::door as service,
    },
};
use chrono::{DateTime, Utc};
use db::{
    entity::{door_mark, entry_code, event, sitting, walk_in},
    people::Invitee,
    prelude::*,
};
use domain::{FieldId, InvitationId, MarkId, SittingId, WalkInId};
use serde::Deserialize;
use std::collections::HashMap;
use web::{App, Chrome, Errors};

/// People whom the page holds, to be kept on a phone.
const MOST: usize = 2_000;
/// People whom a search of the whole roster shows.
const FOUND: usize = 100;

#[derive(Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    pub(super) sitting: String,
    #[serde(default)]
    pub(super) q: String,
    /// A walk-in whom somebody looks for on the roster.
    #[serde(default)]
    pub(super) guest: String,
}

/// One person of the list.
pub(super) struct Row {
    pub(super) who: InvitationId,
    pub(super) name: String,
    pub(super) rest: String,
    pub(super) company: Option<String>,
    pub(super) field: Option<FieldId>,
    pub(super) code: String,
    pub(super) came: bool,
    pub(super) waits: Option<u32>,
    /// Said that they come, and have a place.
    pub(super) expected: bool,
    /// When the last mark was made.
    pub(super) at: Option<DateTime<Utc>>,
    /// For the form without script.
    mark: MarkId,
}

impl Row {
    /// What a search on the phone looks through.
    fn find(&self) -> String {
        format!("{} {}", self.name, self.rest).to_lowercase()
    }
}

/// How many of those who are expected came, by company or field.
pub(super) struct Share {
    pub(super) name: String,
    pub(super) came: usize,
    pub(super) of: usize,
}

#[derive(askama::Template)]
#[template(path = "staff/door.html")]
pub(super) struct Page {
    pub(super) c: Chrome,
    pub(super) event: event::Model,
    sittings: Vec<sitting::Model>,
    pub(super) at: Option<sitting::Model>,
    q: String,
    rows: Vec<Row>,
    came: usize,
    expected: usize,
    waiting: usize,
    guests: Vec<walk_in::Model>,
    /// The walk-in whom the search is for.
    guest: Option<walk_in::Model>,
    companies: Vec<Share>,
    fields: Vec<Share>,
    errors: Errors,
    pub(super) code: String,
    pub(super) name: String,
    pub(super) company: String,
    note: WalkInId,
    until: i64,
    until_shown: String,
}

impl Page {
    pub(super) async fn load(app: &App, event: event::Model, c: Chrome, asked: Asked, errors: Errors) -> Result<Self> {
        let conn = app.db.reader();
        let sittings = repo::sittings(conn, event.id).await?;
        let at = choose(&sittings, &asked.sitting, c.now, &event.time_zone);
        let mut page = Self {
            q: asked.q.trim().to_owned(),
            rows: Vec::new(),
            came: 0,
            expected: 0,
            waiting: 0,
            guests: Vec::new(),
            guest: None,
            companies: Vec::new(),
            fields: Vec::new(),
            errors,
            code: String::new(),
            name: String::new(),
            company: String::new(),
            note: WalkInId::new(),
            until: 0,
            until_shown: String::new(),
            c,
            event,
            sittings,
            at,
        };
        let Some(at) = page.at.clone() else { return Ok(page) };
        let until = entry::end_of(at.last_day, &page.event.time_zone);
        page.until = until.timestamp_millis();
        page.until_shown = page.c.datetime(until, &page.event.time_zone);
        let all = rows(conn, &page.event, &at, &page.c, "").await?;
        page.came = all.iter().filter(|r| r.came).count();
        page.expected = all.iter().filter(|r| r.expected).count();
        page.waiting = all.iter().filter(|r| r.waits.is_some()).count();
        (page.companies, page.fields) = shares(conn, &page.c, &all).await?;
        page.guests = service::walk_ins(conn, at.id).await?;
        page.guest = page.guests.iter().find(|g| g.id.to_string() == asked.guest).cloned();
        page.rows = if page.q.is_empty() {
            all
        } else {
            rows(conn, &page.event, &at, &page.c, &page.q).await?
        };
        Ok(page)
    }

    fn base(&self) -> String {
        format!("/desk/events/{}/door", self.event.slug)
    }

    /// The key of each table of shares, and its rows.
    fn groups(&self) -> [(&'static str, &[Share]); 2] {
        [("door-by-field", &self.fields), ("door-by-company", &self.companies)]
    }

    fn time(&self, at: &DateTime<Utc>) -> String {
        self.c.time(*at, &self.event.time_zone)
    }
}

/// The sitting that is asked for, else the one of today, else the next one, else the last.
fn choose(sittings: &[sitting::Model], asked: &str, now: DateTime<Utc>, zone: &str) -> Option<sitting::Model> {
    let zone: chrono_tz::Tz = zone.parse().unwrap_or(chrono_tz::Asia::Seoul);
    let today = now.with_timezone(&zone).date_naive();
    let wanted: Option<SittingId> = asked.parse().ok();
    let by_id = sittings.iter().find(|s| Some(s.id) == wanted);
    let next = || {
        sittings
            .iter()
            .filter(|s| s.last_day >= today)
            .min_by_key(|s| s.first_day)
    };
    by_id.or_else(next).or(sittings.last()).cloned()
}

/// Those who come, wait or came; with `q`, whoever of the roster it finds. By name.
pub(super) async fn rows(
    conn: &impl ConnectionTrait,
    event: &event::Model,
    at: &sitting::Model,
    c: &Chrome,
    q: &str,
) -> Result<Vec<Row>> {
    let (show, most) = if q.is_empty() {
        (Show::Coming(at.id), MOST)
    } else {
        (Show::All, FOUND)
    };
    let found = repo::roster_page(conn, event.id, q, show, None, most).await?.rows;
    let people = repo::invitees(conn, &found, c.lang()).await?;
    let said = repo::rsvps(conn, &found).await?;
    let seats = seats::seats(conn, Hall::Sitting(at.id)).await?;
    let codes = entry_code::Entity::find()
        .filter(entry_code::Column::SittingId.eq(at.id))
        .all(conn)
        .await?;
    let codes: HashMap<InvitationId, String> = codes.into_iter().map(|row| (row.invitation_id, row.code)).collect();
    let marks = door_mark::Entity::find()
        .filter(door_mark::Column::SittingId.eq(at.id))
        .order_by_asc(door_mark::Column::At)
        .all(conn)
        .await?;
    let marks: HashMap<InvitationId, DateTime<Utc>> = marks.into_iter().map(|m| (m.invitation_id, m.at)).collect();
    let mut rows: Vec<Row> = found
        .iter()
        .filter_map(|i| {
            let person = people.get(&i.id)?;
            let (name, rest) = in_two(person);
            let seat = seats.get(&i.id).copied();
            Some(Row {
                who: i.id,
                name,
                rest,
                company: person.company.clone(),
                field: i.field_id,
                code: codes.get(&i.id).cloned().unwrap_or_default(),
                came: said.get(&(i.id, at.id)).and_then(|r| r.came) == Some(true),
                waits: match seat {
                    Some(Seat::Waits(rank)) => Some(rank),
                    _ => None,
                },
                expected: seat == Some(Seat::Taken),
                at: marks.get(&i.id).copied(),
                mark: MarkId::new(),
            })
        })
        .collect();
    rows.sort_by(|a, b| (&a.name, &a.rest, a.who).cmp(&(&b.name, &b.rest, b.who)));
    Ok(rows)
}

/// The name, which people are called by at a door, and what follows it.
pub(super) fn in_two(person: &Invitee) -> (String, String) {
    let line = person.line();
    match line.split_once(" · ") {
        Some((name, rest)) => (name.to_owned(), rest.to_owned()),
        None => (line, String::new()),
    }
}

async fn shares(conn: &impl ConnectionTrait, c: &Chrome, rows: &[Row]) -> Result<(Vec<Share>, Vec<Share>)> {
    let names: HashMap<FieldId, String> = repo::fields(conn)
        .await?
        .into_iter()
        .map(|f| (f.id, c.either(&f.name, &f.name_en).to_owned()))
        .collect();
    let none = || c.t("door-none");
    let by_company = share(rows, |r| r.company.clone().unwrap_or_else(none));
    let by_field = share(rows, |r| {
        r.field.and_then(|f| names.get(&f).cloned()).unwrap_or_else(none)
    });
    Ok((by_company, by_field))
}

fn share(rows: &[Row], of: impl Fn(&Row) -> String) -> Vec<Share> {
    let mut shares: HashMap<String, (usize, usize)> = HashMap::new();
    for row in rows.iter().filter(|r| r.expected || r.came) {
        let share = shares.entry(of(row)).or_default();
        share.0 += usize::from(row.came);
        share.1 += 1;
    }
    let mut shares: Vec<Share> = shares
        .into_iter()
        .map(|(name, (came, of))| Share { name, came, of })
        .collect();
    shares.sort_by(|a, b| (b.of, &a.name).cmp(&(a.of, &b.name)));
    shares
}

/// A query's value (RFC 3986 §3.4).
pub(super) fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect()
}
