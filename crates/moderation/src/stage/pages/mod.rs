//! The operator's page and the hall's screen.

mod hall;
mod operate;

pub(crate) use hall::as_agreed;

use axum::{
    extract::FromRequestParts,
    http::request::Parts,
    routing::{get, post},
};
use domain::role::Role;
use web::{App, Error, auth::Staff};

pub fn routes() -> web::Router {
    web::Router::new()
        .route("/desk/events/{slug}/stage", get(operate::show))
        .route("/desk/events/{slug}/stage/turn", post(operate::turn))
        .route("/desk/events/{slug}/stage/show", post(operate::put))
        .route("/desk/events/{slug}/stage/note", post(operate::note))
        .route("/desk/events/{slug}/stage/not-reached", post(operate::not_reached))
        .route("/hall/{slug}", get(hall::show))
        .route("/hall/{slug}/live", get(hall::live))
}

/// Who may run the stage: stage operators, and moderators who stand in for them.
struct Operator(Staff);

impl FromRequestParts<App> for Operator {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let staff = Staff::from_request_parts(parts, app).await?;
        if staff.may(Role::Stage) || staff.may(Role::Moderator) {
            Ok(Self(staff))
        } else {
            Err(Error::Forbidden)
        }
    }
}
