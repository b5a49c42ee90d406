//! An article's page, for readers and, before it is published, for its editors.

use crate::{
    Cache, Error, approval,
    article::{
        self,
        render::{self, Preview},
    },
    cache, comments, magazine,
    page::{self, Face, Page, Stand},
    repo,
};
use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header},
    response::{Html, IntoResponse},
};
use db::entity::article::Model;
use domain::{ArticleId, state::article::ArticleState};
use std::sync::Arc;
use web::{App, Asked, auth::Editor};

pub(super) async fn page(
    State(app): State<App>,
    Extension(cache): Extension<Cache>,
    Path(slug): Path<String>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> web::Result {
    let page = load(&app, &cache, &slug).await?;
    let asked = Asked::of(&method, uri.path(), &headers);
    if let Some(reads) = &page.reads {
        reads.note(asked);
    }
    let answer = page.choose(asked).response(&method);
    answer.map_err(web::Error::internal)
}

/// The page as it may be read now: from memory when its row did not change, else rendered anew.
async fn load(app: &App, cache: &Cache, slug: &str) -> Result<Arc<Page>, Error> {
    let generation = cache::generation();
    let row = repo::article_by_slug(app.db.reader(), slug)
        .await?
        .ok_or(Error::NotFound)?;
    if !article::visible(&row, app.clock.now()) {
        cache.forget(slug);
        let withdrawn = row.state == ArticleState::Withdrawn;
        return Err(if withdrawn { Error::Gone } else { Error::NotFound });
    }
    let (beside, stamp) = magazine::beside(app.db.reader(), row.id, app.clock.now()).await?;
    // Read before the comments: one that comes meanwhile makes the page anew.
    let stamp = comments::stamp(stamp, comments::talk(app.db.reader(), row.id).await?);
    if let Some(page) = cache.get(slug)
        && (page.version, page.stamp) == (row.version, stamp)
    {
        page.confirm(generation);
        return Ok(page);
    }
    let comments = comments::below(app.db.reader(), &row).await?;
    let snapshot: article::Snapshot = serde_json::from_value(row.snapshot.unwrap_or_default())?;
    let facts = render::Facts {
        id: row.id,
        slug: &row.slug,
        published_at: row.published_at,
        corrected_at: row.corrected_at,
        public_url: &app.settings.web.public_url,
        demo: app.demo,
        preview: None,
        pictures: format!("/articles/{}/pictures", row.slug),
        beside,
        comments,
    };
    let html = render::page(&snapshot, &facts)?;
    let stand = Stand {
        version: row.version,
        stamp,
        generation,
    };
    let page = Page::of(html, stand, Face::article(), app.settings.web.hsts(), cache.shelf());
    let mut page = page.await?;
    page.reads = Some(cache.tally(row.id));
    let page = Arc::new(page);
    cache.put(slug, Arc::clone(&page));
    Ok(page)
}

/// What readers would see if it were published now, with everybody's leave who has not refused it.
pub(super) async fn preview(State(app): State<App>, _: Editor, Path(id): Path<ArticleId>) -> web::Result {
    let row = repo::article(app.db.reader(), id).await?;
    let desk = Preview::Desk(format!("/desk/articles/{id}"));
    unpublished(&app, &row, desk, format!("/desk/articles/{id}/pictures")).await
}

/// The same for whoever has a link.
pub(super) async fn shared(State(app): State<App>, Path(token): Path<String>) -> web::Result {
    let row = article::opened(&app, &token).await?;
    unpublished(&app, &row, Preview::Link, format!("/preview/{token}/pictures")).await
}

async fn unpublished(app: &App, row: &Model, preview: Preview, pictures: String) -> web::Result {
    let snapshot = approval::without_withdrawn(app.db.reader(), row).await?;
    let facts = render::Facts {
        id: row.id,
        slug: &row.slug,
        published_at: row.published_at,
        corrected_at: row.corrected_at,
        public_url: &app.settings.web.public_url,
        demo: app.demo,
        preview: Some(preview),
        pictures,
        beside: None,
        comments: None,
    };
    let mut response = Html(render::page(&snapshot, &facts).map_err(web::Error::from)?).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, page::policy());
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        HeaderName::from_static("x-robots-tag"),
        HeaderValue::from_static("noindex"),
    );
    Ok(response)
}
