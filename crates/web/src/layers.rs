//! What stands around every handler.

use crate::{App, Error, Router, assets, auth::PARTNER_COOKIE, browser, first_admin, health, session, sign_in};
use axum::{
    extract::DefaultBodyLimit,
    http::StatusCode,
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
    routing::get,
};
use std::{any::Any, time::Duration};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
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
    let store = session::Store { db: app.db.clone(), clock: app.clock.clone() };
    let sessions = SessionManagerLayer::new(store)
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
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_mins(1)))
        .layer(RequestBodyTimeoutLayer::new(Duration::from_secs(15)))
        .layer(from_fn_with_state(app.clone(), browser::middleware))
        .layer(CompressionLayer::new())
        .with_state(app)
}

fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let text = cause.downcast_ref::<&str>().map(|s| (*s).to_owned()).or_else(|| cause.downcast_ref::<String>().cloned());
    Error::internal(format!("panic: {}", text.unwrap_or_default())).into_response()
}
