//! Files that readers take away: made once when somebody asks, gone with what they were made of, well made as other
//! people's programs say; feeds, the list of pages, and editors' exports.

#[path = "../../crates/print/tests/tools/mod.rs"]
#[expect(dead_code, reason = "where words stand on a page is looked at where pages are set")]
mod tools;

mod attacks;
mod feeds;
mod files;

use super::Print;
use db::{entity, prelude::*};
use std::io::{Cursor, Read};
use testkit::{Browser, Page};
use tools::File;

/// A picture that every program reads: one dot.
pub(super) fn dot() -> Vec<u8> {
    const PNG: &[u8] =
        b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    data_encoding::BASE64.decode(PNG).expect("a picture")
}

/// What a file's name says that it is.
pub(super) fn kind(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or_default()
}

/// The files in a ZIP by their names.
pub(super) fn unpacked(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("a container");
    let each = (0..zip.len()).map(|n| {
        let mut file = zip.by_index(n).expect("a file");
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).expect("reads");
        (file.name().expect("text").into_owned(), bytes)
    });
    each.collect()
}

/// All that can be read in what came back, whatever it is packed in.
pub(super) fn readable(page: &Page) -> String {
    let kind = page
        .headers
        .get("content-type")
        .map_or("", |k| k.to_str().expect("text"));
    match kind {
        "application/pdf" => {
            let file = File::new("file.pdf", &page.bytes);
            let about = file.ask("pdfinfo", &["@"]) + &file.ask("qpdf", &["--json", "--json-key=outlines", "@"]);
            file.pages().join("\n") + &about
        }
        "application/epub+zip" | "application/zip" => {
            let files = unpacked(&page.bytes).into_iter();
            let each = files.map(|(name, bytes)| format!("{name}\n{}\n", String::from_utf8_lossy(&bytes)));
            each.collect()
        }
        _ => page.body.clone(),
    }
}

impl Print {
    /// Presses the button that has this file made.
    pub(super) async fn press_for(&self, reader: &mut Browser, path: &str, kind: &str) {
        let files = format!("{path}/files");
        let form = reader.get(&files).await.ok().form(&files).set("kind", kind);
        let page = reader.send(&form).await.ok();
        assert_eq!(page.path, files, "{}", page.text());
    }

    /// Has both files made and gives where they lie.
    pub(super) async fn made(&self, path: &str) -> Vec<String> {
        let mut reader = self.world.browser();
        for kind in ["pdf", "epub"] {
            self.press_for(&mut reader, path, kind).await;
        }
        self.work().await;
        // A worker of the story's own may have one in hand.
        testkit::eventually("both files", async || {
            let page = reader.get(&format!("{path}/files")).await.ok();
            assert!(!page.body.contains("data-kind=\"error\""), "{}", page.text());
            let links = page.links().into_iter();
            let links: Vec<String> = links.filter(|l| kind(l) == "pdf" || kind(l) == "epub").collect();
            (links.len() == 2).then_some(links)
        })
        .await
    }

    /// How many files and pieces of files there are.
    pub(super) async fn kept(&self) -> (u64, u64) {
        let conn = self.world.app.db.reader();
        let files = entity::printed::Entity::find().count(conn).await.expect("counts");
        let pieces = entity::printed_piece::Entity::find().count(conn).await.expect("counts");
        (files, pieces)
    }
}
