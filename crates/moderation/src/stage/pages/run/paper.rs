//! The run of show on paper, for when the screens fail.

use super::{Address, cards, clock, sitting};
use crate::{
    stage::{
        pages::{Operator, scene::Card},
        plan::{self, What},
    },
    triage::pages_enter as enter,
};
use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use db::people;
use domain::Lang;
use print::{Cue, Heading, Person, Side};
use web::{App, Chrome, lang::Zone};

pub(in crate::stage::pages) async fn sheet(
    State(app): State<App>,
    _: Operator,
    c: Chrome,
    Path(slug): Path<String>,
    Query(address): Query<Address>,
) -> web::Result<Response> {
    let (event, c) = enter(&app, c, &slug).await?;
    let conn = app.db.reader();
    let (sitting, sittings) = sitting(&app, &event, &address).await?;
    let (_, draft) = plan::current(conn, event.id, sitting).await?;
    let cards = cards(conn, &event, c.lang()).await?;
    let minutes: Vec<i32> = draft.lines.iter().filter_map(plan::Line::planned).collect();
    let times = plan::times(conn, sitting, draft.starts_at, minutes.iter().copied()).await?;
    let mut cues = Vec::with_capacity(draft.lines.len());
    for (n, line) in draft.lines.into_iter().enumerate() {
        let card = cards.get(&line.shown());
        let text = match (&line.what, card) {
            (What::Pause(title), _) => title.clone(),
            (_, Some(card)) => card.body.clone(),
            // It has left the stage: what is on paper is what is played.
            (_, None) => continue,
        };
        cues.push(Cue {
            at: clock(&times, n, &event),
            minutes: u32::try_from(minutes[n]).unwrap_or_default(),
            question: text,
            asker: person(
                card.map(|card| card.asker.as_str()).unwrap_or_default(),
                side(&line.what, card),
            ),
            speakers: speakers(card),
            note: [line.microphone, line.note]
                .into_iter()
                .filter(|s| !s.is_empty())
                .collect::<Vec<_>>()
                .join(" · "),
        });
    }
    let title = people::in_lang(c.lang(), &event.title, &event.title_en);
    let of = sittings.iter().find(|s| Some(s.id) == sitting);
    let of = of.map(|s| people::in_lang(c.lang(), &s.title, &s.title_en));
    let day = times
        .begins
        .unwrap_or(c.now)
        .with_timezone(&event.time_zone.tz())
        .date_naive();
    let heading = Heading {
        lang: match c.lang() {
            Lang::Ko => print::Lang::Ko,
            Lang::En => print::Lang::En,
        },
        title: [Some(title), of].into_iter().flatten().collect::<Vec<_>>().join(" · "),
        publisher: c.t("run-title"),
        date: day,
    };
    let name = format!("{} {}.pdf", heading.title, c.t("run-title"));
    let made = tokio::task::spawn_blocking(move || print::run_of_show(&heading, &cues));
    let pdf = made
        .await
        .map_err(web::Error::internal)?
        .map_err(web::Error::internal)?;
    Ok(web::attachment(&name, "application/pdf", pdf.bytes))
}

fn side(what: &What, card: Option<&Card>) -> Side {
    match (what, card) {
        (What::Question(_), Some(card)) => Side::Partner {
            services: vec![card.service.clone()],
        },
        _ => Side::Host,
    }
}

fn person(line: &str, side: Side) -> Person {
    let (lead, rest) = line.split_once(" · ").unwrap_or((line, ""));
    Person {
        lead: lead.to_owned(),
        rest: rest.to_owned(),
        works_for: None,
        side,
    }
}

fn speakers(card: Option<&Card>) -> Vec<Person> {
    let line = card.map(|card| card.speaker.as_str()).filter(|line| !line.is_empty());
    line.map(|line| person(line, Side::Host)).into_iter().collect()
}
