//! PDF and EPUB of what was published, by way of the server.

use super::{super::Print, dot, kind, readable, tools::File, unpacked};
use axum::http::{Method, StatusCode, header};
use db::{entity, prelude::*};
use domain::state::{job::JobState, printed::PrintedState};
use publishing::{
    approval,
    article::{self, BlockBody, BlockDraft},
    magazine,
};
use sha2::{Digest, Sha256};
use testkit::Page;

fn header(page: &Page, name: header::HeaderName) -> &str {
    page.headers.get(name).map_or("", |v| v.to_str().expect("text"))
}

impl Print {
    /// Publishes the article of the event with everybody's leave, a picture in it.
    async fn brought_out(&self) -> String {
        let (app, staff) = (&self.world.app, self.scene.moderator);
        let asset = entity::asset::ActiveModel {
            sha256: Set("9".repeat(64)),
            media_type: Set("image/png".into()),
            width: Set(1),
            height: Set(1),
            bytes: Set(dot()),
            created_at: Set(app.clock.now()),
        };
        let tx = app.db.begin_write().await.expect("begins");
        entity::asset::Entity::insert(asset)
            .exec_without_returning(&tx)
            .await
            .expect("inserts");
        tx.commit().await.expect("commits");
        self.edit(|d| {
            d.title = "가까이에서 묻고 답하다".into();
            d.keywords = "정산, 상담".into();
            d.blocks.push(BlockDraft::new(BlockBody::Picture {
                asset: "9".repeat(64),
                alt: "강당의 사진".into(),
                caption: "그날의 강당".into(),
            }));
        })
        .await;
        approval::note_approved(app, staff, self.id, None).await.expect("notes");
        article::publish(app, staff, self.id).await.expect("publishes");
        format!("/articles/{}", self.scene.slug)
    }

    async fn jobs(&self) -> u64 {
        entity::job::Entity::find()
            .filter(entity::job::Column::Kind.eq("make_file"))
            .count(self.world.app.db.reader())
            .await
            .expect("counts")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_made_once_and_sent_to_whoever_asks_then() {
    let p = Print::new().await;
    let path = p.brought_out().await;
    let mut one = p.world.browser();
    let page = one.get(&path).await.ok();
    assert!(
        page.links().contains(&format!("{path}/files")),
        "the article leads there"
    );
    let mut two = p.world.browser().speaking("en");
    p.press_for(&mut one, &path, "pdf").await;
    p.press_for(&mut two, &path, "pdf").await;
    assert_eq!(p.jobs().await, 1, "asked for twice, made once");
    // How far it is stands on the page, for whoever looks.
    let waiting = two.get(&format!("{path}/files")).await.ok();
    assert!(
        waiting.body.contains("<progress") && waiting.text().contains("Look again"),
        "{}",
        waiting.text()
    );
    p.work().await;
    let ready = one.get(&format!("{path}/files")).await.ok();
    assert!(ready.text().contains("쪽 ·"), "{}", ready.text());
    let link = ready.links().into_iter().find(|l| kind(l) == "pdf").expect("a link");
    let file = one.get(&link).await.ok();
    assert!(file.bytes.starts_with(b"%PDF-"));
    for (name, value) in [
        (header::CONTENT_TYPE, "application/pdf"),
        (header::CACHE_CONTROL, "public, max-age=300"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        assert_eq!(header(&file, name), value);
    }
    // 가까이에서 묻고 답하다.pdf
    let named = "attachment; filename=\"_____ __ ___.pdf\"; filename*=UTF-8''%EA%B0%80%EA%B9%8C%EC%9D%B4%EC%97%90%EC%84%9C\
                 %20%EB%AC%BB%EA%B3%A0%20%EB%8B%B5%ED%95%98%EB%8B%A4.pdf";
    assert_eq!(header(&file, header::CONTENT_DISPOSITION), named);
    let sha256 = link
        .rsplit('/')
        .next()
        .and_then(|f| f.strip_suffix(".pdf"))
        .expect("a name");
    assert_eq!(header(&file, header::ETAG), format!("\"{sha256}\""));
    assert_eq!(data_encoding::HEXLOWER.encode(&Sha256::digest(&file.bytes)), sha256);
    assert_eq!(
        header(&file, header::CONTENT_LENGTH),
        file.bytes.len().to_string(),
        "and not packed anew"
    );
    // Asking again makes nothing anew; a name that was never given is nowhere.
    let form = one.get(&format!("{path}/files")).await.ok().form("/files");
    drop(one.send(&form.set("kind", "pdf")).await.ok());
    assert_eq!(p.jobs().await, 1);
    let never = format!("{path}/files/{}.pdf", "0".repeat(64));
    assert_eq!(one.get(&never).await.status, StatusCode::NOT_FOUND);
    let other = link.replace(".pdf", ".epub");
    assert_eq!(one.get(&other).await.status, StatusCode::NOT_FOUND);
    // A head alone has the same words about it.
    let head = one.once(Method::HEAD, &link, None).await;
    assert_eq!(header(&head, header::ETAG), format!("\"{sha256}\""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_goes_with_what_it_was_made_of() {
    let p = Print::new().await;
    let (app, staff) = (&p.world.app, p.scene.moderator);
    let path = p.brought_out().await;
    let issue = p.issue("첫 호", &[p.id]).await;
    magazine::show(app, staff, issue).await.expect("shows");
    let mut files = p.made(&path).await;
    files.extend(p.made("/magazine/1").await);
    let mut reader = p.world.browser();
    drop(reader.get(&format!("{path}/card.png")).await.ok());
    assert_eq!(p.kept().await.0, 5);
    // What an editor types is not out, so it changes no file.
    p.edit(|d| d.standfirst = "새로 쓴 요지".into()).await;
    for file in &files {
        drop(reader.get(file).await.ok());
    }
    // A correction is: the files are gone in the same moment, and others are made when somebody asks.
    article::publish(app, staff, p.id).await.expect("corrects");
    assert_eq!(p.kept().await, (0, 0), "before anybody looks");
    for file in &files {
        assert_eq!(reader.get(file).await.status, StatusCode::GONE, "{file}");
    }
    let corrected = p.made(&path).await;
    assert!(readable(&reader.get(&corrected[0]).await.ok()).contains("새로 쓴 요지"));
    assert!(corrected.iter().all(|file| !files.contains(file)));
    // Hidden with its issue, its page is as if it had never been; the file was there.
    magazine::hide(app, staff, issue).await.expect("hides");
    assert_eq!(p.kept().await, (0, 0));
    assert_eq!(reader.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(reader.get(&format!("{path}/files")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(reader.get("/magazine/1/files").await.status, StatusCode::NOT_FOUND);
    assert_eq!(reader.get(&corrected[0]).await.status, StatusCode::GONE);
    magazine::show(app, staff, issue).await.expect("shows");
    // The same words make the same file, and it is there again.
    assert_eq!(p.made(&path).await, corrected);
    drop(reader.get(&corrected[0]).await.ok());
    article::withdraw(app, staff, p.id).await.expect("withdraws");
    assert_eq!(p.kept().await, (0, 0));
    for at in [&corrected[0], &format!("{path}/files"), &format!("{path}/card.png")] {
        assert_eq!(reader.get(at).await.status, StatusCode::GONE, "{at}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_taken_back_while_its_file_is_being_made_is_in_no_file() {
    let p = Print::new().await;
    let (app, staff) = (&p.world.app, p.scene.moderator);
    let path = p.brought_out().await;
    let mut reader = p.world.browser();
    p.press_for(&mut reader, &path, "pdf").await;
    article::withdraw(app, staff, p.id).await.expect("withdraws");
    p.work().await;
    assert_eq!(p.kept().await, (0, 0));
    let job = entity::job::Entity::find()
        .filter(entity::job::Column::Kind.eq("make_file"))
        .one(app.db.reader())
        .await
        .expect("reads")
        .expect("was asked");
    assert_eq!(job.state, JobState::Done, "nothing is left to do");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_made_says_why_and_is_tried_again_later() {
    let p = Print::new().await;
    let (app, staff) = (&p.world.app, p.scene.moderator);
    let path = p.brought_out().await;
    // A picture that no program reads: some day somebody's disk does that.
    let tx = app.db.begin_write().await.expect("begins");
    entity::asset::Entity::update_many()
        .col_expr(entity::asset::Column::Bytes, Expr::value(b"GIF no more".to_vec()))
        .exec(&tx)
        .await
        .expect("breaks");
    tx.commit().await.expect("commits");
    let mut reader = p.world.browser();
    p.press_for(&mut reader, &path, "pdf").await;
    p.work().await;
    let page = reader.get(&format!("{path}/files")).await.ok();
    assert!(page.text().contains("읽을 수 없는 것이 있어서"), "{}", page.text());
    p.press_for(&mut reader, &path, "pdf").await;
    assert_eq!(p.jobs().await, 1, "nothing changed, so nothing would come of it");
    app.clock.advance(chrono::TimeDelta::minutes(11));
    p.press_for(&mut reader, &path, "pdf").await;
    assert_eq!(p.jobs().await, 2);
    let row = entity::printed::Entity::find()
        .one(app.db.reader())
        .await
        .expect("reads");
    assert_eq!(row.expect("is there").state, PrintedState::Waiting);
    // An article that is well again has its file.
    article::withdraw(app, staff, p.id).await.expect("withdraws");
    p.work().await;
    assert_eq!(p.kept().await, (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_peoples_programs_find_nothing_to_say_about_them() {
    let p = Print::new().await;
    let (app, staff) = (&p.world.app, p.scene.moderator);
    let path = p.brought_out().await;
    let issue = p.issue("묻고 답하는 호", &[p.id]).await;
    magazine::show(app, staff, issue).await.expect("shows");
    let mut reader = p.world.browser();
    for (path, title) in [
        (path.as_str(), "가까이에서 묻고 답하다"),
        ("/magazine/1", "묻고 답하는 호"),
    ] {
        let files = p.made(path).await;
        let pdf = File::new("made.pdf", &reader.get(&files[0]).await.ok().bytes);
        let about = pdf.ask("pdfinfo", &["@"]);
        let line = |name: &str| {
            about
                .lines()
                .find(|l| l.starts_with(name))
                .unwrap_or_default()
                .to_owned()
        };
        assert!(
            line("Tagged:").ends_with("yes") && line("Title:").contains(title),
            "{about}"
        );
        let root = pdf.ask("qpdf", &["--json", "--json-key=qpdf", "@"]);
        assert!(root.contains("\"/Lang\": \"u:ko\""), "its language");
        pdf.ask("qpdf", &["--check", "@"]);
        let fonts = pdf.ask("pdffonts", &["@"]);
        let rows: Vec<&str> = fonts.lines().skip(2).collect();
        assert!(!rows.is_empty());
        for row in rows {
            let cells: Vec<&str> = row.split_whitespace().rev().collect();
            // Name, type, encoding, embedded, subset, to Unicode, object and its generation.
            assert_eq!((cells[4], cells[2]), ("yes", "yes"), "{row}");
        }
        let text = pdf.pages().join("\n");
        for words in [title, "물음-하나-끝", "대답-2-끝", "그날의 강당"] {
            let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(folded.contains(words), "{words}: {folded}");
        }
        let bytes = reader.get(&files[1]).await.ok().bytes;
        let epub = File::new("made.epub", &bytes);
        let said = epub.epubcheck();
        let said = String::from_utf8_lossy(&said.stdout).into_owned() + &String::from_utf8_lossy(&said.stderr);
        assert!(said.contains("No errors or warnings detected"), "{said}");
        let inside = unpacked(&bytes);
        assert!(
            inside.iter().any(|(_, bytes)| *bytes == dot()),
            "its picture is in it as it is"
        );
        let opf = inside.iter().find(|(name, _)| kind(name) == "opf").expect("a package");
        let opf = String::from_utf8_lossy(&opf.1);
        assert!(opf.contains("urn:uuid:") && opf.contains("ko"), "{opf}");
    }
}
