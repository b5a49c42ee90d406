//! From a received question to an approved answer: triage, stage, routing to crews, their answers and the review of
//! them, and the questions that are asked back.

pub mod answers;
mod error;
pub mod remind;
pub mod repo;
pub mod reverse;
pub mod service;
pub mod stage;
pub mod talk;
pub mod telephones;
pub mod triage;

pub use error::{Error, Result};

use std::sync::Arc;

// The texts of this slice in both languages.
fluent_templates::static_loader! {
    pub static TEXTS = {
        locales: "./locales",
        fallback_language: "ko",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// All pages of this slice.
pub fn routes() -> web::Router {
    web::Router::new()
        .merge(triage::routes())
        .merge(triage::similar::routes())
        .merge(stage::routes())
        .merge(telephones::routes())
        .merge(answers::routes())
        .merge(talk::routes())
        .merge(reverse::routes())
        .merge(remind::routes())
}

/// Runs the jobs of this slice.
pub fn jobs(app: web::App) -> Arc<dyn jobs::Handler> {
    answers::jobs::handler(app)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    fn keys(lang: &str) -> BTreeSet<String> {
        let mut keys = BTreeSet::new();
        for file in fs::read_dir(Path::new("locales").join(lang)).expect("a folder") {
            let text = fs::read_to_string(file.expect("a file").path()).expect("text");
            let lines = text.lines().filter(|l| l.starts_with(|c: char| c.is_ascii_lowercase()));
            for key in lines.filter_map(|l| l.split_once(" =")).map(|(key, _)| key.to_owned()) {
                assert!(keys.insert(key.clone()), "{lang}: {key} stands twice");
            }
        }
        keys
    }

    #[test]
    fn both_languages_say_the_same_things_once() {
        assert_eq!(keys("ko"), keys("en"));
    }

    #[test]
    fn every_text_that_a_template_names_is_written() {
        let mut known = keys("ko");
        let chrome = fs::read_to_string("../web/locales/ko/web.ftl").expect("text");
        known.extend(
            chrome
                .lines()
                .filter_map(|l| l.split_once(" ="))
                .map(|(key, _)| key.to_owned()),
        );
        let mut folders = vec![Path::new("templates").to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = fs::read_to_string(&path).expect("text");
                for named in ["c.t(\"", "c.t1(\"", "c.t2(\"", "c.ta(\""] {
                    for rest in text.split(named).skip(1) {
                        let key = rest.split('"').next().unwrap_or_default();
                        assert!(known.contains(key), "{}: {key}", path.display());
                    }
                }
            }
        }
    }
}
