//! Somebody's programme as a calendar.

use crate::{
    calendar::{self, Entry, When},
    partner::{Error, repo, repo::Own},
    seats::{self, Hall, Seat},
};
use db::people::in_lang;
use web::{App, Words, auth::PartnerSession};

/// The parts of the sittings to which they come or for which they wait; of those with few places, the ones they chose. A
/// sitting without parts is its days.
///
/// # Errors
/// When the database refuses.
pub async fn calendar(app: &App, own: &Own, words: Words) -> Result<String, Error> {
    let conn = app.db.reader();
    let lang = words.lang;
    let who = PartnerSession {
        invitation: own.invitation.id,
        event: own.event.id,
        partner: own.partner.id,
    };
    let title = in_lang(lang, &own.event.title, &own.event.title_en);
    let host = host(&app.settings.web.public_url);
    let mut entries = Vec::new();
    for (sitting, parts) in repo::programme(conn, who.event).await? {
        let Some(seat) = seats::seat(conn, Hall::Sitting(sitting.id), who.invitation).await? else {
            continue;
        };
        let waits = seat != Seat::Taken;
        let place = in_lang(lang, &sitting.place, &sitting.place_en);
        let of = in_lang(lang, &sitting.title, &sitting.title_en);
        let description = |waits: bool| {
            let note = if waits {
                words.t("door-calendar-waits")
            } else {
                String::new()
            };
            [title.clone(), of.clone(), note]
                .into_iter()
                .filter(|t| !t.is_empty())
                .collect::<Vec<_>>()
                .join("\n")
        };
        if parts.is_empty() {
            entries.push(Entry {
                uid: format!("{}@{host}", sitting.id),
                sequence: sitting.sequence,
                when: When::Days(sitting.first_day, sitting.last_day),
                summary: format!("{title} · {of}"),
                place: place.clone(),
                description: description(waits),
                tentative: waits,
            });
        }
        for part in parts {
            let own = seats::seat(conn, Hall::Part(part.id), who.invitation).await?;
            if part.capacity.is_some() && own.is_none() {
                continue;
            }
            let waits = waits || matches!(own, Some(Seat::Waits(_)));
            let at = in_lang(lang, &part.place, &part.place_en);
            let places = [at, place.clone()].into_iter().filter(|p| !p.is_empty());
            entries.push(Entry {
                uid: format!("{}@{host}", part.id),
                sequence: part.sequence.saturating_add(sitting.sequence),
                when: When::Moments(part.starts_at, part.ends_at),
                summary: in_lang(lang, &part.title, &part.title_en),
                place: places.collect::<Vec<_>>().join(", "),
                description: description(waits),
                tentative: waits,
            });
        }
    }
    Ok(calendar::calendar(&title, app.clock.now(), &entries))
}

/// The name behind which ids are unique.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', ':']).next().unwrap_or(rest)
}
