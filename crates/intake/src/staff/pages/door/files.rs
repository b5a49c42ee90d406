//! What is printed for the door: badges, and the list on paper and as a workbook.

use super::{
    super::open,
    list::{Row, rows},
};
use crate::{Result, TEXTS, staff::service::door as service};
use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use db::{entity, people, people::Invitee};
use domain::{InvitationId, Lang, SittingId, person::Person};
use print::{Badge, Heading, Side};
use serde::Deserialize;
use sheet::{Cell, Column};
use std::collections::HashMap;
use web::{App, Chrome, auth::Operator};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const PDF: &str = "application/pdf";

#[derive(Deserialize)]
pub(super) struct Asked {
    sitting: SittingId,
    /// `came`: who came; else who is expected.
    #[serde(default)]
    of: String,
}

/// What every file is made of.
struct Of {
    c: Chrome,
    event: entity::event::Model,
    rows: Vec<Row>,
    people: HashMap<InvitationId, Invitee>,
    title: String,
}

async fn of(app: &App, c: Chrome, slug: &str, asked: &Asked) -> Result<Of> {
    let (event, c) = open(app, c, slug).await?;
    let conn = app.db.reader();
    let at = service::sitting(conn, event.id, asked.sitting).await?;
    let mut rows = rows(conn, &event, &at, &c, "").await?;
    let came = asked.of == "came";
    rows.retain(|r| if came { r.came } else { r.expected });
    rows.truncate(print::limits::LABELS);
    let people = people::invitees(conn, rows.iter().map(|r| r.who), c.lang()).await?;
    let which = c.t(if came { "door-files-came" } else { "door-files-expected" });
    let title = format!(
        "{} · {} · {which}",
        c.either(&event.title, &event.title_en),
        c.either(&at.title, &at.title_en)
    );
    Ok(Of {
        c: c.with(&TEXTS),
        event,
        rows,
        people,
        title,
    })
}

impl Of {
    fn heading(&self, app: &App) -> Heading {
        Heading {
            lang: match self.c.lang() {
                Lang::Ko => print::Lang::Ko,
                Lang::En => print::Lang::En,
            },
            title: self.title.clone(),
            publisher: self
                .c
                .either(&self.event.host_name, &self.event.host_name_en)
                .to_owned(),
            date: app.clock.now().date_naive(),
        }
    }

    fn came(&self, row: &Row) -> String {
        match row.at.filter(|_| row.came) {
            Some(at) => self.c.time(at, &self.event.time_zone),
            None if row.came => self.c.t("door-came"),
            None => String::new(),
        }
    }
}

pub(super) async fn badges(
    State(app): State<App>,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
    _: Operator,
    c: Chrome,
) -> web::Result<Response> {
    let of = of(&app, c, &slug, &asked).await?;
    let heading = of.heading(&app);
    let event = of.c.either(&of.event.title, &of.event.title_en).to_owned();
    let badges: Vec<Badge> = of
        .rows
        .iter()
        .map(|row| Badge {
            person: print::Person {
                lead: row.name.clone(),
                rest: row.rest.clone(),
                works_for: row.company.clone(),
                side: Side::Partner {
                    services: match of.people.get(&row.who).map(|p| &p.person) {
                        Some(Person::Partner { services, .. }) => services.clone(),
                        _ => Vec::new(),
                    },
                },
            },
            event: event.clone(),
            // What a phone at the door reads, when the badges lie ready there.
            code: (!row.code.is_empty()).then(|| row.code.clone()),
        })
        .collect();
    let made = blocking(move || print::badges(&heading, &badges).map_err(web::Error::internal)).await?;
    let name = format!("{} {}.pdf", of.title, of.c.t("door-badges"));
    Ok(web::attachment(&name, PDF, made.bytes))
}

pub(super) async fn list(
    State(app): State<App>,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
    _: Operator,
    c: Chrome,
) -> web::Result<Response> {
    let of = of(&app, c, &slug, &asked).await?;
    let heading = of.heading(&app);
    let columns = [
        ("field-name", 24),
        ("door-line", 52),
        ("door-code", 14),
        ("door-came", 12),
    ]
    .map(|(key, share)| print::Column {
        title: of.c.t(key),
        share,
        number: false,
    });
    let sum = of.c.t2(
        "door-sum",
        "n",
        of.c.number(of.rows.iter().filter(|r| r.came).count()),
        "of",
        of.c.number(of.rows.len()),
    );
    let lines: Vec<Vec<String>> = of
        .rows
        .iter()
        .map(|r| vec![r.name.clone(), r.rest.clone(), crate::entry::shown(&r.code), of.came(r)])
        .collect();
    let made = blocking(move || print::list(&heading, &sum, &columns, &lines).map_err(web::Error::internal)).await?;
    Ok(web::attachment(&format!("{}.pdf", of.title), PDF, made.bytes))
}

pub(super) async fn workbook(
    State(app): State<App>,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
    _: Operator,
    c: Chrome,
) -> web::Result<Response> {
    let of = of(&app, c, &slug, &asked).await?;
    let columns = [
        ("field-name", 18.0),
        ("door-line", 36.0),
        ("field-company", 24.0),
        ("door-code", 12.0),
        ("door-came", 10.0),
    ]
    .map(|(key, width)| Column::new(of.c.t(key), width));
    let lines: Vec<Vec<Cell>> = of
        .rows
        .iter()
        .map(|r| {
            vec![
                Cell::from(r.name.clone()),
                r.rest.clone().into(),
                r.company.clone().unwrap_or_default().into(),
                crate::entry::shown(&r.code).into(),
                of.came(r).into(),
            ]
        })
        .collect();
    let made = blocking(move || sheet::workbook(&columns, lines).map_err(web::Error::internal)).await?;
    Ok(web::attachment(&format!("{}.xlsx", of.title), XLSX, made))
}

/// Setting type takes its time, on a thread that may be busy.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> web::Result<T> + Send + 'static) -> web::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(web::Error::internal)?
}
