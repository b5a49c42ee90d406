//! The house stands as ARCHITECTURE.md draws it: floors, licences, sources, sizes.

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// A crate imports only from floors below its own.
const FLOORS: &[(&str, u8)] = &[
    ("domain", 0),
    ("settings", 0),
    ("migrations", 0),
    ("similar", 0),
    ("print", 0),
    ("sheet", 0),
    ("db", 1),
    ("jobs", 2),
    ("web", 2),
    ("likeness", 2),
    ("mail", 3),
    ("intake", 4),
    ("moderation", 4),
    ("publishing", 4),
    ("desk", 5),
    ("demo", 5),
    ("mundap", 6),
    ("testkit", 7),
    ("stories", 8),
    ("bench", 8),
];

fn metadata() -> Metadata {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    MetadataCommand::new()
        .manifest_path(manifest)
        .other_options([
            "--locked".into(),
            "--filter-platform".into(),
            "x86_64-unknown-linux-gnu".into(),
        ])
        .exec()
        .expect("cargo metadata")
}

fn ours(metadata: &Metadata) -> BTreeMap<String, &Package> {
    metadata
        .workspace_packages()
        .into_iter()
        .map(|p| (p.name.to_string(), p))
        .collect()
}

fn sources(package: &Package) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let root = package
        .manifest_path
        .parent()
        .expect("a folder")
        .as_std_path()
        .to_owned();
    collect(&root, &mut found);
    found
}

fn collect(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() && !path.ends_with("target") && !path.ends_with("node_modules") {
            collect(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_crate_has_a_floor_and_imports_only_from_below() {
    let metadata = metadata();
    let ours = ours(&metadata);
    let floor: BTreeMap<&str, u8> = FLOORS.iter().copied().collect();
    let known: BTreeSet<&str> = floor.keys().copied().collect();
    assert_eq!(
        ours.keys().map(String::as_str).collect::<BTreeSet<_>>(),
        known,
        "FLOORS lists every crate"
    );
    for (name, package) in &ours {
        for dependency in &package.dependencies {
            // A test may look down from anywhere; what ships may not look up or aside.
            if dependency.kind == DependencyKind::Development {
                continue;
            }
            if let Some(theirs) = floor.get(dependency.name.as_str()) {
                // `desk` gathers what the demo shows: the demo stands beside it but may use it.
                let beside =
                    name == "demo" && dependency.name == "desk" || name == "db" && dependency.name == "migrations";
                assert!(
                    *theirs < floor[name.as_str()] || beside,
                    "{name} must not import {}",
                    dependency.name
                );
            }
        }
    }
}

#[test]
fn the_slices_never_name_each_other() {
    let metadata = metadata();
    let slices = ["intake", "moderation", "publishing"];
    for (name, package) in ours(&metadata).iter().filter(|(n, _)| slices.contains(&n.as_str())) {
        for file in sources(package) {
            let text = fs::read_to_string(&file).expect("a source");
            for other in slices.iter().filter(|o| *o != name) {
                assert!(
                    !text.contains(&format!("{other}::")),
                    "{} names {other}",
                    file.display()
                );
            }
        }
    }
}

#[test]
fn migrations_import_no_entity_and_domain_and_print_do_no_io() {
    let metadata = metadata();
    let ours = ours(&metadata);
    for (name, banned) in [
        ("migrations", &["entity::"][..]),
        (
            "domain",
            &["std::fs", "std::net", "tokio::", "std::process", "std::env"][..],
        ),
        (
            "print",
            &["std::fs", "std::net", "tokio::", "std::process", "std::env"][..],
        ),
    ] {
        // Tests and examples of a crate read and write as they like; what ships does not.
        let folder = ours[name].manifest_path.parent().expect("a folder").as_std_path();
        let shipped = folder.join("src");
        for file in sources(ours[name]).into_iter().filter(|f| f.starts_with(&shipped)) {
            let text = fs::read_to_string(&file).expect("a source");
            for word in banned {
                assert!(!names(&text, word), "{} uses {word}", file.display());
            }
        }
    }
}

/// Whether a text has this word, not as the end of another.
fn names(text: &str, word: &str) -> bool {
    text.match_indices(word)
        .any(|(at, _)| !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
}

#[test]
fn every_dependency_comes_from_the_registry_under_a_licence_we_accept() {
    const ACCEPTED: &[&str] = &[
        "MIT",
        "MIT-0",
        "Apache-2.0",
        "Apache-2.0 WITH LLVM-exception",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "ISC",
        "Zlib",
        "0BSD",
        "Unicode-3.0",
        "Unicode-DFS-2016",
        "Unlicense",
        "CC0-1.0",
        "MPL-2.0",
        "BSL-1.0",
        "CDLA-Permissive-2.0",
        "OpenSSL",
        "bzip2-1.0.6",
    ];
    for package in metadata().packages {
        let Some(source) = &package.source else { continue };
        assert!(source.is_crates_io(), "{} comes from {source}", package.name);
        let licence = package
            .license
            .clone()
            .unwrap_or_default()
            .replace('/', " OR ")
            .replace(['(', ')'], " ");
        let accepted = licence
            .split(" AND ")
            .all(|all| all.split(" OR ").any(|one| ACCEPTED.contains(&one.trim())));
        let any = licence.split(" OR ").any(|one| ACCEPTED.contains(&one.trim()));
        assert!(accepted || any, "{} is under {licence:?}", package.name);
    }
}

#[test]
fn no_file_is_so_long_that_it_wants_to_be_two() {
    let metadata = metadata();
    for package in ours(&metadata).values() {
        for file in sources(package) {
            let lines = fs::read_to_string(&file).expect("a source").lines().count();
            // Stories of one crate may stand together a little longer.
            let most = if file.to_string_lossy().contains("tests") {
                700
            } else {
                500
            };
            assert!(lines <= most, "{} has {lines} lines", file.display());
        }
    }
}

#[test]
fn both_languages_have_the_same_texts() {
    let metadata = metadata();
    for (name, package) in ours(&metadata) {
        let locales = package
            .manifest_path
            .parent()
            .expect("a folder")
            .as_std_path()
            .join("locales");
        if !locales.exists() {
            continue;
        }
        let keys = |lang: &str| -> BTreeSet<String> {
            let mut keys = BTreeSet::new();
            for entry in fs::read_dir(locales.join(lang)).expect("a language") {
                let text = fs::read_to_string(entry.expect("an entry").path()).expect("texts");
                for line in text.lines() {
                    if let Some((key, _)) = line
                        .split_once(" =")
                        .filter(|(k, _)| !k.starts_with([' ', '#', '.', '-', '[']))
                    {
                        assert!(keys.insert(key.to_owned()), "{name}/{lang}: {key} stands twice");
                    }
                }
            }
            keys
        };
        let (ko, en) = (keys("ko"), keys("en"));
        assert_eq!(
            ko.difference(&en).collect::<Vec<_>>(),
            Vec::<&String>::new(),
            "{name}: only in Korean"
        );
        assert_eq!(
            en.difference(&ko).collect::<Vec<_>>(),
            Vec::<&String>::new(),
            "{name}: only in English"
        );
    }
}

#[test]
fn every_text_that_a_template_asks_for_exists() {
    let metadata = metadata();
    let ours = ours(&metadata);
    let keys_of = |name: &str| -> BTreeSet<String> {
        let mut keys = BTreeSet::new();
        let Ok(files) = fs::read_dir(
            ours[name]
                .manifest_path
                .parent()
                .expect("a folder")
                .as_std_path()
                .join("locales/ko"),
        ) else {
            return keys;
        };
        for entry in files {
            let text = fs::read_to_string(entry.expect("an entry").path()).expect("texts");
            keys.extend(
                text.lines()
                    .filter_map(|l| l.split_once(" ="))
                    .map(|(k, _)| k.trim().to_owned()),
            );
        }
        keys
    };
    let shared = keys_of("web");
    let mut missing = Vec::new();
    for (name, package) in &ours {
        let templates = package
            .manifest_path
            .parent()
            .expect("a folder")
            .as_std_path()
            .join("templates");
        let own = keys_of(name);
        let mut files = Vec::new();
        if templates.exists() {
            walk(&templates, &mut files);
        }
        for file in files {
            let text = fs::read_to_string(&file).expect("a template");
            for call in ["c.t(\"", "c.t1(\"", "c.ta(\""] {
                for part in text.split(call).skip(1) {
                    let key = part.split('"').next().unwrap_or_default();
                    // A comment that explains the call writes `…` for the key.
                    if key != "…" && !own.contains(key) && !shared.contains(key) {
                        missing.push(format!("{}: {key}", file.display()));
                    }
                }
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}

/// What looks like a deed and is none: settings, files, hosts.
fn is_no_deed(name: &str) -> bool {
    let (noun, verb) = name.split_once('.').unwrap_or_default();
    // Columns of two aliases in the queries of the board, and the name of a file.
    matches!(noun, "web" | "database" | "secret" | "secrets" | "saved" | "q" | "s")
        || matches!(
            verb,
            "html" | "toml" | "cf" | "db" | "svg" | "example" | "dat" | "pem" | "key"
        )
        || matches!(
            name,
            "mail.from_address" | "mail.reply_domain" | "mail.imap" | "mail.hook" | "mail.dkim"
        )
}

#[test]
fn every_deed_of_the_audit_log_has_words_and_no_words_are_left_over() {
    let metadata = metadata();
    let ours = ours(&metadata);
    let deed = regex::Regex::new(r#""([a-z_]+\.[a-z_]+)""#).expect("a pattern");
    let mut noted = BTreeSet::new();
    // `print` does no deed; what looks like one there is a file's name.
    let may = |p: &&&Package| p.manifest_path.as_str().contains("/crates/") && p.name.as_str() != "print";
    for package in ours.values().filter(may) {
        for file in sources(package) {
            let text = fs::read_to_string(&file).expect("a source");
            // A test may name what it likes.
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let in_tests = file.components().any(|c| c.as_os_str() == "tests") || file.ends_with("tests.rs");
            if !in_tests {
                noted.extend(deed.captures_iter(code).map(|c| c[1].to_owned()));
            }
        }
    }
    noted.retain(|name| !is_no_deed(name));
    assert!(noted.contains("question.submitted") && noted.len() > 60, "{noted:?}");
    let noted: BTreeSet<String> = noted
        .iter()
        .map(|name| format!("deed-{}", name.replace(['.', '_'], "-")))
        .collect();
    let folder = ours["desk"].manifest_path.parent().expect("a folder").as_std_path();
    for lang in ["ko", "en"] {
        let text = fs::read_to_string(folder.join("locales").join(lang).join("audit.ftl")).expect("texts");
        let keys = text
            .lines()
            .filter_map(|l| l.split_once(" ="))
            .map(|(k, _)| k.to_owned());
        assert_eq!(keys.collect::<BTreeSet<_>>(), noted, "{lang}");
    }
}

fn walk(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            walk(&path, files);
        } else {
            files.push(path);
        }
    }
}
