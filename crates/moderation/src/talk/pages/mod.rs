//! The pages of the conversation: for crew by their links, for partners signed in, for moderators at the desk.

mod desk;
mod held;
mod my;
mod step;

use axum::routing::{get, post};
use web::Router;

pub(crate) fn routes() -> Router {
    Router::new()
        .route("/a/{token}/{step}", get(step::page).post(step::act))
        .route("/my/questions/{id}/write", get(my::page).post(my::send))
        .route("/desk/quarantine/{id}/message", post(held::accept))
        .route("/desk/events/{slug}/messages", get(desk::page))
        .route("/desk/events/{slug}/messages/rule", post(desk::rule))
        .route("/desk/events/{slug}/messages/{id}/forward", post(desk::forward))
        .route("/desk/events/{slug}/messages/{id}/close", post(desk::close))
}
