//! Form tokens and the extractors that check them.
//!
//! A token is `nonce.digest`, where the digest binds nonce, this browser's form cookie and its session under our key:
//! no page needs a write for it, a token of another browser or session does not count, and the nonce makes it differ
//! on every page, so that compression tells nothing about it.

use crate::{App, Error, auth::Who, browser::Browser, error::Again};
use axum::{
    body::Bytes,
    extract::{
        FromRequest, FromRequestParts, Multipart, Request, multipart::MultipartRejection, rejection::BytesRejection,
    },
    http::{HeaderMap, header, request::Parts},
};
use data_encoding::HEXLOWER;
use domain::token::{Keys, Purpose};
use serde::de::DeserializeOwned;
use std::sync::{Arc, atomic::Ordering};

/// The name of the hidden field.
pub const FIELD: &str = "csrf";

/// 128 random bits in hexadecimal.
pub(crate) fn random_text() -> String {
    HEXLOWER.encode(&rand::random::<[u8; 16]>())
}

/// `known`: the session stands for somebody. A cookie whose session is over binds nothing: it is removed with the next
/// response, and the form that this response brought must still count.
fn bound(nonce: &str, browser: &Browser, known: bool) -> String {
    let session = if known { browser.session_cookie.as_str() } else { "" };
    format!("{nonce}.{}.{session}", browser.form_cookie)
}

/// A token for the forms of one page.
pub(crate) fn issue(keys: &Keys, browser: &Browser, known: bool) -> String {
    browser.form_asked.store(true, Ordering::Relaxed);
    let nonce = HEXLOWER.encode(&rand::random::<[u8; 8]>());
    let digest = keys.digest(Purpose::Form, &bound(&nonce, browser, known));
    format!("{nonce}.{digest}")
}

fn holds(keys: &Keys, browser: &Browser, known: bool, token: &str) -> bool {
    token.split_once('.').is_some_and(|(nonce, digest)| {
        nonce.len() == 16 && keys.check_digest(Purpose::Form, &bound(nonce, browser, known), digest)
    })
}

/// What the browser itself says about where a request began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// Our own page, by Fetch Metadata or by the Origin header.
    Ours,
    /// It does not say: `Origin: null` (our own referrer policy makes it so) or nothing at all.
    Unsaid,
    Foreign,
}

fn origin(app: &App, headers: &HeaderMap) -> Origin {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    match text("sec-fetch-site") {
        Some("same-origin") => return Origin::Ours,
        Some("none") => return Origin::Unsaid,
        Some(_) => return Origin::Foreign,
        None => {}
    }
    match text("origin") {
        None | Some("null") => Origin::Unsaid,
        Some(origin) if origin.eq_ignore_ascii_case(&app.settings.web.public_url) => Origin::Ours,
        Some(_) => Origin::Foreign,
    }
}

struct Check {
    browser: Arc<Browser>,
    known: bool,
    origin: Origin,
    action: String,
}

impl Check {
    async fn begin(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let browser = browser(parts)?;
        let origin = origin(app, &parts.headers);
        if origin == Origin::Foreign {
            tracing::warn!("a form came from another site");
            return Err(Error::Form { again: None });
        }
        let action = parts
            .uri
            .path_and_query()
            .map_or_else(|| "/".to_owned(), ToString::to_string);
        let known = Who::of(parts, app).await?.is_somebody();
        Ok(Self {
            browser,
            known,
            origin,
            action,
        })
    }

    fn token(&self, app: &App, fields: &[(String, String)]) -> Result<(), Error> {
        let token = fields
            .iter()
            .find(|(name, _)| name == FIELD)
            .map_or("", |(_, value)| value);
        if holds(&app.keys, &self.browser, self.known, token) {
            return Ok(());
        }
        // Only a browser that vouches for our own page may offer to send once more; a password is never echoed.
        let again = (self.origin == Origin::Ours).then(|| Again {
            action: self.action.clone(),
            token: issue(&app.keys, &self.browser, self.known),
            fields: fields
                .iter()
                .filter(|(n, _)| n != FIELD && !n.contains("password"))
                .cloned()
                .collect(),
        });
        Err(Error::Form { again })
    }
}

pub(crate) fn browser(parts: &Parts) -> Result<Arc<Browser>, Error> {
    let found = parts.extensions.get::<Arc<Browser>>();
    found
        .cloned()
        .ok_or_else(|| Error::internal("web::layers is not around this router"))
}

/// An urlencoded form whose token holds. Repeated names become a `Vec`; a check box that is off is absent
/// (`#[serde(default)]`); names that `T` does not know are ignored.
#[derive(Clone, Copy, Debug)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Form<T> {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self, Error> {
        let (mut parts, body) = request.into_parts();
        let check = Check::begin(&mut parts, app).await?;
        let kind = parts
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default();
        if !kind.starts_with("application/x-www-form-urlencoded") {
            return Err(Error::BadRequest("oops-bad-request-body".into()));
        }
        let request = Request::from_parts(parts, body);
        let bytes = Bytes::from_request(request, app)
            .await
            .map_err(|rejection| match rejection {
                BytesRejection::FailedToBufferBody(e) if e.status() == 413 => Error::TooLarge,
                _ => Error::BadRequest("oops-bad-request-body".into()),
            })?;
        let fields: Vec<(String, String)> = serde_html_form::from_bytes(&bytes).map_err(unreadable)?;
        check.token(app, &fields)?;
        serde_html_form::from_bytes(&bytes).map(Self).map_err(unreadable)
    }
}

fn unreadable(error: impl std::fmt::Display) -> Error {
    tracing::debug!(%error, "a form does not read");
    Error::BadRequest("oops-bad-request-body".into())
}

/// A file that was uploaded.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The name of the form's field.
    pub field: String,
    /// As the browser gave it, without any folder.
    pub file_name: String,
    pub content_type: String,
    pub bytes: Bytes,
}

/// A form with files whose token holds; put `.layer(web::uploads())` on its route. Files that were not chosen are
/// left out.
#[derive(Clone, Debug)]
pub struct MultipartForm<T> {
    pub fields: T,
    pub files: Vec<Upload>,
}

impl<T> MultipartForm<T> {
    pub fn file(&self, field: &str) -> Option<&Upload> {
        self.files.iter().find(|f| f.field == field)
    }
}

impl<T: DeserializeOwned> FromRequest<App> for MultipartForm<T> {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self, Error> {
        let (mut parts, body) = request.into_parts();
        let check = Check::begin(&mut parts, app).await?;
        let request = Request::from_parts(parts, body);
        let mut multipart = Multipart::from_request(request, app)
            .await
            .map_err(|_: MultipartRejection| Error::BadRequest("oops-bad-request-body".into()))?;
        let too_large = |e: axum::extract::multipart::MultipartError| {
            if e.status() == 413 {
                Error::TooLarge
            } else {
                Error::BadRequest("oops-bad-request-body".into())
            }
        };
        let (mut fields, mut files) = (Vec::new(), Vec::new());
        while let Some(part) = multipart.next_field().await.map_err(too_large)? {
            let field = part.name().unwrap_or_default().to_owned();
            let file_name = part
                .file_name()
                .map(|n| n.rsplit(['/', '\\']).next().unwrap_or_default().to_owned());
            let content_type = part.content_type().unwrap_or("application/octet-stream").to_owned();
            match file_name {
                Some(file_name) => {
                    let bytes = part.bytes().await.map_err(too_large)?;
                    if !file_name.is_empty() {
                        files.push(Upload {
                            field,
                            file_name,
                            content_type,
                            bytes,
                        });
                    }
                }
                None => fields.push((field, part.text().await.map_err(too_large)?)),
            }
            if fields.len() + files.len() > 1_000 {
                return Err(Error::TooLarge);
            }
        }
        let mut again = fields.clone();
        if !files.is_empty() {
            // A file cannot be offered once more.
            again.clear();
        }
        match check.token(app, &fields) {
            Err(Error::Form { .. }) if again.is_empty() => return Err(Error::Form { again: None }),
            other => other?,
        }
        let text = serde_html_form::to_string(&fields).map_err(unreadable)?;
        let fields = serde_html_form::from_str(&text).map_err(unreadable)?;
        Ok(Self { fields, files })
    }
}

/// A proof for requests that have no body to read, such as a small POST by script: the token in `X-Form-Token`.
#[derive(Clone, Copy, Debug)]
pub struct Checked;

impl FromRequestParts<App> for Checked {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let check = Check::begin(parts, app).await?;
        let token = parts
            .headers
            .get("x-form-token")
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default();
        check.token(app, &[(FIELD.to_owned(), token.to_owned())]).map(|()| Self)
    }
}

/// A request that no other site began, as far as the browser says where it began. For the form of a page that is the same
/// for everybody, and so holds no token: what it does must be harmless where an old browser says nothing.
#[derive(Clone, Copy, Debug)]
pub struct NotForeign;

impl FromRequestParts<App> for NotForeign {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        if origin(app, &parts.headers) == Origin::Foreign {
            tracing::warn!("a form came from another site");
            return Err(Error::Form { again: None });
        }
        Ok(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn browser(form: &str, session: &str) -> Browser {
        Browser::for_test(form, session)
    }

    #[test]
    fn a_token_counts_in_its_browser_and_session_alone() {
        let keys = Keys::from_random([7; 32]);
        let token = issue(&keys, &browser("a", "s"), true);
        assert!(holds(&keys, &browser("a", "s"), true, &token));
        assert!(!holds(&keys, &browser("b", "s"), true, &token));
        assert!(!holds(&keys, &browser("a", "t"), true, &token));
        assert!(!holds(&keys, &browser("a", "s"), true, ""));
        assert_ne!(token, issue(&keys, &browser("a", "s"), true), "every page has its own");
    }
}
