//! Events, roster, invitations; the partner's pages and their questions.
//!
//! `staff` is what the host's people do before and around the event; `partner` is what a partner does behind their
//! personal link. Both offer their services without HTTP, for the command line, the demo and the tests.

mod calendar;
pub mod entry;
mod error;
pub mod partner;
mod question_row;
mod seat_mail;
pub mod seats;
mod selection;
pub mod staff;

pub use entry::watch;
pub use error::Error;

use std::sync::Arc;

fluent_templates::static_loader! {
    pub static TEXTS = {
        locales: "./locales",
        fallback_language: "ko",
        // Isolation marks are invisible and land in titles and mail subjects.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// What this slice's services give.
pub type Result<T, E = Error> = std::result::Result<T, E>;

pub fn routes() -> web::Router {
    web::Router::new().merge(staff::routes()).merge(partner::routes())
}

/// Runs `ImportRoster`.
pub fn jobs(app: web::App) -> Arc<dyn jobs::Handler> {
    Arc::new(staff::Jobs::new(app))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    fn keys(texts: [&str; 7]) -> Vec<&str> {
        let lines = texts.into_iter().flat_map(str::lines);
        lines
            .filter(|l| l.starts_with(|c: char| c.is_ascii_lowercase()))
            .filter_map(|l| l.split_once(" =").map(|(k, _)| k))
            .collect()
    }

    #[test]
    fn both_languages_have_the_same_texts_and_none_twice() {
        let korean = keys([
            include_str!("../locales/ko/staff.ftl"),
            include_str!("../locales/ko/partner.ftl"),
            include_str!("../locales/ko/similar.ftl"),
            include_str!("../locales/ko/reading.ftl"),
            include_str!("../locales/ko/selection.ftl"),
            include_str!("../locales/ko/mail.ftl"),
            include_str!("../locales/ko/door.ftl"),
        ]);
        let english = keys([
            include_str!("../locales/en/staff.ftl"),
            include_str!("../locales/en/partner.ftl"),
            include_str!("../locales/en/similar.ftl"),
            include_str!("../locales/en/reading.ftl"),
            include_str!("../locales/en/selection.ftl"),
            include_str!("../locales/en/mail.ftl"),
            include_str!("../locales/en/door.ftl"),
        ]);
        let set = |keys: &[&'static str]| keys.iter().copied().collect::<BTreeSet<&str>>();
        assert_eq!(set(&korean), set(&english));
        assert_eq!(set(&korean).len(), korean.len(), "a key stands in both files");
    }
}
