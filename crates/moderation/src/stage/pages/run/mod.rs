//! The page of a sitting's run of show, and its sheet on paper.

mod form;
mod paper;

pub(super) use paper::sheet;

use super::{
    Operator,
    scene::{Card, Cards, cards},
};
use crate::{
    stage::{
        plan::{self, Draft, Line, Times, What},
        service::Shown,
    },
    triage::pages_enter as enter,
};
use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use db::{entity::event, people};
use domain::SittingId;
use form::Asked;
use serde::Deserialize;
use web::{App, Choice, Chrome, Errors, Form, lang::Zone, redirect, render_form};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Address {
    sitting: Option<SittingId>,
}

/// A line as the page shows it.
struct Row {
    line: Line,
    /// When it begins, on the event's clock.
    at: String,
    card: Option<Card>,
    /// It was not reached, or taken from the stage.
    gone: bool,
    first: bool,
    last: bool,
}

impl Row {
    fn head(&self) -> String {
        form::head(&self.line)
    }
    fn field(&self, name: &str) -> String {
        format!("{name}-{}", self.line.id)
    }
    fn pause(&self) -> Option<&str> {
        match &self.line.what {
            What::Pause(title) => Some(title),
            _ => None,
        }
    }
    fn is_reverse(&self) -> bool {
        matches!(self.line.what, What::Reverse(_))
    }
    /// What its buttons are told apart by.
    fn label(&self) -> String {
        let text = self
            .card
            .as_ref()
            .map_or_else(|| self.pause().unwrap_or_default(), |card| &card.body);
        domain::text::excerpt(text, 40)
    }
}

#[derive(Template)]
#[template(path = "stage/run.html")]
struct RunPage {
    c: Chrome,
    event: event::Model,
    sittings: Vec<Choice>,
    sitting: Option<SittingId>,
    rows: Vec<Row>,
    offers: Vec<Choice>,
    starts_at: String,
    frozen_at: String,
    frozen: Option<DateTime<Utc>>,
    timer: bool,
    times: Times,
    /// The title of a pause that is to be added.
    pause: String,
    version: i32,
    overtaken: bool,
    errors: Errors,
}

impl RunPage {
    fn base(&self) -> String {
        format!("/desk/events/{}", self.event.slug)
    }
    fn here(&self) -> String {
        let of = self.sitting.map(|id| format!("?sitting={id}")).unwrap_or_default();
        format!("{}/run{of}", self.base())
    }
    fn pdf(&self) -> String {
        let of = self.sitting.map(|id| format!("?sitting={id}")).unwrap_or_default();
        format!("{}/run.pdf{of}", self.base())
    }
}

/// The sitting of the address, else the first one; `None` where the event has none.
async fn sitting(
    app: &App,
    event: &event::Model,
    address: &Address,
) -> web::Result<(Option<SittingId>, Vec<db::entity::sitting::Model>)> {
    let sittings = plan::sittings(app.db.reader(), event.id).await?;
    let found = match address.sitting {
        Some(id) => Some(sittings.iter().find(|s| s.id == id).ok_or(web::Error::NotFound)?),
        None => sittings.first(),
    };
    let found = found.map(|s| s.id);
    Ok((found, sittings))
}

pub(super) async fn show(
    State(app): State<App>,
    _: Operator,
    c: Chrome,
    Path(slug): Path<String>,
    Query(address): Query<Address>,
) -> web::Result {
    let (event, c) = enter(&app, c, &slug).await?;
    let (sitting, _) = sitting(&app, &event, &address).await?;
    let (version, draft) = plan::current(app.db.reader(), event.id, sitting).await?;
    let asked = Asked::of(version, draft, &event);
    page(&app, c, event, &address, asked, false, Errors::new()).await
}

async fn page(
    app: &App,
    c: Chrome,
    event: event::Model,
    address: &Address,
    asked: Asked,
    overtaken: bool,
    errors: Errors,
) -> web::Result {
    let conn = app.db.reader();
    let (sitting, sittings) = sitting(app, &event, address).await?;
    let cards = cards(conn, &event, c.lang()).await?;
    let Asked { draft, .. } = &asked;
    let minutes = draft.lines.iter().map(|line| line.planned().unwrap_or_default());
    let times = plan::times(conn, sitting, draft.starts_at, minutes).await?;
    let stands: Vec<Shown> = draft.order();
    let mut offers = plan::left_over(conn, event.id, None).await?;
    offers.retain(|shown| !stands.contains(shown));
    let sheet = plan::of_sitting(conn, event.id, sitting).await?;
    let page = RunPage {
        sittings: sittings
            .iter()
            .map(|s| {
                let title = people::in_lang(c.lang(), &s.title, &s.title_en);
                Choice::new(s.id, title).chosen(Some(s.id) == sitting)
            })
            .collect(),
        rows: rows(draft, &cards, &times, &event),
        offers: offers.iter().map(|shown| offer(*shown, &cards, &c)).collect(),
        frozen: sheet.and_then(|s| s.frozen_at).filter(|at| *at <= c.now),
        timer: draft.timer,
        starts_at: asked.starts_at,
        frozen_at: asked.frozen_at,
        pause: asked.pause,
        version: asked.version,
        sitting,
        times,
        overtaken,
        errors,
        c,
        event,
    };
    render_form(&page.errors, &page)
}

fn rows(draft: &Draft, cards: &Cards, times: &Times, event: &event::Model) -> Vec<Row> {
    let last = draft.lines.len().saturating_sub(1);
    let rows = draft.lines.iter().enumerate().map(|(n, line)| {
        let card = cards.get(&line.shown()).cloned();
        Row {
            at: clock(times, n, event),
            gone: card.is_none() && !matches!(line.what, What::Pause(_)),
            card,
            line: line.clone(),
            first: n == 0,
            last: n == last,
        }
    });
    rows.collect()
}

/// When a line begins: `14:05` on the event's clock in both languages, as running orders have it; `+5` while no time is
/// known.
fn clock(times: &Times, line: usize, event: &event::Model) -> String {
    let at = times.at(line).map(|at| at.with_timezone(&event.time_zone.tz()));
    let after = times.offsets.get(line).copied().unwrap_or_default();
    at.map_or_else(|| format!("+{after}"), |at| at.format("%H:%M").to_string())
}

fn offer(shown: Shown, cards: &Cards, c: &Chrome) -> Choice {
    let Some(card) = cards.get(&shown) else {
        return Choice::new(shown, String::new());
    };
    let label = match shown {
        Shown::Reverse(_) => c.t1("label-reverse", "number", card.number),
        _ => c.t1("label-question", "number", card.number),
    };
    Choice::new(shown, format!("{label} · {}", domain::text::excerpt(&card.body, 80))).hint(card.known.clone())
}

pub(super) async fn save(
    State(app): State<App>,
    Operator(staff): Operator,
    c: Chrome,
    Path(slug): Path<String>,
    Query(address): Query<Address>,
    Form(fields): Form<Vec<(String, String)>>,
) -> web::Result<Response> {
    let (event, c) = enter(&app, c, &slug).await?;
    let (sitting, _) = sitting(&app, &event, &address).await?;
    let mut errors = Errors::new();
    let mut asked = form::read(&fields, &event, &mut errors);
    if asked.fills() {
        let offers = plan::left_over(app.db.reader(), event.id, None).await?;
        asked.add(&offers);
    }
    let checked = plan::check(asked.draft.clone());
    let checked = match checked {
        Ok(checked) if errors.is_empty() => checked,
        Ok(_) => return page(&app, c, event, &address, asked, false, errors).await,
        Err(wrong) => {
            for (field, message) in wrong.iter() {
                errors.add(field.to_owned(), message.clone());
            }
            return page(&app, c, event, &address, asked, false, errors).await;
        }
    };
    match plan::save(&app, staff.id, event.id, sitting, asked.version, checked).await {
        Ok(_) => {
            let of = sitting.map(|id| format!("?sitting={id}")).unwrap_or_default();
            let at = asked.at.map(|id| format!("#x-{id}")).unwrap_or_default();
            Ok(redirect(format!("/desk/events/{slug}/run{of}{at}"))
                .flash("run-saved")
                .into_response())
        }
        // Somebody else saved first: what was typed stands in the form, and the next press saves it over theirs.
        Err(crate::Error::Db(error)) if error.is_stale() => {
            let (version, _) = plan::current(app.db.reader(), event.id, sitting).await?;
            asked.version = version;
            page(&app, c, event, &address, asked, true, errors).await
        }
        Err(crate::Error::NotFound) => Err(web::Error::NotFound),
        Err(error) if error.is_refusal() => {
            let why = error.sentence(&c.words);
            errors.add("", web::Message::new("refused").arg("why", why));
            page(&app, c, event, &address, asked, false, errors).await
        }
        Err(error) => Err(error.into()),
    }
}
