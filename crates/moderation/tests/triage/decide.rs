//! Decisions and their release, when several press at once.

use crate::story::Story;
use db::{entity::decision, prelude::*};
use domain::state::{mail::MailKind, question::QuestionState};
use moderation::{
    Error,
    triage::service::{decide, release, route_rest::route_rest},
};
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_picks_at_once_give_exactly_ten_places() {
    let story = Arc::new(Story::new(50).await);
    let tasks: Vec<_> = (0..50)
        .map(|n| {
            let story = Arc::clone(&story);
            tokio::spawn(async move { story.live(n % 2, n).await })
        })
        .collect();
    let (mut places, mut refused) = (Vec::new(), 0);
    for task in tasks {
        match task.await.expect("runs") {
            Ok(place) => places.push(place),
            Err(Error::NoPlace { places: 10 }) => refused += 1,
            Err(error) => panic!("{error}"),
        }
    }
    places.sort_unstable();
    assert_eq!((places, refused), ((1..=10).collect(), 40));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_moderators_decision_is_not_overwritten_unseen() {
    let story = Story::new(2).await;
    assert_eq!(story.live(0, 0).await.expect("a place"), 1);
    let error = story.live(1, 0).await.expect_err("decided already");
    assert!(
        matches!(error, Error::AlreadyDecided { ref by, .. } if by == "운영자 0"),
        "{error}"
    );
    // Who sees the decision may replace it in one step, and its place is free again.
    let seen = decision::Entity::find()
        .one(story.app.db.reader())
        .await
        .expect("reads")
        .expect("there")
        .id;
    let tx = story.app.db.begin_write().await.expect("begins");
    let choice = decide::Choice::Decline {
        reason: "행사 주제와 다릅니다.".into(),
    };
    decide::decide(&tx, &story.app, story.staff[1], story.questions[0], Some(seen), choice)
        .await
        .expect("replaces");
    tx.commit().await.expect("commits");
    assert_eq!(story.live(1, 1).await.expect("the same place"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_release_happens_once_and_what_it_refuses_stays_pending() {
    let story = Story::new(14).await;
    let (app, staff, event) = (&story.app, story.staff[0], story.event);
    for n in 0..10 {
        story.live(0, n).await.expect("a place");
    }
    assert_eq!(route_rest(app, staff, event).await.expect("routes"), 4);
    let first = release::all(app, staff, event).await.expect("releases");
    assert_eq!(
        (first.released, first.refused.len()),
        (10, 4),
        "the service has no crew yet"
    );
    assert!(first.refused.iter().all(|(_, error)| matches!(error, Error::NoCrew(_))));
    assert_eq!(story.state(12).await, QuestionState::Received);
    story.crew().await;
    let (one, two) = tokio::join!(
        release::all(app, staff, event),
        release::all(app, story.staff[1], event)
    );
    let (one, two) = (one.expect("releases"), two.expect("releases"));
    assert_eq!(one.released + two.released, 4);
    assert_eq!(release::all(app, staff, event).await.expect("again").released, 0);
    assert_eq!(story.mails(MailKind::Outcome).await, 14);
    assert_eq!(story.mails(MailKind::Assignment).await, 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_that_others_joined_is_not_declined() {
    let story = Story::new(2).await;
    let (app, staff, q) = (&story.app, story.staff[0], &story.questions);
    let tx = app.db.begin_write().await.expect("begins");
    decide::merge(&tx, app, staff, q[1], q[0]).await.expect("merges");
    let refused = decide::decline(&tx, app, staff, q[0], "중복")
        .await
        .expect_err("the other waits for its answer");
    assert!(refused.is_refusal());
    decide::drop_pending(&tx, app, staff, q[1], None).await.expect("undone");
    decide::decline(&tx, app, staff, q[0], "중복")
        .await
        .expect("nobody waits any more");
    tx.commit().await.expect("commits");
}
