//! Which files there are of an article or an issue, and how far one is that somebody asked for.

use super::Place;
use crate::outputs::{self, Edition};
use axum::{
    extract::{Path, State},
    http::{HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use db::entity::printed;
use domain::state::printed::{PrintedKind, PrintedState};
use serde::Deserialize;
use std::time::Duration;
use web::{App, Chrome, Form, Peer, limit, redirect, render};

/// What readers can ask for.
const KINDS: [PrintedKind; 2] = [PrintedKind::Pdf, PrintedKind::Epub];
/// Files that one network may ask for in an hour.
const ASKED: u32 = 60;
/// Readers who are told of progress; others look again by themselves.
const TOLD: usize = 500;

#[derive(askama::Template)]
#[template(path = "outputs/files.html")]
struct Page {
    c: Chrome,
    e: Edition,
    files: Vec<File>,
    /// The build has no fonts, so nothing can be made.
    missing: bool,
    busy: bool,
}

struct File {
    kind: PrintedKind,
    row: Option<printed::Model>,
}

impl File {
    fn state(&self) -> Option<PrintedState> {
        self.row.as_ref().map(|r| r.state)
    }

    fn is_under_way(&self) -> bool {
        self.state().is_some_and(PrintedState::is_under_way)
    }

    /// Steps that are done, of four.
    fn done(&self) -> u8 {
        match self.state() {
            Some(PrintedState::Waiting) => 1,
            Some(PrintedState::Reading) => 2,
            Some(PrintedState::Setting) => 3,
            Some(PrintedState::Ready) => 4,
            _ => 0,
        }
    }

    fn reason(&self) -> &str {
        self.row.as_ref().map_or("", |r| r.reason.as_str())
    }

    /// The last part of its address, when it is ready.
    fn name(&self) -> Option<String> {
        let sha256 = self.row.as_ref()?.sha256.as_ref()?;
        Some(format!("{sha256}.{}", self.kind.extension()))
    }

    fn pages(&self) -> i32 {
        self.row.as_ref().map_or(0, |r| r.pages)
    }

    /// As people say it: 340 kB, 1.2 MB.
    fn size(&self) -> String {
        let octets = self.row.as_ref().map_or(0, |r| r.octets).max(0);
        if octets < 1_000_000 {
            return format!("{} kB", (octets / 1_000).max(1));
        }
        format!("{}.{} MB", octets / 1_000_000, octets % 1_000_000 / 100_000)
    }
}

impl Page {
    fn is_under_way(&self) -> bool {
        self.files.iter().any(File::is_under_way)
    }

    fn is_issue(&self) -> bool {
        self.e.path.starts_with("/magazine/")
    }
}

pub(super) async fn of_article(State(app): State<App>, c: Chrome, Path(slug): Path<String>) -> web::Result {
    page(&app, c, Place::article(&app, &slug).await?.seen()?).await
}

pub(super) async fn of_issue(State(app): State<App>, c: Chrome, Path(number): Path<String>) -> web::Result {
    page(&app, c, Place::issue(&app, &number).await?.seen()?).await
}

async fn page(app: &App, c: Chrome, e: Edition) -> web::Result {
    let conn = app.db.reader();
    let mut rows = outputs::present(conn, &e).await?;
    let files = KINDS.map(|kind| {
        let at = rows.iter().position(|r| r.kind == kind);
        let row = at.map(|at| rows.swap_remove(at));
        File { kind, row }
    });
    let page = Page {
        c: c.with(&crate::TEXTS),
        busy: outputs::is_busy(conn).await?,
        e,
        files: files.into(),
        missing: !print::has_fonts(),
    };
    let mut response = render(&page)?;
    let noindex = HeaderValue::from_static("noindex");
    response
        .headers_mut()
        .insert(HeaderName::from_static("x-robots-tag"), noindex);
    Ok(response)
}

#[derive(Deserialize)]
pub(super) struct Input {
    kind: PrintedKind,
}

pub(super) async fn ask_article(
    State(app): State<App>,
    peer: Peer,
    Path(slug): Path<String>,
    Form(input): Form<Input>,
) -> web::Result {
    let place = Place::article(&app, &slug).await?;
    ask(&app, peer, place, input.kind).await
}

pub(super) async fn ask_issue(
    State(app): State<App>,
    peer: Peer,
    Path(number): Path<String>,
    Form(input): Form<Input>,
) -> web::Result {
    let place = Place::issue(&app, &number).await?;
    ask(&app, peer, place, input.kind).await
}

async fn ask(app: &App, peer: Peer, place: Place, kind: PrintedKind) -> web::Result {
    let of = place.of;
    let e = place.seen()?;
    if !KINDS.contains(&kind) {
        return Err(web::Error::NotFound);
    }
    limit::check(app, "printed", &peer.key(), ASKED, Duration::from_hours(1)).await?;
    // Without fonts nothing can come of it, as the page says.
    if print::has_fonts() && !outputs::is_busy(app.db.reader()).await? {
        outputs::ask(app, of, kind).await?;
    }
    Ok(redirect(format!("{}/files", e.path)).into_response())
}

pub(super) async fn live_article(State(app): State<App>, Path(slug): Path<String>) -> web::Result {
    live(&app, &Place::article(&app, &slug).await?.seen()?).await
}

pub(super) async fn live_issue(State(app): State<App>, Path(number): Path<String>) -> web::Result {
    live(&app, &Place::issue(&app, &number).await?.seen()?).await
}

/// Says when something goes on; to nobody when nothing is under way, which ends the browser's asking.
async fn live(app: &App, e: &Edition) -> web::Result<Response> {
    let topic = outputs::TOPIC;
    let rows = outputs::present(app.db.reader(), e).await?;
    if app.live.readers(topic) >= TOLD || !rows.iter().any(|r| r.state.is_under_way()) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(web::live::sse(app.live.subscribe(topic)))
}
