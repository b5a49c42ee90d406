//! What may not be read is in nothing that anybody can get: every address that the program answers is walked, and words
//! that stand in a scheduled, an unapproved and a withdrawn place are looked for in all of it.
//!
//! The addresses are read from the sources. Who adds one says here how it is walked, or this story fails.

use super::{
    Print,
    approval::nowhere,
    made::{dot, kind, readable},
};
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
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};
use testkit::{Browser, Wire};

/// Only in demonstrations, where everybody may read everybody's mail.
const DEMO: &str = "demo";

/// `열쇠말`, as it stands in an address.
const KEYWORD: &str = "%EC%97%B4%EC%87%A0%EB%A7%90";

/// Outside the desk, what is only sent to: each answers with a redirect, or with the form that was sent.
const DEEDS: &[&str] = &[
    "/articles/{slug}/comments/{id}/withdraw",
    "/articles/{slug}/useful/why",
    "/hooks/mail/{name}",
    "/my/leave",
    "/my/questions",
    "/my/questions/{id}/draft",
    "/my/questions/{id}/withdraw",
    "/s/{token}/typing",
    "/sign-out",
    // Sent to by `nowhere`, with the words themselves.
    "/my/questions/similar",
];

/// Every address with whether it can be got.
fn routes() -> BTreeMap<String, bool> {
    let mut files = Vec::new();
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    for entry in fs::read_dir(crates).expect("a folder") {
        let entry = entry.expect("an entry");
        if entry.file_name() != DEMO {
            collect(&entry.path().join("src"), &mut files);
        }
    }
    let mut routes = BTreeMap::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a source");
        let code = text.split("#[cfg(test)]").next().expect("its beginning");
        for other in [".nest(", ".nest_service(", ".route_service(", ".fallback_service("] {
            assert!(
                !code.contains(other),
                "{}: {other} hides addresses from here",
                file.display()
            );
        }
        for (at, found) in code.match_indices(".route(") {
            let rest = code[at + found.len()..].trim_start();
            let Some((path, rest)) = rest.strip_prefix('"').and_then(|rest| rest.split_once('"')) else {
                // One that is put together cannot be read here; it may only be sent to.
                assert!(
                    file.ends_with("desk/src/pages/outgoing.rs") && methods(rest).all(|method| method != "get"),
                    "{}: an address that is no plain text",
                    file.display()
                );
                continue;
            };
            let gets = methods(rest).any(|method| method == "get");
            *routes.entry(path.to_owned()).or_insert(false) |= gets;
        }
    }
    routes
}

/// The words before brackets, to the end of the call.
fn methods(code: &str) -> impl Iterator<Item = &str> {
    let mut depth = 1;
    let end = code.find(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth == 0
    });
    let call = &code[..end.expect("it ends")];
    let word = |c: char| c.is_alphanumeric() || c == '_';
    call.match_indices('(')
        .map(move |(at, _)| call[..at].rsplit(|c| !word(c)).next().unwrap_or_default())
}

fn collect(dir: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// What addresses are filled with.
struct Known {
    slugs: Vec<String>,
    files: Vec<String>,
    /// Where PDF and EPUB lie that were made before anything was taken back.
    made: Vec<String>,
    /// Links that somebody has, none of whose words are looked for.
    links: Vec<String>,
    tokens: Vec<String>,
    ids: Vec<String>,
}

impl Known {
    /// Everything that can be got at this address.
    fn walked(&self, route: &str) -> Vec<String> {
        let each =
            |name: &str, values: &[String]| -> Vec<String> { values.iter().map(|v| route.replace(name, v)).collect() };
        match route {
            "/" => [route.to_owned()]
                .into_iter()
                .chain(self.slugs.iter().map(|slug| format!("/?after={slug}")))
                .collect(),
            "/articles/{slug}"
            | "/articles/{slug}/useful"
            | "/articles/{slug}/share"
            | "/articles/{slug}/comments"
            | "/articles/{slug}/files"
            | "/articles/{slug}/files/live"
            | "/articles/{slug}/card.png"
            | "/hall/{slug}"
            | "/hall/{slug}/backstage"
            | "/hall/{slug}/live" => each("{slug}", &self.slugs),
            // The stage is another story's: whatever is shown there, an article's words are not.
            "/now/{code}" => vec!["/now/abcdefgh".to_owned()],
            "/now/{code}/{lang}" => vec!["/now/abcdefgh/ko".to_owned()],
            // Those that were made while all of it could be read, and one that never was.
            "/articles/{slug}/files/{file}" | "/magazine/{number}/files/{file}" => {
                let begin = &route[..route.find('{').expect("a name")];
                let made = self.made.iter().filter(|path| path.starts_with(begin)).cloned();
                let never = format!("{}.pdf", "0".repeat(64));
                let first = route.replace("{slug}", &self.slugs[1]).replace("{number}", "1");
                made.chain([first.replace("{file}", &never)]).collect()
            }
            "/articles/{slug}/pictures/{file}" => each("{slug}", &self.slugs)
                .iter()
                .flat_map(|path| self.files.iter().map(|file| path.replace("{file}", file)))
                .collect(),
            "/preview/{token}"
            | "/w/{token}"
            | "/i/{token}"
            | "/u/{token}"
            | "/n/{token}"
            | "/a/{token}"
            | "/p/{token}"
            | "/s/{token}"
            | "/first-admin/{token}" => {
                let begin = route.trim_end_matches("{token}");
                let links = self.links.iter().filter(|l| l.starts_with(begin)).cloned();
                each("{token}", &self.tokens).into_iter().chain(links).collect()
            }
            "/preview/{token}/pictures/{file}" => each("{token}", &self.tokens)
                .iter()
                .flat_map(|path| self.files.iter().map(|file| path.replace("{file}", file)))
                .collect(),
            "/a/{token}/{step}" => each("{token}", &self.tokens)
                .iter()
                .flat_map(|path| ["pass", "ask", "later"].map(|step| path.replace("{step}", step)))
                .collect(),
            "/my/questions/{id}" | "/my/questions/{id}/edit" | "/my/questions/{id}/write" => each("{id}", &self.ids),
            "/my/reverse/{assignment}" => each("{assignment}", &self.ids),
            "/magazine/{number}" | "/magazine/{number}/files" | "/magazine/{number}/files/live" => {
                each("{number}", &["1".into(), "2".into()])
            }
            "/feed.atom" | "/feed.json" => vec![route.to_owned(), format!("{route}?in=en")],
            "/sitemap/{file}" => vec!["/sitemap/1.xml".into()],
            "/magazine/{number}/cover/{file}" => each("{file}", &self.files)
                .iter()
                .map(|path| path.replace("{number}", "1"))
                .collect(),
            // What is looked for must not stand in the address, which every place tells with its page.
            "/magazine/archive/{kind}/{value}" => ["year/2026", "service/%EC%84%9C%EB%B9%84%EC%8A%A4%200"]
                .map(String::from)
                .into_iter()
                .chain(["withdrawn", "scheduled"].map(|word| format!("keyword/%63anary-{word}-{KEYWORD}")))
                .map(|of| format!("/magazine/archive/{of}"))
                .collect(),
            "/magazine/search" => [
                "",
                "canary+withdrawn",
                "canary+scheduled",
                "%EB%AC%BC%EC%9D%8C",
                "%EB%8C%80%EB%8B%B5",
            ]
            .map(|q| format!("/magazine/search?q={q}"))
            .into(),
            "/q/{code}" => each("{code}", &self.tokens),
            "/calendar/{file}" => each(
                "{file}",
                &self.tokens.iter().map(|t| format!("{t}.ics")).collect::<Vec<_>>(),
            ),
            "/assets/{name}" => each("{name}", &self.files),
            "/sitemap.xml" | "/robots.txt" | "/magazine" | "/magazine/archive" | "/favicon.ico" | "/healthz"
            | "/readyz" | "/sign-in" | "/link" | "/my" | "/my/rsvp" | "/my/programme" | "/my/programme.ics"
            | "/my/entry" | "/kept.js" | "/my/selection" | "/my/consent" | "/my/questions/new" => {
                vec![route.to_owned()]
            }
            // All of it is for staff: whoever is not signed in is sent away.
            desk if desk == "/desk" || desk.starts_with("/desk/") => {
                let mut path = desk.replace("{slug}", &self.slugs[0]);
                while let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
                    path.replace_range(from..=to, &self.ids[0]);
                }
                vec![path]
            }
            other => panic!("{other} is new: say here how it is walked, or among the deeds that it answers nothing"),
        }
    }
}

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

    let stands = p.link(p.partner(2)).await;
    let personal = crate::flow::scene::personal_path(&p.world, p.scene.partners[3].invitation).await;
    let slugs = [p.id, withdrawn, scheduled];
    let mut made = p.made(&format!("/articles/{}", p.slug_of(p.id).await)).await;
    made.extend(p.made(&format!("/articles/{}", p.slug_of(withdrawn).await)).await);
    made.extend(p.made("/magazine/1").await);
    let known = Known {
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
