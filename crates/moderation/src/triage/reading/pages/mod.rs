//! The pages of reading.

mod copy;
mod form;
mod notes;
mod queue;
mod score;
mod settings;

pub(in crate::triage) use form::{ScoreForm, Typed};

use axum::routing::{get, post};

pub(in crate::triage) fn routes() -> web::Router {
    web::Router::new()
        .route("/desk/events/{slug}/read", get(queue::show))
        .route("/desk/events/{slug}/reading", get(settings::show).post(settings::save))
        .route("/desk/events/{slug}/questions/{id}/score", post(score::give))
        .route("/desk/events/{slug}/questions/{id}/notes", post(notes::add))
        .route("/desk/events/{slug}/questions/{id}/copy", post(copy::save))
        .route("/desk/notes", get(notes::list))
}

/// Thousandths as people write them: two places.
pub(in crate::triage) fn milli(value: i32) -> String {
    let hundredths = (value + 5) / 10;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    #[test]
    fn thousandths_read_as_two_places() {
        assert_eq!(super::milli(4333), "4.33");
        assert_eq!(super::milli(1995), "2.00");
        assert_eq!(super::milli(0), "0.00");
    }
}
