//! Other people's readers, which say whether what we make is well made. One that is missing fails the test.

use std::{
    fs,
    process::{Command, Output},
};
use tempfile::TempDir;

/// A file of its own for other programs to read.
pub struct File {
    folder: TempDir,
    name: &'static str,
}

impl File {
    pub fn new(name: &'static str, bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join(name), bytes).expect("written");
        Self { folder, name }
    }

    /// Runs a program in the file's folder, with the file's name where an argument is `@`.
    pub fn run(&self, program: &str, args: &[&str]) -> Output {
        let args = args.iter().map(|a| if *a == "@" { self.name } else { a });
        Command::new(program)
            .args(args)
            .current_dir(self.folder.path())
            .output()
            .unwrap_or_else(|e| panic!("{program}: {e}; `tests/setup/packages.sh print` installs it"))
    }

    /// What a program says about the file; it must succeed.
    pub fn ask(&self, program: &str, args: &[&str]) -> String {
        let out = self.run(program, args);
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        let errors = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success(), "{program} {args:?}: {text}{errors}");
        text
    }

    /// What epubcheck says. It lives too short for its compiler to be worth the time.
    pub fn epubcheck(&self) -> Output {
        let jar = "/usr/share/java/epubcheck.jar";
        self.run(
            "java",
            &["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", jar, "@"],
        )
    }

    /// The text of each page.
    pub fn pages(&self) -> Vec<String> {
        let text = self.ask("pdftotext", &["-layout", "@", "-"]);
        text.trim_end_matches('\u{c}')
            .split('\u{c}')
            .map(str::to_owned)
            .collect()
    }

    /// Every word with its box: left, right and bottom edge, and the page's width and height, in points.
    pub fn boxes(&self) -> Vec<(String, [f64; 5])> {
        let html = self.ask("pdftotext", &["-bbox", "@", "-"]);
        let mut page = [0.0; 2];
        let mut boxes = Vec::new();
        for line in html.lines().map(str::trim) {
            let number = |name: &str| -> f64 {
                let from = line.split_once(&format!("{name}=\"")).expect(name).1;
                from.split('"').next().expect(name).parse().expect(name)
            };
            if line.starts_with("<page ") {
                page = [number("width"), number("height")];
            } else if line.starts_with("<word ") {
                let word = line.split_once('>').expect("a word").1.trim_end_matches("</word>");
                boxes.push((
                    word.to_owned(),
                    [number("xMin"), number("xMax"), number("yMax"), page[0], page[1]],
                ));
            }
        }
        assert!(!boxes.is_empty(), "no word in {html}");
        boxes
    }
}
