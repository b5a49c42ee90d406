//! Feeds, sitemap, JSON-LD and exports, as somebody else's parser reads them.

#[path = "../examples/content/mod.rs"]
#[expect(dead_code, reason = "the pictures and sheets are for the other tests")]
mod content;

use chrono::{DateTime, Utc};
use print::{
    Block, Document, Lang, Said,
    feeds::{self, Entry, Feed, Location, Told},
};
use roxmltree::Node;
use serde_json::Value;

const EVIL: &str =
    "]]></content><script>alert(1)</script> & \u{0}\u{1}\u{fffe}\u{202e} \"' [x](javascript:alert(1)) # * | 1. `";

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().expect("a moment")
}

fn evil() -> Document {
    let mut d = content::report();
    d.title = EVIL.into();
    d.standfirst = EVIL.into();
    d.identifier = EVIL.into();
    d.keywords = vec![EVIL.into()];
    d.address = Some("https://onsaemi.example/\"><script>?a=1&b=2".into());
    let person = content::people().remove(0);
    d.blocks = vec![
        Block::Prose(EVIL.into()),
        Block::Quote(Said {
            by: person,
            text: EVIL.into(),
        }),
        Block::Picture(content::picture(EVIL, EVIL)),
    ];
    d
}

fn feed<'a>(documents: &'a [Document]) -> Feed<'a> {
    let entry = |document: &'a Document| Entry {
        document,
        published: moment("2026-12-01T00:00:00Z"),
        updated: moment("2026-12-09T03:00:00Z"),
        pictures: vec!["https://onsaemi.example/pictures/1.png".into()],
    };
    Feed {
        lang: Lang::Ko,
        title: "온새미 이야기".into(),
        publisher: "온새미".into(),
        home: "https://onsaemi.example/".into(),
        address: "https://onsaemi.example/feed.atom".into(),
        updated: moment("2026-12-09T03:00:00Z"),
        entries: documents.iter().map(entry).collect(),
    }
}

fn child<'a>(node: Node<'a, '_>, name: &str) -> &'a str {
    let found = node.children().find(|c| c.has_tag_name(name));
    found.and_then(|c| c.text()).unwrap_or_else(|| panic!("no {name}"))
}

#[test]
fn atom_is_read_by_a_parser_of_xml() {
    let documents = [content::conversation(), content::report(), evil(), content::english()];
    let xml = feeds::atom(&feed(&documents));
    let parsed = roxmltree::Document::parse(&xml).expect("well-formed");
    let root = parsed.root_element();
    assert_eq!(child(root, "id"), "https://onsaemi.example/feed.atom");
    let entries: Vec<_> = root.children().filter(|c| c.has_tag_name("entry")).collect();
    assert_eq!(entries.len(), 3, "the one without an address leads nowhere");
    assert_eq!(child(entries[0], "id"), "urn:uuid:0192f0c0-0000-7000-8000-000000000001");
    assert_eq!(child(entries[0], "updated"), "2026-12-09T03:00:00Z");
    let html = child(entries[0], "content");
    assert!(
        html.contains("바로잡습니다") && html.contains("<b class=\"host\">Juno(민주노)</b>"),
        "{html}"
    );
    assert!(!html.contains("epub:"), "a feed knows nothing of books");
    let pictured = child(entries[1], "content");
    assert!(
        pictured.contains("<img src=\"https://onsaemi.example/pictures/1.png\" alt=\"해 질"),
        "{pictured}"
    );
    let hostile = child(entries[2], "content");
    let body = format!("<div>{hostile}</div>");
    let inner = roxmltree::Document::parse(&body).expect("its HTML is well-formed, too");
    assert!(inner.descendants().all(|n| !n.has_tag_name("script")), "{hostile}");
    let leads = inner.descendants().filter_map(|n| n.attribute("href"));
    assert!(leads.into_iter().all(|h| h.starts_with("https:")), "{hostile}");
    assert_eq!(
        child(entries[2], "title").matches("<script>").count(),
        1,
        "it stands as text"
    );
}

#[test]
fn json_feed_holds_the_same() {
    let documents = [content::conversation(), evil()];
    let value: Value = serde_json::from_str(&feeds::json_feed(&feed(&documents))).expect("JSON");
    assert_eq!(value["version"], "https://jsonfeed.org/version/1.1");
    assert_eq!(value["items"][0]["id"], "urn:uuid:0192f0c0-0000-7000-8000-000000000001");
    assert_eq!(value["items"][0]["language"], "ko");
    let html = value["items"][1]["content_html"].as_str().expect("content");
    assert!(!html.contains("<script"), "{html}");
    assert_eq!(
        value["items"][1]["id"], value["items"][1]["url"],
        "a name that is none is not used"
    );
}

#[test]
fn a_sitemap_names_each_language_both_ways() {
    let page = |address: &str, lang, others: &[(Lang, &str)]| Location {
        address: address.into(),
        lang,
        changed: moment("2026-12-01T00:00:00Z"),
        others: others.iter().map(|(l, a)| (*l, (*a).to_owned())).collect(),
    };
    let (ko, en) = ("https://onsaemi.example/a?x=1&y=2", "https://onsaemi.example/en/a");
    let pages = [
        page(ko, Lang::Ko, &[(Lang::En, en)]),
        page(en, Lang::En, &[(Lang::Ko, ko)]),
        page("javascript:alert(1)", Lang::Ko, &[]),
        page("https://onsaemi.example/alone", Lang::Ko, &[]),
    ];
    let xml = feeds::sitemap(&pages).expect("a sitemap");
    let parsed = roxmltree::Document::parse(&xml).expect("well-formed");
    let urls: Vec<_> = parsed.root_element().children().filter(Node::is_element).collect();
    assert_eq!(urls.len(), 3);
    let links = |n: Node<'_, '_>| -> Vec<(String, String)> {
        let links = n.children().filter(|c| c.tag_name().name() == "link");
        let of = |c: &Node<'_, '_>, name| c.attribute(name).expect(name).to_owned();
        links.map(|c| (of(&c, "hreflang"), of(&c, "href"))).collect()
    };
    let both = vec![("ko".to_owned(), ko.to_owned()), ("en".to_owned(), en.to_owned())];
    assert_eq!(links(urls[0]), both);
    assert_eq!(links(urls[1]).len(), 2);
    assert_eq!(links(urls[2]), vec![]);
    let many = vec![page(ko, Lang::Ko, &[]); feeds::SITEMAP_LOCATIONS + 1];
    assert!(feeds::sitemap(&many).is_err());
}

#[test]
fn json_ld_names_everybody_and_cannot_end_its_block() {
    let d = content::conversation();
    let documents = [d];
    let feed = feed(&documents);
    let value: Value = serde_json::from_str(&feeds::json_ld(&feed.entries[0], &Told::default())).expect("JSON");
    assert_eq!(value["@type"], "Article");
    let people = value["contributor"].as_array().expect("people");
    let of = |name: &str| people.iter().filter(|p| p["name"] == name).collect::<Vec<_>>();
    assert_eq!(of("한누리").len(), 1, "once, however often they speak");
    assert_eq!(of("한누리")[0]["worksFor"]["name"], "누리빵집");
    assert_eq!(of("Juno(민주노)")[0]["worksFor"]["name"], "온새미");
    assert_eq!(of("박가온")[0].get("worksFor"), None, "a driver works for nobody");
    assert_eq!(value["correction"][0]["datePublished"], "2026-12-09");
    let documents = [evil()];
    let feed = self::feed(&documents);
    let text = feeds::json_ld(
        &feed.entries[0],
        &Told {
            picture: Some("javascript:alert(1)".into()),
            ..Told::default()
        },
    );
    assert!(!text.contains('<') && !text.contains("\"image\""), "{text}");
    let value: Value = serde_json::from_str(&text).expect("JSON");
    assert!(
        value["headline"]
            .as_str()
            .expect("a headline")
            .contains("</content><script>")
    );
}

#[test]
fn an_export_says_what_was_said() {
    let d = content::conversation();
    let text = feeds::markdown(&d).text;
    assert!(text.starts_with("# 묻는 사람이 먼저 알고 있었다\n"), "{text}");
    assert!(text.contains("답변 · **Juno(민주노)** · 장터부문장\n\n"), "{text}");
    let export = feeds::markdown(&evil());
    assert_eq!(export.pictures.len(), 1);
    assert!(export.text.contains("](picture-1.png)"));
    // As another reader of Markdown takes it: what was said is text again.
    let html = comrak::markdown_to_html(&export.text, &comrak::Options::default());
    assert!(
        !html.contains("<script") && !html.contains("href=\"javascript"),
        "{html}"
    );
    let quote = html.split_once("<blockquote>").expect("the quote").1;
    assert!(quote.contains("[x](javascript:alert(1)) # * | 1. `"), "{quote}");
    let json: Value = serde_json::from_str(&feeds::json(&d).text).expect("JSON");
    assert_eq!(json["blocks"][2]["answers"][0]["by"]["side"], "host");
    assert_eq!(feeds::json(&content::report()).pictures[0].0, "picture-1.png");
}
