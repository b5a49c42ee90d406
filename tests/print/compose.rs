//! Every kind of block; two editors; what was saved and how to go back.

use super::{Print, came, said, send};
use axum::http::{StatusCode, header};
use db::{entity, prelude::*};
use domain::{
    role::Role,
    state::{article::Unapproved, question::QuestionState},
};
use publishing::article::{self, Base, BlockBody, BlockDraft, How, QuoteBy, Seen, Wanted};
use testkit::Filled;

/// A picture of one pixel, with words of its maker in it.
pub(super) fn png() -> Vec<u8> {
    let chunk = |kind: &[u8; 4], data: &[u8]| {
        let length = u32::try_from(data.len()).expect("small").to_be_bytes();
        [&length[..], kind, data, &[0; 4]].concat()
    };
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]),
        chunk(b"tEXt", b"Author\0geheim-canary"),
        chunk(b"IDAT", b"pixels"),
        chunk(b"IEND", b""),
    ]
    .concat()
}

fn block(form: &Filled, n: usize) -> String {
    let heads: Vec<&String> = form
        .fields
        .iter()
        .filter(|(name, _)| name == "block")
        .map(|(_, v)| v)
        .collect();
    heads[n].split(':').next().expect("an id").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_article_holds_prose_parts_exchanges_quotes_pictures_and_figures() {
    let p = Print::new().await;
    let invitations: Vec<_> = p.scene.partners.iter().map(|p| p.invitation).collect();
    came(&p.world, &p.scene, &invitations[..3]).await;
    let mut editor = p.world.signed_in("moderator").await;
    let path = format!("/desk/articles/{}", p.id);
    // Each button keeps what was typed beside it.
    let form = editor.get(&path).await.ok().form(&path);
    let first = block(&form, 0);
    let form = form
        .set("title", "하루의 기록")
        .set(&format!("text-{first}"), "머리말입니다.")
        .set("act", "add-figures");
    let form = send(&mut editor, &form).await.ok().form(&path);
    assert_eq!(form.value("title"), Some("하루의 기록"));
    assert_eq!(form.value(&format!("text-{first}")), Some("머리말입니다."));
    let form = form.set("act", "add-part").set("after", &first);
    let form = send(&mut editor, &form).await.ok().form(&path);
    let part = block(&form, 1);
    let speaker = QuoteBy::Speaker(p.scene.speakers[2]).to_string();
    let refused = form
        .clone()
        .set("act", "add-quote")
        .set("quote_text", "인용한 말입니다.");
    let refused = send(&mut editor, &refused).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("인용한 말입니다."), "it is typed once");
    let form = form
        .set(&format!("heading-{part}"), "그날의 물음")
        .set("quote_by", &speaker)
        .set("quote_text", "인용한 말입니다.")
        .set("act", "add-quote");
    let form = send(&mut editor, &form)
        .await
        .ok()
        .form(&path)
        .set("quote_text", "")
        .set("act", "add-picture");
    let wrong = editor.upload(&form, "picture", "a.svg", b"<svg onload=alert(1)>").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let form = form.set("picture_alt", "강당의 사진");
    let form = editor.upload(&form, "picture", "a.png", &png()).await.ok().form(&path);
    let heads: Vec<&str> = form
        .fields
        .iter()
        .filter(|(n, _)| n == "block")
        .map(|(_, v)| v.as_str())
        .collect();
    let kinds: Vec<&str> = heads.iter().map(|h| h.split(':').nth(1).expect("a kind")).collect();
    assert_eq!(
        kinds,
        [
            "prose", "part", "part", "exchange", "exchange", "exchange", "prose", "figures", "quote", "picture"
        ]
    );
    let picture = heads[9].split(':').nth(2).expect("a name").to_owned();
    // The last goes up past its neighbours.
    let last = block(&form, 9);
    let form = send(&mut editor, &form.set("act", &format!("up:{last}")))
        .await
        .ok()
        .form(&path);
    assert_eq!(block(&form, 8), last);
    let file = format!("/articles/{}/pictures/{picture}.png", p.scene.slug);
    let mut reader = p.world.browser();
    assert_eq!(
        reader.get(&file).await.status,
        StatusCode::NOT_FOUND,
        "not before it is out"
    );

    let noted = publishing::approval::note_approved(&p.world.app, p.scene.moderator, p.id, None).await;
    assert_eq!(
        noted.expect("notes"),
        7,
        "three who asked, three who answered, one who is quoted"
    );
    drop(send(&mut editor, &form.set("act", "publish")).await.ok());
    let page = p.page().await.ok();
    for words in [
        "하루의 기록",
        "머리말입니다.",
        "그날의 물음",
        "물음-하나-끝",
        "대답-2-끝",
        "인용한 말입니다.",
        "강당의 사진",
        "숫자로 본 행사",
    ] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    let shown = reader.get(&file).await.ok();
    assert_eq!(shown.headers[header::CONTENT_TYPE], "image/png");
    assert_eq!(shown.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert!(!shown.body.contains("geheim-canary"), "what its maker wrote is gone");
    article::withdraw(&p.world.app, p.scene.moderator, p.id)
        .await
        .expect("withdraws");
    assert_eq!(reader.get(&file).await.status, StatusCode::GONE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_editors_at_once_lose_nothing() {
    let p = Print::new().await;
    let (app, staff) = (&p.world.app, p.scene.moderator);
    let (version, base) = p.current().await;
    let was = Seen::of(&base);
    let save = async |draft: article::Draft, version: i32, was: &Seen, how: How| {
        let base = Base::Seen {
            version,
            was: was.clone(),
        };
        article::save(app, staff, p.id, &base, draft, Wanted::AsFarAsItIs, how).await
    };
    let (mut one, mut two) = (base.clone(), base.clone());
    one.title = "첫 편집자의 제목".into();
    one.blocks.push(BlockDraft::new(BlockBody::prose("첫 편집자의 글")));
    two.exchange(p.asked(1)).expect("stands").heading = "둘째의 소제목".into();
    save(one, version, &was, How::Pressed).await.expect("saves");
    let merged = save(two, version, &was, How::Pressed).await.expect("saves beside it");
    assert!(merged.merged);
    let now = p.current().await.1;
    assert_eq!(
        (now.title.as_str(), now.blocks.len()),
        ("첫 편집자의 제목", base.blocks.len() + 1)
    );
    assert_eq!(
        now.clone().exchange(p.asked(1)).expect("stands").heading,
        "둘째의 소제목"
    );
    // The second one's form does not show what came in beside, and is sent again with what it was told.
    let mut still = base.clone();
    still.exchange(p.asked(1)).expect("stands").heading = "둘째의 새 소제목".into();
    let again = save(still, merged.version, &merged.seen, How::AsOneTypes).await;
    assert!(again.expect("saves").merged);
    let (version, now) = p.current().await;
    assert_eq!(
        (now.title.as_str(), now.blocks.len()),
        ("첫 편집자의 제목", base.blocks.len() + 1)
    );
    assert_eq!(
        now.clone().exchange(p.asked(1)).expect("stands").heading,
        "둘째의 새 소제목"
    );

    // The same place: who comes second sees both texts, and nothing that was typed is lost.
    let mut editor = p.world.signed_in("moderator").await;
    let path = format!("/desk/articles/{}", p.id);
    let form = editor.get(&path).await.ok().form(&path).set("title", "나의 제목");
    let mut other = now.clone();
    other.title = "그들의 제목".into();
    article::update(app, staff, p.id, version, other).await.expect("saves");
    let late = send(&mut editor, &form.set("act", "save")).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    let text = late.text();
    assert!(text.contains("그들의") && text.contains("나의"), "{text}");
    let form = late.form(&path);
    assert_eq!(form.value("title"), Some("나의 제목"));
    drop(send(&mut editor, &form.set("act", "save")).await.ok());
    assert_eq!(p.current().await.1.title, "나의 제목");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_typed_is_saved_in_steps_that_can_be_read_and_taken_back() {
    let p = Print::new().await;
    let (app, staff) = (&p.world.app, p.scene.moderator);
    let mut editor = p.world.signed_in("moderator").await;
    let path = format!("/desk/articles/{}", p.id);
    let mut form = editor.get(&path).await.ok().form(&path);
    let first = block(&form, 0);
    // As the script does: the answer says what may be taken as read.
    for n in 0..3 {
        form = form.set(&format!("text-{first}"), &format!("문장 {n}"));
        let said = editor.post(&format!("{path}/autosave"), &form.fields).await.ok();
        let said: serde_json::Value = serde_json::from_str(&said.body).expect("JSON");
        form = form.set("version", &said["version"].to_string());
        form.fields.retain(|(name, _)| name != "was");
        for line in said["was"].as_array().expect("digests") {
            form = form.also("was", line.as_str().expect("text"));
        }
        app.clock.advance(chrono::TimeDelta::minutes(1));
    }
    let count = async || {
        entity::article_revision::Entity::find()
            .filter(entity::article_revision::Column::ArticleId.eq(p.id))
            .count(app.db.reader())
            .await
            .expect("counts")
    };
    assert_eq!(
        count().await,
        2,
        "the beginning, and all that was typed within some minutes"
    );
    app.clock.advance(chrono::TimeDelta::minutes(10));
    p.edit(|d| d.title = "다른 제목".into()).await;
    assert_eq!(count().await, 3);
    let history = editor.get(&format!("{path}/history?n=3")).await.ok();
    assert!(history.text().contains("다른 제목"), "{}", history.text());
    let back = editor.get(&format!("{path}/history?n=1")).await.ok();
    drop(editor.send(&back.form("history")).await.ok());
    let (_, now) = p.current().await;
    assert!(now.title != "다른 제목" && !format!("{now:?}").contains("문장 2"));
    assert_eq!(count().await, 4, "going back is a step, too");
    assert!(article::restore(app, staff, p.id, 99).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_preview_opens_to_whoever_has_its_link_until_it_is_closed() {
    let p = Print::new().await;
    let (app, staff) = (&p.world.app, p.scene.moderator);
    let mut editor = p.world.signed_in("moderator").await;
    article::share(app, staff, p.id).await.expect("shares");
    let page = editor.get(&format!("/desk/articles/{}", p.id)).await.ok();
    let at = page.body.find("/preview/").expect("a link");
    let link: String = page.body[at..].chars().take_while(|c| !"\"&<".contains(*c)).collect();
    let mut guest = p.world.browser();
    let shown = guest.get(&link).await.ok();
    assert!(shown.text().contains("물음-하나-끝"));
    assert_eq!(shown.headers["x-robots-tag"], "noindex");
    // Words that somebody took back are in no preview, either.
    publishing::approval::ask(app, staff, p.id, None).await.expect("asks");
    p.press(p.partner(0), "withdraw").await;
    let shown = guest.get(&link).await.ok().text();
    assert!(
        !shown.contains("물음-하나-끝") && shown.contains("물음-둘-끝"),
        "{shown}"
    );
    article::share(app, staff, p.id).await.expect("shares anew");
    assert_eq!(
        guest.get(&link).await.status,
        StatusCode::GONE,
        "another link took its place"
    );
    assert_eq!(guest.get(&format!("{link}x")).await.status, StatusCode::NOT_FOUND);
    let link = async |editor: &mut testkit::Browser| {
        let page = editor.get(&format!("/desk/articles/{}", p.id)).await.ok();
        let at = page.body.find("/preview/").expect("a link");
        let link: String = page.body[at..].chars().take_while(|c| !"\"&<".contains(*c)).collect();
        link
    };
    let closed = link(&mut editor).await;
    article::unshare(app, staff, p.id).await.expect("closes");
    assert_eq!(guest.get(&closed).await.status, StatusCode::GONE);
    article::share(app, staff, p.id).await.expect("shares");
    let open = link(&mut editor).await;
    drop(guest.get(&open).await.ok());
    publishing::approval::note_approved(app, staff, p.id, None)
        .await
        .expect("notes");
    article::publish(app, staff, p.id).await.expect("publishes");
    article::withdraw(app, staff, p.id).await.expect("withdraws");
    assert_eq!(
        guest.get(&open).await.status,
        StatusCode::GONE,
        "nor does a link open what was withdrawn"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_articles_own_wording_never_touches_the_answer() {
    let p = Print::new().await;
    let mut editor = p.world.signed_in("moderator").await;
    let path = format!("/desk/articles/{}", p.id);
    let form = editor.get(&path).await.ok().form(&path);
    let name = form
        .fields
        .iter()
        .map(|(name, _)| name.clone())
        .find(|name| name.starts_with("words-") && name.ends_with("-question"))
        .expect("a question's words");
    let form = form.set(&name, "글에만 실릴 물음입니다.").set("act", "save");
    drop(send(&mut editor, &form).await.ok());
    let (_, mut draft) = p.current().await;
    let reworded: Vec<_> = draft.exchanges().filter(|x| !x.texts.is_empty()).collect();
    assert_eq!(reworded.len(), 1);
    assert_eq!(reworded[0].unapproved, Unapproved::LeaveOut);
    let question = entity::question::Entity::find_by_id(p.questions[0])
        .one(p.world.app.db.reader())
        .await;
    assert!(
        question
            .expect("reads")
            .expect("is there")
            .body
            .contains("물음-하나-끝")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_answers_by_crews_some_are_offered_and_a_word_finds_the_others() {
    let p = Print::new().await;
    let app = &p.world.app;
    let now = app.clock.now();
    let tx = app.db.begin_write().await.expect("begins");
    for n in 0..210 {
        let (who, body) = (p.scene.partners[0].invitation, format!("크루에게 간 질문 {n}번입니다"));
        let mut question = testkit::rows::question(p.scene.event, who, p.scene.services[0].id, body, now);
        question.number = Set(Some(n + 10));
        question.ordinal = Set(Some(n + 10));
        question.state = Set(QuestionState::Routed);
        let id = question.id.clone().unwrap();
        entity::question::Entity::insert(question)
            .exec_without_returning(&tx)
            .await
            .expect("inserts");
        said(&tx, &p.world, &p.scene, id, None, "다음 달부터 됩니다.").await;
    }
    tx.commit().await.expect("commits");
    p.world.staff("editor", &[Role::Editor]).await;
    let mut editor = p.world.signed_in("editor").await;
    let list = editor.get(&format!("/desk/events/{}/article", p.scene.slug)).await.ok();
    assert!(list.text().contains("크루 210건"), "{}", list.text());
    let path = format!("/desk/articles/{}", p.id);
    let page = editor.get(&path).await.ok();
    assert_eq!(page.body.matches("크루에게 간 질문").count(), 200);
    assert!(!page.body.contains("질문 205번"));
    let form = page.form(&path).set("title", "고치는 중").set("find", "205번");
    let found = editor.upload(&form.also("act", "find"), "picture", "", b"").await.ok();
    assert!(found.body.contains("질문 205번") && !found.body.contains("질문 3번"));
    assert_eq!(
        found.form(&path).value("title"),
        Some("고치는 중"),
        "what was typed stays"
    );
    assert_ne!(p.row().await.title, "고치는 중", "looking saves nothing");
    let (_, value) = found.body.split_once("name=\"add\" value=\"").expect("an offer");
    let value = value.split('"').next().expect("its value");
    let form = found.form(&path).also("add", value).also("act", "add-exchanges");
    let _ = editor.upload(&form, "picture", "", b"").await.ok();
    let (_, draft) = p.current().await;
    assert_eq!(draft.blocks.iter().filter(|b| b.body.asked().is_some()).count(), 4);
}
