//! The list of reasons for declining.

use crate::triage::{
    pages::enter,
    service::reasons::{self, Reason},
};
use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use db::entity::event;
use domain::text;
use serde::Deserialize;
use web::{App, Chrome, Errors, Form, auth::Moderator, redirect, render_form};

#[derive(Template)]
#[template(path = "triage/reasons.html")]
struct ReasonsPage {
    c: Chrome,
    event: event::Model,
    errors: Errors,
    rows: Vec<Row>,
}

/// A reason with the ids of its two fields.
struct Row {
    ko: String,
    en: String,
    reason: Reason,
}

impl ReasonsPage {
    fn base(&self) -> String {
        format!("/desk/events/{}", self.event.slug)
    }
}

/// Empty lines behind the list, for new ones.
const SPARE: usize = 3;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Input {
    /// `save`, or `restore` the default list.
    act: String,
    ko: Vec<String>,
    en: Vec<String>,
}

pub(super) async fn show(State(app): State<App>, _: Moderator, c: Chrome, Path(slug): Path<String>) -> web::Result {
    let (event, c) = enter(&app, c, &slug).await?;
    let rows = reasons::of(app.db.reader(), event.id).await?;
    page(c, event, Errors::new(), rows)
}

fn page(c: Chrome, event: event::Model, errors: Errors, mut rows: Vec<Reason>) -> web::Result {
    let wanted = (rows.len() + SPARE).min(reasons::MOST);
    rows.resize(wanted.max(rows.len()), Reason::default());
    let rows = rows.into_iter().enumerate().map(|(at, reason)| Row {
        ko: format!("ko-{at}"),
        en: format!("en-{at}"),
        reason,
    });
    let rows = rows.collect();
    let page = ReasonsPage { c, event, errors, rows };
    render_form(&page.errors, &page)
}

impl Input {
    fn rows(&self) -> Vec<Reason> {
        let lines = self.ko.len().max(self.en.len()).min(reasons::MOST);
        let get = |list: &[String], at: usize| list.get(at).map(|t| text::tidy(t)).unwrap_or_default();
        (0..lines)
            .map(|at| Reason {
                ko: get(&self.ko, at),
                en: get(&self.en, at),
            })
            .collect()
    }
}

fn check(rows: &[Reason]) -> Errors {
    let mut errors = Errors::new();
    for (at, row) in rows.iter().enumerate() {
        for (lang, words) in [("ko", &row.ko), ("en", &row.en)] {
            let has = text::char_count(words);
            if has > reasons::CHARS {
                let most = reasons::CHARS;
                errors.add(format!("{lang}-{at}"), text::TextError::TooLong { most, has });
            }
        }
        if row.ko.is_empty() && !row.en.is_empty() {
            errors.add(format!("ko-{at}"), text::TextError::Empty);
        }
    }
    errors
}

pub(super) async fn save(
    State(app): State<App>,
    staff: Moderator,
    c: Chrome,
    Path(slug): Path<String>,
    Form(input): Form<Input>,
) -> web::Result<Response> {
    let (event, c) = enter(&app, c, &slug).await?;
    let rows = if input.act == "restore" {
        Vec::new()
    } else {
        input.rows()
    };
    let errors = check(&rows);
    if !errors.is_empty() {
        return page(c, event, errors, rows);
    }
    let kept: Vec<Reason> = rows.into_iter().filter(|r| !r.ko.is_empty()).collect();
    let tx = app.db.begin_write().await?;
    reasons::save(&tx, &app, staff.id, event.id, &kept).await?;
    tx.commit().await?;
    Ok(redirect(format!("/desk/events/{slug}/reasons"))
        .flash("saved")
        .into_response())
}
