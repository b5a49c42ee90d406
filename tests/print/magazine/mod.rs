//! Articles become a magazine: issues in order, found by year, service, keyword and word, and out of sight at once.

mod found;

use super::Print;
use axum::http::{StatusCode, header};
use db::{entity, prelude::*, sql::Sql, words::Search};
use domain::{
    ArticleId, IssueId, Lang,
    role::Role,
    state::issue::{CoverTone, IssueState},
};
use publishing::{
    approval,
    article::{self, BlockBody, Shape},
    magazine::{self, IssueDraft, Item, Line},
};
use std::time::Duration;
use testkit::{Browser, Filled, Page, Wire};

impl Print {
    /// A published article of prose.
    async fn prose(&self, slug: &str, title: &str, text: &str, keywords: &str) -> ArticleId {
        let (app, staff) = (&self.world.app, self.scene.moderator);
        let id = self.prose_draft(slug, title, text, keywords).await;
        article::publish(app, staff, id).await.expect("publishes");
        id
    }

    async fn prose_draft(&self, slug: &str, title: &str, text: &str, keywords: &str) -> ArticleId {
        let (app, staff) = (&self.world.app, self.scene.moderator);
        let tx = app.db.begin_write().await.expect("begins");
        let id = article::create(&tx, app, staff, self.scene.event, Shape::Report).await;
        let id = id.expect("is made");
        tx.commit().await.expect("commits");
        let (version, mut draft) = article::current(app.db.reader(), id).await.expect("reads");
        draft.slug = slug.into();
        draft.title = title.into();
        draft.keywords = keywords.into();
        draft.blocks[0].body = BlockBody::prose(text);
        article::update(app, staff, id, version, draft).await.expect("saves");
        id
    }

    /// An issue with these articles, in preparation.
    pub(super) async fn issue(&self, title: &str, articles: &[ArticleId]) -> IssueId {
        let (app, staff) = (&self.world.app, self.scene.moderator);
        let id = magazine::create(app, staff, title, Lang::Ko).await.expect("is made");
        self.fill(id, articles).await;
        id
    }

    async fn fill(&self, id: IssueId, articles: &[ArticleId]) {
        let (app, staff) = (&self.world.app, self.scene.moderator);
        let (row, mut draft) = self.current_issue(id).await;
        draft.items = articles.iter().map(|id| Item::new(Line::Article(*id))).collect();
        magazine::save(app, staff, id, row.version, draft).await.expect("saves");
    }

    async fn current_issue(&self, id: IssueId) -> (entity::issue::Model, IssueDraft) {
        magazine::current(self.world.app.db.reader(), id).await.expect("reads")
    }

    async fn get(&self, path: &str) -> Page {
        self.world.browser().get(path).await
    }

    /// Everything that readers can open of the magazine and the articles, as one text.
    async fn everything(&self, words: &[&str]) -> String {
        let mut paths: Vec<String> = ["/", "/magazine", "/magazine/archive", "/magazine/archive/year/2026"]
            .map(String::from)
            .to_vec();
        paths.extend((1..5).map(|n| format!("/magazine/{n}")));
        paths.extend(["one", "two", "three", self.scene.slug].map(|slug| format!("/articles/{slug}")));
        paths.extend(words.iter().map(|word| format!("/magazine/search?q={word}")));
        paths.push("/magazine/archive/keyword/열쇠".to_owned());
        let mut all = String::new();
        for path in paths {
            // A search says what it was asked.
            let body = self.get(&encoded(&path)).await.body;
            let asked = path.split_once("?q=").map(|(_, q)| q.to_owned()).unwrap_or_default();
            all.push_str(&if asked.is_empty() {
                body
            } else {
                body.replace(&asked, "")
            });
        }
        all
    }

    /// How many articles the index finds for these words.
    async fn indexed(&self, words: &str) -> i64 {
        let conn = self.world.app.db.reader();
        let search = Search::parse(words).expect("words").without_names();
        let backend = conn.get_database_backend();
        let mut sql = Sql::default();
        if backend == sea_orm::DbBackend::Postgres {
            sql.add("SELECT count(DISTINCT article_id) FROM article_words WHERE words @@ CAST(");
            sql.bind(search.tsquery()).add("::text AS tsquery)");
        } else {
            sql.add("SELECT count(*) FROM article_words WHERE article_words MATCH ");
            sql.bind(search.fts5());
        }
        let row = conn.query_one_raw(sql.statement(backend)).await.expect("reads");
        row.expect("a row").try_get_by_index(0).expect("a number")
    }
}

/// An address in which only what is not ASCII is written in octets.
fn encoded(path: &str) -> String {
    octets(path, |b| b.is_ascii_graphic())
}

/// Words as they stand in a query.
fn quoted(words: &str) -> String {
    octets(words, |b| b.is_ascii_alphanumeric())
}

fn octets(text: &str, stays: impl Fn(u8) -> bool) -> String {
    text.bytes()
        .map(|b| {
            if stays(b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}

/// The issue's form, as browsers send it.
async fn press(editor: &mut Browser, form: &Filled, act: &str) -> Page {
    editor.upload(&form.clone().set("act", act), "cover", "", b"").await
}

/// Where texts stand in another, in the order in which they are given.
fn in_order(text: &str, words: &[&str]) -> bool {
    let places: Vec<Option<usize>> = words.iter().map(|word| text.find(word)).collect();
    places.iter().all(Option::is_some) && places.is_sorted()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_issue_is_filled_put_in_order_and_read_from_one_article_to_the_next() {
    let p = Print::new().await;
    let one = p.prose("one", "첫째 글", "첫째 글의 말.", "상생").await;
    let two = p.prose("two", "둘째 글", "둘째 글의 말.", "").await;
    let three = p.prose_draft("three", "아직 쓰는 글", "초안의 말.", "").await;
    let mut editor = p.world.signed_in("moderator").await;
    let list = editor.get("/desk/issues").await.ok();
    let form = list.form("/desk/issues");
    let refused = editor.send(&form.clone().set("title", " ")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = editor.send(&form.set("title", "첫 호의 제목")).await.ok();
    let path = page.path.clone();
    // Each button keeps what was typed beside it.
    let form = page.form(&path);
    assert_eq!(form.value("number"), Some("1"));
    let form = form.set("standfirst", "한 줄의 요지").set("section", "특집 꼭지");
    let form = press(&mut editor, &form, "add-section").await.ok().form(&path);
    let form = form.also("add", &one.to_string()).also("add", &two.to_string());
    let form = form.also("add", &three.to_string());
    let page = press(&mut editor, &form, "add-articles").await.ok();
    assert!(
        in_order(&page.body, &["특집 꼭지", "첫째 글", "둘째 글", "아직 쓰는 글"]),
        "{}",
        page.text()
    );
    // In preparation it is nowhere, and its articles go their own way.
    assert_eq!(p.get("/magazine/1").await.status, StatusCode::NOT_FOUND);
    assert!(!p.get("/magazine").await.ok().text().contains("첫 호의 제목"));
    assert!(!p.get("/articles/one").await.ok().body.contains("/magazine/1"));
    let preview = editor.get(&format!("{path}/preview")).await.ok();
    assert!(preview.text().contains("아직 쓰는 글") && preview.body.contains("noindex"));

    let show = page.form("/show");
    let _ = editor.send(&show).await.ok();
    let issue = p.get("/magazine/1").await.ok();
    let text = issue.text();
    assert!(
        in_order(
            &text,
            &["첫 호의 제목", "한 줄의 요지", "특집 꼭지", "첫째 글", "둘째 글"]
        ),
        "{text}"
    );
    assert!(!text.contains("아직 쓰는 글"), "{text}");
    assert!(issue.headers.contains_key(header::ETAG));
    assert_eq!(issue.headers[header::CACHE_CONTROL], "public, max-age=60");
    assert!(p.get("/magazine").await.ok().text().contains("첫 호의 제목"));
    let (first, second) = (p.get("/articles/one").await.ok(), p.get("/articles/two").await.ok());
    assert!(first.body.contains("rel=\"next\" href=\"/articles/two\"") && !first.body.contains("rel=\"prev\""));
    assert!(second.body.contains("rel=\"prev\" href=\"/articles/one\"") && !second.body.contains("rel=\"next\""));
    assert!(
        second.text().contains("1호 · 첫 호의 제목 특집 꼭지"),
        "{}",
        second.text()
    );

    // Another order, and every page that tells of it follows at once.
    let page = editor.get(&path).await.ok();
    let form = page.form(&path);
    let line = form
        .fields
        .iter()
        .find(|(n, v)| n == "item" && v.ends_with(&one.to_string()));
    let line = line
        .expect("stands there")
        .1
        .split(':')
        .next()
        .expect("an id")
        .to_owned();
    let page = press(&mut editor, &form, &format!("down:{line}")).await.ok();
    assert!(in_order(
        &p.get("/magazine/1").await.ok().text(),
        &["둘째 글", "첫째 글"]
    ));
    let first = p.get("/articles/one").await.ok();
    assert!(first.body.contains("rel=\"prev\" href=\"/articles/two\"") && !first.body.contains("rel=\"next\""));
    // Dragged back by the script, which says so in the same form.
    let page = press(&mut editor, &page.form(&path), &format!("to-2:{line}:"))
        .await
        .ok();
    assert!(in_order(
        &p.get("/magazine/1").await.ok().text(),
        &["첫째 글", "둘째 글"]
    ));

    // A neighbour that is withdrawn is no neighbour.
    article::withdraw(&p.world.app, p.scene.moderator, two)
        .await
        .expect("withdraws");
    assert!(!p.get("/articles/one").await.ok().body.contains("/articles/two"));
    assert!(!p.get("/magazine/1").await.ok().body.contains("둘째 글"));
    // Its number is its address, and stays.
    let form = page.form(&path);
    assert_eq!(form.value("number"), None);
    let _ = press(&mut editor, &form.set("number", "9"), "save").await.ok();
    let _ = p.get("/magazine/1").await.ok();
    assert_eq!(p.world.audited("issue.shown").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cover_bears_a_picture_as_long_as_its_issue_is_seen() {
    let p = Print::new().await;
    let one = p.prose("one", "첫째 글", "말.", "").await;
    let id = p.issue("그림이 있는 호", &[one]).await;
    let path = format!("/desk/issues/{id}");
    let mut editor = p.world.signed_in("moderator").await;
    let form = editor.get(&path).await.ok().form(&path).set("act", "save");
    let wrong = editor.upload(&form, "cover", "a.svg", b"<svg onload=alert(1)>").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    // Without a text alternative it is refused, and need not be chosen again.
    let refused = editor.upload(&form, "cover", "a.png", &super::compose::png()).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let form = refused.form(&path).set("cover_alt", "한 점의 그림").set("tone", "plum");
    let _ = press(&mut editor, &form, "save").await.ok();
    let (row, _) = p.current_issue(id).await;
    assert_eq!((row.tone, row.cover_alt.as_str()), (CoverTone::Plum, "한 점의 그림"));
    let name = row.cover.expect("a picture");
    let (public, drafted) = (
        format!("/magazine/1/cover/{name}.png"),
        format!("{path}/cover/{name}.png"),
    );
    assert_eq!(p.get(&public).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        editor.get(&drafted).await.ok().headers[header::CONTENT_TYPE],
        "image/png"
    );
    assert_ne!(
        p.get(&drafted)
            .await
            .headers
            .get(header::CONTENT_TYPE)
            .map(|v| v == "image/png"),
        Some(true)
    );
    magazine::show(&p.world.app, p.scene.moderator, id)
        .await
        .expect("shows");
    let page = p.get("/magazine/1").await.ok();
    assert!(page.body.contains(&public) && page.body.contains("alt=\"한 점의 그림\""));
    let picture = p.get(&public).await.ok();
    assert!(!picture.body.contains("geheim-canary"));
    magazine::hide(&p.world.app, p.scene.moderator, id)
        .await
        .expect("hides");
    assert_eq!(p.get(&public).await.status, StatusCode::NOT_FOUND);
    let form = editor.get(&path).await.ok().form(&path);
    let _ = press(&mut editor, &form, "no-cover").await.ok();
    assert_eq!(p.current_issue(id).await.0.cover, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hidden_issue_takes_its_articles_out_of_sight_and_brings_them_back() {
    let p = Print::new().await;
    let (app, staff) = (&p.world.app, p.scene.moderator);
    let one = p.prose("one", "숨길제목하나", "숨길본문하나.", "열쇠").await;
    let two = p.prose("two", "남는제목둘", "남는본문둘.", "").await;
    let id = p.issue("숨길호제목", &[one, two]).await;
    magazine::show(app, staff, id).await.expect("shows");
    let canaries = ["숨길제목하나", "숨길본문하나", "숨길호제목"];
    let words = ["숨길제목", "숨길본문", "남는본문"];
    let before = p.everything(&words).await;
    for canary in canaries {
        assert!(before.contains(canary), "{canary} is there to be hidden");
    }
    let mut editor = p.world.signed_in("moderator").await;
    let page = editor.get(&format!("/desk/issues/{id}")).await.ok();
    let page = editor.send(&page.form("/hide")).await.ok();
    let hidden = p.everything(&words).await;
    for canary in canaries.into_iter().chain(["남는제목둘", "남는본문둘"]) {
        assert!(!hidden.contains(canary), "{canary}");
    }
    for path in ["/magazine/1", "/articles/one", "/articles/two"] {
        // As if it had never been there, which is another answer than that of what was withdrawn.
        assert_eq!(p.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(p.indexed("숨길본문").await, 0);
    // What leaves it is seen again; what comes in goes with it.
    p.fill(id, &[one]).await;
    let _ = p.get("/articles/two").await.ok();
    assert_eq!(p.get("/articles/one").await.status, StatusCode::NOT_FOUND);
    p.fill(id, &[one, two]).await;
    assert_eq!(p.get("/articles/two").await.status, StatusCode::NOT_FOUND);
    // An article that is corrected meanwhile stays out of sight.
    let (version, mut draft) = article::current(app.db.reader(), one).await.expect("reads");
    draft.blocks[0].body = BlockBody::prose("고친본문하나.");
    article::update(app, staff, one, version, draft).await.expect("saves");
    article::publish(app, staff, one).await.expect("corrects");
    assert!(!p.everything(&["고친본문"]).await.contains("고친본문하나"));
    let _ = editor.send(&page.form("/show")).await.ok();
    let back = p.everything(&["고친본문", "남는본문"]).await;
    for canary in ["숨길제목하나", "고친본문하나", "숨길호제목", "남는본문둘"] {
        assert!(back.contains(canary), "{canary}");
    }
    assert_eq!(
        (
            p.world.audited("issue.hidden").await,
            p.world.audited("issue.shown").await
        ),
        (1, 2)
    );
    let again = magazine::show(app, staff, id).await;
    assert!(again.is_err_and(|e| e.is_stale()), "it is seen already");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn articles_move_between_issues_and_nobody_is_told() {
    let p = Print::new().await;
    let (app, staff) = (&p.world.app, p.scene.moderator);
    approval::note_approved(app, staff, p.id, None).await.expect("notes");
    article::publish(app, staff, p.id).await.expect("publishes");
    let one = p.prose("one", "첫째 글", "말.", "").await;
    let first = p.issue("첫 호", &[p.id, one]).await;
    let second = p.issue("둘째 호", &[]).await;
    magazine::show(app, staff, first).await.expect("shows");
    let empty = magazine::show(app, staff, second).await;
    assert!(matches!(empty, Err(publishing::Error::Empty)), "{empty:?}");
    let mails = async || {
        entity::outgoing_mail::Entity::find()
            .count(app.db.reader())
            .await
            .expect("counts")
    };
    let (before, version) = (mails().await, p.current_issue(first).await.0.version);
    // The desk says where it stands now.
    let path = format!("/desk/issues/{second}");
    let mut editor = p.world.signed_in("moderator").await;
    let page = editor.get(&path).await.ok();
    assert!(page.text().contains("1호에 있음"), "{}", page.text());
    let form = page.form(&path).also("add", &p.id.to_string());
    let _ = press(&mut editor, &form, "add-articles").await.ok();
    magazine::show(app, staff, second).await.expect("shows");
    let (row, draft) = p.current_issue(first).await;
    assert_eq!(
        (row.version, draft.articles().collect::<Vec<_>>()),
        (version + 1, vec![one])
    );
    let talk = format!("/articles/{}", p.scene.slug);
    assert!(p.get("/magazine/2").await.ok().body.contains(&talk));
    assert!(!p.get("/magazine/1").await.ok().body.contains(&talk));
    assert!(p.get(&talk).await.ok().text().contains("2호 · 둘째 호"));
    assert_eq!(mails().await, before, "nobody hears of it");
    p.work().await;
    assert_eq!(mails().await, before, "nor later");
    // Taken out of both it stands alone.
    p.fill(second, &[]).await;
    assert!(!p.get(&talk).await.ok().body.contains("/magazine/2"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_saves_over_somebody_else_is_told_and_loses_nothing() {
    let p = Print::new().await;
    let one = p.prose("one", "첫째 글", "말.", "").await;
    let two = p.prose("two", "둘째 글", "말.", "").await;
    let id = p.issue("호", &[one]).await;
    let path = format!("/desk/issues/{id}");
    let mut editor = p.world.signed_in("moderator").await;
    let form = editor.get(&path).await.ok().form(&path).set("title", "늦게 쓴 제목");
    p.fill(id, &[one, two]).await;
    let page = press(&mut editor, &form, "save").await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    let form = page.form(&path);
    assert_eq!(form.value("title"), Some("늦게 쓴 제목"));
    assert!(
        page.body.contains("둘째 글"),
        "what came in meanwhile stands there, too"
    );
    let _ = press(&mut editor, &form, "save").await.ok();
    let (row, draft) = p.current_issue(id).await;
    assert_eq!((row.title.as_str(), draft.articles().count()), ("늦게 쓴 제목", 2));
    // A number that another issue has.
    let other = p.issue("다른 호", &[]).await;
    let path = format!("/desk/issues/{other}");
    let form = editor.get(&path).await.ok().form(&path);
    for number in ["1", "0", "열"] {
        let page = press(&mut editor, &form.clone().set("number", number), "save").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{number}");
        assert_eq!(page.form(&path).value("number"), Some(number));
    }
    // Whoever is no editor has no business here.
    p.world.staff("stage", &[Role::Stage]).await;
    let mut stage = p.world.signed_in("stage").await;
    for path in ["/desk/issues", &path, &format!("{path}/preview")] {
        assert_eq!(stage.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn at_the_same_moment_an_article_stands_in_one_issue_and_is_hidden_with_it() {
    let p = Print::new().await;
    let (app, staff) = (&p.world.app, p.scene.moderator);
    let (one, two) = (
        p.prose("one", "글", "말.", "").await,
        p.prose("two", "글", "말.", "").await,
    );
    let (left, right) = (p.issue("왼쪽", &[two]).await, p.issue("오른쪽", &[]).await);
    magazine::show(app, staff, left).await.expect("shows");
    for _ in 0..6 {
        let with = |draft: IssueDraft| {
            let mut items = draft.items.clone();
            items.retain(|item| item.line != Line::Article(one));
            items.push(Item::new(Line::Article(one)));
            IssueDraft { items, ..draft }
        };
        let (l, r) = (p.current_issue(left).await, p.current_issue(right).await);
        let (_, _, hidden) = tokio::join!(
            magazine::save(app, staff, left, l.0.version, with(l.1)),
            magazine::save(app, staff, right, r.0.version, with(r.1)),
            magazine::hide(app, staff, left),
        );
        hidden.expect("it was shown, and nobody else hides it");
        let stands = entity::issue_item::Entity::find().filter(entity::issue_item::Column::ArticleId.eq(one));
        let stands = stands.all(app.db.reader()).await.expect("reads");
        assert_eq!(stands.len(), 1, "{stands:?}");
        let row = entity::article::Entity::find_by_id(one).one(app.db.reader()).await;
        let row = row.expect("reads").expect("is there");
        assert_eq!(row.hidden, stands[0].issue_id == left, "hidden exactly with its issue");
        let state = p.current_issue(left).await.0.state;
        assert_eq!(state, IssueState::Hidden);
        magazine::show(app, staff, left).await.expect("shows");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_in_memory_follow_what_another_node_does_to_an_issue() {
    let p = Print::new().await;
    let (app, staff) = (&p.world.app, p.scene.moderator);
    let one = p.prose("one", "첫째 글", "말.", "").await;
    let two = p.prose("two", "둘째 글", "말.", "").await;
    let alone = p.prose("three", "홀로 있는 글", "말.", "").await;
    let id = p.issue("기억하는 호", &[one, two]).await;
    magazine::show(app, staff, id).await.expect("shows");
    let running = p.world.run().await;
    let mut wire = Wire::new(running.web);
    let mut read = async |path: &str| {
        let reply = wire.get(path).await.expect("answers");
        (reply.status, String::from_utf8_lossy(&reply.body).into_owned())
    };
    let paths = [
        "/magazine",
        "/magazine/1",
        "/articles/one",
        "/articles/two",
        "/articles/three",
    ];
    for path in paths.into_iter().chain(paths) {
        assert_eq!(read(path).await.0, 200, "{path}");
    }
    // As a node of its own would: by another connection.
    let elsewhere = p.world.fresh.open().await;
    let tx = elsewhere.begin_write().await.expect("begins");
    let turned = entity::issue::Entity::update_many()
        .col_expr(entity::issue::Column::Title, Expr::value("새 이름의 호"))
        .col_expr(
            entity::issue::Column::Version,
            Expr::col(entity::issue::Column::Version).add(1),
        )
        .filter(entity::issue::Column::Id.eq(id))
        .exec(&tx)
        .await;
    one_row(&turned.expect("updates"), "issue").expect("one");
    tx.commit().await.expect("commits");
    for path in &paths[..4] {
        let mut tries = 0;
        while !read(path).await.1.contains("새 이름의 호") {
            tries += 1;
            assert!(tries < 3_000, "{path} does not hear of it");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    // Of the issue nothing is left when it is hidden, and what stands in none stays.
    magazine::hide(app, staff, id).await.expect("hides");
    for path in &paths[1..4] {
        assert_eq!(read(path).await.0, 404, "{path}");
    }
    assert!(!read("/magazine").await.1.contains("새 이름의 호"));
    assert_eq!(read("/articles/three").await.0, 200);
    article::withdraw(app, staff, alone).await.expect("withdraws");
    assert_eq!(read("/articles/three").await.0, 410);
    running.stop().await;
}
