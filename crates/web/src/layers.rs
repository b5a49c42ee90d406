//! What stands around every handler.

use crate::{App, Error, Router, assets, auth::PARTNER_COOKIE, browser, first_admin, health, session, sign_in};
use axum::{
    extract::DefaultBodyLimit,
    http::{Extensions, HeaderMap, StatusCode, Version, header},
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
    routing::get,
};
use std::{any::Any, time::Duration};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, Predicate},
    },
    timeout::{RequestBodyTimeoutLayer, TimeoutLayer},
};
use tower_sessions::{SessionManagerLayer, cookie::SameSite};

/// Octets of a body, files apart.
const BODY_LIMIT: usize = 1024 * 1024;
/// Octets of a body with files.
pub const UPLOAD_LIMIT: usize = 20 * 1024 * 1024;

/// For a route that takes files: `.layer(web::uploads())`.
pub fn uploads() -> DefaultBodyLimit {
    DefaultBodyLimit::max(UPLOAD_LIMIT)
}

/// Adds the chrome's own routes and wraps all of them: session, limits, time-outs, headers, error page, access log.
pub fn layers(router: Router, app: App) -> axum::Router {
    let sessions = SessionManagerLayer::new(session::Store::of(&app))
        .with_name(app.cookie_name("mundap"))
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(app.settings.web.is_https())
        .with_expiry(PARTNER_COOKIE);
    router
        .merge(sign_in::routes())
        .merge(first_admin::routes())
        .layer(sessions)
        // Below here nothing needs a session.
        .merge(assets::routes())
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .fallback(|| async { Error::NotFound })
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            Duration::from_mins(1),
        ))
        .layer(RequestBodyTimeoutLayer::new(Duration::from_secs(15)))
        .layer(from_fn_with_state(app.clone(), browser::middleware))
        .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(is_loose)))
        .with_state(app)
}

/// What is packed already grows by being packed again, and loses its length.
fn is_loose(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    !kind.is_some_and(|kind| ["application/pdf", "application/epub+zip", "application/zip"].contains(&kind))
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that the layer asks for")]
fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let text = cause
        .downcast_ref::<&str>()
        .map(|s| (*s).to_owned())
        .or_else(|| cause.downcast_ref::<String>().cloned());
    Error::internal(format!("panic: {}", text.unwrap_or_default())).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Chrome, Form, auth};
    use axum::{
        body::Body,
        http::{Request, header},
        routing::post,
    };
    use chrono::{DateTime, TimeDelta, Utc};
    use db::entity::staff;
    use domain::{Clock, EmailAddress, StaffId, token::Keys};
    use http_body_util::BodyExt;
    use sea_orm::{ActiveModelTrait, IntoActiveModel};
    use std::{collections::BTreeMap, sync::Arc};
    use tower::ServiceExt;

    /// A browser with its cookies.
    struct Browser {
        site: axum::Router,
        cookies: BTreeMap<String, String>,
        headers: Vec<(&'static str, &'static str)>,
    }

    struct Page {
        status: StatusCode,
        location: String,
        body: String,
    }

    impl Browser {
        fn new(site: &axum::Router) -> Self {
            Self {
                site: site.clone(),
                cookies: BTreeMap::new(),
                headers: vec![("accept", "text/html"), ("accept-language", "en")],
            }
        }

        async fn send(&mut self, method: &str, path: &str, form: Option<&str>) -> Page {
            let cookies: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
            let mut request = Request::builder()
                .method(method)
                .uri(path)
                .header(header::COOKIE, cookies.join("; "));
            for (name, value) in &self.headers {
                request = request.header(*name, *value);
            }
            if form.is_some() {
                request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            }
            let request = request
                .body(Body::from(form.unwrap_or_default().to_owned()))
                .expect("a request");
            let response = self.site.clone().oneshot(request).await.expect("a response");
            for cookie in response.headers().get_all(header::SET_COOKIE) {
                let (name, rest) = cookie.to_str().expect("text").split_once('=').expect("a cookie");
                let value = rest.split(';').next().unwrap_or_default();
                if rest.contains("Max-Age=0") {
                    self.cookies.remove(name);
                } else {
                    self.cookies.insert(name.to_owned(), value.to_owned());
                }
            }
            let status = response.status();
            let location = response
                .headers()
                .get(header::LOCATION)
                .map_or("", |v| v.to_str().expect("text"))
                .to_owned();
            let bytes = response.into_body().collect().await.expect("a body").to_bytes();
            Page {
                status,
                location,
                body: String::from_utf8_lossy(&bytes).into_owned(),
            }
        }

        async fn get(&mut self, path: &str) -> Page {
            self.send("GET", path, None).await
        }

        async fn token(&mut self, path: &str) -> String {
            let page = self.get(path).await.body;
            let from = page.find("name=\"csrf\" value=\"").expect("a form") + 19;
            page[from..].split('"').next().unwrap_or_default().to_owned()
        }
    }

    async fn site(clock: &Clock) -> (tempfile::TempDir, App, axum::Router) {
        let dir = tempfile::tempdir().expect("a directory");
        let db = db::Db::connect(&format!("sqlite://{}/t.db", dir.path().display()), 2)
            .await
            .expect("a database");
        db.migrate().await.expect("a schema");
        let settings = Arc::new(settings::Settings::embedded().expect("settings"));
        let app = App::new(
            db,
            settings,
            clock.clone(),
            Keys::from_random([3; 32]),
            db::Wake::default(),
            false,
        );
        let account = staff::Model {
            id: StaffId::new(),
            email: EmailAddress::parse("mod@host.example").expect("an address"),
            name: "Mo".into(),
            password_hash: crate::password::hash("a long enough one".into()).await.expect("a hash"),
            roles: "moderator".into(),
            disabled_at: None,
            created_at: clock.now(),
        };
        let tx = app.db.begin_write().await.expect("a transaction");
        account.into_active_model().insert(&tx).await.expect("a row");
        tx.commit().await.expect("a commit");
        let router = Router::new()
            .route(
                "/desk",
                get(|c: Chrome, auth::Moderator(s): auth::Moderator| async move { format!("{} {}", s.name, c.csrf()) }),
            )
            .route("/desk/staff", get(|_: auth::Administrator| async { "no" }))
            .route(
                "/me",
                get(|p: auth::PartnerSession| async move { p.partner.to_string() }),
            )
            .route(
                "/boom",
                get(|| async { ["never"].get(1).copied().expect("the secret cause") }),
            )
            .route(
                "/echo",
                post(|Form(f): Form<BTreeMap<String, String>>| async move { f["text"].clone() }),
            );
        let site = layers(router, app.clone());
        (dir, app, site)
    }

    fn begin() -> Clock {
        Clock::frozen(DateTime::<Utc>::from_timestamp(1_795_000_000, 0).expect("a moment"))
    }

    #[tokio::test]
    async fn staff_sign_in_work_and_are_signed_out_by_idleness() {
        let clock = begin();
        let (_dir, app, site) = site(&clock).await;
        let mut browser = Browser::new(&site);
        let sent_away = browser.get("/desk?x=1").await;
        assert_eq!(
            (sent_away.status, sent_away.location.as_str()),
            (StatusCode::SEE_OTHER, "/sign-in?next=%2Fdesk%3Fx%3D1")
        );

        let token = browser.token("/sign-in?next=%2Fdesk").await;
        let wrong = format!("csrf={token}&email=mod%40host.example&password=not+the+one+here&next=%2Fdesk");
        let refused = browser.send("POST", "/sign-in", Some(&wrong)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("is not right") && refused.body.contains("mod@host.example"));

        // A session id that somebody planted does not become the signed-in one.
        let planted = "AAAAAAAAAAAAAAAAAAAAAA";
        browser.cookies.insert("mundap".into(), planted.into());
        let token = browser.token("/sign-in").await;
        let right = format!("csrf={token}&email=MOD%40host.example&password=a+long+enough+one&next=%2F%2Fevil.example");
        let welcome = browser.send("POST", "/sign-in", Some(&right)).await;
        assert_eq!(
            (welcome.status, welcome.location.as_str()),
            (StatusCode::SEE_OTHER, "/desk")
        );
        assert_ne!(browser.cookies["mundap"], planted);
        assert!(browser.get("/desk").await.body.starts_with("Mo "));
        assert_eq!(browser.get("/desk/staff").await.status, StatusCode::FORBIDDEN);
        assert_eq!(browser.get("/me").await.status, StatusCode::UNAUTHORIZED);

        for _ in 0..3 {
            clock.advance(TimeDelta::hours(11));
            assert_eq!(
                browser.get("/desk").await.status,
                StatusCode::OK,
                "seen eleven hours ago"
            );
        }
        clock.advance(TimeDelta::hours(13));
        assert_eq!(
            browser.get("/desk").await.status,
            StatusCode::SEE_OTHER,
            "idle for too long"
        );
        let tx = app.db.begin_write().await.expect("a transaction");
        crate::delete_expired(&tx, &clock).await.expect("deleted");
        tx.commit().await.expect("a commit");
    }

    #[tokio::test]
    async fn guessing_a_password_ends_after_ten_tries_and_begins_anew_after_the_window() {
        let clock = begin();
        let (_dir, _app, site) = site(&clock).await;
        let mut browser = Browser::new(&site);
        let token = browser.token("/sign-in").await;
        let wrong = format!("csrf={token}&email=nobody%40host.example&password=x");
        for _ in 0..10 {
            assert_eq!(
                browser.send("POST", "/sign-in", Some(&wrong)).await.status,
                StatusCode::UNPROCESSABLE_ENTITY
            );
        }
        assert_eq!(
            browser.send("POST", "/sign-in", Some(&wrong)).await.status,
            StatusCode::TOO_MANY_REQUESTS
        );
        clock.advance(TimeDelta::minutes(16));
        assert_eq!(
            browser.send("POST", "/sign-in", Some(&wrong)).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
    }

    #[tokio::test]
    async fn a_form_without_our_token_or_from_elsewhere_changes_nothing() {
        let (_dir, _app, site) = site(&begin()).await;
        let mut browser = Browser::new(&site);
        let token = browser.token("/sign-in").await;
        let good = format!("csrf={token}&text=hello");
        assert_eq!(browser.send("POST", "/echo", Some(&good)).await.body, "hello");
        let bare = browser.send("POST", "/echo", Some("text=hello")).await;
        assert_eq!(bare.status, StatusCode::CONFLICT);
        assert!(!bare.body.contains("Send again"));
        browser.headers.push(("sec-fetch-site", "same-origin"));
        let stale = browser
            .send("POST", "/echo?a=1", Some("csrf=old&text=%3Chello%3E&password=p"))
            .await;
        assert!(
            stale.body.contains("Send again") && stale.body.contains("value=\"&#60;hello&#62;\""),
            "{}",
            stale.body
        );
        assert!(stale.body.contains("action=\"/echo?a=1\"") && !stale.body.contains("password"));
        browser.headers.pop();
        browser.headers.push(("sec-fetch-site", "cross-site"));
        assert_eq!(
            browser.send("POST", "/echo", Some(&good)).await.status,
            StatusCode::CONFLICT
        );
        browser.headers.pop();
        browser.headers.push(("origin", "https://evil.example"));
        assert_eq!(
            browser.send("POST", "/echo", Some(&good)).await.status,
            StatusCode::CONFLICT
        );
    }

    #[tokio::test]
    async fn errors_are_pages_in_the_readers_language_and_tell_nothing() {
        let (_dir, _app, site) = site(&begin()).await;
        let mut browser = Browser::new(&site);
        let missing = browser.get("/nowhere").await;
        assert!(missing.status == StatusCode::NOT_FOUND && missing.body.contains("There is no such page"));
        let boom = browser.get("/boom").await;
        assert_eq!(boom.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(boom.body.contains("<code>") && !boom.body.contains("secret cause"));
        assert_eq!(browser.get("/echo").await.status, StatusCode::METHOD_NOT_ALLOWED);
        let switched = browser.get("/nowhere?a=1&lang=ko").await;
        assert_eq!(
            (switched.status, switched.location.as_str()),
            (StatusCode::SEE_OTHER, "/nowhere?a=1")
        );
        assert!(browser.get("/nowhere").await.body.contains("찾는 페이지가 없어요"));
        assert_eq!(browser.get("/healthz").await.body, "ok\n");
        assert_eq!(browser.get("/readyz").await.body, "ready\n");
        assert_eq!(browser.get(assets::css_url()).await.status, StatusCode::OK);
    }

    #[tokio::test]
    async fn a_large_body_is_refused() {
        let (_dir, _app, site) = site(&begin()).await;
        let mut browser = Browser::new(&site);
        let token = browser.token("/sign-in").await;
        let large = format!("csrf={token}&text={}", "a".repeat(BODY_LIMIT));
        assert_eq!(
            browser.send("POST", "/echo", Some(&large)).await.status,
            StatusCode::PAYLOAD_TOO_LARGE
        );
    }
}
