//! When an event reminds.

use crate::{
    answers::pages::desk,
    remind::rule::{MOST_DAYS, Rule},
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
};
use db::audit;
use mail::Hours;
use serde::Deserialize;
use web::{App, Chrome, Errors, Form, Result, auth::Moderator, redirect, render_status};

/// As it was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Input {
    enabled: bool,
    before_days: String,
    on_day: bool,
    after_days: String,
    lead_days: String,
    moderator_days: String,
    from_hour: String,
    to_hour: String,
}

impl From<&Rule> for Input {
    fn from(rule: &Rule) -> Self {
        Self {
            enabled: rule.enabled,
            before_days: rule.before_days.to_string(),
            on_day: rule.on_day,
            after_days: rule.after_days.to_string(),
            lead_days: rule.lead_days.to_string(),
            moderator_days: rule.moderator_days.to_string(),
            from_hour: rule.hours.from.to_string(),
            to_hour: rule.hours.to.to_string(),
        }
    }
}

impl Input {
    fn rule(&self, zone: &str, errors: &mut Errors) -> Rule {
        let mut number = |field: &'static str, text: &str, most: u32, message: &'static str| {
            let n = text.trim().parse().ok().filter(|n| *n <= most);
            n.unwrap_or_else(|| {
                errors.add(field, message);
                0
            })
        };
        let mut days = |field, text: &str| number(field, text, MOST_DAYS, "error-days");
        let rule = Rule {
            enabled: self.enabled,
            before_days: days("before_days", &self.before_days),
            on_day: self.on_day,
            after_days: days("after_days", &self.after_days),
            lead_days: days("lead_days", &self.lead_days),
            moderator_days: days("moderator_days", &self.moderator_days),
            hours: Hours {
                zone: zone.to_owned(),
                from: number("from_hour", &self.from_hour, 23, "error-hour"),
                to: number("to_hour", &self.to_hour, 24, "error-hour"),
                every_day: false,
            },
        };
        if !errors.has("from_hour") && !errors.has("to_hour") && rule.hours.from >= rule.hours.to {
            errors.add("to_hour", "error-hours-order");
        }
        rule
    }
}

#[derive(askama::Template)]
#[template(path = "remind/settings.html")]
struct Page {
    c: Chrome,
    base: String,
    zone: String,
    errors: Errors,
    input: Input,
}

pub(super) async fn page(State(app): State<App>, _: Moderator, c: Chrome, Path(slug): Path<String>) -> Result {
    let (c, event) = desk(&app, c, &slug).await?;
    let rule = Rule::of(app.db.reader(), &event).await?;
    let page = Page {
        base: format!("/desk/events/{slug}"),
        zone: event.time_zone,
        errors: Errors::new(),
        input: Input::from(&rule),
        c,
    };
    render_status(StatusCode::OK, &page)
}

pub(super) async fn save(
    State(app): State<App>,
    staff: Moderator,
    c: Chrome,
    Path(slug): Path<String>,
    Form(input): Form<Input>,
) -> Result {
    let (c, event) = desk(&app, c, &slug).await?;
    let mut errors = Errors::new();
    let rule = input.rule(&event.time_zone, &mut errors);
    if !errors.is_empty() {
        let page = Page {
            base: format!("/desk/events/{slug}"),
            zone: event.time_zone,
            errors,
            input,
            c,
        };
        return render_status(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let tx = app.db.begin_write().await?;
    rule.store(&tx, &event).await?;
    let entry = audit::Entry {
        event: Some(event.id),
        actor: staff.actor(),
        action: "reminders.set",
        subject: ("event", Some(event.id.uuid())),
        details: serde_json::json!({
            "enabled": rule.enabled, "before": rule.before_days, "on_day": rule.on_day, "after": rule.after_days,
            "lead": rule.lead_days, "moderator": rule.moderator_days, "from": rule.hours.from, "to": rule.hours.to,
        }),
    };
    audit::record(&tx, &app.clock, entry).await?;
    tx.commit().await?;
    Ok(redirect(format!("/desk/events/{slug}/reminders"))
        .flash("remind-saved")
        .into_response())
}
