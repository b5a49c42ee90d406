//! What one shows at the door: large, and kept on the phone so that it opens in a cellar, too.

use super::view;
use crate::{
    entry,
    partner::repo,
    seats::{self, Hall, Seat},
};
use axum::extract::State;
use web::{App, Chrome, Error, Result, auth::PartnerSession, render};

struct Code {
    title: String,
    days: String,
    place: String,
    /// In two pieces, to be read out.
    letters: String,
    svg: String,
}

#[derive(askama::Template)]
#[template(path = "partner/entry.html")]
struct Page {
    c: Chrome,
    name: String,
    codes: Vec<Code>,
    /// Sittings for which they wait.
    waits: bool,
}

pub(super) async fn page(State(app): State<App>, who: PartnerSession, c: Chrome) -> Result {
    let (own, c) = view::begin(&app, &who, c).await?;
    let conn = app.db.reader();
    let zone = &own.event.time_zone;
    let today = view::today(c.now, zone);
    let (mut codes, mut waits, mut last) = (Vec::new(), false, today);
    for (s, _) in repo::programme(conn, who.event).await? {
        if s.last_day < today {
            continue;
        }
        match seats::seat(conn, Hall::Sitting(s.id), who.invitation).await? {
            Some(Seat::Taken) => {}
            Some(Seat::Waits(_)) => {
                waits = true;
                continue;
            }
            None => continue,
        }
        let code = entry::of(&app, who.invitation, s.id).await?;
        last = last.max(s.last_day);
        codes.push(Code {
            title: c.either(&s.title, &s.title_en).to_owned(),
            days: view::days(&c, &s),
            place: c.either(&s.place, &s.place_en).to_owned(),
            svg: print::Code::new(&code).map_err(Error::internal)?.svg(),
            letters: entry::shown(&code),
        });
    }
    let name = own.partner.pen_name.clone().unwrap_or_else(|| own.partner.name.clone());
    let mut response = render(&Page { c, name, codes, waits })?;
    entry::keep(&mut response, last, zone);
    Ok(response)
}
