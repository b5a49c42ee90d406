//! EPUB as epubcheck reads it, and pictures as a decoder does.

#[path = "../examples/content/mod.rs"]
#[expect(dead_code, reason = "the badges are for the other tests")]
mod content;
#[expect(dead_code, reason = "pages and boxes are for the other tests")]
mod tools;

use print::{Block, Card, Code, Correction, Cover, Document, Exchange, Figures, Lang, Person, Said, Side, epub};
use std::io::{Cursor, Read};
use tools::File;
use zip::ZipArchive;

fn clean(bytes: &[u8]) {
    let file = File::new("it.epub", bytes);
    // Debian's command is the archive itself, which not every kernel runs.
    let out = file.epubcheck();
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&out.stdout),
        String::from_utf8_lossy(&out.stderr)
    );
    assert!(out.status.success(), "{said}");
    assert!(said.contains("0 fatals / 0 errors / 0 warnings"), "{said}");
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).expect("a container");
    let mut text = String::new();
    zip.by_name(name).expect(name).read_to_string(&mut text).expect("text");
    text
}

#[test]
fn an_issue_is_a_book_that_epubcheck_finds_nothing_to_say_about() {
    let issue = content::issue(Cover::Picture(content::picture("언덕", "")));
    let book = epub::issue(&issue).expect("a book");
    clean(&book);
    assert_eq!(
        book,
        epub::issue(&issue).expect("again"),
        "the same issue makes the same bytes"
    );
    assert_eq!(
        &book[30..58],
        b"mimetypeapplication/epub+zip",
        "its first octets tell what it is"
    );
    let opf = part(&book, "book/package.opf");
    for says in [
        "<dc:language>ko</dc:language>",
        "schema:accessMode\">textual",
        "schema:accessModeSufficient\">textual",
        "schema:accessibilityFeature\">alternativeText",
        "schema:accessibilityHazard\">none",
        "schema:accessibilitySummary",
        "EPUB Accessibility 1.1 - WCAG 2.1 Level AA",
        "dcterms:modified\">2026-12-09T00:00:00Z",
    ] {
        assert!(opf.contains(says), "{says} in {opf}");
    }
    let nav = part(&book, "book/nav.xhtml");
    assert!(
        nav.contains("epub:type=\"landmarks\"") && nav.contains("<span>현장</span>"),
        "{nav}"
    );
    for d in issue.sections.iter().flat_map(|s| &s.articles) {
        assert!(nav.contains(&format!(">{}</a>", d.title)), "{} in {nav}", d.title);
    }
    let first = part(&book, "book/article-1.xhtml");
    assert!(
        first.contains("<h2 class=\"part\" id=\"part-1\">1부 · 파트너가 묻고 회사가 답하다</h2>"),
        "{first}"
    );
    assert!(
        first.contains("<b class=\"host\">Juno(민주노)</b>") && first.contains("<h3 id=\"q1\">"),
        "{first}"
    );
}

#[test]
fn an_article_is_a_book_too_in_either_language() {
    for d in [content::conversation(), content::report(), content::english()] {
        clean(&epub::article(&d).expect("a book"));
    }
}

#[test]
fn hostile_text_is_text_in_a_book() {
    let evil = "</p></body><script>alert(1)</script>&#0;]]>\u{202e}\u{0}\u{fffe}\u{1}\" onload='x' <![CDATA[ [a](javascript:alert(1)) \
        ![p](https://evil.example/p.png) <img src=x> [b](https://x.example/\"><script>) 👩‍👩‍👧 שלום";
    let said = || Said {
        by: Person {
            lead: evil.into(),
            rest: evil.into(),
            works_for: None,
            side: Side::Partner {
                services: vec![evil.into()],
            },
        },
        text: evil.into(),
    };
    let d = Document {
        lang: Lang::Ko,
        identifier: evil.into(),
        title: evil.into(),
        standfirst: evil.into(),
        keywords: vec![evil.into()],
        publisher: evil.into(),
        event: evil.into(),
        date: content::day(2026, 12, 1),
        address: Some(evil.into()),
        blocks: vec![
            Block::Prose(evil.into()),
            Block::Prose(format!(
                "# {evil}\n\n3. {evil}\n   - {evil}\n\n> # {evil}\n\n```\n{evil}\n```\n\n---\n\n{}",
                "긴".repeat(10_000)
            )),
            Block::Part(evil.into()),
            Block::Exchange(Exchange {
                heading: Some(evil.into()),
                question: said(),
                answers: vec![said()],
                pull: Some(said()),
            }),
            Block::Quote(said()),
            Block::Picture(content::picture(evil, evil)),
            Block::Picture(content::picture("", "")),
            Block::Figures(Figures {
                caption: evil.into(),
                columns: vec![evil.into(), evil.into()],
                rows: vec![vec![evil.into()], vec![]],
            }),
        ],
        corrections: vec![Correction {
            date: content::day(2026, 12, 2),
            text: evil.into(),
        }],
    };
    let book = epub::article(&d).expect("a book");
    clean(&book);
    let chapter = part(&book, "book/article-1.xhtml");
    for bad in [
        "<script",
        "href=\"javascript",
        "src=\"https",
        "onload=\"",
        "<img src=\"x",
    ] {
        assert!(!chapter.contains(bad), "{bad} in {chapter}");
    }
    assert!(chapter.contains("&lt;script&gt;alert(1)"), "it stands as text");
}

/// Width, height and how many different values its dots have.
fn decoded(png: &[u8]) -> (u32, u32, usize) {
    let mut reader = png::Decoder::new(Cursor::new(png)).read_info().expect("a PNG");
    let mut dots = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut dots).expect("dots");
    let step = info.color_type.samples();
    let kinds: std::collections::BTreeSet<&[u8]> = dots[..info.buffer_size()].chunks(step).collect();
    (info.width, info.height, kinds.len())
}

#[test]
fn the_picture_behind_a_link_has_its_size_and_its_words() {
    let picture = print::open_graph(&content::card()).expect("a picture");
    let (wide, high, kinds) = decoded(&picture);
    assert_eq!((wide, high), (1200, 630));
    assert!(kinds > 50, "edges of letters have many shades: {kinds}");
    assert!(picture.len() < 300_000, "{}", picture.len());
    let other = print::open_graph(&Card {
        title: "다른 제목".into(),
        ..content::card()
    });
    assert_ne!(picture, other.expect("a picture"));
    assert_eq!(picture, print::open_graph(&content::card()).expect("again"));
    let hostile = Card {
        title: format!("#panic() \u{202e}{} 👍", "가".repeat(500)),
        event: "w".repeat(3_000),
        host: "<b>".repeat(100),
        lang: Lang::En,
    };
    assert_eq!(decoded(&print::open_graph(&hostile).expect("a picture")).0, 1200);
}

#[test]
fn a_code_is_a_square_in_both_forms() {
    let code = Code::new("https://onsaemi.example/r/k7p2").expect("a code");
    let side = u32::try_from(code.side()).expect("small");
    assert_eq!(decoded(&code.png(4).expect("a picture")), (side * 4, side * 4, 2));
    assert!(code.svg().contains(&format!("viewBox=\"0 0 {side} {side}\"")));
    // The three corners begin with a dark line of seven, four dots from the edge.
    assert!(code.path().starts_with("M4 4h7v1h-7z"), "{}", code.path());
}
