//! What people and editors write is data to every output: nothing in it runs, and nothing fetches anything elsewhere.

use super::{super::Print, kind, readable, unpacked};
use publishing::{
    approval,
    article::{self, BlockBody, BlockDraft, QUESTION},
    magazine,
};

const SCRIPT: &str = "</script><script>alert(1)</script>";
const PROSE: &str = "<script>alert(2)</script> <svg onload=alert(3)></svg>\n\n<svg><script>alert(4)</script></svg>\n\n\
    [누르세요](javascript:alert(5)) ![그림](https://elsewhere.example/beacon.png) <img src=https://elsewhere.example/b.gif onerror=alert(6)>\n\n\
    <https://narae.example/ok>";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::too_many_lines, reason = "each output of the same article")]
async fn whatever_was_written_runs_nowhere_and_fetches_nothing() {
    let p = Print::new().await;
    let (app, staff) = (&p.world.app, p.scene.moderator);
    let asked = p.asked(0);
    p.edit(|d| {
        d.title = format!("{SCRIPT}제목 {{{{7*7}}}} #let x = 1");
        d.standfirst = SCRIPT.into();
        d.keywords = "<script>alert(7)</script>".into();
        d.blocks.push(BlockDraft::new(BlockBody::prose(PROSE)));
        d.blocks.push(BlockDraft::new(BlockBody::Part {
            heading: format!("{SCRIPT}부"),
            side: None,
        }));
        d.blocks.push(BlockDraft::new(BlockBody::prose("끝")));
        let x = d.exchange(asked).expect("stands");
        x.heading = format!("{SCRIPT}소제목");
        x.texts.insert(
            QUESTION.into(),
            format!("{SCRIPT} #read(\"/etc/passwd\") $x$ [x](javascript:alert(8))"),
        );
    })
    .await;
    approval::note_approved(app, staff, p.id, None).await.expect("notes");
    article::publish(app, staff, p.id).await.expect("publishes");
    let issue = p.issue(&format!("{SCRIPT}호"), &[p.id]).await;
    magazine::show(app, staff, issue).await.expect("shows");
    let path = format!("/articles/{}", p.scene.slug);
    let mut files = p.made(&path).await;
    files.extend(p.made("/magazine/1").await);
    let mut reader = p.world.browser();
    for file in &files {
        let page = reader.get(file).await.ok();
        let text = readable(&page);
        if kind(file) == "pdf" {
            // It stands there as text; no action, no script, no address of elsewhere.
            assert!(text.contains("alert(1)") && !text.contains("root:"), "{text}");
            let file = super::File::new("made.pdf", &page.bytes);
            let plain = file.ask("qpdf", &["--qdf", "--object-streams=disable", "@", "-"]);
            for sign in ["/JavaScript", "/JS ", "/Launch", "javascript:", "elsewhere.example"] {
                assert!(!plain.contains(sign), "{sign} in {}", page.path);
            }
            assert!(plain.contains("narae.example/ok"), "a link to a page is one");
            continue;
        }
        for (name, bytes) in unpacked(&page.bytes) {
            if !["xhtml", "opf"].contains(&kind(&name)) {
                continue;
            }
            let text = String::from_utf8(bytes).expect("text");
            let options = roxmltree::ParsingOptions {
                allow_dtd: true,
                ..roxmltree::ParsingOptions::default()
            };
            let xml = roxmltree::Document::parse_with_options(&text, options).expect("XML");
            for node in xml.descendants() {
                let tag = node.tag_name().name();
                assert!(!["script", "svg", "iframe", "object"].contains(&tag), "{name}: {tag}");
                for attribute in node.attributes() {
                    let value = attribute.value();
                    assert!(
                        !attribute.name().starts_with("on") && !value.contains("javascript:"),
                        "{name}: {value}"
                    );
                    assert!(tag != "img" || !value.contains("elsewhere"), "{name}: {value}");
                }
            }
        }
    }
    let atom = reader.get("/feed.atom").await.ok();
    let feed = feed_rs::parser::parse(&atom.bytes[..]).expect("a feed");
    let entry = &feed.entries[0];
    let html = entry
        .content
        .as_ref()
        .and_then(|c| c.body.clone())
        .expect("the article");
    for sign in [
        "<script",
        "<svg",
        "<img",
        "onerror=alert",
        "href=\"javascript",
        "src=\"https://elsewhere",
    ] {
        assert!(!html.contains(sign), "{sign}: {html}");
    }
    let page = reader.get(&path).await.ok();
    assert_eq!(page.body.matches("<script").count(), 1, "the data alone");
    let mut editor = p.world.signed_in("moderator").await;
    let export = editor.get(&format!("/desk/articles/{}/export", p.id)).await.ok();
    for (name, bytes) in unpacked(&export.bytes) {
        let text = String::from_utf8(bytes).expect("text");
        let written = if kind(&name) == "json" {
            // As a program that shows its Markdown would.
            let data: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            let blocks = data["blocks"].as_array().expect("blocks").iter();
            blocks
                .filter_map(|b| b["markdown"].as_str())
                .collect::<Vec<_>>()
                .join("\n\n")
        } else {
            text
        };
        let mut options = comrak::Options::default();
        options.render.r#unsafe = true;
        let html = comrak::markdown_to_html(&written, &options);
        for sign in [
            "<script",
            "<svg",
            "<img",
            "href=\"javascript",
            "elsewhere.example/beacon",
        ] {
            assert!(!html.contains(sign), "{sign} of {name}: {html}");
        }
    }
}
