//! A picture of an article, where and as long as the article may be read.

use crate::{Error, article, repo};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use db::{
    entity::{article_block, asset},
    prelude::*,
};
use domain::{ArticleId, state::article::ArticleState};
use web::{App, auth::Editor};

/// Readers': when it stands in what was published.
pub(super) async fn published(
    State(app): State<App>,
    Path((slug, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> web::Result {
    let row = repo::article_by_slug(app.db.reader(), &slug)
        .await?
        .ok_or(web::Error::NotFound)?;
    if !article::visible(&row, app.clock.now()) {
        let withdrawn = row.state == ArticleState::Withdrawn;
        return Err(if withdrawn {
            web::Error::Gone
        } else {
            web::Error::NotFound
        });
    }
    let shown: article::Snapshot = serde_json::from_value(row.snapshot.unwrap_or_default()).map_err(Error::from)?;
    let stands = |b: &article::Block| matches!(b, article::Block::Picture(p) if p.file() == file);
    if !shown.blocks.iter().any(stands) {
        return Err(web::Error::NotFound);
    }
    send(&app, &file, &headers, "public, max-age=300").await
}

/// Its editors': when it stands in the draft.
pub(super) async fn drafted(
    State(app): State<App>,
    _: Editor,
    Path((id, file)): Path<(ArticleId, String)>,
    headers: HeaderMap,
) -> web::Result {
    of_draft(&app, id, &file, &headers).await
}

/// Whoever's who has a link.
pub(super) async fn shared(
    State(app): State<App>,
    Path((token, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> web::Result {
    let row = article::opened(&app, &token).await?;
    of_draft(&app, row.id, &file, &headers).await
}

async fn of_draft(app: &App, id: ArticleId, file: &str, headers: &HeaderMap) -> web::Result {
    let name = file.split('.').next().unwrap_or_default();
    let stands = article_block::Entity::find()
        .filter(article_block::Column::ArticleId.eq(id))
        .filter(article_block::Column::Asset.eq(name))
        .count(app.db.reader())
        .await?;
    if stands == 0 {
        return Err(web::Error::NotFound);
    }
    send(app, file, headers, "private, max-age=300").await
}

/// The bytes, which can do nothing: not a page, not a script, not in a frame.
pub(super) async fn send(app: &App, file: &str, headers: &HeaderMap, cache: &'static str) -> web::Result {
    let name = file.split('.').next().unwrap_or_default();
    let row = asset::Entity::find_by_id(name)
        .one(app.db.reader())
        .await?
        .ok_or(web::Error::NotFound)?;
    if file != format!("{name}.{}", article::picture::extension(&row.media_type)) {
        return Err(web::Error::NotFound);
    }
    let tag = HeaderValue::from_str(&format!("\"{name}\"")).map_err(web::Error::internal)?;
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| *known == tag);
    let mut response: Response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        row.bytes.into_response()
    };
    let out = response.headers_mut();
    out.insert(header::ETAG, tag);
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if !known {
        let kind = HeaderValue::from_str(&row.media_type).map_err(web::Error::internal)?;
        out.insert(header::CONTENT_TYPE, kind);
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox; frame-ancestors 'none'",
        ),
        (header::CONTENT_DISPOSITION, "inline"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        out.insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}
