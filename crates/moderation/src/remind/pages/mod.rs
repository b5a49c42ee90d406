//! The board of crews, and when an event reminds.

mod crews;
mod settings;

use axum::routing::get;
use web::Router;

pub(crate) fn routes() -> Router {
    Router::new()
        .route("/desk/events/{slug}/crews", get(crews::page))
        .route(
            "/desk/events/{slug}/reminders",
            get(settings::page).post(settings::save),
        )
}
