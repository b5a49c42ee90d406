//! The picture that stands where somebody passes on an article's address.

use super::{Place, download};
use crate::outputs;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue},
};
use web::App;

pub(super) async fn send(State(app): State<App>, Path(slug): Path<String>, headers: HeaderMap) -> web::Result {
    let e = Place::article(&app, &slug).await?.seen()?;
    let row = outputs::card(&app, &e).await?.ok_or(web::Error::NotFound)?;
    let mut response = download::sent(&app, &row, &headers).await?;
    // Other pages show it: that is what it is for.
    response.headers_mut().insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("cross-origin"),
    );
    Ok(response)
}
