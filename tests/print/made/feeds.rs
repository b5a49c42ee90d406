//! Feeds, the list of pages, what stands beside an address elsewhere, and editors' exports.

use super::{super::Print, dot, unpacked};
use axum::http::{StatusCode, header};
use publishing::{approval, article, magazine};
use roxmltree::Document;
use serde_json::Value;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn feeds_hold_what_is_published_with_its_corrections() {
    let p = Print::new().await;
    let (app, staff) = (&p.world.app, p.scene.moderator);
    approval::note_approved(app, staff, p.id, None).await.expect("notes");
    article::publish(app, staff, p.id).await.expect("publishes");
    p.report("둘째", 3).await;
    let mut reader = p.world.browser();
    let before = reader.get("/feed.atom").await.ok();
    assert_eq!(
        before.headers[header::CONTENT_TYPE],
        "application/atom+xml; charset=utf-8"
    );
    assert_eq!(reader.get("/feed.atom").await.ok().bytes, before.bytes, "from memory");
    app.clock.advance(chrono::TimeDelta::hours(1));
    article::publish_with(app, staff, p.id, "날짜를 바로잡습니다.")
        .await
        .expect("corrects");
    let atom = reader.get("/feed.atom").await.ok();
    let feed = feed_rs::parser::parse(&atom.bytes[..]).expect("a feed");
    assert_eq!(feed.entries.len(), 1, "what is not published is not in it");
    let entry = &feed.entries[0];
    let own = format!("{}/articles/{}", app.settings.web.public_url, p.scene.slug);
    assert_eq!(entry.links[0].href, own);
    assert!(entry.id.starts_with("urn:uuid:"));
    assert!(entry.updated > entry.published);
    let content = entry
        .content
        .as_ref()
        .and_then(|c| c.body.as_deref())
        .expect("the article");
    for words in ["물음-하나-끝", "대답-2-끝", "날짜를 바로잡습니다."] {
        assert!(content.contains(words), "{words}: {content}");
    }
    let json = reader.get("/feed.json?in=en").await.ok();
    let words: Value = serde_json::from_slice(&json.bytes).expect("JSON");
    assert_eq!(
        (&words["language"], &words["items"][0]["language"]),
        (&"en".into(), &"ko".into())
    );
    let parsed = feed_rs::parser::parse(&json.bytes[..]).expect("a feed");
    assert_eq!(parsed.entries.len(), 1);
    assert_eq!(parsed.entries[0].id, entry.id, "one article has one name");
    article::withdraw(app, staff, p.id).await.expect("withdraws");
    for path in ["/feed.atom", "/feed.json", "/feed.json?in=en"] {
        let feed = reader.get(path).await.ok();
        assert!(
            feed_rs::parser::parse(&feed.bytes[..])
                .expect("a feed")
                .entries
                .is_empty(),
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn search_engines_find_every_page_and_who_passes_one_on_has_a_picture() {
    let p = Print::new().await;
    let (app, staff) = (&p.world.app, p.scene.moderator);
    approval::note_approved(app, staff, p.id, None).await.expect("notes");
    p.edit(|d| d.title = "</script><script>alert(1)</script> 가까이".into())
        .await;
    article::publish(app, staff, p.id).await.expect("publishes");
    let issue = p.issue("첫 호", &[p.id]).await;
    magazine::show(app, staff, issue).await.expect("shows");
    let mut reader = p.world.browser();
    let url = &app.settings.web.public_url;
    let robots = reader.get("/robots.txt").await.ok().body;
    assert!(robots.contains(&format!("Sitemap: {url}/sitemap.xml")), "{robots}");
    let list = reader.get("/sitemap.xml").await.ok().body;
    let xml = Document::parse(&list).expect("XML");
    let pages: Vec<&str> = xml
        .descendants()
        .filter(|n| n.has_tag_name(("http://www.sitemaps.org/schemas/sitemap/0.9", "loc")))
        .filter_map(|n| n.text())
        .collect();
    for path in [
        "/",
        "/magazine",
        "/magazine/archive",
        "/magazine/1",
        &format!("/articles/{}", p.scene.slug),
    ] {
        assert!(pages.contains(&format!("{url}{path}").as_str()), "{path}: {pages:?}");
    }
    assert_eq!(
        reader.get("/sitemap/1.xml").await.status,
        StatusCode::NOT_FOUND,
        "one list is enough"
    );

    let path = format!("/articles/{}", p.scene.slug);
    let page = reader.get(&path).await.ok();
    assert_eq!(page.body.matches("<script").count(), 1, "the data alone");
    let data = page
        .body
        .split("<script type=\"application/ld+json\">")
        .nth(1)
        .expect("data");
    let data: Value = serde_json::from_str(data.split("</script>").next().expect("its end")).expect("JSON");
    assert_eq!(
        (&data["@type"], &data["isPartOf"]["issueNumber"]),
        (&"Article".into(), &1.into())
    );
    assert_eq!(data["contributor"].as_array().map(Vec::len), Some(6));
    let image = data["image"].as_str().expect("a picture").to_owned();
    assert!(
        page.body
            .contains(&format!("<meta property=\"og:image\" content=\"{image}\">"))
    );
    assert!(page.body.contains("href=\"/feed.atom\""));
    assert!(page.body.len() < 60_000, "{}", page.body.len());
    let picture = image.strip_prefix(url.as_str()).expect("of this site");
    let card = reader.get(picture).await.ok();
    assert_eq!(card.headers[header::CONTENT_TYPE], "image/png");
    assert_eq!(card.headers[header::CACHE_CONTROL], "public, max-age=300");
    assert_eq!(
        imagesize::blob_size(&card.bytes).map(|s| (s.width, s.height)).ok(),
        Some((1200, 630))
    );
    assert_eq!(reader.get(picture).await.ok().bytes, card.bytes);
    assert_eq!(p.kept().await.0, 1, "drawn once");
    // Another title is another picture, at another address.
    p.edit(|d| d.title = "멀리에서".into()).await;
    article::publish(app, staff, p.id).await.expect("corrects");
    assert!(!reader.get(&path).await.ok().body.contains(&image));
    assert_ne!(reader.get(picture).await.ok().bytes, card.bytes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn editors_take_their_texts_elsewhere_and_nobody_else_does() {
    let p = Print::new().await;
    let (app, staff) = (&p.world.app, p.scene.moderator);
    approval::note_approved(app, staff, p.id, None).await.expect("notes");
    article::publish(app, staff, p.id).await.expect("publishes");
    p.edit(|d| d.standfirst = "아직 나가지 않은 요지".into()).await;
    let report = p.report("글감", 4).await;
    let issue = p.issue("첫 호", &[p.id, report]).await;
    magazine::show(app, staff, issue).await.expect("shows");
    let (one, whole) = (
        format!("/desk/articles/{}/export", p.id),
        format!("/desk/issues/{issue}/export"),
    );
    for path in [&one, &whole] {
        let stranger = p.world.browser().get(path).await;
        assert!(stranger.path.starts_with("/sign-in"), "{}", stranger.path);
    }
    let mut editor = p.world.signed_in("moderator").await;
    let export = editor.get(&one).await.ok();
    assert_eq!(export.headers[header::CONTENT_TYPE], "application/zip");
    let files = unpacked(&export.bytes);
    let text = |name: &str| -> String {
        let file = files.iter().find(|(n, _)| n == name);
        String::from_utf8(file.unwrap_or_else(|| panic!("{name}")).1.clone()).expect("text")
    };
    assert!(!text("published/article.md").contains("아직 나가지 않은"));
    assert!(text("draft/article.md").contains("아직 나가지 않은 요지"));
    let data: Value = serde_json::from_str(&text("published/article.json")).expect("JSON");
    assert_eq!(data["language"], "ko");
    let files = unpacked(&editor.get(&whole).await.ok().bytes);
    let names: Vec<&str> = files.iter().map(|(n, _)| n.as_str()).collect();
    let (first, second) = (
        format!("01-{}", p.scene.slug),
        format!("02-{}-draft", p.slug_of(report).await),
    );
    for name in [
        "issue.md",
        "issue.json",
        &format!("{first}/article.md"),
        &format!("{second}/picture-1.png"),
    ] {
        assert!(names.contains(&name), "{name}: {names:?}");
    }
    let picture = files
        .iter()
        .find(|(n, _)| n.ends_with("/picture-1.png"))
        .expect("a picture");
    assert!(picture.1.starts_with(&dot()), "as it is kept");
    for (deed, times) in [("article.exported", 1), ("issue.exported", 1)] {
        assert_eq!(p.world.audited(deed).await, times, "{deed}");
    }
}
