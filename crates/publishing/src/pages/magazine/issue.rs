//! One issue: its cover and its contents.

use super::{Asks, Frame, face, private};
use crate::{
    Cache, Error,
    article::render::iso,
    magazine::{self, Contents, Cover},
    pages::picture,
};
use askama::Template;
use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderMap, Method},
};
use db::entity::issue::Model;
use domain::IssueId;
use web::{App, auth::Editor};

#[derive(Template)]
#[template(path = "magazine/issue.html")]
struct Issue {
    c: Frame,
    cover: Cover,
    contents: Contents,
    zone: String,
    /// Where its picture lies, without a slash at the end.
    pictures: String,
    json_ld: String,
}

impl Issue {
    /// The number of the first article of a section.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a template passes by reference")]
    fn first(&self, section: &usize) -> usize {
        let before = self.contents.0.iter().take(*section);
        before.map(|s| s.entries.len()).sum::<usize>() + 1
    }
}

pub(super) async fn page(
    State(app): State<App>,
    Extension(cache): Extension<Cache>,
    Path(number): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> web::Result {
    let number = parse(&number)?;
    let asks = Asks {
        app: &app,
        cache: &cache,
        method: &method,
        headers: &headers,
    };
    // In its own language, whoever reads.
    asks.send(format!("/magazine/{number}"), face(false), make(&app, number))
        .await
}

fn parse(number: &str) -> Result<i32, Error> {
    number.parse().map_err(|_| Error::NotFound)
}

async fn make(app: &App, number: i32) -> Result<String, Error> {
    let row = magazine::shown_issue(app.db.reader(), number).await?;
    let mut frame = Frame::new(app, row.lang, format!("/magazine/{number}"));
    frame.both = false;
    let pictures = format!("/magazine/{number}/cover");
    render(app, &row, frame, pictures, false).await
}

async fn render(app: &App, row: &Model, c: Frame, pictures: String, all: bool) -> Result<String, Error> {
    let conn = app.db.reader();
    let contents = magazine::contents(conn, row, app.clock.now(), all).await?;
    let cover = magazine::frontispiece(conn, row).await?;
    let zone = contents.entries().find(|e| !e.zone.is_empty()).map(|e| e.zone.clone());
    let issue = Issue {
        json_ld: json_ld(&c, &cover, &contents),
        zone: zone.unwrap_or_default(),
        c,
        cover,
        contents,
        pictures,
    };
    Ok(issue.render()?)
}

/// A data block, not a script; `<` is escaped, so that no text can end it.
fn json_ld(c: &Frame, cover: &Cover, contents: &Contents) -> String {
    let parts: Vec<_> = contents
        .entries()
        .map(|e| {
            serde_json::json!({
                "@type": "Article", "headline": e.title, "inLanguage": e.lang,
                "url": format!("{}/articles/{}", c.public_url, e.slug),
            })
        })
        .collect();
    let value = serde_json::json!({
        "@context": "https://schema.org",
        "@type": "PublicationIssue",
        "issueNumber": cover.number,
        "name": cover.title,
        "description": cover.standfirst,
        "inLanguage": cover.lang,
        "datePublished": cover.shown_at.as_ref().map(iso),
        "url": c.url(),
        "hasPart": parts,
    });
    value.to_string().replace('<', "\\u003c")
}

/// The picture on its cover, where and as long as the issue may be read.
pub(super) async fn cover(
    State(app): State<App>,
    Path((number, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> web::Result {
    let row = magazine::shown_issue(app.db.reader(), parse(&number)?).await?;
    send_cover(&app, &row, &file, &headers, "public, max-age=300").await
}

/// The same for its editors.
pub(in crate::pages) async fn drafted_cover(
    State(app): State<App>,
    _: Editor,
    Path((id, file)): Path<(IssueId, String)>,
    headers: HeaderMap,
) -> web::Result {
    let row = magazine::issue(app.db.reader(), id).await?;
    send_cover(&app, &row, &file, &headers, "private, no-store").await
}

async fn send_cover(app: &App, row: &Model, file: &str, headers: &HeaderMap, cache: &'static str) -> web::Result {
    let name = file.split('.').next();
    if row.cover.as_deref() != name {
        return Err(web::Error::NotFound);
    }
    picture::send(app, file, headers, cache).await
}

/// As it would be read, with what its readers do not see yet.
pub(in crate::pages) async fn preview(State(app): State<App>, _: Editor, Path(id): Path<IssueId>) -> web::Result {
    let row = magazine::issue(app.db.reader(), id).await?;
    let mut frame = Frame::new(&app, row.lang, format!("/magazine/{}", row.number));
    frame.both = false;
    frame.preview = Some(format!("/desk/issues/{id}"));
    let pictures = format!("/desk/issues/{id}/cover");
    Ok(private(render(&app, &row, frame, pictures, true).await?))
}
