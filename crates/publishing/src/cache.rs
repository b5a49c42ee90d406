//! Published pages in memory: rendered once, as they are sent, plain and compressed.
//!
//! A page is served without looking at the database for at most [`FRESH`]; then somebody looks whether the article
//! still stands, while readers go on for at most [`STALE`]. What this process changes counts at once ([`changed`]);
//! what another node changed counts after [`FRESH`]. When the database does not answer, nothing is served for longer
//! than [`STALE`]: what was withdrawn must not live on.

use crate::{Error, pages::load};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};
use bytes::Bytes;
use data_encoding::HEXLOWER;
use http_body_util::{BodyExt, Full};
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{
        Arc, LazyLock, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tower::{ServiceBuilder, ServiceExt, service_fn};
use tower_http::{CompressionLevel, compression::CompressionLayer};
use web::{Answer, App, Asked, Ready};

const FRESH: Duration = Duration::from_secs(1);
const STALE: Duration = Duration::from_secs(5);
const PREFIX: &str = "/articles/";
const CACHE_CONTROL: HeaderValue = HeaderValue::from_static("public, max-age=60");

/// Grows with every article that this process publishes or withdraws, whichever database it is in.
static GENERATION: AtomicU64 = AtomicU64::new(0);

/// Call it after the commit: no page that was rendered before is served without a look at the database.
pub(crate) fn changed() {
    GENERATION.fetch_add(1, Ordering::Release);
}

pub(crate) fn generation() -> u64 {
    GENERATION.load(Ordering::Acquire)
}

/// Milliseconds by the monotonic clock, from some time before the first call.
fn millis() -> u64 {
    static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
    u64::try_from((BEGAN.elapsed() + 2 * STALE).as_millis()).unwrap_or(u64::MAX)
}

/// The pages of one server; clones share them.
#[derive(Clone, Default)]
pub struct Cache {
    pages: Arc<RwLock<HashMap<String, Arc<Page>>>>,
    /// Looks again beside the readers; without it, one of them goes to the router for that.
    app: Option<App>,
}

impl std::fmt::Debug for Cache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let pages = self.pages.read().unwrap_or_else(PoisonError::into_inner).len();
        f.debug_struct("Cache").field("pages", &pages).finish_non_exhaustive()
    }
}

impl Ready for Cache {
    fn answer(&self, asked: Asked<'_>) -> Option<Arc<Answer>> {
        let slug = asked.path.strip_prefix(PREFIX)?;
        let page = self.get(slug)?;
        match page.age() {
            Age::Fresh => {}
            // A reader who went to look would take his whole connection behind the router.
            Age::Look => self.look(slug)?,
            Age::Over => return None,
        }
        Some(Arc::clone(page.choose(asked)))
    }
}

impl Cache {
    pub fn over(app: App) -> Self {
        Self {
            app: Some(app),
            ..Self::default()
        }
    }

    fn look(&self, slug: &str) -> Option<()> {
        let (app, cache, slug) = (self.app.clone()?, self.clone(), slug.to_owned());
        tokio::spawn(async move {
            match load(&app, &cache, &slug).await {
                Ok(_) | Err(Error::Gone | Error::NotFound) => {}
                Err(error) => tracing::warn!(%error, "whether an article still stands could not be read"),
            }
        });
        Some(())
    }

    pub(crate) fn get(&self, slug: &str) -> Option<Arc<Page>> {
        self.pages
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(slug)
            .cloned()
    }

    pub(crate) fn put(&self, slug: &str, page: Arc<Page>) {
        self.pages
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(slug.to_owned(), page);
    }

    pub(crate) fn forget(&self, slug: &str) {
        self.pages.write().unwrap_or_else(PoisonError::into_inner).remove(slug);
    }
}

/// One page as it is sent.
pub(crate) struct Page {
    /// The version of the article's row that it was rendered from.
    pub(crate) version: i32,
    plain: Variant,
    gzip: Option<Variant>,
    generation: AtomicU64,
    checked: AtomicU64,
    /// Somebody looks at the database for this page.
    checking: AtomicBool,
}

/// Whether a page may be sent without a look at the database.
#[derive(Debug, PartialEq)]
enum Age {
    Fresh,
    /// It may, and the one who is told so looks.
    Look,
    Over,
}

struct Variant {
    etag: String,
    whole: Arc<Answer>,
    /// Status 304 with the few headers that go with it.
    unchanged: Arc<Answer>,
}

impl Page {
    /// `generation` is that from before the row was read.
    pub(crate) async fn new(
        html: String,
        version: i32,
        generation: u64,
        hsts: Option<&'static str>,
    ) -> Result<Self, Error> {
        let plain = Bytes::from(html);
        let hash = HEXLOWER.encode(&Sha256::digest(&plain)[..12]);
        let zipped = gzip(plain.clone()).await;
        Ok(Self {
            version,
            plain: Variant::new(plain, format!("\"{hash}\""), false, hsts),
            gzip: zipped.map(|bytes| Variant::new(bytes, format!("\"{hash}-gz\""), true, hsts)),
            generation: AtomicU64::new(generation),
            checked: AtomicU64::new(millis()),
            checking: AtomicBool::new(false),
        })
    }

    /// The article still stands as it was rendered.
    pub(crate) fn confirm(&self, generation: u64) {
        self.generation.store(generation, Ordering::Release);
        self.checked.store(millis(), Ordering::Release);
        self.checking.store(false, Ordering::Release);
    }

    fn age(&self) -> Age {
        if self.generation.load(Ordering::Acquire) != generation() {
            return Age::Over;
        }
        let age = Duration::from_millis(millis().saturating_sub(self.checked.load(Ordering::Acquire)));
        if age < FRESH {
            return Age::Fresh;
        }
        if age >= STALE {
            return Age::Over;
        }
        if self.checking.swap(true, Ordering::AcqRel) {
            Age::Fresh
        } else {
            Age::Look
        }
    }

    /// The one of its answers that fits.
    pub(crate) fn choose(&self, asked: Asked<'_>) -> &Arc<Answer> {
        let variant = match &self.gzip {
            Some(gzip) if asked.accept_encoding.is_some_and(takes_gzip) => gzip,
            _ => &self.plain,
        };
        match asked.if_none_match {
            Some(known) if matches_tag(known, &variant.etag) => &variant.unchanged,
            _ => &variant.whole,
        }
    }
}

impl Variant {
    fn new(bytes: Bytes, etag: String, gzip: bool, hsts: Option<&'static str>) -> Self {
        let mut unchanged = HeaderMap::new();
        if let Ok(etag) = HeaderValue::from_str(&etag) {
            unchanged.insert(header::ETAG, etag);
        }
        unchanged.insert(header::CACHE_CONTROL, CACHE_CONTROL);
        unchanged.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        let mut headers = unchanged.clone();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        );
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
        if gzip {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        secure(&mut headers, hsts);
        Self {
            etag,
            whole: Arc::new(Answer::new(StatusCode::OK, headers, bytes)),
            unchanged: Arc::new(Answer::new(StatusCode::NOT_MODIFIED, unchanged, Bytes::new())),
        }
    }
}

/// The headers that guard a page, for answers that no middleware sees.
fn secure(headers: &mut HeaderMap, hsts: Option<&'static str>) {
    headers.insert(header::CONTENT_SECURITY_POLICY, policy());
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Some(years) = hsts {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(years));
    }
}

/// The policy of an article's page.
pub(crate) fn policy() -> HeaderValue {
    HeaderValue::from_str(&crate::article::render::POLICY).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

/// RFC 9110 §12.5.3, as far as it concerns gzip.
fn takes_gzip(accepted: &[u8]) -> bool {
    let Ok(accepted) = std::str::from_utf8(accepted) else {
        return false;
    };
    accepted.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        name.eq_ignore_ascii_case("gzip")
            && !parts.any(|p| {
                p.strip_prefix("q=")
                    .is_some_and(|q| q.trim_matches(['0', '.']).is_empty())
            })
    })
}

/// RFC 9110 §13.1.2: a list of tags or `*`, compared weakly.
fn matches_tag(known: &[u8], etag: &str) -> bool {
    let Ok(known) = std::str::from_utf8(known) else {
        return false;
    };
    known
        .split(',')
        .map(str::trim)
        .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

/// The same coder that compresses all other pages, at its best, once.
async fn gzip(plain: Bytes) -> Option<Bytes> {
    let service = ServiceBuilder::new()
        .layer(CompressionLayer::new().quality(CompressionLevel::Best))
        .service(service_fn(move |_: Request<()>| {
            let mut response = Response::new(Full::new(plain.clone()));
            response.headers_mut().insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("text/html; charset=utf-8"),
            );
            async move { Ok::<_, Infallible>(response) }
        }));
    let mut request = Request::new(());
    request
        .headers_mut()
        .insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    let response = match service.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    Some(response.into_body().collect().await.ok()?.to_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Method;

    async fn cache() -> Cache {
        let cache = Cache::default();
        let html = "<p>문답</p>".repeat(300);
        let page = Page::new(html, 1, generation(), Some("max-age=1"))
            .await
            .expect("a page");
        cache.put("talk", Arc::new(page));
        cache
    }

    #[tokio::test]
    async fn a_page_is_sent_compressed_to_who_takes_it_and_not_at_all_to_who_has_it() {
        let cache = cache().await;
        let get = |asked: Asked<'_>| cache.answer(asked).expect("lies ready").response(&Method::GET);
        let plainly = Asked {
            path: "/articles/talk",
            ..Asked::default()
        };
        let taking = |coding: &'static str| Asked {
            accept_encoding: Some(coding.as_bytes()),
            ..plainly
        };
        let plain = get(plainly);
        assert_eq!(
            plain.headers()[header::CONTENT_LENGTH],
            HeaderValue::from("<p>문답</p>".len() * 300)
        );
        assert!(plain.headers().contains_key(header::STRICT_TRANSPORT_SECURITY));
        let zipped = get(taking("br, gzip;q=0.8"));
        assert_eq!(zipped.headers()[header::CONTENT_ENCODING], "gzip");
        assert_ne!(zipped.headers()[header::ETAG], plain.headers()[header::ETAG]);
        let bytes = zipped.into_body().collect().await.expect("bytes").to_bytes();
        assert_eq!(bytes[..2], [0x1f, 0x8b], "gzip's magic number");
        assert!(
            get(taking("gzip;q=0.0"))
                .headers()
                .get(header::CONTENT_ENCODING)
                .is_none()
        );
        let knowing = |tag: &'static [u8]| Asked {
            if_none_match: Some(tag),
            ..plainly
        };
        let tag = plain.headers()[header::ETAG].as_bytes().to_vec().leak();
        assert_eq!(get(knowing(tag)).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(get(knowing(b"\"other\"")).status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn only_known_articles_are_answered() {
        let cache = cache().await;
        let at = |path| {
            cache.answer(Asked {
                path,
                ..Asked::default()
            })
        };
        assert!(at("/articles/talk").is_some());
        assert!(at("/articles/other").is_none());
        assert!(at("/").is_none());
    }

    #[tokio::test]
    async fn after_a_change_nothing_is_served_without_a_look() {
        let cache = cache().await;
        let page = cache.get("talk").expect("there");
        page.generation.store(u64::MAX, Ordering::Release);
        assert_eq!(page.age(), Age::Over);
        page.confirm(generation());
        assert_eq!(page.age(), Age::Fresh);
    }

    #[tokio::test]
    async fn one_looks_after_a_while_and_nobody_is_served_for_long_without() {
        let cache = cache().await;
        let page = cache.get("talk").expect("there");
        let grown = |by: Duration| {
            let by = u64::try_from(by.as_millis()).expect("short");
            page.checked.store(millis() - by, Ordering::Release);
            page.age()
        };
        assert_eq!(grown(FRESH), Age::Look);
        assert_eq!(grown(FRESH), Age::Fresh, "the first one looks, the others read on");
        assert_eq!(grown(STALE), Age::Over);
        page.confirm(generation());
        assert_eq!(grown(FRESH), Age::Look, "the next look");
    }
}
