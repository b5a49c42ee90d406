//! A roster comes as a file: uploaded, looked at, imported.

use super::{Nothing, open};
use crate::{
    Error, Result,
    staff::{
        deed, repo,
        roster::{Column, MOST_ROWS, Plan, Summary, Verdict, prepare},
    },
};
use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use db::{audit, entity, entity::roster_import, prelude::*};
use domain::{ImportId, StaffId, job::Job, state::people::ImportState};
use serde::Deserialize;
use web::{App, Chrome, Errors, Form, MultipartForm, auth::Moderator, redirect, render, render_form};

pub(super) fn routes() -> web::Router {
    web::Router::new()
        .route(
            "/desk/events/{slug}/roster/import",
            get(blank).post(upload).layer(web::uploads()),
        )
        .route("/desk/events/{slug}/roster/import/{id}", get(show))
        .route("/desk/events/{slug}/roster/import/{id}/run", post(run))
        .route("/desk/events/{slug}/roster/import/{id}/wrong.csv", get(wrong))
        .route("/desk/events/{slug}/roster/import/{id}/live", get(live))
}

const PAGE: usize = 200;

#[derive(askama::Template)]
#[template(path = "staff/import.html")]
struct UploadPage {
    c: Chrome,
    event: entity::event::Model,
    errors: Errors,
    columns: Vec<String>,
    most_rows: usize,
}

fn upload_page(c: Chrome, event: entity::event::Model, errors: Errors) -> web::Result {
    let columns = Column::ALL.iter().map(|column| c.t(column.key())).collect();
    let page = UploadPage {
        c,
        event,
        errors,
        columns,
        most_rows: MOST_ROWS,
    };
    render_form(&page.errors, &page)
}

async fn blank(State(app): State<App>, Path(slug): Path<String>, _: Moderator, c: Chrome) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    upload_page(c, event, Errors::new())
}

async fn upload(
    State(app): State<App>,
    Path(slug): Path<String>,
    staff: Moderator,
    c: Chrome,
    form: MultipartForm<Nothing>,
) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    let mut errors = Errors::new();
    match form.file("file") {
        None => errors.add("file", "error-file"),
        Some(file) => match prepare(app.db.reader(), event.id, file.bytes.to_vec()).await {
            Ok(plan) => {
                let id = keep(&app, &event, staff.id, &file.file_name, &file.bytes, &plan).await?;
                return Ok(redirect(format!("/desk/events/{slug}/roster/import/{id}")).into_response());
            }
            Err(Error::Roster(unreadable)) => errors.add("file", unreadable.key()),
            Err(error) => return Err(error.into()),
        },
    }
    upload_page(c, event, errors)
}

async fn keep(
    app: &App,
    event: &entity::event::Model,
    staff: StaffId,
    file_name: &str,
    bytes: &[u8],
    plan: &Plan,
) -> Result<ImportId> {
    let id = ImportId::new();
    let tx = app.db.begin_write().await?;
    let row = roster_import::ActiveModel {
        id: Set(id),
        event_id: Set(event.id),
        file_name: Set(file_name.chars().filter(|c| !c.is_control()).take(200).collect()),
        bytes: Set(bytes.to_vec()),
        state: Set(ImportState::Previewed),
        total: Set(i32::try_from(plan.work().len()).unwrap_or(i32::MAX)),
        done: Set(0),
        outcome: Set(None),
        created_by: Set(Some(staff)),
        created_at: Set(app.clock.now()),
    };
    roster_import::Entity::insert(row).exec_without_returning(&tx).await?;
    let actor = audit::Actor::Staff(staff);
    let entry = deed(Some(event.id), actor, "roster.uploaded", ("roster_import", id.uuid()));
    audit::record(&tx, &app.clock, entry).await?;
    tx.commit().await?;
    Ok(id)
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    only: String,
    #[serde(default)]
    page: usize,
}

/// One row of the preview.
struct Shown {
    number: usize,
    verdict: &'static str,
    /// Each column's text, whether importing changes it, and what is wrong with it.
    cells: Vec<(String, String, bool, Vec<String>)>,
}

#[derive(askama::Template)]
#[template(path = "staff/preview.html")]
struct PreviewPage {
    c: Chrome,
    event: entity::event::Model,
    import: roster_import::Model,
    summary: Summary,
    columns: Vec<String>,
    rows: Vec<Shown>,
    only: String,
    prev: Option<usize>,
    next: Option<usize>,
}

#[derive(askama::Template)]
#[template(path = "staff/progress.html")]
struct ProgressPage {
    c: Chrome,
    event: entity::event::Model,
    import: roster_import::Model,
    summary: Summary,
}

impl PreviewPage {
    fn base(&self) -> String {
        format!("/desk/events/{}/roster/import/{}", self.event.slug, self.import.id)
    }
}

impl ProgressPage {
    fn base(&self) -> String {
        format!("/desk/events/{}/roster/import/{}", self.event.slug, self.import.id)
    }
}

async fn find(app: &App, event: &entity::event::Model, id: ImportId) -> Result<roster_import::Model> {
    let query = roster_import::Entity::find_by_id(id).filter(roster_import::Column::EventId.eq(event.id));
    query.one(app.db.reader()).await?.ok_or(Error::NotFound)
}

/// The file, while it is kept.
fn kept(import: roster_import::Model) -> Result<Vec<u8>> {
    Some(import.bytes)
        .filter(|bytes| !bytes.is_empty())
        .ok_or(Error::NotFound)
}

async fn show(
    State(app): State<App>,
    Path((slug, id)): Path<(String, ImportId)>,
    Query(asked): Query<Asked>,
    _: Moderator,
    c: Chrome,
) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    let import = find(&app, &event, id).await?;
    if import.state != ImportState::Previewed {
        let summary = import
            .outcome
            .clone()
            .and_then(|json| serde_json::from_value(json).ok())
            .unwrap_or_default();
        return render(&ProgressPage {
            c,
            event,
            import,
            summary,
        });
    }
    let plan = prepare(app.db.reader(), event.id, kept(import.clone())?).await?;
    render(&preview(c, event, import, &plan, asked))
}

fn preview(
    c: Chrome,
    event: entity::event::Model,
    import: roster_import::Model,
    plan: &Plan,
    asked: Asked,
) -> PreviewPage {
    let wanted: Vec<_> = plan
        .rows
        .iter()
        .filter(|p| asked.only.is_empty() || p.verdict.key() == asked.only)
        .collect();
    let from = asked.page.saturating_mul(PAGE).min(wanted.len());
    let rows = wanted[from..]
        .iter()
        .take(PAGE)
        .map(|planned| {
            let changed: &[Column] = if let Verdict::Changed(columns) = &planned.verdict {
                columns
            } else {
                &[]
            };
            let cells = Column::ALL.iter().zip(&planned.row.cells).map(|(column, text)| {
                let problems = planned.row.problems.iter().filter(|p| p.column == *column);
                let why = problems.map(|p| p.reason.message().text(&c.words)).collect();
                (c.t(column.key()), text.clone(), changed.contains(column), why)
            });
            Shown {
                number: planned.row.number,
                verdict: planned.verdict.key(),
                cells: cells.collect(),
            }
        })
        .collect();
    PreviewPage {
        columns: Column::ALL.iter().map(|column| c.t(column.key())).collect(),
        summary: Summary::of(plan),
        prev: asked.page.checked_sub(1),
        next: (from + PAGE < wanted.len()).then_some(asked.page + 1),
        only: asked.only,
        rows,
        c,
        event,
        import,
    }
}

/// The roster may have moved since the preview: what is told in the end is what stood when it was begun.
async fn run(
    State(app): State<App>,
    Path((slug, id)): Path<(String, ImportId)>,
    staff: Moderator,
    c: Chrome,
    Form(Nothing {}): Form<Nothing>,
) -> web::Result {
    let (event, _) = open(&app, c, &slug).await?;
    let import = find(&app, &event, id).await?;
    // Pressed again, its file may be gone already.
    if import.state == ImportState::Previewed {
        let plan = prepare(app.db.reader(), event.id, kept(import)?).await?;
        begin(&app, &event, &staff, id, &Summary::of(&plan)).await?;
        app.wake.notify();
    }
    Ok(redirect(format!("/desk/events/{slug}/roster/import/{id}")).into_response())
}

/// State, audit entry and job in one transaction; pressed twice, it begins once.
async fn begin(
    app: &App,
    event: &entity::event::Model,
    staff: &Moderator,
    id: ImportId,
    summary: &Summary,
) -> Result<()> {
    let outcome = serde_json::to_value(summary).map_err(db::Error::from)?;
    let tx = app.db.begin_write().await?;
    let begun = roster_import::Entity::update_many()
        .col_expr(roster_import::Column::State, Expr::value(ImportState::Running))
        .col_expr(
            roster_import::Column::Total,
            Expr::value(i32::try_from(summary.work()).unwrap_or(i32::MAX)),
        )
        .col_expr(roster_import::Column::Outcome, Expr::value(outcome))
        .filter(roster_import::Column::Id.eq(id))
        .filter(roster_import::Column::State.eq(ImportState::Previewed))
        .exec(&tx)
        .await?;
    if begun.rows_affected == 1 {
        jobs::enqueue(&tx, &app.clock, &Job::ImportRoster { import: id }, app.clock.now()).await?;
        let entry = deed(
            Some(event.id),
            staff.actor(),
            "roster.import_begun",
            ("roster_import", id.uuid()),
        );
        audit::record(&tx, &app.clock, entry).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The wrong rows as they stood, each with its reasons, to be corrected and uploaded again.
async fn wrong(
    State(app): State<App>,
    Path((slug, id)): Path<(String, ImportId)>,
    _: Moderator,
    c: Chrome,
) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    let import = find(&app, &event, id).await?;
    let plan = prepare(app.db.reader(), event.id, kept(import)?).await?;
    let text = wrong_csv(&plan, &c).map_err(web::Error::internal)?;
    Ok(web::attachment(
        &format!("{slug}-wrong.csv"),
        "text/csv; charset=utf-8",
        text,
    ))
}

fn wrong_csv(plan: &Plan, c: &Chrome) -> std::result::Result<Vec<u8>, csv::Error> {
    // Excel takes a file without this mark for CP949.
    let mut writer = csv::Writer::from_writer("\u{FEFF}".as_bytes().to_vec());
    let heads = Column::ALL.iter().map(|column| c.t(column.key()));
    writer.write_record(heads.chain([c.t("st-row"), c.t("st-reason")]))?;
    for planned in plan.rows.iter().filter(|p| p.verdict == Verdict::Wrong) {
        let reasons: Vec<String> = planned.row.problems.iter().map(|p| p.text(&c.words)).collect();
        let last = [planned.row.number.to_string(), inert(&reasons.join(" / "))];
        writer.write_record(planned.row.cells.iter().map(|cell| inert(cell)).chain(last))?;
    }
    writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))
}

/// A spreadsheet takes a cell that begins so for a formula; an apostrophe makes it text.
fn inert(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// Tells the page that the import moved; the worker may be another process, so the row is what is watched.
async fn live(
    State(app): State<App>,
    Path((slug, id)): Path<(String, ImportId)>,
    _: Moderator,
) -> std::result::Result<Response, web::Error> {
    let event = repo::event(app.db.reader(), &slug).await?;
    let import = find(&app, &event, id).await?;
    let topic = format!("import:{id}");
    let subscription = app.live.subscribe(&topic);
    if app.live.readers(&topic) == 1 {
        tokio::spawn(watch(app.clone(), event, import, topic));
    }
    Ok(web::live::sse(subscription))
}

async fn watch(app: App, event: entity::event::Model, import: roster_import::Model, topic: String) {
    let mut last = (import.state, import.done);
    while app.live.readers(&topic) > 0 && last.0 == ImportState::Running {
        tokio::time::sleep(std::time::Duration::from_millis(400)).await;
        let Ok(now) = find(&app, &event, import.id).await else {
            return;
        };
        if (now.state, now.done) != last {
            last = (now.state, now.done);
            app.live.publish(&topic, "changed", now.done.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::inert;

    #[test]
    fn a_cell_is_never_a_formula() {
        assert_eq!(inert("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(inert("@x"), "'@x");
        assert_eq!(inert("김하늘"), "김하늘");
    }
}
