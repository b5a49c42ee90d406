//! Two operators note the same answer, and nothing that either typed is lost.

use super::set::{STAGE, done, set};
use db::{
    entity::{answer, live_topic},
    prelude::*,
};
use domain::EventId;
use testkit::{Filled, Page, World};

fn note(page: &Page, text: &str) -> Filled {
    page.form("/stage/note").set("text", text)
}

/// How often pages of the stage were told to read again.
async fn told(world: &World, event: EventId) -> i64 {
    let topic = live_topic::Entity::find_by_id(format!("stage:{event}"));
    let row = topic.one(world.app.db.reader()).await.expect("reads");
    row.expect("somebody acted").version
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn notes_of_two_operators_are_both_kept_until_somebody_brings_them_together() {
    let set = set(2, 0).await;
    let world = &set.world;
    let mut first = world.signed_in("moderator").await;
    let mut second = world.signed_in("second").await;
    done(&mut first, "next").await;
    let (of_first, of_second) = (first.get(STAGE).await.ok(), second.get(STAGE).await.ok());

    _ = first.send(&note(&of_first, "내년 3월에 시작합니다.")).await.ok();
    let page = second.send(&note(&of_second, "먼저 두 곳에서 해 봅니다.")).await.ok();
    let text = page.text();
    assert!(text.contains("이 기록은 따로 남겼습니다."), "{text}");
    assert!(
        text.contains("내년 3월에 시작합니다.") && text.contains("먼저 두 곳에서 해 봅니다."),
        "{text}"
    );
    assert!(text.contains("second 님이 같은 때 적은"), "{text}");

    // Typed on after the answer to a save was lost: what goes on where the other ends is no other text.
    let mut typing = note(&of_first, "내년 3월에 시작합니다. 비용은 없습니다.");
    typing.action = format!("{STAGE}/typing");
    let before = told(world, set.scene.event).await;
    let answer = first.send(&typing).await.ok();
    assert_eq!(
        told(world, set.scene.event).await,
        before + 1,
        "other pages read it at once"
    );
    assert!(answer.body.contains("\"version\":2"), "{}", answer.body);
    let mut other = note(&of_second, "먼저 세 곳에서 해 봅니다.");
    other.action = format!("{STAGE}/typing");
    assert_eq!(second.send(&other).await.status, 409);

    // Each sees while they type what the other saved, with their own text as it is.
    let page = second.get(STAGE).await.ok();
    assert!(page.body.contains("data-other-note") && page.text().contains("비용은 없습니다."));
    let both = second.send(&page.form("/stage/beside").set("act", "add")).await.ok();
    assert!(!both.text().contains("같은 때 적은"), "{}", both.text());
    let rows = answer::Entity::find().all(world.app.db.reader()).await.expect("reads");
    let bodies: Vec<&str> = rows.iter().map(|row| row.body.as_str()).collect();
    assert_eq!(
        bodies,
        ["내년 3월에 시작합니다. 비용은 없습니다.\n\n먼저 세 곳에서 해 봅니다."]
    );

    // Somebody else's event has none of it.
    let foreign = page
        .form("/stage/beside")
        .set("act", "drop")
        .set("answer", &set.live[0].to_string());
    assert_eq!(second.send(&foreign).await.status, 404);
}
