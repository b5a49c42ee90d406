//! Every address that the program answers, read from its sources, and how each is walked.

use super::KEYWORD;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Only in demonstrations, where everybody may read everybody's mail.
const DEMO: &str = "demo";

/// Outside the desk, what is only sent to: each answers with a redirect, or with the form that was sent.
pub(super) const DEEDS: &[&str] = &[
    "/articles/{slug}/comments/{id}/withdraw",
    "/articles/{slug}/useful/why",
    "/hooks/mail/{name}",
    "/my/leave",
    "/my/questions",
    "/my/questions/{id}/draft",
    "/my/questions/{id}/withdraw",
    "/s/{token}/typing",
    "/sign-out",
    // Sent to by `nowhere`, with the words themselves.
    "/my/questions/similar",
];

/// Every address with whether it can be got.
pub(super) fn routes() -> BTreeMap<String, bool> {
    let mut files = Vec::new();
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    for entry in fs::read_dir(crates).expect("a folder") {
        let entry = entry.expect("an entry");
        if entry.file_name() != DEMO {
            collect(&entry.path().join("src"), &mut files);
        }
    }
    let mut routes = BTreeMap::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a source");
        let code = text.split("#[cfg(test)]").next().expect("its beginning");
        for other in [".nest(", ".nest_service(", ".route_service(", ".fallback_service("] {
            assert!(
                !code.contains(other),
                "{}: {other} hides addresses from here",
                file.display()
            );
        }
        for (at, found) in code.match_indices(".route(") {
            let rest = code[at + found.len()..].trim_start();
            let Some((path, rest)) = rest.strip_prefix('"').and_then(|rest| rest.split_once('"')) else {
                // One that is put together cannot be read here; it may only be sent to.
                assert!(
                    file.ends_with("desk/src/pages/outgoing.rs") && methods(rest).all(|method| method != "get"),
                    "{}: an address that is no plain text",
                    file.display()
                );
                continue;
            };
            let gets = methods(rest).any(|method| method == "get");
            *routes.entry(path.to_owned()).or_insert(false) |= gets;
        }
    }
    routes
}

/// The words before brackets, to the end of the call.
fn methods(code: &str) -> impl Iterator<Item = &str> {
    let mut depth = 1;
    let end = code.find(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth == 0
    });
    let call = &code[..end.expect("it ends")];
    let word = |c: char| c.is_alphanumeric() || c == '_';
    call.match_indices('(')
        .map(move |(at, _)| call[..at].rsplit(|c| !word(c)).next().unwrap_or_default())
}

fn collect(dir: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// What addresses are filled with.
pub(super) struct Known {
    pub(super) slugs: Vec<String>,
    pub(super) files: Vec<String>,
    /// Where PDF and EPUB lie that were made before anything was taken back.
    pub(super) made: Vec<String>,
    /// Links that somebody has, none of whose words are looked for.
    pub(super) links: Vec<String>,
    pub(super) tokens: Vec<String>,
    pub(super) ids: Vec<String>,
    /// Of the telephones' page, which is open.
    pub(super) hall: String,
}

impl Known {
    /// Everything that can be got at this address.
    pub(super) fn walked(&self, route: &str) -> Vec<String> {
        let each =
            |name: &str, values: &[String]| -> Vec<String> { values.iter().map(|v| route.replace(name, v)).collect() };
        match route {
            "/" => [route.to_owned()]
                .into_iter()
                .chain(self.slugs.iter().map(|slug| format!("/?after={slug}")))
                .collect(),
            "/articles/{slug}"
            | "/articles/{slug}/useful"
            | "/articles/{slug}/share"
            | "/articles/{slug}/comments"
            | "/articles/{slug}/files"
            | "/articles/{slug}/files/live"
            | "/articles/{slug}/card.png"
            | "/hall/{slug}"
            | "/hall/{slug}/backstage"
            | "/hall/{slug}/live" => each("{slug}", &self.slugs),
            "/now/{code}" => vec![format!("/now/{}", self.hall), "/now/abcdefgh".to_owned()],
            // It never ends; what it tells is a part of the page.
            "/now/{code}/{lang}" => vec!["/now/abcdefgh/ko".to_owned()],
            // Those that were made while all of it could be read, and one that never was.
            "/articles/{slug}/files/{file}" | "/magazine/{number}/files/{file}" => {
                let begin = &route[..route.find('{').expect("a name")];
                let made = self.made.iter().filter(|path| path.starts_with(begin)).cloned();
                let never = format!("{}.pdf", "0".repeat(64));
                let first = route.replace("{slug}", &self.slugs[1]).replace("{number}", "1");
                made.chain([first.replace("{file}", &never)]).collect()
            }
            "/articles/{slug}/pictures/{file}" => each("{slug}", &self.slugs)
                .iter()
                .flat_map(|path| self.files.iter().map(|file| path.replace("{file}", file)))
                .collect(),
            "/preview/{token}"
            | "/w/{token}"
            | "/i/{token}"
            | "/u/{token}"
            | "/n/{token}"
            | "/a/{token}"
            | "/p/{token}"
            | "/s/{token}"
            | "/first-admin/{token}" => {
                let begin = route.trim_end_matches("{token}");
                let links = self.links.iter().filter(|l| l.starts_with(begin)).cloned();
                each("{token}", &self.tokens).into_iter().chain(links).collect()
            }
            "/preview/{token}/pictures/{file}" => each("{token}", &self.tokens)
                .iter()
                .flat_map(|path| self.files.iter().map(|file| path.replace("{file}", file)))
                .collect(),
            "/a/{token}/{step}" => each("{token}", &self.tokens)
                .iter()
                .flat_map(|path| ["pass", "ask", "later"].map(|step| path.replace("{step}", step)))
                .collect(),
            "/my/questions/{id}" | "/my/questions/{id}/edit" | "/my/questions/{id}/write" => each("{id}", &self.ids),
            "/my/reverse/{assignment}" => each("{assignment}", &self.ids),
            "/magazine/{number}" | "/magazine/{number}/files" | "/magazine/{number}/files/live" => {
                each("{number}", &["1".into(), "2".into()])
            }
            "/feed.atom" | "/feed.json" => vec![route.to_owned(), format!("{route}?in=en")],
            "/sitemap/{file}" => vec!["/sitemap/1.xml".into()],
            "/magazine/{number}/cover/{file}" => each("{file}", &self.files)
                .iter()
                .map(|path| path.replace("{number}", "1"))
                .collect(),
            // What is looked for must not stand in the address, which every place tells with its page.
            "/magazine/archive/{kind}/{value}" => ["year/2026", "service/%EC%84%9C%EB%B9%84%EC%8A%A4%200"]
                .map(String::from)
                .into_iter()
                .chain(["withdrawn", "scheduled"].map(|word| format!("keyword/%63anary-{word}-{KEYWORD}")))
                .map(|of| format!("/magazine/archive/{of}"))
                .collect(),
            "/magazine/search" => [
                "",
                "canary+withdrawn",
                "canary+scheduled",
                "%EB%AC%BC%EC%9D%8C",
                "%EB%8C%80%EB%8B%B5",
            ]
            .map(|q| format!("/magazine/search?q={q}"))
            .into(),
            "/q/{code}" => each("{code}", &self.tokens),
            "/calendar/{file}" => each(
                "{file}",
                &self.tokens.iter().map(|t| format!("{t}.ics")).collect::<Vec<_>>(),
            ),
            "/assets/{name}" => each("{name}", &self.files),
            "/sitemap.xml" | "/robots.txt" | "/magazine" | "/magazine/archive" | "/favicon.ico" | "/healthz"
            | "/readyz" | "/sign-in" | "/link" | "/my" | "/my/rsvp" | "/my/programme" | "/my/programme.ics"
            | "/my/entry" | "/kept.js" | "/my/selection" | "/my/consent" | "/my/questions/new" => {
                vec![route.to_owned()]
            }
            // All of it is for staff: whoever is not signed in is sent away.
            desk if desk == "/desk" || desk.starts_with("/desk/") => {
                let mut path = desk.replace("{slug}", &self.slugs[0]);
                while let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
                    path.replace_range(from..=to, &self.ids[0]);
                }
                vec![path]
            }
            other => panic!("{other} is new: say here how it is walked, or among the deeds that it answers nothing"),
        }
    }
}
