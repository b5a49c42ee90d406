//! How an event reads: criteria, weights, blind, own score first.

use crate::triage::{
    pages::enter,
    reading::{
        repo,
        service::settings::{self, MOST, Wanted},
    },
};
use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use db::entity::event;
use domain::{role::Role, text};
use serde::Deserialize;
use web::{App, Chrome, Errors, Form, auth::Moderator, redirect, render_form};

/// Most characters of a criterion's name.
const NAME_CHARS: usize = 60;

/// One line of the form: a criterion, or room for one more.
#[derive(Clone, Debug, Default)]
struct Row {
    id: String,
    name: String,
    name_en: String,
    weight: String,
}

impl Row {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a template passes by reference")]
    fn weighs(&self, weight: &i32) -> bool {
        self.weight == weight.to_string()
    }
}

#[derive(Template)]
#[template(path = "triage/reading/settings.html")]
struct SettingsPage {
    c: Chrome,
    event: event::Model,
    errors: Errors,
    rows: Vec<Row>,
    blind: bool,
    own_first: bool,
    /// When and by whom it was turned on; administrators see it.
    blinded: Option<(DateTime<Utc>, String)>,
}

impl SettingsPage {
    fn base(&self) -> String {
        format!("/desk/events/{}", self.event.slug)
    }
    /// The id of a row's name, by which its error is found.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a template passes by reference")]
    fn field(row: &usize) -> String {
        format!("name-{row}")
    }
}

/// The columns of the table, a value a row.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Input {
    id: Vec<String>,
    name: Vec<String>,
    name_en: Vec<String>,
    weight: Vec<String>,
    blind: bool,
    own_first: bool,
}

impl Input {
    fn rows(&self) -> Vec<Row> {
        let at = |column: &[String], n: usize| column.get(n).cloned().unwrap_or_default();
        (0..self.name.len().min(MOST + 1))
            .map(|n| Row {
                id: at(&self.id, n),
                name: at(&self.name, n),
                name_en: at(&self.name_en, n),
                weight: at(&self.weight, n),
            })
            .collect()
    }

    /// A row whose names are both empty is one that shall go, or was never meant.
    fn wanted(&self, errors: &mut Errors) -> Vec<Wanted> {
        let mut wanted = Vec::new();
        for (n, row) in self.rows().iter().enumerate() {
            let name = text::line(&row.name, NAME_CHARS);
            let name_en = text::line(&row.name_en, NAME_CHARS);
            if (name.as_deref(), name_en.as_deref()) == (Ok(""), Ok("")) {
                continue;
            }
            let field = SettingsPage::field(&(n + 1));
            match (name, name_en, row.weight.parse()) {
                (Ok(name), Ok(name_en), Ok(weight @ 1..=9)) if !name.is_empty() => wanted.push(Wanted {
                    id: row.id.parse().ok(),
                    name,
                    name_en,
                    weight,
                }),
                (Err(error), _, _) | (_, Err(error), _) => errors.add(field, error),
                (Ok(name), _, _) if name.is_empty() => errors.add(field, "error-required"),
                _ => errors.add(field, "error-choose"),
            }
        }
        if wanted.is_empty() && errors.is_empty() {
            errors.add("name-1", "refused-criteria");
        }
        wanted
    }
}

pub(super) async fn show(State(app): State<App>, _: Moderator, c: Chrome, Path(slug): Path<String>) -> web::Result {
    let (event, _) = enter(&app, c.clone(), &slug).await?;
    let criteria = settings::criteria(&app, event.id).await?;
    let setting = repo::settings(app.db.reader(), event.id).await?;
    let mut rows: Vec<Row> = criteria
        .into_iter()
        .map(|c| Row {
            id: c.id.to_string(),
            name: c.name,
            name_en: c.name_en,
            weight: c.weight.to_string(),
        })
        .collect();
    if rows.len() < MOST {
        rows.push(Row {
            weight: "1".into(),
            ..Row::default()
        });
    }
    page(&app, c, &slug, rows, (setting.blind, setting.own_first), Errors::new()).await
}

async fn page(
    app: &App,
    c: Chrome,
    slug: &str,
    rows: Vec<Row>,
    (blind, own_first): (bool, bool),
    errors: Errors,
) -> web::Result {
    let (event, c) = enter(app, c, slug).await?;
    let conn = app.db.reader();
    let blinded = if c.may(Role::Administrator) && repo::settings(conn, event.id).await?.blind {
        repo::blinded(conn, event.id).await?.map(|(entry, by)| (entry.at, by))
    } else {
        None
    };
    let page = SettingsPage {
        c,
        event,
        errors,
        rows,
        blind,
        own_first,
        blinded,
    };
    render_form(&page.errors, &page)
}

pub(super) async fn save(
    State(app): State<App>,
    staff: Moderator,
    c: Chrome,
    Path(slug): Path<String>,
    Form(input): Form<Input>,
) -> web::Result<Response> {
    let (event, bound) = enter(&app, c.clone(), &slug).await?;
    let mut errors = Errors::new();
    let wanted = input.wanted(&mut errors);
    let switches = (input.blind, input.own_first);
    if errors.is_empty() {
        let tx = app.db.begin_write().await?;
        match settings::save(&tx, &app, staff.id, event.id, switches, &wanted).await {
            Ok(()) => {
                tx.commit().await?;
                let to = format!("/desk/events/{slug}/reading");
                return Ok(redirect(to).flash("reading-saved").into_response());
            }
            Err(error) if error.is_refusal() => {
                tx.rollback().await?;
                errors.add(
                    "",
                    web::Message::new("refused").arg("why", error.sentence(&bound.words)),
                );
            }
            Err(error) => return Err(error.into()),
        }
    }
    page(&app, c, &slug, input.rows(), switches, errors).await
}
