//! Desk pages beside triage name nobody whose question waits, while the event reads blind.

use crate::flow::scene::{self, Size, ask, enter};
use db::{entity, prelude::*};
use domain::{Lang, role::Role};
use testkit::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ledger_outbox_and_the_persons_page_keep_the_asker_covered() {
    let world = World::new().await;
    let scene = scene::set(&world, Size::small(1)).await;
    world.staff("admin", &[Role::Administrator]).await;
    let mut partner = enter(&world, scene.partners[0].invitation, Lang::Ko).await;
    let text = "파트너 0입니다. 정산 주기를 앞당길 계획이 있나요?";
    ask(&mut partner, scene.services[0].id, text, "full").await;
    let mut desk = world.signed_in("moderator").await;
    let receipt = entity::outgoing_mail::Entity::find()
        .filter(entity::outgoing_mail::Column::QuestionId.is_not_null())
        .one(world.app.db.reader())
        .await
        .expect("reads")
        .expect("a receipt");
    let ledger = "/desk/events/talk/ledger?show=in";
    let (mail, person) = (
        format!("/desk/outbox/{}", receipt.id),
        format!("/desk/events/talk/roster/{}", scene.partners[0].invitation),
    );
    for path in [ledger, "/desk/outbox", &mail] {
        let page = desk.get(path).await.ok();
        assert!(page.text().contains("파트너 0"), "{path}: {}", page.text());
    }
    assert!(desk.get(&person).await.ok().text().contains("정산 주기를"));
    assert!(desk.get("/desk/outbox?q=partner0").await.ok().body.contains(&mail));

    let page = desk.get("/desk/events/talk/reading").await.ok();
    assert_eq!(
        desk.send(&page.form("/talk/reading").set("blind", "true")).await.status,
        200
    );
    for path in [ledger, "/desk/outbox", &mail, "/desk/events/talk/triage"] {
        let page = desk.get(path).await.ok();
        let said = page.text();
        assert!(
            !said.contains("파트너 0") && !page.body.contains("partner0@"),
            "{path}: {said}"
        );
    }
    let page = desk.get(&person).await.ok();
    assert!(
        page.text().contains("파트너 0") && !page.text().contains("정산 주기를"),
        "{}",
        page.text()
    );
    assert!(page.text().contains("선별을 기다리는 질문 1건"), "{}", page.text());
    let found = desk.get("/desk/outbox?q=partner0").await.ok();
    assert!(!found.body.contains(&mail), "a search by name finds no mail about it");
    // Invitations are no question.
    assert!(
        !desk.get(&mail).await.ok().body.contains("name=\"block\""),
        "and it is not edited"
    );
}
