//! An event: made, changed, and how far it is.

use super::{Fields, Input, Reading, Sheet, open, reading::local, refused};
use crate::{
    Result, TEXTS,
    staff::{
        repo::{self, Progress},
        service::{
            event::{self, NewEvent},
            invitation::days,
        },
    },
};
use axum::{
    extract::{Path, State},
    response::IntoResponse,
    routing::get,
};
use chrono::TimeDelta;
use chrono_tz::Tz;
use db::entity;
use domain::{role::Role, text::slug};
use web::{
    App, Choice, Chrome, Errors, Form,
    auth::{Moderator, Staff},
    lang::Zone,
    redirect, render,
};

pub(super) fn routes() -> web::Router {
    web::Router::new()
        .route("/desk/events/new", get(blank).post(create))
        .route("/desk/events/{slug}", get(overview))
        .route("/desk/events/{slug}/edit", get(edit).post(change))
}

/// The zones that the form offers first; any other stays when it is set already.
const ZONES: [Tz; 6] = [
    Tz::Asia__Seoul,
    Tz::Asia__Tokyo,
    Tz::Asia__Singapore,
    Tz::Europe__London,
    Tz::America__New_York,
    Tz::America__Los_Angeles,
];

fn sheet(c: Chrome, fields: &Fields, errors: Errors, slug: Option<&str>) -> Sheet {
    let mut zones: Vec<Choice> = ZONES
        .iter()
        .map(|z| Choice::new(z, z.name().replace('_', " ")))
        .collect();
    let zone = fields.get("time_zone");
    if !zone.is_empty() && !zones.iter().any(|z| z.value == zone) {
        zones.push(Choice::new(zone, zone));
    }
    let line = |name| Input::line(&c, fields, name);
    let typed = |name, html| Input::typed(&c, fields, name, html);
    let mut inputs = vec![
        line("title"),
        line("title_en").optional(),
        line("slug"),
        line("host_name"),
        line("host_name_en").optional(),
        Input::area(&c, fields, "intro").optional(),
        Input::area(&c, fields, "intro_en").optional(),
        Input::select(&c, fields, "time_zone", zones),
        typed("opens_at", "datetime-local"),
        typed("closes_at", "datetime-local"),
        typed("live_places", "number"),
        typed("reverse_places", "number"),
        typed("max_questions", "number"),
        typed("answer_days", "number"),
    ];
    if slug.is_some() {
        inputs.retain(|i| i.name != "slug");
    }
    Sheet {
        title: c.t(if slug.is_some() {
            "st-event-edit"
        } else {
            "st-event-new"
        }),
        lead: String::new(),
        action: slug.map_or_else(|| "/desk/events/new".to_owned(), |s| format!("/desk/events/{s}/edit")),
        back: slug.map_or_else(|| "/desk".to_owned(), |s| format!("/desk/events/{s}")),
        errors,
        inputs,
        remove: None,
        c,
    }
}

fn parse(fields: &Fields, known_slug: Option<&str>) -> (NewEvent, Errors) {
    let mut r = Reading::new(fields);
    let title = r.line("title", 100);
    let title_en = r.maybe("title_en", 100).unwrap_or_default();
    let slug = if let Some(known) = known_slug {
        known.to_owned()
    } else {
        let given = r.line("slug", 60);
        let taken_by_a_page = given == "new";
        if !given.is_empty() && (slug(&given) != given || taken_by_a_page) {
            r.errors.add("slug", "st-slug-wrong");
        }
        given
    };
    let zone: Tz = r.must("time_zone").unwrap_or(Tz::Asia__Seoul);
    let new = NewEvent {
        slug,
        title,
        title_en,
        host_name: r.line("host_name", 100),
        host_name_en: r.maybe("host_name_en", 100).unwrap_or_default(),
        intro: r.text("intro", 4_000),
        intro_en: r.text("intro_en", 4_000),
        time_zone: zone,
        opens_at: r.moment("opens_at", zone),
        closes_at: r.moment("closes_at", zone),
        live_places: r.number("live_places", 1..=999),
        reverse_places: r.number("reverse_places", 0..=999),
        max_questions: r.number("max_questions", 1..=100),
        answer_days: r.number("answer_days", 1..=90),
    };
    if r.errors.is_empty() && new.closes_at <= new.opens_at {
        r.errors.add("closes_at", "error-order");
    }
    (new, r.errors)
}

async fn blank(State(app): State<App>, _: Moderator, c: Chrome) -> web::Result {
    let now = app.clock.now();
    let fields = Fields::default()
        .with("time_zone", Tz::Asia__Seoul.name())
        .with("opens_at", local(now, Tz::Asia__Seoul))
        .with("closes_at", local(now + TimeDelta::days(14), Tz::Asia__Seoul))
        .with("live_places", "10")
        .with("reverse_places", "8")
        .with(
            "max_questions",
            app.settings.events.max_questions_per_partner.to_string(),
        )
        .with("answer_days", app.settings.events.answer_days.to_string());
    sheet(c.with(&TEXTS), &fields, Errors::new(), None).show()
}

async fn create(
    State(app): State<App>,
    staff: Moderator,
    c: Chrome,
    Form(fields): Form<Vec<(String, String)>>,
) -> web::Result {
    let fields = Fields::from(fields);
    let (new, mut errors) = parse(&fields, None);
    if errors.is_empty() {
        let to = format!("/desk/events/{}", new.slug);
        let tx = app.db.begin_write().await?;
        match event::create(&tx, &app.clock, staff.actor(), new).await {
            Ok(_) => {
                tx.commit().await?;
                return Ok(redirect(to).flash("saved").into_response());
            }
            Err(error) => refused(error, &mut errors, "slug")?,
        }
    }
    sheet(c.with(&TEXTS), &fields, errors, None).show()
}

async fn edit(State(app): State<App>, Path(slug): Path<String>, _: Moderator, c: Chrome) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    let zone = event.time_zone.tz();
    let fields = Fields::default()
        .with("title", event.title)
        .with("title_en", event.title_en)
        .with("host_name", event.host_name)
        .with("host_name_en", event.host_name_en)
        .with("intro", event.intro)
        .with("intro_en", event.intro_en)
        .with("time_zone", zone.name())
        .with("opens_at", local(event.opens_at, zone))
        .with("closes_at", local(event.closes_at, zone))
        .with("live_places", event.live_places.to_string())
        .with("reverse_places", event.reverse_places.to_string())
        .with("max_questions", event.max_questions.to_string())
        .with("answer_days", event.answer_days.to_string());
    sheet(c, &fields, Errors::new(), Some(&slug)).show()
}

async fn change(
    State(app): State<App>,
    Path(slug): Path<String>,
    staff: Moderator,
    c: Chrome,
    Form(fields): Form<Vec<(String, String)>>,
) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    let fields = Fields::from(fields);
    let (new, errors) = parse(&fields, Some(&slug));
    if !errors.is_empty() {
        return sheet(c, &fields, errors, Some(&slug)).show();
    }
    let tx = app.db.begin_write().await?;
    event::change(&tx, &app.clock, staff.actor(), event.id, new).await?;
    tx.commit().await?;
    Ok(redirect(format!("/desk/events/{slug}")).flash("saved").into_response())
}

/// One thing to set up: where, what it is called, how much of it there is, whether it still misses.
struct Step {
    href: &'static str,
    key: &'static str,
    n: u64,
    missing: bool,
}

#[derive(askama::Template)]
#[template(path = "staff/overview.html")]
struct Overview {
    c: Chrome,
    event: entity::event::Model,
    sittings: Vec<(entity::sitting::Model, String)>,
    progress: Progress,
    steps: Vec<Step>,
    phase: &'static str,
}

async fn overview(State(app): State<App>, Path(slug): Path<String>, _: Staff, c: Chrome) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    let page = load(&app, event, c).await?;
    render(&page)
}

async fn load(app: &App, event: entity::event::Model, c: Chrome) -> Result<Overview> {
    let reader = app.db.reader();
    let sittings = repo::sittings(reader, event.id).await?;
    let speakers = repo::speakers(reader, event.id).await?.len() as u64;
    let crews = repo::crews(reader).await?;
    let services = repo::services(reader).await?;
    let progress = repo::progress(reader, event.id).await?;
    let without_crew = services.iter().filter(|s| !crews.contains_key(&s.id)).count();
    let waiting = progress.mailable + progress.by_hand;
    let steps = vec![
        Step {
            href: "programme",
            key: "st-step-programme",
            n: sittings.len() as u64,
            missing: sittings.is_empty(),
        },
        Step {
            href: "speakers",
            key: "st-step-speakers",
            n: speakers,
            missing: speakers == 0,
        },
        Step {
            href: "roster",
            key: "st-step-roster",
            n: progress.people,
            missing: progress.people == 0,
        },
        Step {
            href: "invitations",
            key: "st-step-invitations",
            n: waiting,
            missing: waiting > 0,
        },
        Step {
            href: "attendance",
            key: "st-step-attendance",
            n: progress.coming,
            missing: false,
        },
        Step {
            href: "/desk/services",
            key: "st-step-crews",
            n: without_crew as u64,
            missing: without_crew > 0 || services.is_empty(),
        },
    ];
    let phase = if c.now < event.opens_at {
        "st-phase-before"
    } else if c.now < event.closes_at {
        "st-phase-open"
    } else {
        "st-phase-closed"
    };
    let sittings = sittings
        .into_iter()
        .map(|s| (days(&c.words, &s), s))
        .map(|(d, s)| (s, d))
        .collect();
    Ok(Overview {
        c,
        event,
        sittings,
        progress,
        steps,
        phase,
    })
}
