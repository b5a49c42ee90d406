//! Sittings and the parts of their programme.

use super::{Fields, Input, Nothing, Reading, Sheet, back_to, open, reading::local, refused};
use crate::{
    Error,
    seats::{self, Hall},
    staff::{
        repo,
        service::{
            invitation::days,
            part::{self, NewPart},
            sitting::{self, NewSitting},
        },
    },
};
use axum::{
    extract::{Path, State},
    response::IntoResponse,
    routing::{get, post},
};
use chrono_tz::Tz;
use db::entity;
use domain::{PartId, SittingId, state::people::PartKind};
use web::{App, Choice, Chrome, Errors, Form, auth::Moderator, lang::Zone, redirect, render};

pub(super) fn routes() -> web::Router {
    web::Router::new()
        .route("/desk/events/{slug}/programme", get(list))
        .route("/desk/events/{slug}/programme/new", get(new_sitting).post(add_sitting))
        .route(
            "/desk/events/{slug}/programme/sittings/{id}",
            get(edit_sitting).post(change_sitting),
        )
        .route(
            "/desk/events/{slug}/programme/sittings/{id}/remove",
            post(remove_sitting),
        )
        .route(
            "/desk/events/{slug}/programme/sittings/{id}/new",
            get(new_part).post(add_part),
        )
        .route(
            "/desk/events/{slug}/programme/parts/{id}",
            get(edit_part).post(change_part),
        )
        .route("/desk/events/{slug}/programme/parts/{id}/remove", post(remove_part))
}

/// The most places that anything has.
pub(super) const MOST: i32 = 100_000;

type Posted = Form<Vec<(String, String)>>;

struct Shown {
    sitting: entity::sitting::Model,
    days: String,
    parts: Vec<(entity::programme_part::Model, usize)>,
    /// Places taken, and who waits.
    taken: i64,
    waiting: i64,
}

#[derive(askama::Template)]
#[template(path = "staff/programme.html")]
struct ListPage {
    c: Chrome,
    event: entity::event::Model,
    sittings: Vec<Shown>,
}

impl ListPage {
    fn base(&self) -> String {
        format!("/desk/events/{}/programme", self.event.slug)
    }
}

async fn list(State(app): State<App>, Path(slug): Path<String>, _: Moderator, c: Chrome) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    let mut parts = repo::parts(app.db.reader(), event.id).await?;
    let mut sittings = Vec::new();
    for s in repo::sittings(app.db.reader(), event.id).await? {
        let (taken, waiting) = seats::counts(app.db.reader(), Hall::Sitting(s.id)).await?;
        sittings.push(Shown {
            days: days(&c.words, &s),
            parts: parts.remove(&s.id).unwrap_or_default(),
            taken,
            waiting,
            sitting: s,
        });
    }
    render(&ListPage { c, event, sittings })
}

fn sitting_sheet(c: Chrome, fields: &Fields, errors: Errors, slug: &str, id: Option<SittingId>) -> Sheet {
    let base = format!("/desk/events/{slug}/programme");
    let line = |name| Input::line(&c, fields, name);
    let day = |name| Input::typed(&c, fields, name, "date");
    let number = |name| Input::typed(&c, fields, name, "number").optional();
    Sheet {
        title: c.t(if id.is_some() {
            "st-sitting-edit"
        } else {
            "st-sitting-new"
        }),
        lead: String::new(),
        action: id.map_or_else(|| format!("{base}/new"), |id| format!("{base}/sittings/{id}")),
        remove: id.map(|id| (format!("{base}/sittings/{id}/remove"), c.t("st-sitting-remove"))),
        back: base,
        errors,
        inputs: vec![
            line("title"),
            line("title_en").optional(),
            line("place").optional(),
            line("place_en").optional(),
            day("first_day"),
            day("last_day"),
            number("capacity"),
            number("remind_days"),
        ],
        c,
    }
}

fn parse_sitting(fields: &Fields) -> (NewSitting, Errors) {
    let mut r = Reading::new(fields);
    let new = NewSitting {
        title: r.line("title", 100),
        title_en: r.maybe("title_en", 100).unwrap_or_default(),
        place: r.maybe("place", 200).unwrap_or_default(),
        place_en: r.maybe("place_en", 200).unwrap_or_default(),
        first_day: r.day("first_day"),
        last_day: r.day("last_day"),
        capacity: r.maybe_number("capacity", 1..=MOST),
        remind_days: r.maybe_number("remind_days", 0..=60),
    };
    if r.errors.is_empty() && new.last_day < new.first_day {
        r.errors.add("last_day", "error-order");
    }
    (new, r.errors)
}

async fn new_sitting(State(app): State<App>, Path(slug): Path<String>, _: Moderator, c: Chrome) -> web::Result {
    let (_, c) = open(&app, c, &slug).await?;
    // A new one reminds the day before; who wants it otherwise says so.
    let fields = Fields::default().with("remind_days", "1");
    sitting_sheet(c, &fields, Errors::new(), &slug, None).show()
}

async fn add_sitting(
    State(app): State<App>,
    Path(slug): Path<String>,
    staff: Moderator,
    c: Chrome,
    Form(fields): Posted,
) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    let fields = Fields::from(fields);
    let (new, errors) = parse_sitting(&fields);
    if !errors.is_empty() {
        return sitting_sheet(c, &fields, errors, &slug, None).show();
    }
    let tx = app.db.begin_write().await?;
    sitting::add(&tx, &app.clock, staff.actor(), event.id, new).await?;
    tx.commit().await?;
    Ok(redirect(format!("/desk/events/{slug}/programme"))
        .flash("saved")
        .into_response())
}

async fn edit_sitting(
    State(app): State<App>,
    Path((slug, id)): Path<(String, SittingId)>,
    _: Moderator,
    c: Chrome,
) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    let all = repo::sittings(app.db.reader(), event.id).await?;
    let row = all.into_iter().find(|s| s.id == id).ok_or(Error::NotFound)?;
    let fields = Fields::default()
        .with("title", row.title)
        .with("title_en", row.title_en)
        .with("place", row.place)
        .with("place_en", row.place_en)
        .with("first_day", row.first_day.to_string())
        .with("last_day", row.last_day.to_string())
        .maybe("capacity", row.capacity)
        .maybe("remind_days", row.remind_days);
    sitting_sheet(c, &fields, Errors::new(), &slug, Some(id)).show()
}

async fn change_sitting(
    State(app): State<App>,
    Path((slug, id)): Path<(String, SittingId)>,
    staff: Moderator,
    c: Chrome,
    Form(fields): Posted,
) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    let fields = Fields::from(fields);
    let (new, mut errors) = parse_sitting(&fields);
    if errors.is_empty() {
        let tx = app.db.begin_write().await?;
        match sitting::change(&tx, &app, staff.actor(), event.id, id, new).await {
            Ok(()) => tx.commit().await?,
            Err(no) => refused(no, &mut errors, "capacity")?,
        }
    }
    if !errors.is_empty() {
        return sitting_sheet(c, &fields, errors, &slug, Some(id)).show();
    }
    app.wake.notify();
    Ok(redirect(format!("/desk/events/{slug}/programme"))
        .flash("saved")
        .into_response())
}

async fn remove_sitting(
    State(app): State<App>,
    Path((slug, id)): Path<(String, SittingId)>,
    staff: Moderator,
    c: Chrome,
    Form(Nothing {}): Form<Nothing>,
) -> web::Result {
    let (event, _) = open(&app, c, &slug).await?;
    let tx = app.db.begin_write().await?;
    let done = sitting::remove(&tx, &app.clock, staff.actor(), event.id, id).await;
    if done.is_ok() {
        tx.commit().await?;
    }
    Ok(back_to(&format!("/desk/events/{slug}/programme"), done, "st-removed")?.into_response())
}

struct At<'a> {
    slug: &'a str,
    sitting: SittingId,
    part: Option<PartId>,
}

fn part_sheet(c: Chrome, fields: &Fields, errors: Errors, at: &At) -> Sheet {
    let base = format!("/desk/events/{}/programme", at.slug);
    let kinds = PartKind::ALL
        .iter()
        .map(|k| Choice::new(k, c.t(format!("st-kind-{k}"))))
        .collect();
    let line = |name| Input::line(&c, fields, name);
    let moment = |name| Input::typed(&c, fields, name, "datetime-local");
    Sheet {
        title: c.t(if at.part.is_some() {
            "st-part-edit"
        } else {
            "st-part-new"
        }),
        lead: String::new(),
        action: match at.part {
            Some(id) => format!("{base}/parts/{id}"),
            None => format!("{base}/sittings/{}/new", at.sitting),
        },
        remove: at
            .part
            .map(|id| (format!("{base}/parts/{id}/remove"), c.t("st-part-remove"))),
        back: base,
        errors,
        inputs: vec![
            line("title"),
            line("title_en").optional(),
            Input::select(&c, fields, "kind", kinds),
            moment("starts_at"),
            moment("ends_at"),
            line("place").optional(),
            line("place_en").optional(),
            Input::typed(&c, fields, "capacity", "number").optional(),
        ],
        c,
    }
}

fn parse_part(fields: &Fields, zone: Tz) -> (NewPart, Errors) {
    let mut r = Reading::new(fields);
    let new = NewPart {
        title: r.line("title", 100),
        title_en: r.maybe("title_en", 100).unwrap_or_default(),
        kind: r.must("kind").unwrap_or(PartKind::Other),
        starts_at: r.moment("starts_at", zone),
        ends_at: r.moment("ends_at", zone),
        place: r.maybe("place", 200).unwrap_or_default(),
        place_en: r.maybe("place_en", 200).unwrap_or_default(),
        capacity: r.maybe_number("capacity", 1..=MOST),
    };
    if r.errors.is_empty() && new.ends_at <= new.starts_at {
        r.errors.add("ends_at", "error-order");
    }
    (new, r.errors)
}

async fn new_part(
    State(app): State<App>,
    Path((slug, sitting)): Path<(String, SittingId)>,
    _: Moderator,
    c: Chrome,
) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    let all = repo::sittings(app.db.reader(), event.id).await?;
    let row = all.into_iter().find(|s| s.id == sitting).ok_or(Error::NotFound)?;
    let fields = Fields::default()
        .with("starts_at", format!("{}T10:00", row.first_day))
        .with("ends_at", format!("{}T11:00", row.first_day));
    part_sheet(
        c,
        &fields,
        Errors::new(),
        &At {
            slug: &slug,
            sitting,
            part: None,
        },
    )
    .show()
}

async fn add_part(
    State(app): State<App>,
    Path((slug, sitting)): Path<(String, SittingId)>,
    staff: Moderator,
    c: Chrome,
    Form(fields): Posted,
) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    let fields = Fields::from(fields);
    let (new, errors) = parse_part(&fields, event.time_zone.tz());
    if !errors.is_empty() {
        return part_sheet(
            c,
            &fields,
            errors,
            &At {
                slug: &slug,
                sitting,
                part: None,
            },
        )
        .show();
    }
    let tx = app.db.begin_write().await?;
    part::add(&tx, &app.clock, staff.actor(), event.id, sitting, new).await?;
    tx.commit().await?;
    Ok(redirect(format!("/desk/events/{slug}/programme"))
        .flash("saved")
        .into_response())
}

async fn edit_part(
    State(app): State<App>,
    Path((slug, id)): Path<(String, PartId)>,
    _: Moderator,
    c: Chrome,
) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    let (row, sitting) = part::find(app.db.reader(), event.id, id)
        .await?
        .ok_or(Error::NotFound)?;
    let zone = event.time_zone.tz();
    let fields = Fields::default()
        .with("title", row.title)
        .with("title_en", row.title_en)
        .with("kind", row.kind.as_str())
        .with("starts_at", local(row.starts_at, zone))
        .with("ends_at", local(row.ends_at, zone))
        .with("place", row.place)
        .with("place_en", row.place_en)
        .maybe("capacity", row.capacity);
    part_sheet(
        c,
        &fields,
        Errors::new(),
        &At {
            slug: &slug,
            sitting: sitting.id,
            part: Some(id),
        },
    )
    .show()
}

async fn change_part(
    State(app): State<App>,
    Path((slug, id)): Path<(String, PartId)>,
    staff: Moderator,
    c: Chrome,
    Form(fields): Posted,
) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    let (_, sitting) = part::find(app.db.reader(), event.id, id)
        .await?
        .ok_or(Error::NotFound)?;
    let fields = Fields::from(fields);
    let (new, mut errors) = parse_part(&fields, event.time_zone.tz());
    if errors.is_empty() {
        let tx = app.db.begin_write().await?;
        match part::change(&tx, &app, staff.actor(), event.id, id, new).await {
            Ok(()) => tx.commit().await?,
            Err(no) => refused(no, &mut errors, "capacity")?,
        }
    }
    if !errors.is_empty() {
        return part_sheet(
            c,
            &fields,
            errors,
            &At {
                slug: &slug,
                sitting: sitting.id,
                part: Some(id),
            },
        )
        .show();
    }
    app.wake.notify();
    Ok(redirect(format!("/desk/events/{slug}/programme"))
        .flash("saved")
        .into_response())
}

async fn remove_part(
    State(app): State<App>,
    Path((slug, id)): Path<(String, PartId)>,
    staff: Moderator,
    c: Chrome,
    Form(Nothing {}): Form<Nothing>,
) -> web::Result {
    let (event, _) = open(&app, c, &slug).await?;
    let tx = app.db.begin_write().await?;
    let done = part::remove(&tx, &app.clock, staff.actor(), event.id, id).await;
    if done.is_ok() {
        tx.commit().await?;
    }
    Ok(back_to(&format!("/desk/events/{slug}/programme"), done, "st-removed")?.into_response())
}
