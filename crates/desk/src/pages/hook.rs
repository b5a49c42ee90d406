//! Mail that a provider posts: `/hooks/mail/NAME`. Not a page; answers are JSON for a log.

use axum::{
    Json,
    body::{Body, to_bytes},
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use mail::{
    hook::{Posted, Refusal, Taken, keep, open},
    smtp_in::Inbox,
};
use serde_json::json;
use tokio::sync::Semaphore;
use web::App;

/// Bodies that are held at once, before it is known who sends them.
static PLACES: Semaphore = Semaphore::const_new(8);
/// What a form has besides the mail.
const AROUND: usize = 256 * 1024;

pub(super) fn routes() -> web::Router {
    // The mail's own limit holds, which the settings know.
    web::Router::new().route("/hooks/mail/{name}", post(bring).layer(DefaultBodyLimit::disable()))
}

async fn bring(State(app): State<App>, Path(name): Path<String>, headers: HeaderMap, body: Body) -> Response {
    let settings = &app.settings.mail;
    let Some(hook) = settings.hook.iter().find(|h| h.name == name) else {
        return answer(StatusCode::NOT_FOUND, "there is no such hook");
    };
    let Ok(_place) = PLACES.try_acquire() else {
        return later("too many at once");
    };
    // A form or JSON encodes the mail's octets.
    let limit = settings.inbound.max_size.saturating_mul(2).saturating_add(AROUND);
    let Ok(body) = to_bytes(body, limit).await else {
        return answer(StatusCode::PAYLOAD_TOO_LARGE, "the body is too big, or broke off");
    };
    let headers: Vec<(&str, &str)> = headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
        .collect();
    let posted = Posted {
        headers: &headers,
        body: &body,
    };
    let brought = match open(hook, posted, app.clock.now(), settings.inbound.max_size).await {
        Ok(brought) => brought,
        Err(refusal) => {
            tracing::warn!(hook = %hook.name, %refusal, "a webhook was refused");
            let status = match refusal {
                Refusal::Signature | Refusal::Stale => StatusCode::UNAUTHORIZED,
                Refusal::NoMail(_) => StatusCode::UNPROCESSABLE_ENTITY,
                Refusal::TooBig => StatusCode::PAYLOAD_TOO_LARGE,
            };
            return answer(status, &refusal.to_string());
        }
    };
    let inbox = Inbox::new(app.db.clone(), app.clock.clone(), app.wake.clone(), settings);
    match keep(&inbox, hook, brought).await {
        Ok(Taken::Kept(id)) => (StatusCode::OK, Json(json!({ "status": "kept", "id": id }))).into_response(),
        Ok(Taken::Repeated) => (StatusCode::OK, Json(json!({ "status": "duplicate" }))).into_response(),
        Err(error) => {
            tracing::error!(hook = %hook.name, %error, "a mail by webhook could not be kept; its sender shall try again");
            later("it could not be kept just now")
        }
    }
}

fn answer(status: StatusCode, why: &str) -> Response {
    (status, Json(json!({ "status": "refused", "why": why }))).into_response()
}

fn later(why: &str) -> Response {
    let mut response = answer(StatusCode::SERVICE_UNAVAILABLE, why);
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, axum::http::HeaderValue::from_static("30"));
    response
}
