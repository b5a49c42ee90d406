//! A file by its name. Each time it is asked whether readers may have what it is made of, and whether that is still so.

use super::Place;
use crate::outputs::{self, Found};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use db::entity::printed;
use domain::state::printed::PrintedKind;
use web::App;

/// Characters of a title in the name under which a file is saved.
const NAME: usize = 60;

pub(super) async fn of_article(
    State(app): State<App>,
    Path((slug, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> web::Result {
    let place = Place::article(&app, &slug).await?;
    send(&app, place, &file, &headers).await
}

pub(super) async fn of_issue(
    State(app): State<App>,
    Path((number, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> web::Result {
    let place = Place::issue(&app, &number).await?;
    send(&app, place, &file, &headers).await
}

/// The kind of a file, and its SHA-256.
fn parse(file: &str) -> Option<(PrintedKind, &str)> {
    let (sha256, extension) = file.split_once('.')?;
    let kind = [PrintedKind::Pdf, PrintedKind::Epub]
        .into_iter()
        .find(|k| k.extension() == extension)?;
    let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    (sha256.len() == 64 && sha256.bytes().all(is_hex)).then_some((kind, sha256))
}

async fn send(app: &App, place: Place, file: &str, headers: &HeaderMap) -> web::Result {
    let (kind, sha256) = parse(file).ok_or(web::Error::NotFound)?;
    let e = place.edition.as_ref();
    match outputs::found(app, place.of, e, kind, sha256).await? {
        Found::Gone => Err(web::Error::Gone),
        Found::Never => Err(web::Error::NotFound),
        Found::Here(row) => {
            let title = e.map_or("", |e| e.title.as_str());
            bytes(app, &row, &named(title, kind), headers).await
        }
    }
}

fn named(title: &str, kind: PrintedKind) -> String {
    let words: Vec<&str> = title.split_whitespace().collect();
    let short: String = words
        .join(" ")
        .chars()
        .filter(|c| !c.is_control() && !"/\\:*?\"<>|".contains(*c))
        .take(NAME)
        .collect();
    let short = short.trim_matches(['.', ' ']);
    let short = if short.is_empty() { "mundap" } else { short };
    format!("{short}.{}", kind.extension())
}

/// To be saved, never shown within a page.
async fn bytes(app: &App, row: &printed::Model, name: &str, headers: &HeaderMap) -> web::Result {
    let mut response = sent(app, row, headers).await?;
    if response.status() == StatusCode::OK {
        let body = std::mem::take(response.body_mut());
        let head = response.headers().clone();
        response = web::attachment(name, row.kind.media_type(), body);
        response.headers_mut().extend(head);
    }
    Ok(response)
}

/// Its bytes, or 304 for who has them, with what every answer of its kind says.
pub(super) async fn sent(app: &App, row: &printed::Model, headers: &HeaderMap) -> web::Result<Response> {
    let name = row.sha256.as_deref().unwrap_or_default();
    let tag = HeaderValue::from_str(&format!("\"{name}\"")).map_err(web::Error::internal)?;
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| *known == tag);
    let mut response: Response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        outputs::body(app, row).await?.into_response()
    };
    let out = response.headers_mut();
    if !known {
        out.insert(header::CONTENT_TYPE, HeaderValue::from_static(row.kind.media_type()));
        out.insert(header::CONTENT_LENGTH, HeaderValue::from(row.octets));
    }
    out.insert(header::ETAG, tag);
    for (name, value) in [
        // Not longer: what is taken back is gone everywhere within five minutes.
        (header::CACHE_CONTROL, "public, max-age=300"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox; frame-ancestors 'none'",
        ),
        (HeaderName::from_static("x-robots-tag"), "noindex"),
    ] {
        out.insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_we_give_are_looked_for() {
        let sha256 = "a1".repeat(32);
        assert_eq!(
            parse(&format!("{sha256}.pdf")),
            Some((PrintedKind::Pdf, sha256.as_str()))
        );
        assert_eq!(
            parse(&format!("{sha256}.epub")),
            Some((PrintedKind::Epub, sha256.as_str()))
        );
        for other in [
            "x.pdf",
            &sha256,
            &format!("{sha256}.png"),
            &format!("{}.pdf", "A1".repeat(32)),
        ] {
            assert_eq!(parse(other), None, "{other}");
        }
    }

    #[test]
    fn a_file_is_saved_under_its_title() {
        assert_eq!(
            named(" 가까이에서\n묻다: \"둘\" ", PrintedKind::Pdf),
            "가까이에서 묻다 둘.pdf"
        );
        assert_eq!(named("../..", PrintedKind::Epub), "mundap.epub");
    }
}
