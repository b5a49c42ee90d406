//! The run of show is made, put in order, printed and frozen.

use super::set::{RUN, set};
use db::{entity::stage_line, prelude::*};
use testkit::World;

async fn order(world: &World) -> Vec<stage_line::Model> {
    let rows = stage_line::Entity::find()
        .order_by_asc(stage_line::Column::Position)
        .all(world.app.db.reader())
        .await;
    rows.expect("reads")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_is_filled_ordered_printed_and_its_order_freezes() {
    let set = set(3, 1).await;
    let world = &set.world;
    let mut desk = world.signed_in("moderator").await;

    let page = desk.get(RUN).await.ok();
    let filled = desk.send(&page.form("/run").set("act", "fill")).await.ok();
    assert!(filled.text().contains("진행표를 저장했습니다."), "{}", filled.text());
    let lines = order(world).await;
    let questions: Vec<_> = lines.iter().filter_map(|line| line.question_id).collect();
    assert_eq!(questions, set.live);
    assert_eq!(lines[3].reverse_id, Some(set.back[0]));

    // One press moves a line, adds nothing and loses nothing that was typed at others.
    let note = format!("note-{}", lines[0].id);
    let form = filled
        .form("/run")
        .set(&note, "숫자를 먼저 말해 주세요.")
        .set(&format!("minutes-{}", lines[1].id), "12")
        .set("starts_at", "2026-11-22T14:00")
        .set("act", &format!("up:{}", lines[2].id));
    let page = desk.send(&form).await.ok();
    let form = page.form("/run").set("pause", "쉬는 시간").set("act", "add-pause");
    let page = desk.send(&form).await.ok();
    let lines = order(world).await;
    let questions: Vec<_> = lines.iter().filter_map(|line| line.question_id).collect();
    assert_eq!(questions, [set.live[0], set.live[2], set.live[1]]);
    assert_eq!(
        (lines[0].note.as_str(), lines[2].minutes),
        ("숫자를 먼저 말해 주세요.", 12)
    );
    assert_eq!(
        (lines.len(), lines[4].title.as_str(), lines[4].minutes),
        (5, "쉬는 시간", 10)
    );
    let text = page.text();
    assert!(
        text.contains("14:10") && text.contains("14:22"),
        "each begins where the one before ends: {text}"
    );
    assert!(text.contains("모두 37분"), "{text}");

    let pdf = desk.get("/desk/events/talk/run.pdf").await;
    assert!(pdf.ok().body.starts_with("%PDF"));

    // What does not hold is said at its line, and stands in the form.
    let wrong = page
        .form("/run")
        .set(&format!("minutes-{}", lines[0].id), "다섯")
        .set("act", "save");
    let refused = desk.send(&wrong).await;
    assert_eq!(refused.status, 422);
    let minutes = format!("minutes-{}", lines[0].id);
    assert_eq!(refused.form("/run").value(&minutes), Some("다섯"));

    // Somebody else saved first: nothing is lost, and the next press says whose it is.
    let stale = desk
        .send(
            &page
                .form("/run")
                .set("act", "save")
                .set("frozen_at", "2026-11-22T11:00"),
        )
        .await
        .ok();
    let late = desk
        .send(&page.form("/run").set("act", "save").set(&note, "나중에 온 말"))
        .await
        .ok();
    assert!(
        late.text().contains("그사이 다른 분이 저장했습니다."),
        "{}",
        late.text()
    );
    assert_eq!(late.form("/run").value(&note), Some("나중에 온 말"));

    // 11:00 in Seoul is past: the order stays, words and minutes may still change.
    let frozen = stale.form("/run");
    let moved = desk
        .send(&frozen.clone().set("act", &format!("down:{}", lines[0].id)))
        .await;
    assert_eq!(moved.status, 422);
    assert!(
        moved.text().contains("순서가 확정되어 바꿀 수 없습니다."),
        "{}",
        moved.text()
    );
    let said = desk
        .send(&frozen.set("act", "save").set(&note, "마지막 메모"))
        .await
        .ok();
    assert!(said.text().contains("진행표를 저장했습니다."));
    let lines = order(world).await;
    assert_eq!(
        (lines[0].question_id, lines[0].note.as_str()),
        (Some(set.live[0]), "마지막 메모")
    );
}
