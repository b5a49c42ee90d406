//! The magazine as everybody reads it: issues, archive, search. Each page is one request, its style within, and nothing
//! that runs, like an article's.

mod archive;
mod issue;
mod list;
mod search;

pub(super) use issue::{drafted_cover, preview};

use crate::{
    Cache, Error, cache, magazine,
    page::{Face, HTML, Page, Stand},
    repo,
};
use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use domain::Lang;
use sha2::{Digest, Sha256};
use std::sync::{Arc, LazyLock};
use web::{App, Asked, Words, lang::Arg};

/// Articles on one page of a list.
const MANY: usize = 20;

/// An article's style, and what the magazine adds.
static STYLE: LazyLock<String> = LazyLock::new(|| {
    let all = [
        include_str!("../../../assets/article.css"),
        include_str!("../../../assets/magazine.css"),
    ];
    all.concat()
});

/// Its own style by hash, pictures of this site, a search of this site, and nothing else.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let hash = BASE64_STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; \
         base-uri 'none'"
    );
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

pub(super) fn routes() -> web::Router {
    axum::Router::new()
        .route("/magazine", get(list::page))
        .route("/magazine/archive", get(archive::overview))
        .route("/magazine/archive/{kind}/{value}", get(archive::list))
        .route("/magazine/search", get(search::page))
        .route("/magazine/{number}", get(issue::page))
        .route("/magazine/{number}/cover/{file}", get(issue::cover))
}

/// What stands around a page; templates call it `c`.
struct Frame {
    w: Words,
    /// This page's path and query, without a language.
    path: String,
    /// The page speaks its reader's language, and can be turned to the other one.
    both: bool,
    demo: bool,
    /// Back to the editor's page, from what readers do not see.
    preview: Option<String>,
    public_url: String,
}

impl Frame {
    fn new(app: &App, lang: Lang, path: impl Into<String>) -> Self {
        Self {
            w: Words::new(lang, &crate::TEXTS),
            path: path.into(),
            both: true,
            demo: app.demo,
            preview: None,
            public_url: app.settings.web.public_url.clone(),
        }
    }

    fn lang(&self) -> Lang {
        self.w.lang
    }
    fn is_ko(&self) -> bool {
        self.w.lang == Lang::Ko
    }
    /// Feeds speak Korean unless they are asked for English.
    fn feed_lang(&self) -> &'static str {
        if self.is_ko() { "" } else { "?in=en" }
    }
    fn t(&self, key: &str) -> String {
        self.w.t(key)
    }
    fn t1(&self, key: &str, name: &str, value: impl Arg) -> String {
        self.w.t1(key, name, value)
    }
    #[expect(clippy::unused_self, reason = "a template calls it by its page")]
    fn style(&self) -> &'static str {
        &STYLE
    }
    fn url(&self) -> String {
        format!("{}{}", self.public_url, self.path)
    }
    fn lang_href(&self, lang: &str) -> String {
        let sign = if self.path.contains('?') { '&' } else { '?' };
        format!("{}{sign}lang={lang}", self.path)
    }
    /// Whether the page stands at this path or below it.
    fn is_at(&self, path: &str) -> bool {
        let rest = self.path.strip_prefix(path);
        rest.is_some_and(|r| r.is_empty() || r.starts_with(['/', '?']))
    }
}

/// One request for a page that lies in memory, or will.
pub(super) struct Asks<'a> {
    pub(super) app: &'a App,
    pub(super) cache: &'a Cache,
    pub(super) method: &'a Method,
    pub(super) headers: &'a HeaderMap,
}

impl Asks<'_> {
    /// The page under this key as long as nothing changed that readers see; else as `make` makes it.
    pub(super) async fn send(
        self,
        key: String,
        face: Face,
        make: impl Future<Output = Result<String, Error>>,
    ) -> web::Result {
        let Self { app, cache, .. } = self;
        let generation = cache::generation();
        // Read before anything that stands on the page.
        let version = repo::article_changes(app.db.reader()).await?;
        let stamp = magazine::counted(version);
        let there = cache.get(&key).filter(|page| page.stamp == stamp);
        let page = if let Some(page) = there {
            page.confirm(generation);
            page
        } else {
            let whole = magazine::catch_up(app).await?;
            let html = make.await.inspect_err(|_| cache.forget(&key))?;
            let stand = Stand {
                version: 0,
                stamp,
                generation,
            };
            let page = Page::of(html, stand, face, app.settings.web.hsts(), cache.shelf());
            let page = Arc::new(page.await?);
            if whole {
                cache.put(&key, Arc::clone(&page));
            }
            page
        };
        let answer = page
            .choose(Asked::of(self.method, "", self.headers))
            .response(self.method);
        answer.map_err(web::Error::internal)
    }
}

fn face(by_language: bool) -> Face {
    Face {
        policy: POLICY.clone(),
        vary: if by_language {
            "accept-encoding, accept-language, cookie"
        } else {
            "accept-encoding"
        },
        media_type: HTML,
    }
}

/// A page that is nobody else's, and stands nowhere.
fn private(html: String) -> Response {
    let mut response = Html(html).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY.clone());
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        HeaderName::from_static("x-robots-tag"),
        HeaderValue::from_static("noindex"),
    );
    response
}

/// As a part of an address.
fn encode(value: &str) -> String {
    value
        .bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect()
}
