//! Stylesheet, script and icon: embedded, named after their content, kept for ever by browsers.

use crate::{App, Error};
use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

struct Asset {
    path: String,
    content_type: &'static str,
    bytes: &'static [u8],
}

static CSS: LazyLock<Asset> = LazyLock::new(|| {
    asset(
        "mundap",
        "css",
        "text/css; charset=utf-8",
        include_bytes!("../assets/mundap.css"),
    )
});
static JS: LazyLock<Asset> = LazyLock::new(|| {
    asset(
        "mundap",
        "js",
        "text/javascript; charset=utf-8",
        include_bytes!("../assets/mundap.js"),
    )
});
static DOOR: LazyLock<Asset> = LazyLock::new(|| {
    asset(
        "door",
        "js",
        "text/javascript; charset=utf-8",
        include_bytes!("../assets/door.js"),
    )
});
static ICON: LazyLock<Asset> =
    LazyLock::new(|| asset("icon", "svg", "image/svg+xml", include_bytes!("../assets/icon.svg")));

fn asset(stem: &str, extension: &str, content_type: &'static str, bytes: &'static [u8]) -> Asset {
    let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(bytes)[..4]);
    Asset {
        path: format!("/assets/{stem}.{hash}.{extension}"),
        content_type,
        bytes,
    }
}

pub fn css_url() -> &'static str {
    &CSS.path
}
pub fn js_url() -> &'static str {
    &JS.path
}
pub fn door_url() -> &'static str {
    &DOOR.path
}
pub fn icon_url() -> &'static str {
    &ICON.path
}

/// The stylesheet's text, for what must stand alone: an exported article, a mail's preview.
pub fn css() -> &'static str {
    include_str!("../assets/mundap.css")
}

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/assets/{name}", get(serve))
        .route("/kept.js", get(kept))
        .route("/favicon.ico", get(icon))
}

async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, Error> {
    let path = format!("/assets/{name}");
    let asset = [&*CSS, &*JS, &*DOOR, &*ICON]
        .into_iter()
        .find(|a| a.path == path)
        .ok_or(Error::NotFound)?;
    let tag = HeaderValue::from_str(&format!("\"{name}\"")).map_err(Error::internal)?;
    if headers.get(header::IF_NONE_MATCH) == Some(&tag) {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    let mut response = asset.bytes.into_response();
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    out.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=31536000, immutable"),
    );
    out.insert(header::ETAG, tag);
    Ok(response)
}

/// The worker that answers without a connection for the pages that are kept. A page registers it for itself alone; the
/// browser asks for it by this name for ever, and looks whether it changed.
async fn kept() -> Response {
    let mut response = include_bytes!("../assets/kept.js").into_response();
    let out = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (HeaderName::from_static("service-worker-allowed"), "/"),
    ] {
        out.insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn icon() -> Response {
    let mut response = ICON.bytes.into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(ICON.content_type));
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=86400"));
    response
}
