use crate::{Errors, Result};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

/// A page.
pub fn render(page: &impl askama::Template) -> Result {
    render_status(StatusCode::OK, page)
}

/// A page with another status: a form with errors is 422.
pub fn render_status(status: StatusCode, page: &impl askama::Template) -> Result {
    Ok((status, Html(page.render()?)).into_response())
}

/// A page with a form: 422 when something is wrong with what was typed into it.
pub fn render_form(errors: &Errors, page: &impl askama::Template) -> Result {
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    render_status(status, page)
}

/// Bytes that are saved as a file, never shown: what people uploaded stays inert.
pub fn attachment(file_name: &str, content_type: &str, bytes: impl Into<axum::body::Body>) -> Response {
    // RFC 6266 with the encoding of RFC 8187; the plain form holds ASCII only.
    let plain: String = file_name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || ".-_ ".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    let encoded: String = file_name
        .bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect();
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    let mut response = bytes.into().into_response();
    let headers = response.headers_mut();
    let octets = HeaderValue::from_static("application/octet-stream");
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_str(content_type).unwrap_or(octets),
    );
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment")),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
