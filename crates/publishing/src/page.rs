//! A published page as it is sent: plain and compressed, with its tags and its headers, made once.

use crate::{Error, reads::Tally};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};
use bytes::Bytes;
use data_encoding::HEXLOWER;
use http_body_util::{BodyExt, Full};
use sha2::{Digest, Sha256};
use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};
use tower::{ServiceBuilder, ServiceExt, service_fn};
use tower_http::{CompressionLevel, compression::CompressionLayer};
use web::{Answer, Asked, Shelf};

const CACHE_CONTROL: HeaderValue = HeaderValue::from_static("public, max-age=60");

/// One page as it is sent.
pub(crate) struct Page {
    /// The version of the article's row that it was rendered from.
    pub(crate) version: i32,
    /// What else it was rendered from: of an article, its place in an issue; of a page of the magazine, everything.
    pub(crate) stamp: u64,
    plain: Variant,
    gzip: Option<Variant>,
    pub(crate) generation: AtomicU64,
    pub(crate) octets: usize,
    /// Somebody read it since room was made last.
    pub(crate) asked: AtomicBool,
    /// Of an article: where its reads are counted.
    pub(crate) reads: Option<Tally>,
}

struct Variant {
    etag: String,
    whole: Arc<Answer>,
    /// Status 304 with the few headers that go with it.
    unchanged: Arc<Answer>,
}

/// What a page was rendered from: all of it was read in the generation or after it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Stand {
    pub(crate) version: i32,
    pub(crate) stamp: u64,
    pub(crate) generation: u64,
}

/// The headers in which pages differ.
pub(crate) struct Face {
    pub(crate) policy: HeaderValue,
    pub(crate) vary: &'static str,
    pub(crate) media_type: &'static str,
}

pub(crate) const HTML: &str = "text/html; charset=utf-8";

impl Face {
    /// An article's: the same for every reader.
    pub(crate) fn article() -> Self {
        Self {
            policy: policy(),
            vary: "accept-encoding",
            media_type: HTML,
        }
    }
}

impl Page {
    /// An article's page, of `version`; `generation` is that from before the row was read.
    #[cfg(test)]
    pub(crate) async fn new(
        html: String,
        version: i32,
        generation: u64,
        hsts: Option<&'static str>,
        shelf: &Shelf,
    ) -> Result<Self, Error> {
        let stand = Stand {
            version,
            stamp: 0,
            generation,
        };
        Self::of(html, stand, Face::article(), hsts, shelf).await
    }

    pub(crate) async fn of(
        html: String,
        stand: Stand,
        face: Face,
        hsts: Option<&'static str>,
        shelf: &Shelf,
    ) -> Result<Self, Error> {
        let Stand {
            version,
            stamp,
            generation,
        } = stand;
        let looks = (&face, hsts, shelf);
        let plain = Bytes::from(html);
        let hash = HEXLOWER.encode(&Sha256::digest(&plain)[..12]);
        let zipped = gzip(plain.clone()).await;
        let octets = plain.len() + zipped.as_ref().map_or(0, Bytes::len);
        Ok(Self {
            version,
            stamp,
            plain: Variant::new(plain, format!("\"{hash}\""), false, looks),
            gzip: zipped.map(|bytes| Variant::new(bytes, format!("\"{hash}-gz\""), true, looks)),
            generation: AtomicU64::new(generation),
            octets,
            asked: AtomicBool::new(true),
            reads: None,
        })
    }

    /// The article stood as it was rendered, when its row was read in this generation.
    pub(crate) fn confirm(&self, generation: u64) {
        self.generation.fetch_max(generation, Ordering::AcqRel);
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
    fn new(bytes: Bytes, etag: String, gzip: bool, (face, hsts, shelf): (&Face, Option<&'static str>, &Shelf)) -> Self {
        let mut unchanged = HeaderMap::new();
        if let Ok(etag) = HeaderValue::from_str(&etag) {
            unchanged.insert(header::ETAG, etag);
        }
        unchanged.insert(header::CACHE_CONTROL, CACHE_CONTROL);
        unchanged.insert(header::VARY, HeaderValue::from_static(face.vary));
        let mut headers = unchanged.clone();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(face.media_type));
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
        if gzip {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        headers.insert(header::CONTENT_SECURITY_POLICY, face.policy.clone());
        secure(&mut headers, hsts);
        Self {
            etag,
            whole: Arc::new(Answer::new(StatusCode::OK, &headers, bytes, shelf)),
            unchanged: Arc::new(Answer::new(StatusCode::NOT_MODIFIED, &unchanged, Bytes::new(), shelf)),
        }
    }
}

/// The headers that guard a page, for answers that no middleware sees.
fn secure(headers: &mut HeaderMap, hsts: Option<&'static str>) {
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
