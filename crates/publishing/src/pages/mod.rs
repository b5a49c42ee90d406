//! Pages: what readers open, and where editors work.

mod articles;
mod edit;
mod front;
mod read;

use axum::routing::{get, post};

pub(crate) fn routes() -> web::Router {
    axum::Router::new()
        .route("/", get(front::page))
        .route("/articles/{slug}", get(read::page))
        .route(
            "/desk/events/{slug}/article",
            get(articles::page).post(articles::create),
        )
        .route("/desk/articles/{id}", get(edit::page).post(edit::save))
        .route("/desk/articles/{id}/preview", get(read::preview))
        .route("/desk/articles/{id}/withdraw", post(edit::withdraw))
        .route("/desk/articles/{id}/redraft", post(edit::redraft))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn both_languages_have_the_same_keys() {
        let keys = |text: &'static str| -> BTreeSet<&str> {
            text.lines()
                .filter_map(|l| l.split_once(" = "))
                .map(|(key, _)| key)
                .collect()
        };
        let ko = keys(include_str!("../../locales/ko/publishing.ftl"));
        assert_eq!(ko, keys(include_str!("../../locales/en/publishing.ftl")));
    }
}
