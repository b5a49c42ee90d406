//! A browser without a window: keeps cookies, follows nothing.

use crate::story::PASSWORD;
use web::App;

pub(crate) struct Browser {
    router: axum::Router,
    pub(crate) cookies: std::collections::BTreeMap<String, String>,
}

impl Browser {
    pub(crate) async fn signed_in(app: &App, staff: usize) -> Self {
        let router = web::layers(moderation::routes(), app.clone());
        let mut browser = Self {
            router,
            cookies: std::collections::BTreeMap::new(),
        };
        let email = format!("staff{staff}@partner.example");
        let fields = [("email", email.as_str()), ("password", PASSWORD), ("next", "/desk")];
        assert_eq!(browser.submit("/sign-in", "/sign-in", &fields).await.0, 303);
        browser
    }

    pub(crate) async fn send(&mut self, request: axum::http::request::Builder, body: String) -> (u16, String) {
        let (status, bytes) = self.fetch(request, body).await;
        (status, String::from_utf8(bytes).expect("text"))
    }

    pub(crate) async fn bytes(&mut self, path: &str) -> Vec<u8> {
        let (status, bytes) = self.fetch(axum::http::Request::get(path), String::new()).await;
        assert_eq!(status, 200, "{path}");
        bytes
    }

    async fn fetch(&mut self, request: axum::http::request::Builder, body: String) -> (u16, Vec<u8>) {
        use tower::ServiceExt;
        let cookies: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let request = request
            .header("host", "127.0.0.1")
            .header("cookie", cookies.join("; "))
            .body(axum::body::Body::from(body))
            .expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("answers");
        for cookie in response.headers().get_all("set-cookie") {
            let pair = cookie.to_str().expect("text").split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("name and value");
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let status = response.status().as_u16();
        let body = axum::body::to_bytes(response.into_body(), 1 << 22)
            .await
            .expect("a body");
        (status, body.to_vec())
    }

    pub(crate) async fn get(&mut self, path: &str) -> String {
        let (status, body) = self.send(axum::http::Request::get(path), String::new()).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// Opens `page` for its token and sends the fields to `to`.
    pub(crate) async fn submit(&mut self, page: &str, to: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let body = self.get(page).await;
        let token = body
            .split("name=\"csrf\" value=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        let mut fields = fields.to_vec();
        fields.push(("csrf", token.expect("a token")));
        let form = serde_html_form::to_string(&fields).expect("a form");
        let request = axum::http::Request::post(to).header("content-type", "application/x-www-form-urlencoded");
        self.send(request, form).await
    }
}
