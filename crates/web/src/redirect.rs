use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// A redirect after a POST (303), with at most one message for the next page.
#[derive(Debug)]
pub struct Redirect {
    to: String,
    flash: Option<String>,
}

/// To a path of ours; anything else becomes `/`.
pub fn redirect(to: impl AsRef<str>) -> Redirect {
    Redirect {
        to: local_path(to.as_ref()).unwrap_or("/").to_owned(),
        flash: None,
    }
}

/// The text when it is a path on this host: no `//host`, no backslash, no control character.
pub fn local_path(to: &str) -> Option<&str> {
    let local = to.starts_with('/') && !to.starts_with("//") && !to.contains(['\\', '\r', '\n', '\t', '\0']);
    local.then_some(to)
}

impl Redirect {
    /// The key of a message; the cookie never holds text.
    #[must_use]
    pub fn flash(mut self, key: &str) -> Self {
        self.flash = Some(key.to_owned());
        self
    }

    /// The key of a message with its number `$n`.
    #[must_use]
    pub fn flash_n(mut self, key: &str, n: impl TryInto<i64>) -> Self {
        self.flash = Some(format!("{key}.{}", n.try_into().unwrap_or(i64::MAX)));
        self
    }
}

impl IntoResponse for Redirect {
    fn into_response(self) -> Response {
        let mut response = StatusCode::SEE_OTHER.into_response();
        // A path that is no header value (a Korean title, not yet encoded) must not become a panic.
        let to: String = self.to.chars().flat_map(encode).collect();
        if let Ok(value) = HeaderValue::from_str(&to) {
            response.headers_mut().insert(header::LOCATION, value);
        }
        if let Some(flash) = self.flash {
            response.extensions_mut().insert(SetFlash(flash));
        }
        response
    }
}

fn encode(c: char) -> Vec<char> {
    if c.is_ascii_graphic() {
        return vec![c];
    }
    let mut buffer = [0; 4];
    c.encode_utf8(&mut buffer)
        .bytes()
        .flat_map(|b| format!("%{b:02X}").chars().collect::<Vec<_>>())
        .collect()
}

/// Asks the browser middleware to set the flash cookie.
#[derive(Clone)]
pub(crate) struct SetFlash(pub(crate) String);

/// A message that waits for the next page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flash {
    pub(crate) key: String,
    pub(crate) n: Option<i64>,
}

impl Flash {
    /// Reads the cookie; whatever does not look like a key is no flash.
    pub(crate) fn parse(value: &str) -> Option<Self> {
        let (key, n) = match value.split_once('.') {
            Some((key, n)) => (key, Some(n.parse().ok()?)),
            None => (value, None),
        };
        let sound = !key.is_empty()
            && key.len() <= 64
            && key
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        sound.then(|| Self { key: key.to_owned(), n })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flash_is_a_key_and_a_number_never_text() {
        assert_eq!(
            Flash::parse("roster-imported.85"),
            Some(Flash {
                key: "roster-imported".into(),
                n: Some(85)
            })
        );
        assert_eq!(
            Flash::parse("saved"),
            Some(Flash {
                key: "saved".into(),
                n: None
            })
        );
        assert_eq!(Flash::parse("<b>Hello"), None);
        assert_eq!(Flash::parse("saved.x"), None);
    }

    #[test]
    fn only_paths_of_ours_are_followed() {
        for bad in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "evil",
            "",
            "/a\r\nSet-Cookie: x",
        ] {
            assert_eq!(local_path(bad), None, "{bad:?}");
        }
        assert_eq!(local_path("/desk?x=//y"), Some("/desk?x=//y"));
    }
}
