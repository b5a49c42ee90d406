//! Answers that lie ready: rendered once, asked for before anything else is done with a request.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header},
};
use bytes::Bytes;
use std::sync::Arc;

/// Whoever keeps answers in memory.
pub trait Ready: Send + Sync + 'static {
    /// `None`: ask the router. It neither waits nor looks at the database.
    fn answer(&self, asked: Asked<'_>) -> Option<Arc<Answer>>;
}

/// What of a request to read decides about its answer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    pub path: &'a str,
    pub accept_encoding: Option<&'a [u8]>,
    pub if_none_match: Option<&'a [u8]>,
}

impl<'a> Asked<'a> {
    pub fn of(path: &'a str, headers: &'a HeaderMap) -> Self {
        let value = |name| headers.get(name).map(HeaderValue::as_bytes);
        Self {
            path,
            accept_encoding: value(header::ACCEPT_ENCODING),
            if_none_match: value(header::IF_NONE_MATCH),
        }
    }
}

/// A whole answer to GET, as the router gives it and as it goes over the wire.
#[derive(Debug)]
pub struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    head: Bytes,
}

impl Answer {
    /// `headers` hold everything but `Date`, the body's length included.
    pub fn new(status: StatusCode, headers: HeaderMap, body: Bytes) -> Self {
        let reason = status.canonical_reason().unwrap_or_default();
        let mut head = format!("HTTP/1.1 {} {reason}\r\n", status.as_u16()).into_bytes();
        for (name, value) in &headers {
            for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
                head.extend_from_slice(part);
            }
        }
        Self {
            status,
            headers,
            body,
            head: head.into(),
        }
    }

    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Status line and headers, without `Date` and without the empty line.
    pub(crate) fn head(&self) -> &[u8] {
        &self.head
    }

    /// HEAD gets the same headers and no body.
    pub fn response(&self, method: &Method) -> Response<Body> {
        let mut response = Response::new(match *method {
            Method::HEAD => Body::empty(),
            _ => Body::from(self.body.clone()),
        });
        *response.status_mut() = self.status;
        response.headers_mut().clone_from(&self.headers);
        response
    }
}

/// What lies ready for this request; a query asks for something else.
pub(crate) fn look<B>(ready: &dyn Ready, request: &Request<B>) -> Option<Response<Body>> {
    let (method, uri) = (request.method(), request.uri());
    if !matches!(*method, Method::GET | Method::HEAD) || uri.query().is_some() {
        return None;
    }
    let answer = ready.answer(Asked::of(uri.path(), request.headers()))?;
    Some(answer.response(method))
}
