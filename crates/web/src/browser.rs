//! What is known about the browser before any handler runs, and what every response gets: cookies, security headers,
//! the error page, one line in the log.

use crate::{
    App, Chrome,
    csrf::random_text,
    error::{Again, Error, Failed},
    redirect::{Flash, SetFlash},
};
use axum::{
    extract::{ConnectInfo, FromRequestParts, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use domain::Lang;
use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};
use uuid::Uuid;

/// One request's view of the browser.
pub(crate) struct Browser {
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    pub(crate) lang_cookie: Option<Lang>,
    pub(crate) accept_lang: Option<Lang>,
    /// The random half of the form token; set as a cookie only when a page really shows a form.
    pub(crate) form_cookie: String,
    pub(crate) form_asked: AtomicBool,
    /// The session's cookie as it came, to bind form tokens to it.
    pub(crate) session_cookie: String,
    pub(crate) flash: Option<Flash>,
    pub(crate) flash_shown: AtomicBool,
}

impl Browser {
    /// A browser with these two cookies, at `/`.
    #[cfg(test)]
    pub(crate) fn for_test(form: &str, session: &str) -> Self {
        Self {
            path: "/".into(),
            query: None,
            lang_cookie: None,
            accept_lang: None,
            form_cookie: form.into(),
            form_asked: AtomicBool::new(false),
            session_cookie: session.into(),
            flash: None,
            flash_shown: AtomicBool::new(false),
        }
    }

    fn read(app: &App, uri: &Uri, headers: &HeaderMap) -> (Self, bool) {
        let jar = CookieJar::from_headers(headers);
        let cookie = |name: &str| jar.get(name).map(|c| c.value().to_owned());
        let known =
            cookie(&app.cookie_name("form")).filter(|v| v.len() == 32 && v.bytes().all(|b| b.is_ascii_hexdigit()));
        let fresh = known.is_none();
        let accept = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
        let browser = Self {
            path: uri.path().to_owned(),
            query: uri.query().map(str::to_owned),
            lang_cookie: cookie("lang").and_then(|l| l.parse().ok()),
            accept_lang: accept.and_then(Lang::negotiate),
            form_cookie: known.unwrap_or_else(random_text),
            form_asked: AtomicBool::new(false),
            session_cookie: cookie(&app.cookie_name("mundap")).unwrap_or_default(),
            flash: cookie("flash").as_deref().and_then(Flash::parse),
            flash_shown: AtomicBool::new(false),
        };
        (browser, fresh)
    }

    /// The cookie's language, else the session's, else the browser's, else Korean.
    pub(crate) fn lang(&self, session: Option<Lang>) -> Lang {
        self.lang_cookie.or(session).or(self.accept_lang).unwrap_or(Lang::Ko)
    }
}

/// The address of the other side: the peer's, or what a trusted proxy says it is. Only the last hop of
/// `X-Forwarded-For` is read, the one that our own proxy appended; the rest is anybody's invention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub Option<IpAddr>);

impl Peer {
    fn of(app: &App, request: &Request) -> Self {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip());
        Self::told(&app.settings.web, peer, request.headers())
    }

    fn told(web: &settings::Web, peer: Option<IpAddr>, headers: &HeaderMap) -> Self {
        let forwarded = || {
            let hops = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
            hops.rsplit(',').next()?.trim().parse().ok()
        };
        Self(match peer {
            Some(ip) if web.trusts(ip) => forwarded().or(Some(ip)),
            other => other,
        })
    }

    /// For limits: IPv6 by its /64, since one household has that many addresses.
    pub fn key(self) -> String {
        match self.0 {
            Some(IpAddr::V6(v6)) if v6.to_ipv4_mapped().is_none() => {
                let [a, b, c, d, ..] = v6.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
            Some(ip) => ip.to_canonical().to_string(),
            None => "unknown".to_owned(),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().copied().unwrap_or(Self(None)))
    }
}

/// The outermost layer.
pub(crate) async fn middleware(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let incident = Uuid::new_v4().simple().to_string()[..12].to_owned();
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let (browser, fresh) = Browser::read(&app, &uri, request.headers());
    let wants_page = accepts_html(request.headers());
    let browser = Arc::new(browser);
    let mut response = if let Some(switch) = language_switch(&app, &method, &uri) {
        switch
    } else {
        let peer = Peer::of(&app, &request);
        request.extensions_mut().insert(peer);
        request.extensions_mut().insert(Arc::clone(&browser));
        next.run(request).await
    };
    if let Some(page) = error_page(&app, &browser, &response, wants_page, &incident) {
        response = page;
    }
    set_cookies(&app, &browser, fresh, &mut response);
    security_headers(&app, &mut response);
    if let Ok(id) = HeaderValue::from_str(&incident) {
        response
            .headers_mut()
            .insert(HeaderName::from_static("x-request-id"), id);
    }
    if !uri.path().starts_with("/assets/") && !matches!(uri.path(), "/healthz" | "/readyz") {
        let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(target: "web::access", %method, path = %mask(uri.path()), status = response.status().as_u16(), ms, id = %incident, "request");
    }
    response
}

/// `?lang=` on any page sets the cookie and leads to the same page without it.
fn language_switch(app: &App, method: &Method, uri: &Uri) -> Option<Response> {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return None;
    }
    let query = uri.query()?;
    let wanted = query
        .split('&')
        .find_map(|p| p.strip_prefix("lang="))?
        .parse::<Lang>()
        .ok()?;
    let rest: Vec<&str> = query.split('&').filter(|p| !p.starts_with("lang=")).collect();
    let to = if rest.is_empty() {
        uri.path().to_owned()
    } else {
        format!("{}?{}", uri.path(), rest.join("&"))
    };
    let mut response = crate::redirect(to).into_response();
    let cookie = Cookie::build(("lang", wanted.as_str()))
        .path("/")
        .same_site(SameSite::Lax)
        .secure(app.settings.web.is_https())
        .http_only(true)
        .permanent();
    add_cookie(&mut response, &cookie.build());
    Some(response)
}

fn add_cookie(response: &mut Response, cookie: &Cookie<'_>) {
    if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

fn set_cookies(app: &App, browser: &Browser, fresh: bool, response: &mut Response) {
    let secure = app.settings.web.is_https();
    if fresh && browser.form_asked.load(Ordering::Relaxed) {
        let name = app.cookie_name("form");
        let cookie = Cookie::build((name, browser.form_cookie.clone()));
        add_cookie(
            response,
            &cookie
                .path("/")
                .same_site(SameSite::Lax)
                .secure(secure)
                .http_only(true)
                .build(),
        );
    }
    let flash = |value: String| {
        Cookie::build(("flash", value))
            .path("/")
            .same_site(SameSite::Lax)
            .http_only(true)
    };
    if let Some(SetFlash(value)) = response.extensions_mut().remove::<SetFlash>() {
        let minute = axum_extra::extract::cookie::Expiration::Session;
        add_cookie(response, &flash(value).secure(secure).expires(minute).build());
    } else if browser.flash_shown.load(Ordering::Relaxed) {
        add_cookie(response, &flash(String::new()).secure(secure).removal().build());
    }
}

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
    connect-src 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'";

/// A handler's own value stays: a mail shown in a frame has a stricter policy, a published page a longer life.
fn security_headers(app: &App, response: &mut Response) {
    let html = is_html(response);
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, CSP);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::REFERRER_POLICY, "no-referrer");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    );
    if let Some(years) = app.settings.web.hsts() {
        set(header::STRICT_TRANSPORT_SECURITY, years);
    }
    if html {
        set(header::CACHE_CONTROL, "no-store");
        headers.append(header::VARY, HeaderValue::from_static("cookie, accept-language"));
    }
}

fn is_html(response: &Response) -> bool {
    content_type(response).is_some_and(|t| t.starts_with("text/html"))
}

fn content_type(response: &Response) -> Option<&str> {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
}

fn accepts_html(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|v| v.to_str().ok())
        .is_none_or(|v| v.contains("text/html") || v == "*/*")
}

/// The page for an error: one that a handler gave, or a bare refusal of the router and its layers.
fn error_page(app: &App, browser: &Arc<Browser>, response: &Response, page: bool, incident: &str) -> Option<Response> {
    let failed = response.extensions().get::<Failed>().map(|f| Arc::clone(&f.0));
    if let Some(error) = &failed
        && let Error::Internal(_) = &**error
    {
        tracing::error!(id = incident, path = %mask(&browser.path), %error, "request failed");
    }
    let status = response.status();
    let bare = failed.is_none()
        && (status.is_client_error() || status.is_server_error())
        && content_type(response).is_none_or(|t| t.starts_with("text/plain"))
        && !matches!(browser.path.as_str(), "/healthz" | "/readyz");
    if !page || (failed.is_none() && !bare) {
        return None;
    }
    let template = ErrorPage::new(app, browser, failed.as_deref(), status, incident);
    let mut made = match crate::render_status(status, &template) {
        Ok(made) => made,
        Err(error) => {
            tracing::error!(id = incident, %error, "the error page does not render");
            return None;
        }
    };
    for name in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = response.headers().get(&name) {
            made.headers_mut().insert(name, value.clone());
        }
    }
    for cookie in response.headers().get_all(header::SET_COOKIE) {
        made.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    Some(made)
}

#[derive(askama::Template)]
#[template(path = "error.html")]
struct ErrorPage {
    c: Chrome,
    status: u16,
    title: String,
    body: String,
    again: Option<Again>,
    needs_link: bool,
    incident: Option<String>,
}

impl ErrorPage {
    fn new(app: &App, browser: &Arc<Browser>, error: Option<&Error>, status: StatusCode, incident: &str) -> Self {
        let c = Chrome::bare(app, browser);
        let (key, detail) = match error {
            Some(Error::Conflict(text)) => ("conflict", Some(text.clone())),
            Some(Error::BadRequest(text)) => ("bad-request", Some(text.clone())),
            Some(Error::Form { again: Some(_) }) => ("form-again", None),
            Some(Error::Form { again: None }) => ("form", None),
            Some(Error::NeedsLink) => ("needs-link", None),
            _ => (status_key(status), None),
        };
        let body = match detail {
            Some(text) => c.words.get(&text).unwrap_or(text),
            None => c.t(format!("oops-{key}-body")),
        };
        let again = match error {
            Some(Error::Form { again }) => again.clone(),
            _ => None,
        };
        Self {
            status: status.as_u16(),
            title: c.t(format!("oops-{key}-title")),
            body,
            again,
            needs_link: matches!(error, Some(Error::NeedsLink)),
            incident: status.is_server_error().then(|| incident.to_owned()),
            c,
        }
    }
}

fn status_key(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "not-found",
        StatusCode::FORBIDDEN => "forbidden",
        StatusCode::METHOD_NOT_ALLOWED => "method",
        StatusCode::GONE => "gone",
        StatusCode::TOO_MANY_REQUESTS => "too-many",
        StatusCode::PAYLOAD_TOO_LARGE => "too-large",
        StatusCode::REQUEST_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE => "slow",
        s if s.is_server_error() => "internal",
        _ => "bad-request",
    }
}

/// A path without secrets: personal links and other tokens are longer than any id.
pub(crate) fn mask(path: &str) -> String {
    path.split('/')
        .map(|part| if part.len() >= 40 { "…" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_never_reaches_the_log() {
        let token = "a".repeat(domain::token::TOKEN_CHARS);
        assert_eq!(mask(&format!("/i/{token}/ask")), "/i/…/ask");
        assert_eq!(
            mask("/desk/events/spring-2027/triage"),
            "/desk/events/spring-2027/triage"
        );
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_its_own_hop() {
        let mut web = settings::Settings::embedded().expect("the embedded default").web;
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static("6.6.6.6, 203.0.113.9"));
        let key = |web: &settings::Web, peer: [u8; 4]| Peer::told(web, Some(peer.into()), &headers).key();
        assert_eq!(key(&web, [127, 0, 0, 1]), "203.0.113.9");
        assert_eq!(key(&web, [198, 51, 100, 7]), "198.51.100.7");
        web.trust("198.51.100.0/24").expect("reads");
        assert_eq!(key(&web, [198, 51, 100, 7]), "203.0.113.9");
        assert_eq!(key(&web, [127, 0, 0, 1]), "127.0.0.1");
    }
}
