//! What may not be read is in nothing that anybody can get: every address that the program answers is walked, and words
//! that stand in a scheduled, an unapproved and a withdrawn place are looked for in all of it.
//!
//! Who adds an address says in `addresses.rs` how it is walked, or this story fails.

mod addresses;

use super::{
    Print,
    approval::nowhere,
    made::{dot, kind, readable},
};
use addresses::{DEEDS, Known, routes};
use axum::http::StatusCode;
use db::{entity, prelude::*};
use domain::{
    ArticleId, CommentId, Lang,
    state::{article::ArticleState, comment::CommentState},
};
use publishing::{
    approval,
    article::{self, BlockBody, BlockDraft, QuoteBy, Shape},
    magazine,
};
use testkit::{Browser, Wire};

/// `열쇠말`, as it stands in an address.
const KEYWORD: &str = "%EC%97%B4%EC%87%A0%EB%A7%90";

/// Where an article is listed whose words begin with `canary-WORD`.
fn lists(word: &str) -> Vec<String> {
    let mut lists = [
        "/",
        "/magazine/1",
        "/magazine/archive/year/2026",
        "/feed.atom",
        "/feed.json?in=en",
    ]
    .map(String::from)
    .to_vec();
    lists.push(format!("/magazine/archive/keyword/%63anary-{word}-{KEYWORD}"));
    lists.push(format!("/magazine/search?q=canary+{word}"));
    lists
}

/// Everything that this visitor can get: by its address, head and body.
async fn walk(browser: &mut Browser, known: &Known) -> Vec<(String, String)> {
    let mut got = Vec::new();
    for (route, gets) in routes() {
        if !gets {
            assert!(
                route.starts_with("/desk/") || DEEDS.contains(&route.as_str()),
                "{route} is new: say among the deeds what it answers"
            );
            continue;
        }
        for path in known.walked(&route) {
            let page = browser.get(&path).await;
            assert_ne!(page.status, StatusCode::TOO_MANY_REQUESTS, "{path} was not looked at");
            let text = readable(&page);
            got.push((path, format!("{:?}\n{}\n{text}", page.headers, page.path)));
        }
    }
    got
}

/// Where these words are.
fn places<'a>(got: &'a [(String, String)], canary: &str) -> Vec<&'a str> {
    let there = got.iter().filter(|(_, text)| text.contains(canary));
    there.map(|(path, _)| path.as_str()).collect()
}

impl Print {
    /// An article all of whose own words begin with `word`; a picture named by `n` has it among its pixels.
    pub(super) async fn report(&self, word: &str, n: u8) -> ArticleId {
        let (app, staff) = (&self.world.app, self.scene.moderator);
        let file = format!("{n:064x}");
        let tx = app.db.begin_write().await.expect("begins");
        let id = article::create(&tx, app, staff, self.scene.event, Shape::Report)
            .await
            .expect("composes");
        let asset = entity::asset::ActiveModel {
            sha256: Set(file.clone()),
            media_type: Set("image/png".into()),
            width: Set(1),
            height: Set(1),
            // What follows a picture's end is nobody's to see, but goes where the picture goes.
            bytes: Set([dot(), format!("{word}-pixels").into_bytes()].concat()),
            created_at: Set(app.clock.now()),
        };
        entity::asset::Entity::insert(asset)
            .exec_without_returning(&tx)
            .await
            .expect("inserts");
        tx.commit().await.expect("commits");
        let (version, mut draft) = article::current(app.db.reader(), id).await.expect("reads");
        draft.title = format!("{word}-제목");
        draft.standfirst = format!("{word}-요지");
        draft.keywords = format!("{word}-열쇠말");
        draft.comments = true;
        draft.blocks = [
            BlockBody::prose(format!("{word}-글")),
            BlockBody::Part {
                heading: format!("{word}-부"),
                side: None,
            },
            BlockBody::Quote {
                by: QuoteBy::Speaker(self.scene.speakers[0]),
                text: format!("{word}-인용"),
                unapproved: domain::state::article::Unapproved::Anonymise,
            },
            BlockBody::Picture {
                asset: file,
                alt: format!("{word}-대체"),
                caption: format!("{word}-설명"),
            },
        ]
        .map(BlockDraft::new)
        .into();
        article::update(app, staff, id, version, draft).await.expect("saves");
        approval::note_approved(app, staff, id, None).await.expect("notes");
        id
    }

    /// Somebody said these words below an article, and an editor did this with them.
    async fn said(&self, article: ArticleId, words: &str, state: CommentState) {
        let app = &self.world.app;
        let tx = app.db.begin_write().await.expect("begins");
        let row = entity::comment::ActiveModel {
            id: Set(CommentId::new()),
            article_id: Set(article),
            invitation_id: Set(Some(self.scene.partners[0].invitation)),
            name: Set(format!("{words}-이름")),
            body: Set(words.to_owned()),
            state: Set(state),
            reason: Set(format!("{words}-까닭")),
            decided_by: Set(Some(self.scene.moderator)),
            decided_at: Set(Some(app.clock.now())),
            at: Set(app.clock.now()),
        };
        entity::comment::Entity::insert(row)
            .exec_without_returning(&tx)
            .await
            .expect("inserts");
        tx.commit().await.expect("commits");
    }

    pub(super) async fn slug_of(&self, id: ArticleId) -> String {
        let row = entity::article::Entity::find_by_id(id)
            .one(self.world.app.db.reader())
            .await;
        row.expect("reads").expect("is there").slug
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::too_many_lines, reason = "one walk before and after")]
async fn what_may_not_be_read_is_found_nowhere() {
    let p = Print::new().await;
    let (app, staff) = (&p.world.app, p.scene.moderator);
    // Of three exchanges one is taken back once it is out, one is never approved, one stands.
    approval::ask(app, staff, p.id, None).await.expect("asks");
    for n in [0, 2] {
        p.press(p.partner(n), "approve").await;
        p.press(article::Who::Speaker(p.scene.speakers[n]), "approve").await;
    }
    article::publish(app, staff, p.id).await.expect("publishes");
    let withdrawn = p.report("canary-withdrawn", 1).await;
    article::publish(app, staff, withdrawn).await.expect("publishes");
    let scheduled = p.report("canary-scheduled", 2).await;
    let at = app.clock.now() + chrono::TimeDelta::days(3);
    article::schedule(app, staff, scheduled, at).await.expect("schedules");
    // Both stand in an issue that readers see.
    let issue = p.issue("묻고 답하는 호", &[withdrawn, scheduled]).await;
    magazine::show(app, staff, issue).await.expect("shows");
    // What its editor types over a published article is not out, either.
    p.edit(|d| {
        d.standfirst = "canary-typed".into();
        d.comments = true;
    })
    .await;
    // Of what readers say only what was shown is read, and that no longer than its article.
    for (state, words) in [
        (CommentState::Held, "canary-held-댓글"),
        (CommentState::Refused, "canary-refused-댓글"),
        (CommentState::Hidden, "canary-hidden-댓글"),
        (CommentState::Shown, "실린-댓글"),
    ] {
        p.said(p.id, words, state).await;
    }
    p.said(withdrawn, "canary-withdrawn-댓글", CommentState::Shown).await;
    p.said(scheduled, "canary-scheduled-댓글", CommentState::Shown).await;

    moderation::telephones::service::open(app, staff, p.scene.event, true)
        .await
        .expect("opens");
    let hall = entity::event::Entity::find_by_id(p.scene.event)
        .one(app.db.reader())
        .await
        .expect("reads")
        .and_then(|event| event.hall_code)
        .expect("an address");

    let stands = p.link(p.partner(2)).await;
    let personal = crate::flow::scene::personal_path(&p.world, p.scene.partners[3].invitation).await;
    let slugs = [p.id, withdrawn, scheduled];
    let mut made = p.made(&format!("/articles/{}", p.slug_of(p.id).await)).await;
    made.extend(p.made(&format!("/articles/{}", p.slug_of(withdrawn).await)).await);
    made.extend(p.made("/magazine/1").await);
    let known = Known {
        hall,
        slugs: vec![
            p.slug_of(slugs[0]).await,
            p.slug_of(slugs[1]).await,
            p.slug_of(slugs[2]).await,
        ],
        made,
        files: vec![format!("{:064x}.png", 1), format!("{:064x}.png", 2)],
        tokens: vec![
            "x".into(),
            stands.rsplit('/').next().expect("a token").to_owned(),
            personal.rsplit('/').next().expect("a token").to_owned(),
        ],
        links: vec![stands, personal],
        ids: slugs
            .iter()
            .map(ToString::to_string)
            .chain(p.questions.iter().map(ToString::to_string))
            .collect(),
    };
    let mut stranger = p.world.browser();
    let mut foreign = p.world.browser().speaking("en");
    let mut partner = crate::flow::scene::enter(&p.world, p.scene.partners[3].invitation, Lang::Ko).await;
    let running = p.world.run().await;
    let over_wire = async || {
        // A connection of its own: the walk takes longer than one may idle.
        let (mut wire, mut got) = (Wire::new(running.web), Vec::new());
        for slug in &known.slugs {
            let path = format!("/articles/{slug}");
            let reply = wire.get(&path).await.expect("answers");
            got.push((path, String::from_utf8_lossy(&reply.body).into_owned()));
        }
        got
    };

    // While it stands it is read: by these ways, and into every memory there is.
    let before = walk(&mut stranger, &known).await;
    let hall = format!("/now/{}", known.hall);
    let open = before.iter().find(|(path, _)| *path == hall).expect("is walked");
    assert!(!open.1.contains("열려 있지 않아요"), "{}", open.1);
    let page = format!("/articles/{}", known.slugs[1]);
    let own_files = format!("/articles/{}/files/", known.slugs[0]);
    for list in lists("withdrawn") {
        assert!(
            places(&before, "canary-withdrawn-제목").contains(&list.as_str()),
            "{list}"
        );
    }
    assert!(places(&before, "canary-withdrawn-열쇠말").contains(&"/magazine/archive"));
    for state in ["held", "refused", "hidden", "scheduled"] {
        let canary = format!("canary-{state}-댓글");
        assert_eq!(places(&before, &canary), [""; 0], "{state}");
    }
    assert!(places(&before, "canary-withdrawn-댓글").contains(&page.as_str()));
    let files = |of: &str| -> Vec<&str> {
        let of = format!("{of}/files/");
        let files = known.made.iter().filter(|path| path.starts_with(&of));
        files.map(String::as_str).collect()
    };
    for part in ["제목", "요지", "열쇠말", "글", "부", "인용", "대체", "설명"] {
        let there = places(&before, &format!("canary-withdrawn-{part}"));
        assert!(there.contains(&page.as_str()), "{part}");
        for file in files(&page) {
            // What a picture shows is told to who does not see it, in no page's text.
            assert!(
                there.contains(&file) || part == "대체" && kind(file) == "pdf",
                "{part} in {file}"
            );
        }
    }
    let mut picture = vec![format!("{page}/pictures/{}", known.files[0])];
    picture.extend(
        known
            .made
            .iter()
            .filter(|f| kind(f) == "epub" && !f.starts_with(&own_files))
            .cloned(),
    );
    let mut pixels = places(&before, "canary-withdrawn-pixels");
    picture.sort();
    pixels.sort_unstable();
    assert_eq!(pixels, picture);
    let own = format!("/articles/{}", known.slugs[0]);
    assert!(places(&before, "물음-하나-끝").contains(&own.as_str()));
    assert_eq!(places(&over_wire().await, "canary-withdrawn"), [page]);

    // What stands on stage is asked there, and the page of that day is not open for ever.
    app.clock.advance(chrono::TimeDelta::hours(37));
    moderation::telephones::service::close_forgotten(app)
        .await
        .expect("closes");
    article::withdraw(app, staff, withdrawn).await.expect("withdraws");
    p.press(p.partner(0), "withdraw").await;
    p.work().await;
    // In the same moment in which what they were made of changed, before anybody looks; a worker of the story's own may
    // have the partner's wish in hand still.
    testkit::eventually("all files to go", async || (p.kept().await == (0, 0)).then_some(())).await;
    for file in &known.made {
        assert_eq!(stranger.get(file).await.status, StatusCode::GONE, "{file}");
    }
    let canaries = ["canary-", "물음-하나-끝", "대답-0-끝", "물음-둘-끝", "대답-1-끝"];
    for browser in [&mut stranger, &mut foreign, &mut partner] {
        let got = walk(browser, &known).await;
        for canary in canaries {
            assert_eq!(places(&got, canary), [""; 0], "{canary}");
        }
        // What may be read still is: the walk sees something.
        assert!(places(&got, "실린-댓글").contains(&own.as_str()));
        assert!(places(&got, "대답-2-끝").contains(&own.as_str()));
    }
    // Files that are made now hold what may be read now.
    let anew = p.made(&own).await;
    for file in &anew {
        let text = readable(&stranger.get(file).await.ok());
        assert!(
            text.contains("대답-2-끝") && !canaries.iter().any(|c| text.contains(c)),
            "{file}"
        );
    }
    let got = over_wire().await;
    for canary in canaries {
        assert_eq!(places(&got, canary), [""; 0], "{canary} from memory");
    }
    assert_eq!(places(&got, "대답-2-끝"), [own.as_str()]);
    nowhere(&p, &canaries).await;
    running.stop().await;

    // At its moment, and not before, the scheduled one is read.
    app.clock.advance(chrono::TimeDelta::days(4));
    assert_eq!(article::publish_due(app).await.expect("looks"), 1);
    let got = walk(&mut stranger, &known).await;
    assert!(places(&got, "canary-scheduled-제목").contains(&"/"));
    assert_eq!(places(&got, "canary-withdrawn"), [""; 0]);
    assert_eq!(p.row().await.state, ArticleState::Corrected);
}
