//! What programs read, from memory as long as nothing changed that readers see.

use crate::{
    Cache, Error,
    outputs::{self, Format},
    page::Face,
    pages::magazine::Asks,
};
use axum::{
    Extension,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, Method, header},
    response::IntoResponse,
};
use domain::Lang;
use serde::Deserialize;
use web::App;

/// It can do nothing, wherever it is opened.
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'");

#[derive(Deserialize)]
pub(super) struct Words {
    /// The language of the feed's own few words; by `lang` a browser turns to another one, and is sent on.
    #[serde(rename = "in")]
    lang: Option<Lang>,
}

const fn face(media_type: &'static str) -> Face {
    Face {
        policy: POLICY,
        vary: "accept-encoding",
        media_type,
    }
}

/// What these programs ask with.
type Request = (State<App>, Extension<Cache>, Method, HeaderMap);

async fn send(
    (State(app), Extension(cache), method, headers): Request,
    key: String,
    media_type: &'static str,
    make: impl AsyncFnOnce(App) -> Result<String, Error>,
) -> web::Result {
    let asks = Asks {
        app: &app,
        cache: &cache,
        method: &method,
        headers: &headers,
    };
    asks.send(key, face(media_type), make(app.clone())).await
}

pub(super) async fn atom(Query(words): Query<Words>, request: Request) -> web::Result {
    feed(Format::Atom, "/feed.atom", words.lang, request).await
}

pub(super) async fn json(Query(words): Query<Words>, request: Request) -> web::Result {
    feed(Format::Json, "/feed.json", words.lang, request).await
}

async fn feed(format: Format, path: &str, lang: Option<Lang>, request: Request) -> web::Result {
    let media_type = match format {
        Format::Atom => "application/atom+xml; charset=utf-8",
        Format::Json => "application/feed+json; charset=utf-8",
    };
    let lang = lang.unwrap_or(Lang::Ko);
    let path = match lang {
        Lang::Ko => path.to_owned(),
        Lang::En => format!("{path}?in=en"),
    };
    send(request, path.clone(), media_type, async move |app: App| {
        outputs::feed(&app, format, lang, &path).await
    })
    .await
}

const XML: &str = "application/xml; charset=utf-8";

pub(super) async fn sitemap(request: Request) -> web::Result {
    let make = async |app: App| outputs::sitemap(&app, None).await;
    send(request, "/sitemap.xml".to_owned(), XML, make).await
}

pub(super) async fn sitemap_part(Path(file): Path<String>, request: Request) -> web::Result {
    let n = file.strip_suffix(".xml").and_then(|n| n.parse().ok());
    let n: usize = n.ok_or(web::Error::NotFound)?;
    let make = async move |app: App| outputs::sitemap(&app, Some(n)).await;
    send(request, format!("/sitemap/{n}.xml"), XML, make).await
}

/// Nothing that needs a link or an account is of use to a search engine.
pub(super) async fn robots(State(app): State<App>) -> web::Result {
    let text = format!(
        "User-agent: *\nDisallow: /desk\nDisallow: /my\nDisallow: /sign-in\nDisallow: /magazine/search\n\nSitemap: {}\n",
        app.public_url("/sitemap.xml")
    );
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}
