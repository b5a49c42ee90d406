//! The pages of questions asked back.

mod desk;
mod my;
mod one;
mod propose_link;

use axum::routing::{get, post};
use web::Router;

pub(crate) fn routes() -> Router {
    Router::new()
        .route("/p/{token}", get(propose_link::page).post(propose_link::propose))
        .route("/my/reverse/{assignment}", get(my::page).post(my::answer))
        .route("/desk/events/{slug}/reverse", get(desk::page).post(desk::propose))
        .route("/desk/events/{slug}/reverse/call", post(desk::call))
        .route("/desk/events/{slug}/reverse/{id}", get(one::page))
        .route("/desk/events/{slug}/reverse/{id}/pick", post(desk::pick))
        .route("/desk/events/{slug}/reverse/{id}/unpick", post(desk::unpick))
        .route("/desk/events/{slug}/reverse/{id}/drop", post(desk::drop))
        .route("/desk/events/{slug}/reverse/{id}/restore", post(desk::restore))
        .route("/desk/events/{slug}/reverse/{id}/send", post(one::send))
}
