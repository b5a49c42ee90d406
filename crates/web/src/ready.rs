//! Answers that lie ready: rendered once, asked for before anything else is done with a request.

use crate::shelf::{Content, Shelf};
use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header},
};
use bytes::Bytes;
use std::{convert::Infallible, io, pin::Pin, sync::Arc};

/// Whoever keeps answers in memory.
pub trait Ready: Send + Sync + 'static {
    /// `None`: ask the router. It neither waits nor looks at the database.
    fn answer(&self, asked: Asked<'_>) -> Option<Arc<Answer>>;

    /// Follows what changes elsewhere, for as long as it is polled.
    fn follow(&self) -> Pin<Box<dyn Future<Output = Infallible> + Send + '_>> {
        Box::pin(std::future::pending())
    }
}

/// What of a request to read decides about its answer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    pub path: &'a str,
    pub accept_encoding: Option<&'a [u8]>,
    pub if_none_match: Option<&'a [u8]>,
    /// Who says to be asking; it changes no answer.
    pub user_agent: Option<&'a [u8]>,
    /// Nobody reads what is sent.
    pub head: bool,
}

impl<'a> Asked<'a> {
    pub fn of(method: &Method, path: &'a str, headers: &'a HeaderMap) -> Self {
        let value = |name| headers.get(name).map(HeaderValue::as_bytes);
        Self {
            path,
            accept_encoding: value(header::ACCEPT_ENCODING),
            if_none_match: value(header::IF_NONE_MATCH),
            user_agent: value(header::USER_AGENT),
            head: *method == Method::HEAD,
        }
    }
}

/// A whole answer to GET, as it goes over the wire.
#[derive(Debug)]
pub struct Answer {
    status: StatusCode,
    head: Box<[u8]>,
    content: Content,
}

impl Answer {
    /// `headers` hold everything but `Date`, the body's length included.
    pub fn new(status: StatusCode, headers: &HeaderMap, body: Bytes, shelf: &Shelf) -> Self {
        let reason = status.canonical_reason().unwrap_or_default();
        let mut head = format!("HTTP/1.1 {} {reason}\r\n", status.as_u16()).into_bytes();
        for (name, value) in headers {
            for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
                head.extend_from_slice(part);
            }
        }
        Self {
            status,
            head: head.into(),
            content: shelf.put(body),
        }
    }

    /// Status line and headers, without `Date` and without the empty line.
    pub(crate) fn head(&self) -> &[u8] {
        &self.head
    }

    pub(crate) const fn content(&self) -> &Content {
        &self.content
    }

    /// As the router gives it. HEAD gets the same headers and no body.
    ///
    /// # Errors
    /// When the body cannot be read from where it lies.
    pub fn response(&self, method: &Method) -> io::Result<Response<Body>> {
        let mut response = Response::new(match *method {
            Method::HEAD => Body::empty(),
            _ => Body::from(self.content.read()?),
        });
        *response.status_mut() = self.status;
        let mut lines = [httparse::EMPTY_HEADER; 32];
        let end = [&self.head[self.status_line()..], b"\r\n"].concat();
        if let Ok(httparse::Status::Complete((_, lines))) = httparse::parse_headers(&end, &mut lines) {
            for line in lines {
                let pair = (
                    HeaderName::from_bytes(line.name.as_bytes()),
                    HeaderValue::from_bytes(line.value),
                );
                if let (Ok(name), Ok(value)) = pair {
                    response.headers_mut().append(name, value);
                }
            }
        }
        Ok(response)
    }

    fn status_line(&self) -> usize {
        self.head.iter().position(|b| *b == b'\n').map_or(0, |at| at + 1)
    }
}

/// What lies ready for this request; a query asks for something else.
pub(crate) fn look<B>(ready: &dyn Ready, request: &Request<B>) -> Option<Response<Body>> {
    let (method, uri) = (request.method(), request.uri());
    if !matches!(*method, Method::GET | Method::HEAD) || uri.query().is_some() {
        return None;
    }
    let answer = ready.answer(Asked::of(method, uri.path(), request.headers()))?;
    answer.response(method).ok()
}
