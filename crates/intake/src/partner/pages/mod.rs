//! The pages of partners.

mod ask;
mod consent;
mod enter;
mod entry;
mod home;
mod link;
mod programme;
mod question;
mod rsvp;
mod selection;
mod similar;
mod unsubscribe;
mod view;

use axum::routing::{get, post};

pub(super) fn routes() -> web::Router {
    axum::Router::new()
        .route("/i/{token}", get(enter::landing).post(enter::press))
        .route("/link", get(link::ask).post(link::send))
        .route("/u/{token}", get(unsubscribe::page).post(unsubscribe::press))
        .route("/my", get(home::home))
        .route("/my/leave", post(enter::leave))
        .route("/my/rsvp", get(rsvp::show).post(rsvp::answer))
        .route("/my/programme", get(programme::page))
        .route("/my/programme.ics", get(programme::file))
        .route("/calendar/{file}", get(programme::subscribed))
        .route("/my/entry", get(entry::page))
        .route("/my/selection", get(selection::show))
        .route("/my/consent", get(consent::show).post(consent::change))
        .route("/my/questions/new", get(ask::blank))
        .route("/my/questions", post(ask::send))
        .route("/my/questions/similar", post(similar::look))
        .route("/my/questions/{id}", get(question::show))
        .route("/my/questions/{id}/edit", get(ask::open).post(ask::change))
        .route("/my/questions/{id}/draft", post(ask::autosave))
        .route("/my/questions/{id}/withdraw", post(question::withdraw))
}
