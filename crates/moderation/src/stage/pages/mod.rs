//! The run of show, the operator's page, the hall's screen and the one behind it.

mod acts;
mod backstage;
mod hall;
mod notes;
mod operate;
mod rehearse;
mod run;
mod scene;
mod speaker_link;
mod speakers;
mod transcript;

pub(crate) use scene::{Scene, as_agreed};

use axum::routing::{get, post};
use web::auth::Operator;

pub fn routes() -> web::Router {
    web::Router::new()
        .route("/desk/events/{slug}/run", get(run::show).post(run::save))
        .route("/desk/events/{slug}/run.pdf", get(run::sheet))
        .route(
            "/desk/events/{slug}/run/speakers",
            get(speakers::show).post(speakers::tell),
        )
        .route(
            "/desk/events/{slug}/transcript",
            get(transcript::show).post(transcript::keep).layer(web::uploads()),
        )
        .route("/s/{token}", get(speaker_link::show).post(speaker_link::save))
        .route("/s/{token}/typing", post(speaker_link::typing))
        .route("/desk/events/{slug}/stage", get(operate::show))
        .route("/desk/events/{slug}/stage/act", post(acts::act))
        .route("/desk/events/{slug}/stage/note", post(notes::save))
        .route("/desk/events/{slug}/stage/typing", post(notes::typing))
        .route("/desk/events/{slug}/stage/beside", post(notes::beside))
        .route(
            "/desk/events/{slug}/stage/rehearsal",
            get(rehearse::show).post(rehearse::press),
        )
        .route("/hall/{slug}", get(hall::show))
        .route("/hall/{slug}/backstage", get(backstage::show))
        .route("/hall/{slug}/live", get(hall::live))
}
