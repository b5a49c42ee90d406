//! What the conversations came to, in figures.

use super::Print;
use axum::http::{StatusCode, header};
use db::{entity, prelude::*};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_host_sees_how_many_were_answered_after_how_long_and_read() {
    let p = Print::new().await;
    let app = &p.world.app;
    let answers = entity::answer::Entity::find()
        .order_by_asc(entity::answer::Column::Id)
        .all(app.db.reader())
        .await
        .expect("reads");
    // One goes out within the day, one after four days and is read, one not yet.
    publishing::delivery::deliver(app, answers[0].id)
        .await
        .expect("goes out");
    app.clock.advance(chrono::TimeDelta::days(4));
    publishing::delivery::deliver(app, answers[1].id)
        .await
        .expect("goes out");
    let tx = app.db.begin_write().await.expect("begins");
    entity::delivery::Entity::update_many()
        .col_expr(entity::delivery::Column::SeenAt, Expr::value(app.clock.now()))
        .filter(entity::delivery::Column::AnswerId.eq(answers[1].id))
        .exec(&tx)
        .await
        .expect("is read");
    tx.commit().await.expect("commits");

    let mut desk = p.world.signed_in("moderator").await;
    let event = format!("/desk/events/{}/insight", p.scene.slug);
    let across = desk.get("/desk/insight").await.ok();
    assert!(across.links().contains(&event), "it leads to each event");
    for page in [across, desk.get(&event).await.ok()] {
        let text = page.text();
        for words in [
            "질문 3 답변 2 답변 비율 66% 걸린 날 (중앙값) 0일 읽은 비율 50%",
            "하루 안 1 사흘 안 0 한 주 안 1 두 주 안 0",
            "서비스 0 3 2 66% 0일 50%",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
    }
    let english = p.world.browser().get(&event).await;
    assert_ne!(english.status, StatusCode::NOT_FOUND);
    assert!(
        english.path.starts_with("/sign-in"),
        "for staff alone: {}",
        english.path
    );
    for path in ["/desk/insight/file".to_owned(), format!("{event}/file")] {
        let file = desk.get(&path).await.ok();
        assert_eq!(file.bytes[..2], *b"PK", "{path}");
        let kind = file.headers[header::CONTENT_DISPOSITION].to_str().expect("readable");
        assert!(
            kind.starts_with("attachment") && kind.contains("insight.xlsx"),
            "{kind}"
        );
    }
}
