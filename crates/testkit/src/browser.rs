//! A browser without a window: keeps cookies, finds forms, fills and sends them as a page without script would.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use http_body_util::BodyExt;
use regex::Regex;
use std::{collections::BTreeMap, net::SocketAddr, sync::LazyLock};
use tower::ServiceExt;

/// One person at their browser.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    cookies: BTreeMap<String, String>,
    lang: &'static str,
    origin: String,
    address: SocketAddr,
    site: &'static str,
}

/// What came back, after redirects.
#[derive(Clone, Debug)]
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
    pub bytes: Bytes,
    /// Where the last redirect led.
    pub path: String,
}

/// A form found on a page, with its values as they stand.
#[derive(Clone, Debug)]
pub struct Filled {
    pub action: String,
    pub method: String,
    pub fields: Vec<(String, String)>,
}

impl Browser {
    pub fn new(router: Router, origin: &str) -> Self {
        Self {
            router,
            cookies: BTreeMap::new(),
            lang: "ko",
            site: "same-origin",
            origin: origin.to_owned(),
            address: SocketAddr::from(([127, 0, 0, 1], 40_000)),
        }
    }

    /// From another network address.
    #[must_use]
    pub fn living_at(mut self, address: [u8; 4]) -> Self {
        self.address = SocketAddr::from((address, 40_000));
        self
    }

    /// As its own header says where its requests begin: `same-origin`, `cross-site`.
    #[must_use]
    pub fn coming_from(mut self, site: &'static str) -> Self {
        self.site = site;
        self
    }

    #[must_use]
    pub fn speaking(mut self, lang: &'static str) -> Self {
        self.lang = lang;
        self
    }

    pub async fn get(&mut self, path: &str) -> Page {
        self.follow(Method::GET, path, None).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(String, String)]) -> Page {
        let body = serde_html_form::to_string(fields).expect("fields encode");
        self.follow(
            Method::POST,
            path,
            Some(("application/x-www-form-urlencoded".to_owned(), body.into())),
        )
        .await
    }

    /// Sends a filled form to where it says.
    pub async fn send(&mut self, form: &Filled) -> Page {
        self.post(&form.action, &form.fields).await
    }

    /// Sends a form with one file, as `multipart/form-data` (RFC 7578).
    pub async fn upload(&mut self, form: &Filled, field: &str, file_name: &str, bytes: &[u8]) -> Page {
        let boundary = "mundap-boundary-7d1f";
        let mut body = Vec::new();
        for (name, value) in &form.fields {
            body.extend_from_slice(
                format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                    .as_bytes(),
            );
        }
        body.extend_from_slice(
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{file_name}\"\r\nContent-Type: application/octet-stream\r\n\r\n").as_bytes(),
        );
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        let content_type = format!("multipart/form-data; boundary={boundary}");
        self.follow(Method::POST, &form.action, Some((content_type, body.into())))
            .await
    }

    async fn follow(&mut self, method: Method, path: &str, body: Option<(String, Body)>) -> Page {
        let mut page = self.once(method, path, body).await;
        for _ in 0..5 {
            if !page.status.is_redirection() || page.status == StatusCode::NOT_MODIFIED {
                break;
            }
            let to = page.headers[header::LOCATION]
                .to_str()
                .expect("a readable address")
                .to_owned();
            page = self.once(Method::GET, &to, None).await;
        }
        page
    }

    /// One request, redirects not followed.
    pub async fn once(&mut self, method: Method, path: &str, body: Option<(String, Body)>) -> Page {
        let path = path.strip_prefix(&self.origin).unwrap_or(path);
        let mut request = Request::builder()
            .method(method.clone())
            .uri(path)
            .header(header::HOST, self.origin.split("//").last().unwrap_or_default())
            .header(header::ACCEPT, "text/html")
            .header(header::ACCEPT_LANGUAGE, self.lang)
            .header("sec-fetch-site", self.site);
        if method == Method::POST {
            request = request.header(header::ORIGIN, &self.origin);
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let body = match body {
            Some((content_type, body)) => {
                request = request.header(header::CONTENT_TYPE, content_type);
                body
            }
            None => Body::empty(),
        };
        let mut request = request.body(body).expect("a request");
        request.extensions_mut().insert(ConnectInfo(self.address));
        let response = self.router.clone().oneshot(request).await.expect("the router answers");
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            self.take_cookie(cookie.to_str().expect("a readable cookie"));
        }
        let bytes = body.collect().await.expect("a body").to_bytes();
        Page {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
            bytes,
            path: path.to_owned(),
        }
    }

    fn take_cookie(&mut self, cookie: &str) {
        let mut parts = cookie.split(';');
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
            return;
        };
        let gone = parts.any(|p| p.trim().eq_ignore_ascii_case("max-age=0"));
        if gone || value.is_empty() {
            self.cookies.remove(name.trim());
        } else {
            self.cookies.insert(name.trim().to_owned(), value.to_owned());
        }
    }

    pub fn cookies(&self) -> String {
        self.cookies
            .iter()
            .map(|(k, v)| format!("{k}={v}"))
            .collect::<Vec<_>>()
            .join("; ")
    }
}

static FORM: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?s)<form\b([^>]*)>(.*?)</form>").expect("a pattern"));
static FIELD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?s)<input\b([^>]*)>|<textarea\b([^>]*)>(.*?)</textarea>|<select\b([^>]*)>(.*?)</select>")
        .expect("a pattern")
});
static OPTION: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?s)<option\b([^>]*)>").expect("a pattern"));
static ATTR: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"([a-zA-Z-]+)(?:\s*=\s*(?:"([^"]*)"|([^\s">]+)))?"#).expect("a pattern"));

fn attributes(text: &str) -> BTreeMap<String, String> {
    ATTR.captures_iter(text)
        .map(|c| {
            let value = c.get(2).or_else(|| c.get(3)).map_or("", |m| m.as_str());
            (c[1].to_ascii_lowercase(), unescape(value))
        })
        .collect()
}

fn unescape(text: &str) -> String {
    text.replace("&#34;", "\"")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&#60;", "<")
        .replace("&lt;", "<")
        .replace("&#62;", ">")
        .replace("&gt;", ">")
        .replace("&#38;", "&")
        .replace("&amp;", "&")
}

impl Page {
    /// Panics with the page's text unless it answered 200.
    ///
    /// # Panics
    /// When the status is another.
    #[must_use]
    pub fn ok(self) -> Self {
        assert_eq!(self.status, StatusCode::OK, "{}: {}", self.path, self.text());
        self
    }

    /// The page's text without markup, white space folded.
    pub fn text(&self) -> String {
        static NOISE: LazyLock<Regex> =
            LazyLock::new(|| Regex::new(r"(?s)<head\b.*?</head>|<svg\b.*?</svg>|<[^>]*>").expect("a pattern"));
        unescape(&NOISE.replace_all(&self.body, " "))
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// All forms on the page whose action holds `part`.
    pub fn forms(&self, part: &str) -> Vec<Filled> {
        FORM.captures_iter(&self.body)
            .filter_map(|c| {
                let attrs = attributes(&c[1]);
                let action = attrs.get("action").cloned().unwrap_or_else(|| self.path.clone());
                action.contains(part).then(|| Filled {
                    action,
                    method: attrs.get("method").cloned().unwrap_or_default(),
                    fields: fields(&c[2]),
                })
            })
            .collect()
    }

    /// The first form whose action holds `part`.
    ///
    /// # Panics
    /// When there is none.
    pub fn form(&self, part: &str) -> Filled {
        self.forms(part)
            .into_iter()
            .next()
            .unwrap_or_else(|| panic!("{} has no form to {part:?}: {}", self.path, self.text()))
    }

    /// Every address that the page links to.
    pub fn links(&self) -> Vec<String> {
        static HREF: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"<a\b[^>]*\bhref="([^"]*)""#).expect("a pattern"));
        HREF.captures_iter(&self.body).map(|c| unescape(&c[1])).collect()
    }
}

fn fields(html: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for c in FIELD.captures_iter(html) {
        if let Some(input) = c.get(1) {
            let a = attributes(input.as_str());
            let Some(name) = a.get("name") else { continue };
            let kind = a.get("type").map_or("text", String::as_str);
            let skipped = matches!(kind, "submit" | "button" | "file")
                || (matches!(kind, "checkbox" | "radio") && !a.contains_key("checked"));
            if !skipped {
                let default = if matches!(kind, "checkbox" | "radio") { "on" } else { "" };
                out.push((
                    name.clone(),
                    a.get("value").cloned().unwrap_or_else(|| default.to_owned()),
                ));
            }
        } else if let (Some(area), Some(text)) = (c.get(2), c.get(3)) {
            if let Some(name) = attributes(area.as_str()).get("name") {
                let text = unescape(text.as_str());
                out.push((name.clone(), text.strip_prefix('\n').unwrap_or(&text).to_owned()));
            }
        } else if let (Some(select), Some(options)) = (c.get(4), c.get(5)) {
            let a = attributes(select.as_str());
            let options: Vec<_> = OPTION
                .captures_iter(options.as_str())
                .map(|o| attributes(&o[1]))
                .collect();
            let chosen = options
                .iter()
                .find(|o| o.contains_key("selected"))
                .or_else(|| options.first());
            if let (Some(name), Some(value)) = (a.get("name"), chosen.and_then(|o| o.get("value"))) {
                out.push((name.clone(), value.clone()));
            }
        }
    }
    out
}

impl Filled {
    /// Types `value` into the field (or chooses it), in place of what stood there.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(n, _)| n != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds one more value, as a second ticked box of the same name does.
    #[must_use]
    pub fn also(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}
