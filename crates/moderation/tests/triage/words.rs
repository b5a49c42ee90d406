//! What moderators write beside a question: notes that call each other, and a copy for the stage.

use crate::{browser::Browser, reading::question, story::Story};
use db::{
    entity::{note_mention, question_copy},
    prelude::*,
};
use domain::text::QuestionText;
use moderation::{
    Error,
    triage::reading::service::{copy, note},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_note_calls_by_name_and_by_tick_until_it_is_seen() {
    let story = Story::new(1).await;
    let panel = format!("/desk/events/talk/questions/{}", story.questions[0]);
    let mut author = Browser::signed_in(&story.app, 0).await;
    let mut called = Browser::signed_in(&story.app, 1).await;
    let to = format!("{panel}/notes");
    let (status, page) = author.submit(&panel, &to, &[("memo", "  ")]).await;
    assert_eq!(status, 422, "{page}");
    let text = [("memo", "@운영자 1님, <script>alert(1)</script> 봐 주세요. @운영자 0")];
    assert_eq!(author.submit(&panel, &to, &text).await.0, 303);
    let tick = story.staff[1].to_string();
    let ticked = [("memo", "이것도요."), ("call", tick.as_str())];
    assert_eq!(author.submit(&panel, &to, &ticked).await.0, 303);
    let list = called.get("/desk/notes").await;
    assert!(list.contains("읽지 않은 메모 2건"), "{list}");
    assert!(!list.contains("<script>alert"), "{list}");
    assert!(
        author.get("/desk/notes").await.contains("읽지 않은 메모 0건"),
        "one's own note calls oneself not"
    );
    let page = called.get(&panel).await;
    assert!(page.contains("&#60;script&#62;alert(1)"), "{page}");
    assert!(
        called.get("/desk/notes").await.contains("읽지 않은 메모 0건"),
        "seen at the question"
    );
    let conn = story.app.db.reader();
    assert_eq!(note_mention::Entity::find().count(conn).await.expect("counts"), 2);
    let tx = story.app.db.begin_write().await.expect("begins");
    let long = "가".repeat(note::NOTE_CHARS + 1);
    let refused = note::add(&tx, &story.app, story.staff[0], &question(&story, 0).await, &long, &[]).await;
    assert!(matches!(refused, Err(Error::Text(_))));
    tx.rollback().await.expect("rolls back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_stands_beside_the_original_and_is_not_overwritten_unseen() {
    let story = Story::new(1).await;
    let before = question(&story, 0).await;
    let body = |text: &str| QuestionText::parse(text).expect("a text");
    let save = async |staff: usize, seen: i32, text: &str| {
        let question = question(&story, 0).await;
        let tx = story.app.db.begin_write().await.expect("begins");
        let done = copy::save(&tx, &story.app, story.staff[staff], &question, seen, &body(text)).await;
        match done {
            Ok(()) => tx.commit().await.map_err(Error::from),
            Err(error) => {
                tx.rollback().await.expect("rolls back");
                Err(error)
            }
        }
    };
    assert!(matches!(
        save(0, 0, &before.body).await,
        Err(Error::Refused("refused-copy-same"))
    ));
    save(0, 0, "정산 주기를 앞당길 계획이 있습니까?").await.expect("saves");
    let refused = save(1, 0, "정산은 언제 빨라집니까?")
        .await
        .expect_err("somebody was first");
    assert!(matches!(refused, Error::Refused("refused-copy-meanwhile")), "{refused}");
    save(1, 1, "정산은 언제 빨라집니까?").await.expect("who saw it may");
    let after = question(&story, 0).await;
    assert_eq!(
        (&after.body, after.version),
        (&before.body, before.version),
        "the asker's words stay"
    );
    assert!(
        after.change_seq > before.change_seq,
        "who follows the changes hears of it"
    );
    let mut browser = Browser::signed_in(&story.app, 0).await;
    let page = browser
        .get(&format!("/desk/events/talk/questions/{}", story.questions[0]))
        .await;
    assert!(page.contains("<del>") && page.contains("<ins>"), "{page}");
    story.live(0, 0).await.expect("a place");
    moderation::triage::service::release::all(&story.app, story.staff[0], story.event)
        .await
        .expect("releases");
    moderation::stage::service::next(&story.app, story.staff[0], story.event, Some(0))
        .await
        .expect("shows");
    assert!(browser.get("/hall/talk").await.contains("정산은 언제 빨라집니까?"));
    let tx = story.app.db.begin_write().await.expect("begins");
    copy::drop(&tx, &story.app, story.staff[0], &after, 2)
        .await
        .expect("takes it away");
    tx.commit().await.expect("commits");
    assert!(browser.get("/hall/talk").await.contains(&before.body));
    assert_eq!(
        question_copy::Entity::find()
            .count(story.app.db.reader())
            .await
            .expect("counts"),
        0
    );
}
