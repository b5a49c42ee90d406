//! The hall reads along on its telephones: what is on stage, applause and votes that count once, questions of its own.

use super::set::{Set, done, set};
use crate::flow::scene::{ask, enter};
use db::{
    entity::{event, hall_clap, hall_question, hall_vote, question},
    prelude::*,
};
use domain::Lang;
use testkit::{Browser, Page};

const DESK: &str = "/desk/events/talk/telephones";

async fn row(set: &Set) -> event::Model {
    let found = event::Entity::find_by_id(set.scene.event)
        .one(set.world.app.db.reader())
        .await;
    found.expect("reads").expect("is there")
}

/// Presses a button of the desk's page.
async fn desk(browser: &mut Browser, act: &str) -> Page {
    let page = browser.get(DESK).await.ok();
    let form = page.forms("/telephones").into_iter().next().expect("a form");
    browser.send(&form.set("act", act)).await
}

/// Presses a button of a telephone's page.
async fn press(phone: &mut Browser, path: &str, name: &str, value: &str) -> Page {
    let page = phone.get(path).await.ok();
    let form = page.form("/now/");
    phone.send(&form.set(name, value)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_hall_reads_along_applauds_asks_and_votes_once_each() {
    let set = set(3, 1).await;
    let reader = set.world.app.db.reader();
    let mut operator = set.world.signed_in("moderator").await;
    _ = desk(&mut operator, "asks").await.ok();
    let code = row(&set).await.hall_code.expect("an address");
    let path = format!("/now/{code}");

    // Nobody has to sign in. What is on stage stands there by what its asker agreed to.
    let mut phone = set.world.browser();
    assert!(phone.get(&path).await.ok().text().contains("곧 시작해요"));
    done(&mut operator, "next").await;
    let page = phone.get(&path).await.ok();
    assert!(
        page.text().contains("1번째로 여쭙습니다.") && page.text().contains("2번째로"),
        "{}",
        page.text()
    );
    assert!(!page.text().contains("파트너 0"), "they stand by their company");

    // Applause counts people, for what is on stage and nothing else.
    let on_stage = set.live[0].to_string();
    for _ in 0..2 {
        _ = press(&mut phone, &path, "clap", &on_stage).await.ok();
    }
    _ = press(&mut set.world.browser(), &path, "clap", &on_stage).await.ok();
    _ = press(&mut phone, &path, "clap", &set.live[1].to_string()).await.ok();
    assert_eq!(hall_clap::Entity::find().count(reader).await.expect("counts"), 2);
    let page = phone.get(&path).await.ok();
    assert!(
        page.text().contains("박수 2명") && page.body.contains("aria-pressed=\"true\""),
        "{}",
        page.text()
    );

    // A question from the hall comes by its asker's own link, after the deadline, and is read by nobody before a moderator lets it.
    set.world
        .app
        .clock
        .set(row(&set).await.closes_at + chrono::TimeDelta::hours(1));
    let mut operator = set.world.signed_in("moderator").await;
    _ = desk(&mut operator, "asks").await.ok();
    let mut partner = enter(&set.world, set.scene.partners[4].invitation, Lang::Ko).await;
    let text = partner.get("/my/questions/new").await.ok().text();
    assert!(
        text.contains("지금 현장에서 질문을 받고 있어요") && !text.contains("까지 보내고 고칠"),
        "no deadline that is past: {text}"
    );
    ask(
        &mut partner,
        set.scene.services[0].id,
        "지금 들으니 궁금합니다. 해외 정산도 앞당겨지나요?",
        "company",
    )
    .await;
    let asked = question::Entity::find()
        .order_by_desc(question::Column::Number)
        .one(reader)
        .await
        .expect("reads")
        .expect("was taken");
    let id = asked.id.to_string();
    assert!(!phone.get(&path).await.ok().text().contains("해외 정산"));
    let page = operator.get(DESK).await.ok();
    assert!(page.text().contains("해외 정산"), "{}", page.text());
    let form = page
        .forms("/telephones")
        .into_iter()
        .find(|form| form.value("question") == Some(id.as_str()))
        .expect("its form");
    _ = operator.send(&form.set("act", "show")).await.ok();
    assert!(phone.get(&path).await.ok().text().contains("해외 정산"));

    // One vote a person: again on the same telephone, and a partner on a second one, change nothing.
    for _ in 0..2 {
        _ = press(&mut phone, &path, "vote", &id).await.ok();
        _ = press(&mut partner, &path, "vote", &id).await.ok();
        let mut second = enter(&set.world, set.scene.partners[4].invitation, Lang::Ko).await;
        _ = press(&mut second, &path, "vote", &id).await.ok();
    }
    let text = phone.get(&path).await.ok().text();
    assert!(text.contains("2명이 궁금해해요"), "{text}");
    assert_eq!(
        press(&mut phone, &path, "vote", &set.live[0].to_string()).await.status,
        404,
        "no question of the hall"
    );

    // At the end there are numbers, and nobody behind them.
    _ = desk(&mut operator, "close").await.ok();
    let kept = hall_question::Entity::find_by_id(asked.id).one(reader).await;
    assert_eq!(kept.expect("reads").expect("is there").votes, 2);
    assert_eq!(hall_vote::Entity::find().count(reader).await.expect("counts"), 0);
    assert_eq!(hall_clap::Entity::find().count(reader).await.expect("counts"), 0);
    let text = phone.get(&path).await.ok().text();
    assert!(
        text.contains("열려 있지 않아요") && !text.contains("여쭙습니다"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_the_last_line_nobody_is_told_that_it_begins() {
    let set = set(2, 0).await;
    let mut operator = set.world.signed_in("moderator").await;
    _ = desk(&mut operator, "open").await.ok();
    let path = format!("/now/{}", row(&set).await.hall_code.expect("an address"));
    let mut phone = set.world.browser();
    let text = phone.get(&path).await.ok().text();
    assert!(text.contains("곧 시작해요") && text.contains("1번째로"), "{text}");
    for _ in 0..3 {
        done(&mut operator, "next").await;
    }
    done(&mut operator, "message").await;
    let text = phone.get(&path).await.ok().text();
    assert!(
        text.contains("지금은 무대에서 다루는 질문이 없어요") && !text.contains("번째로"),
        "{text}"
    );
    let text = operator.get("/hall/talk/backstage").await.ok().text();
    assert!(!text.contains("번째로"), "{text}");
    // One line back is the last one.
    done(&mut operator, "back").await;
    assert!(phone.get(&path).await.ok().text().contains("2번째로"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_telephones_that_vote_at_once_are_two_hundred_votes() {
    let set = set(1, 0).await;
    let app = &set.world.app;
    let staff = set.scene.moderator;
    moderation::telephones::service::open(app, staff, set.scene.event, true)
        .await
        .expect("opens");
    let mut partner = enter(&set.world, set.scene.partners[2].invitation, Lang::Ko).await;
    ask(
        &mut partner,
        set.scene.services[0].id,
        "현장에서 하나 더 여쭙습니다. 수수료는 어떻게 되나요?",
        "company",
    )
    .await;
    let asked = question::Entity::find()
        .order_by_desc(question::Column::Number)
        .one(app.db.reader())
        .await
        .expect("reads")
        .expect("was taken");
    let event = row(&set).await;
    moderation::telephones::service::show(app, staff, &event, asked.id, true)
        .await
        .expect("shows");
    let mut all = tokio::task::JoinSet::new();
    // Everybody presses twice, from wherever the second press came.
    for n in 0..400 {
        let (app, event) = (app.clone(), event.id);
        all.spawn(async move {
            moderation::telephones::service::vote(&app, event, asked.id, &format!("voter {}", n % 200)).await
        });
    }
    while let Some(done) = all.join_next().await {
        done.expect("ran").expect("counts");
    }
    let votes = hall_vote::Entity::find().count(app.db.reader()).await.expect("counts");
    assert_eq!(votes, 200);

    // Somebody forgets to close the page: it closes by itself, and says nobody's name.
    let left = async |hours: i64| {
        app.clock
            .set(event.hall_from.expect("is open") + chrono::TimeDelta::hours(hours));
        moderation::telephones::service::close_forgotten(app)
            .await
            .expect("closes");
        hall_vote::Entity::find().count(app.db.reader()).await.expect("counts")
    };
    assert_eq!((left(35).await, left(37).await), (200, 0));
    let counted = hall_question::Entity::find_by_id(asked.id).one(app.db.reader()).await;
    assert_eq!(counted.expect("reads").expect("is there").votes, 200);
    assert_eq!(row(&set).await.hall_from, None);
}
