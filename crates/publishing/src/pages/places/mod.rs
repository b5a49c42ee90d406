//! Where editors note the places at which printed copies lie.

mod files;
mod one;

use crate::{
    Error, magazine,
    places::{self, PlaceDraft},
};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, Method, header},
    response::{IntoResponse, Response},
    routing::get,
};
use db::entity::{issue::Model, place};
use domain::IssueId;
use serde::Deserialize;
use web::{App, Choice, Chrome, Errors, Message, MultipartForm, auth::Editor};

/// Lines of a list that are told to be wrong at once.
const WRONG: usize = 10;

pub(super) fn routes() -> web::Router {
    axum::Router::new()
        .route("/q/{code}", get(open))
        .route("/desk/issues/{id}/places", get(page).post(act).layer(web::uploads()))
        .route("/desk/issues/{id}/places.xlsx", get(files::workbook))
        .route("/desk/issues/{id}/places.pdf", get(files::list))
        .route("/desk/issues/{id}/labels.pdf", get(files::labels))
        .route("/desk/issues/{id}/places/{place}", get(one::page).post(one::act))
        .route("/desk/issues/{id}/places/{place}/code.png", get(files::code))
}

/// A code leads here. Only who opens it counts: no look ahead by a program, no robot that says so.
async fn open(
    State(app): State<App>,
    Path(code): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> web::Result<Response> {
    let says = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let ahead = says("sec-purpose").contains("prefetch") || says("purpose") == "prefetch";
    let agent = says("user-agent").to_ascii_lowercase();
    let robot = ["bot", "crawl", "spider", "preview"]
        .iter()
        .any(|word| agent.contains(word));
    let counts = method == Method::GET && !ahead && !robot;
    let to = places::opened(&app, &code, counts).await?;
    let mut response = web::redirect(to).into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

#[derive(askama::Template)]
#[template(path = "desk/places.html")]
struct Places {
    c: Chrome,
    row: Model,
    rows: Vec<(place::Model, i64)>,
    copies: i64,
    reads: i64,
    /// Day, how often, and its share of the fullest day in hundredths.
    days: Vec<(String, i64, i64)>,
    others: Vec<Choice>,
    d: PlaceDraft,
    lines: String,
    errors: Errors,
}

impl Places {
    fn sum<N: web::lang::Arg + std::fmt::Display + Copy>(&self, key: &str, n: N) -> String {
        summed(&self.c, key, n)
    }
}

/// A number of things in words: for the grammar as it is, and as it is shown.
fn summed<N: web::lang::Arg + std::fmt::Display + Copy>(c: &Chrome, key: &str, n: N) -> String {
    c.t2(key, "n", n, "shown", c.number(n))
}

/// Days that are drawn, the last ones.
const DAYS: usize = 31;

async fn view(app: &App, c: Chrome, id: IssueId, typed: Typed, errors: Errors) -> Result<Places, Error> {
    let conn = app.db.reader();
    let row = magazine::issue(conn, id).await?;
    let c = c.with(&crate::TEXTS);
    let reads = places::reads(conn, id).await?;
    let rows: Vec<_> = places::all(conn, id).await?;
    let with = |p: place::Model| {
        let n = reads.get(&p.id).copied().unwrap_or_default();
        (p, n)
    };
    let rows: Vec<(place::Model, i64)> = rows.into_iter().map(with).collect();
    let others = places::elsewhere(conn, id).await?;
    let others = others.into_iter().map(|(issue, n)| {
        let label = format!("{} {}", c.t1("magazine-no", "n", issue.number), issue.title);
        Choice::new(issue.id, format!("{label} · {}", summed(&c, "places-sum", n)))
    });
    Ok(Places {
        copies: rows.iter().map(|(p, _)| i64::from(p.copies)).sum(),
        reads: rows.iter().map(|(_, n)| n).sum(),
        days: days(conn, id).await?,
        others: others.collect(),
        c,
        row,
        rows,
        d: typed.draft,
        lines: typed.lines,
        errors,
    })
}

async fn days(conn: &impl db::prelude::ConnectionTrait, id: IssueId) -> Result<Vec<(String, i64, i64)>, Error> {
    let mut sums: std::collections::BTreeMap<chrono::NaiveDate, i64> = std::collections::BTreeMap::new();
    for (_, day, n) in places::days(conn, id).await? {
        *sums.entry(day).or_default() += n;
    }
    let most = sums.values().copied().max().unwrap_or(1).max(1);
    let skip = sums.len().saturating_sub(DAYS);
    let each = sums.into_iter().skip(skip);
    Ok(each.map(|(day, n)| (day.to_string(), n, n * 100 / most)).collect())
}

#[derive(Default)]
struct Typed {
    draft: PlaceDraft,
    lines: String,
}

async fn page(State(app): State<App>, c: Chrome, _: Editor, Path(id): Path<IssueId>) -> web::Result {
    web::render(&view(&app, c, id, Typed::default(), Errors::new()).await?)
}

/// One form for each of the three ways: a place, a list, another issue's.
#[derive(Deserialize)]
struct Input {
    act: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    address: String,
    #[serde(default)]
    copies: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    lines: String,
    from: Option<IssueId>,
}

async fn act(
    State(app): State<App>,
    c: Chrome,
    Editor(staff): Editor,
    Path(id): Path<IssueId>,
    form: MultipartForm<Input>,
) -> web::Result {
    let file = form.file("file").map(|f| f.bytes.clone());
    let input = form.fields;
    let typed = Typed {
        draft: PlaceDraft {
            name: input.name,
            address: input.address,
            copies: input.copies,
            note: input.note,
        },
        lines: input.lines,
    };
    let done = match (input.act.as_str(), input.from) {
        ("take", Some(from)) => places::take_over(&app, staff.id, id, from).await,
        ("lines", _) => match listed(&typed.lines, file.as_deref()) {
            Ok(all) => places::add(&app, staff.id, id, all).await,
            Err(errors) => Err(Error::Fields(errors)),
        },
        _ => match typed.draft.check() {
            Ok(place) => places::add(&app, staff.id, id, vec![place]).await,
            Err(errors) => Err(Error::Fields(errors)),
        },
    };
    match done {
        Ok(n) => Ok(web::redirect(format!("/desk/issues/{id}/places"))
            .flash_n("places-added", n)
            .into_response()),
        Err(Error::Fields(errors)) => {
            let page = view(&app, c, id, typed, errors).await?;
            web::render_form(&page.errors, &page)
        }
        Err(error) => Err(error.into()),
    }
}

/// The places of a pasted list or a file; when a line does not hold, none of them.
fn listed(lines: &str, file: Option<&[u8]>) -> Result<Vec<places::Place>, Errors> {
    let field = if file.is_some() { "file" } else { "lines" };
    let mut errors = Errors::new();
    if file.is_none() && lines.trim().is_empty() {
        errors.add(field, "error-required");
        return Err(errors);
    }
    let table = match sheet::read(file.unwrap_or(lines.as_bytes())) {
        Ok(table) => table,
        Err(unreadable) => {
            errors.add(field, unreadable.key());
            return Err(errors);
        }
    };
    let mut all = Vec::new();
    let mut wrong = Vec::new();
    for (n, draft) in places::lines(&table) {
        match draft.check() {
            Ok(place) => all.push(place),
            Err(_) => wrong.push(n.to_string()),
        }
    }
    if !wrong.is_empty() {
        let more = if wrong.len() > WRONG { "…" } else { "" };
        wrong.truncate(WRONG);
        let at = format!("{}{more}", wrong.join(", "));
        errors.add(field, Message::new("places-lines-wrong").arg("at", at));
        return Err(errors);
    }
    if all.is_empty() {
        errors.add(field, "error-required");
        return Err(errors);
    }
    Ok(all)
}
