//! What readers and programs take away: files, feeds, the list of pages, the picture behind a link; and editors' exports.

mod card;
mod download;
mod export;
mod feeds;
mod files;

use crate::{
    Error, magazine,
    outputs::{Edition, Of, edition},
    repo,
};
use axum::routing::get;
use domain::state::article::ArticleState;
use web::App;

pub(super) fn routes() -> web::Router {
    axum::Router::new()
        .route(
            "/articles/{slug}/files",
            get(files::of_article).post(files::ask_article),
        )
        .route("/articles/{slug}/files/live", get(files::live_article))
        .route("/articles/{slug}/files/{file}", get(download::of_article))
        .route("/articles/{slug}/card.png", get(card::send))
        .route("/magazine/{number}/files", get(files::of_issue).post(files::ask_issue))
        .route("/magazine/{number}/files/live", get(files::live_issue))
        .route("/magazine/{number}/files/{file}", get(download::of_issue))
        .route("/feed.atom", get(feeds::atom))
        .route("/feed.json", get(feeds::json))
        .route("/sitemap.xml", get(feeds::sitemap))
        .route("/sitemap/{file}", get(feeds::sitemap_part))
        .route("/robots.txt", get(feeds::robots))
        .route("/desk/articles/{id}/export", get(export::article))
        .route("/desk/issues/{id}/export", get(export::issue))
}

/// What files may be made of at this address, and what readers may have of it now.
struct Place {
    of: Of,
    edition: Option<Edition>,
    withdrawn: bool,
}

impl Place {
    async fn article(app: &App, slug: &str) -> Result<Self, Error> {
        let conn = app.db.reader();
        let row = repo::article_by_slug(conn, slug).await?.ok_or(Error::NotFound)?;
        let of = Of::Article(row.id);
        Ok(Self {
            of,
            edition: edition(conn, app, of, false).await?,
            withdrawn: row.state == ArticleState::Withdrawn,
        })
    }

    async fn issue(app: &App, number: &str) -> Result<Self, Error> {
        let conn = app.db.reader();
        let number: i32 = number.parse().map_err(|_| Error::NotFound)?;
        let id = magazine::issue_by_number(conn, number).await?.ok_or(Error::NotFound)?;
        let of = Of::Issue(id);
        Ok(Self {
            of,
            edition: edition(conn, app, of, false).await?,
            withdrawn: false,
        })
    }

    /// What readers may have.
    fn seen(self) -> Result<Edition, Error> {
        let none = if self.withdrawn { Error::Gone } else { Error::NotFound };
        self.edition.ok_or(none)
    }
}
