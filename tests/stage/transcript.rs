//! A recording's words become answers, one by one, by what was on the screen when.

use super::set::{done, set};
use db::{entity::answer, prelude::*};
use domain::state::answer::AnswerState;

const SRT: &str = "1\n00:00:02,000 --> 00:00:04,000\n안녕하세요.\n\n2\n00:00:12,000 --> 00:00:15,000\n내년 3월에\n\n\
    3\n00:00:16,000 --> 00:00:18,000\n시작합니다.\n\n4\n00:00:45,500 --> 00:00:50,000\n검토하고 있습니다.\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transcript_is_split_by_what_was_shown_and_taken_over_one_by_one() {
    let set = set(2, 0).await;
    let mut desk = set.world.signed_in("moderator").await;
    set.later(10);
    done(&mut desk, "next").await;
    set.later(30);
    done(&mut desk, "next").await;
    set.later(30);
    done(&mut desk, "next").await;

    // Noon in Korea is when the recording began, ten seconds before the first question.
    let page = desk.get("/desk/events/talk/transcript").await.ok();
    let form = page.form("/transcript");
    assert_eq!(form.value("begins_at"), Some("2026-11-22T12:00:10"), "the first act");
    let form = form.set("begins_at", "2026-11-22T12:00:00");
    let page = desk.upload(&form, "file", "talk.srt", SRT.as_bytes()).await.ok();
    let text = page.text();
    assert!(text.contains("녹취를 저장하고 나눴습니다."), "{text}");
    let proposed = page.forms("/stage/note");
    let words: Vec<_> = proposed
        .iter()
        .map(|form| form.value("text").unwrap_or_default())
        .collect();
    assert_eq!(words, ["내년 3월에 시작합니다.", "검토하고 있습니다."]);
    assert!(
        text.contains("안녕하세요."),
        "what belongs to no question is shown, too: {text}"
    );
    let answers = async || {
        answer::Entity::find()
            .all(set.world.app.db.reader())
            .await
            .expect("reads")
    };
    assert!(answers().await.is_empty(), "nothing is an answer by itself");

    let page = desk.send(&proposed[0]).await.ok();
    assert_eq!(page.path, "/desk/events/talk/transcript");
    let taken = answers().await;
    assert_eq!((taken.len(), taken[0].question_id), (1, Some(set.live[0])));
    assert_eq!(
        (taken[0].body.as_str(), taken[0].state),
        ("내년 3월에 시작합니다.", AnswerState::InReview)
    );
    assert!(taken[0].speaker_id.is_some(), "under the name of who was to answer");

    let empty = desk.upload(&page.form("/transcript"), "file", "", b"").await;
    assert_eq!(empty.status, 422);
}
