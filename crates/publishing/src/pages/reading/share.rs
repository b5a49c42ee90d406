//! A page from which an article is passed on: its address to copy, a mail, and by script the platform's own sheet. It
//! stands apart, so that the article stays one request in which nothing runs.

use super::seen;
use axum::extract::{Path, State};
use domain::Lang;
use web::{App, Chrome, Result, render};

#[derive(askama::Template)]
#[template(path = "reading/share.html")]
struct Page {
    c: Chrome,
    slug: String,
    title: String,
    standfirst: String,
    lang: Lang,
    url: String,
}

pub(super) async fn page(State(app): State<App>, c: Chrome, Path(slug): Path<String>) -> Result {
    let seen = seen(&app, &slug).await?;
    render(&Page {
        c: c.with(&crate::TEXTS),
        url: app.public_url(&format!("/articles/{}", seen.row.slug)),
        slug: seen.row.slug,
        title: seen.title,
        standfirst: seen.standfirst,
        lang: seen.lang,
    })
}
