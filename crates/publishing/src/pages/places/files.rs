//! What goes to the printer and the shops: a list, labels, codes.

use crate::{Error, magazine, places};
use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use db::entity::{issue::Model, place};
use domain::{IssueId, Lang, PlaceId};
use print::{Code, Heading, Label, LabelSheet};
use serde::Deserialize;
use sheet::{Cell, Column};
use web::{App, Chrome, auth::Editor};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const PDF: &str = "application/pdf";
/// Dots of a code's picture for each of its own: sharp on a poster.
const DOTS: usize = 20;

/// An issue with its places, and its name in the reader's language.
async fn of(app: &App, c: &Chrome, id: IssueId) -> Result<(Model, Vec<place::Model>, String), Error> {
    let row = magazine::issue(app.db.reader(), id).await?;
    let rows = places::all(app.db.reader(), id).await?;
    let title = format!("{} {}", c.t1("magazine-no", "n", row.number), row.title);
    Ok((row, rows, title))
}

pub(super) async fn workbook(
    State(app): State<App>,
    c: Chrome,
    _: Editor,
    Path(id): Path<IssueId>,
) -> web::Result<Response> {
    let c = c.with(&crate::TEXTS);
    let (_, rows, title) = of(&app, &c, id).await?;
    let reads = places::reads(app.db.reader(), id).await?;
    let columns = [
        ("place-name", 28.0),
        ("place-address", 44.0),
        ("place-copies", 8.0),
        ("place-note", 28.0),
        ("place-link", 44.0),
        ("place-reads", 8.0),
    ]
    .map(|(key, width)| Column::new(c.t(key), width));
    let base = app.settings.web.public_url.clone();
    let made = blocking(move || {
        let rows = rows.into_iter().map(|p| {
            vec![
                Cell::from(p.name),
                p.address.into(),
                p.copies.into(),
                p.note.into(),
                places::address(&base, &p.code).into(),
                reads.get(&p.id).copied().unwrap_or_default().into(),
            ]
        });
        sheet::workbook(&columns, rows).map_err(web::Error::internal)
    });
    let name = format!("{title} {}.xlsx", c.t("places-title"));
    Ok(web::attachment(&name, XLSX, made.await?))
}

fn heading(app: &App, c: &Chrome, title: &str) -> Heading {
    Heading {
        lang: match c.lang() {
            Lang::Ko => print::Lang::Ko,
            Lang::En => print::Lang::En,
        },
        title: format!("{title} · {}", c.t("places-title")),
        publisher: String::new(),
        date: app.clock.now().date_naive(),
    }
}

pub(super) async fn list(
    State(app): State<App>,
    c: Chrome,
    _: Editor,
    Path(id): Path<IssueId>,
) -> web::Result<Response> {
    let c = c.with(&crate::TEXTS);
    let (_, rows, title) = of(&app, &c, id).await?;
    let heading = heading(&app, &c, &title);
    let copies: i64 = rows.iter().map(|p| i64::from(p.copies)).sum();
    let sum = format!(
        "{} · {}",
        super::summed(&c, "places-sum", rows.len()),
        super::summed(&c, "place-copies-n", copies)
    );
    let columns = [
        ("place-name", 30, false),
        ("place-address", 42, false),
        ("place-copies", 10, true),
        ("place-note", 24, false),
    ]
    .map(|(key, share, number)| print::Column {
        title: c.t(key),
        share,
        number,
    });
    let made = blocking(move || {
        let rows: Vec<Vec<String>> = rows
            .into_iter()
            .map(|p| vec![p.name, p.address, p.copies.to_string(), p.note])
            .collect();
        print::list(&heading, &sum, &columns, &rows).map_err(web::Error::internal)
    });
    let name = format!("{title} {}.pdf", c.t("places-title"));
    Ok(web::attachment(&name, PDF, made.await?.bytes))
}

/// Which sheet of ready-cut labels lies in the printer.
#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    sheet: u8,
}

pub(super) async fn labels(
    State(app): State<App>,
    c: Chrome,
    _: Editor,
    Path(id): Path<IssueId>,
    Query(asked): Query<Asked>,
) -> web::Result<Response> {
    let c = c.with(&crate::TEXTS);
    let (_, rows, title) = of(&app, &c, id).await?;
    let heading = heading(&app, &c, &title);
    let base = app.settings.web.public_url.clone();
    let sheet = if asked.sheet == 14 {
        LabelSheet::OF_14
    } else {
        LabelSheet::OF_24
    };
    let made = blocking(move || {
        let label = |p: place::Model| Label {
            name: p.name,
            address: p.address,
            copies: u32::try_from(p.copies).ok(),
            note: p.note,
            code: Some(places::address(&base, &p.code)),
        };
        let labels: Vec<Label> = rows.into_iter().map(label).collect();
        print::labels(&heading, sheet, &labels).map_err(web::Error::internal)
    });
    let name = format!("{title} {}.pdf", c.t("places-labels"));
    Ok(web::attachment(&name, PDF, made.await?.bytes))
}

/// The code of one place as a picture, for a poster.
pub(super) async fn code(
    State(app): State<App>,
    _: Editor,
    Path((issue, id)): Path<(IssueId, PlaceId)>,
) -> web::Result<Response> {
    let place = places::one(app.db.reader(), issue, id).await?;
    let address = places::address(&app.settings.web.public_url, &place.code);
    let png = Code::new(&address)
        .and_then(|code| code.png(DOTS))
        .map_err(web::Error::internal)?;
    Ok(web::attachment(&format!("QR {}.png", place.name), "image/png", png))
}

/// Setting type takes its time, on a thread that may be busy.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> web::Result<T> + Send + 'static) -> web::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(web::Error::internal)?
}
