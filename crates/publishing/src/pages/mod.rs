//! Pages: what readers open, and where editors work.

mod approvals;
mod articles;
mod edit;
mod fields;
mod front;
mod history;
mod issues;
mod magazine;
mod newsletter;
mod outputs;
mod picture;
mod places;
mod read;
mod reading;
mod words;

use axum::routing::{get, post};

pub(crate) fn routes() -> web::Router {
    axum::Router::new()
        .merge(magazine::routes())
        .merge(issues::routes())
        .merge(reading::routes())
        .merge(newsletter::routes())
        .merge(outputs::routes())
        .merge(places::routes())
        .route("/", get(front::page))
        .route("/articles/{slug}", get(read::page))
        .route(
            "/desk/events/{slug}/article",
            get(articles::page).post(articles::create),
        )
        .route("/articles/{slug}/pictures/{file}", get(picture::published))
        .route("/preview/{token}", get(read::shared))
        .route("/preview/{token}/pictures/{file}", get(picture::shared))
        .route("/w/{token}", get(words::page).post(words::decide))
        .route(
            "/desk/articles/{id}",
            get(edit::page).post(edit::save).layer(web::uploads()),
        )
        .route(
            "/desk/articles/{id}/autosave",
            post(edit::autosave).layer(web::uploads()),
        )
        .route("/desk/articles/{id}/pictures/{file}", get(picture::drafted))
        .route("/desk/articles/{id}/history", get(history::page).post(history::restore))
        .route(
            "/desk/articles/{id}/approvals",
            get(approvals::page).post(approvals::act),
        )
        .route("/desk/articles/{id}/unschedule", post(edit::unschedule))
        .route("/desk/articles/{id}/share", post(edit::share))
        .route("/desk/articles/{id}/unshare", post(edit::unshare))
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
        macro_rules! same {
            ($($file:literal),*) => {$(
                let ko = keys(include_str!(concat!("../../locales/ko/", $file)));
                assert_eq!(ko, keys(include_str!(concat!("../../locales/en/", $file))));
            )*};
        }
        same!(
            "publishing.ftl",
            "delivery.ftl",
            "compose.ftl",
            "approval.ftl",
            "magazine.ftl",
            "readers.ftl",
            "newsletter.ftl",
            "outputs.ftl",
            "places.ftl"
        );
    }
}
