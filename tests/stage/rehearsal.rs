//! A rehearsal is played like the day, and at its end every row stands as it did before.

use super::{
    set::{RUN, STAGE, Set, done, hall, main_form, press, set},
    tables::tables,
};
use crate::flow::scene::{ask, enter};
use db::{
    entity::{answer, event, hall_clap, question, stage_rehearsal, stage_run},
    prelude::*,
};
use domain::Lang;
use moderation::stage::rehearsal;
use testkit::{Browser, Page, World};

const REHEARSAL: &str = "/desk/events/talk/stage/rehearsal";
const PHONES: &str = "/desk/events/talk/telephones";
/// Who looks at pages leaves these.
const LOOKED: [&str; 4] = ["audit_entry", "live_topic", "session", "rate_limit"];

async fn begin(operator: &mut Browser) -> Page {
    let page = operator.get(STAGE).await.ok();
    operator.send(&page.form("/stage/rehearsal").set("act", "begin")).await
}

async fn end(operator: &mut Browser) -> Page {
    let page = operator.get(REHEARSAL).await.ok();
    operator.send(&page.form("/stage/rehearsal").set("act", "end")).await
}

/// The address of the telephones that the desk shows now.
async fn address(operator: &mut Browser) -> String {
    let page = operator.get(PHONES).await.ok();
    let links = page.links();
    let at = links
        .iter()
        .find_map(|link| link.find("/now/").map(|at| link[at..].to_owned()));
    at.expect("an address")
}

async fn noted(operator: &mut Browser, text: &str) -> Page {
    let page = operator.get(STAGE).await.ok();
    operator.send(&page.form("/stage/note").set("text", text)).await
}

/// A run of show that is frozen, with the last question left out.
async fn planned(desk: &mut Browser) {
    let page = desk.get(RUN).await.ok();
    let page = desk.send(&page.form("/run").set("act", "fill")).await.ok();
    let form = page.form("/run").set("act", "save");
    let page = desk.send(&form.set("frozen_at", "2026-11-22T11:00")).await.ok();
    assert!(page.text().contains("순서가 확정되어"), "{}", page.text());
}

async fn count(world: &World) -> u64 {
    let found = stage_rehearsal::Entity::find().count(world.app.db.reader()).await;
    found.expect("counts")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_is_done_as_on_the_day_and_no_row_but_the_rehearsals_changes() {
    let set = set(4, 2).await;
    let world = &set.world;
    let mut operator = world.signed_in("moderator").await;
    let mut second = world.signed_in("second").await;
    planned(&mut operator).await;
    // A question that may be shown and stands in no run.
    let late = late_live(&set).await;
    let before = tables(world, &LOOKED).await;

    let page = begin(&mut operator).await.ok();
    assert!(page.text().contains("리허설을 시작했습니다."), "{}", page.text());
    // Two who begin at once begin one.
    rehearsal::begin(&world.app, set.scene.moderator, set.scene.event)
        .await
        .expect("is on");
    assert!(hall(&mut operator).await.starts_with("리허설"), "the hall says so");
    let backstage = operator.get("/hall/talk/backstage").await.ok().text();
    assert!(backstage.contains("리허설"), "{backstage}");
    let seen = second.get(STAGE).await.ok().text();
    assert!(seen.contains("moderator 님이") && seen.contains("리허설 중"), "{seen}");

    plays(&set, &mut operator).await;
    notes(&set, &mut operator, &mut second).await;
    leaves_one(&set, &mut operator).await;
    takes_in(&mut operator, &format!("q-{late}")).await;
    telephones(&set, &mut operator).await;
    _ = press(&mut second, "take").await.ok();
    done(&mut second, "next").await;

    // Nothing of the day was touched, while it is on already.
    let mut during = tables(world, &LOOKED).await;
    for own in ["stage_rehearsal", "rehearsal_mark"] {
        assert!(!during.remove(own).expect("a table").is_empty(), "{own}");
        during.insert(own.to_owned(), Vec::new());
    }
    let runs = during.insert("stage_run".to_owned(), Vec::new()).expect("a table");
    assert_eq!(runs.len(), 1, "held, and blank");
    assert_eq!(during, before);

    let (old, phone) = (second.get(STAGE).await.ok(), address(&mut operator).await);
    let asked = operator.get(REHEARSAL).await.ok().text();
    assert!(
        asked.contains("모두 지웁니다") && asked.contains("3월에 시작합니다."),
        "{asked}"
    );
    // Whoever sees it may end it.
    let over = end(&mut second).await.ok();
    assert!(over.text().contains("리허설이 끝났습니다."), "{}", over.text());
    assert_eq!(tables(world, &LOOKED).await, before);
    assert!(!hall(&mut operator).await.contains("리허설"));
    assert_eq!(world.browser().get(&phone).await.status, 404, "its address is gone");
    assert_eq!(world.audited("stage.rehearsal_begun").await, 1);
    assert_eq!(world.audited("stage.rehearsal_ended").await, 1);
    for quiet in [
        "stage.shown",
        "answer.noted",
        "question.not_reached",
        "telephones.shown",
    ] {
        assert_eq!(world.audited(quiet).await, 0, "{quiet}");
    }

    // A page that was left open from it moves and notes nothing of the day, and what was typed there is not lost.
    let late = second.send(&main_form(&old).set("act", "next")).await.ok();
    assert!(late.text().contains("지금 상태를 확인해"), "{}", late.text());
    let text = "리허설 때 쓰던 기록";
    let refused = second.send(&old.form("/stage/note").set("text", text)).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("리허설이 시작되었거나 끝났습니다."));
    assert_eq!(refused.form("/stage/note").value("text"), Some(text));
    assert_eq!(tables(world, &LOOKED).await, before);

    // The day begins at the first question.
    done(&mut operator, "next").await;
    let shown = hall(&mut operator).await;
    assert!(shown.contains("1/4") && shown.contains("1번째로"), "{shown}");
}

async fn late_live(set: &Set) -> domain::QuestionId {
    use moderation::triage::service::{decide, release};
    let (app, scene) = (&set.world.app, &set.scene);
    // One waits for triage: the rehearsal's hall practises with it.
    let mut partner = enter(&set.world, scene.partners[4].invitation, Lang::Ko).await;
    ask(
        &mut partner,
        scene.services[0].id,
        "아직 아무도 읽지 않은 질문입니다. 앱이 느린 까닭은요?",
        "company",
    )
    .await;
    let mut partner = enter(&set.world, scene.partners[5].invitation, Lang::Ko).await;
    ask(
        &mut partner,
        scene.services[0].id,
        "뒤늦게 하나 더 여쭙습니다. 앱은 언제 바뀌나요?",
        "company",
    )
    .await;
    let last = question::Entity::find().order_by_desc(question::Column::Number);
    let last = last.one(app.db.reader()).await.expect("reads").expect("was taken");
    let tx = app.db.begin_write().await.expect("begins");
    decide::live(&tx, app, scene.moderator, last.id, None)
        .await
        .expect("a place");
    tx.commit().await.expect("commits");
    release::all(app, scene.moderator, scene.event).await.expect("releases");
    last.id
}

async fn plays(set: &Set, operator: &mut Browser) {
    done(operator, "next").await;
    let shown = hall(operator).await;
    assert!(shown.contains("리허설") && shown.contains("1/4"), "{shown}");
    set.later(65);
    assert!(hall(operator).await.contains("1:05"));
    done(operator, "hold").await;
    assert!(!hall(operator).await.contains("여쭙습니다"));
    done(operator, "resume").await;
    done(operator, "answered").await;
    done(operator, "next").await;
    _ = press(operator, "undo").await.ok();
    assert!(hall(operator).await.contains("1:05"), "the timer, too");
    let page = operator.get(STAGE).await.ok();
    let message = page
        .forms("/stage/act")
        .into_iter()
        .find(|form| form.value("message").is_some());
    let message = message
        .expect("its form")
        .set("message", "2분 남았습니다")
        .set("act", "message");
    _ = operator.send(&message).await.ok();
    let backstage = operator.get("/hall/talk/backstage").await.ok().text();
    assert!(backstage.contains("2분 남았습니다"), "{backstage}");
}

async fn notes(set: &Set, operator: &mut Browser, second: &mut Browser) {
    let of_second = second.get(STAGE).await.ok();
    let saved = noted(operator, "3월에 시작합니다.").await.ok();
    assert!(saved.text().contains("리허설이 끝나면 지워집니다."), "{}", saved.text());
    let beside = second
        .send(&of_second.form("/stage/note").set("text", "세 곳부터 합니다."))
        .await
        .ok();
    assert!(beside.text().contains("second 님이 같은 때 적은"), "{}", beside.text());
    let mut typing = of_second.form("/stage/note").set("text", "네 곳부터 합니다.");
    typing.action = format!("{STAGE}/typing");
    assert_eq!(second.send(&typing).await.status, 409);
    let both = second.send(&beside.form("/stage/beside").set("act", "add")).await.ok();
    let text = both.form("/stage/note");
    assert_eq!(text.value("text"), Some("3월에 시작합니다.\n\n네 곳부터 합니다."));
    // What a partner answers to a question back.
    let page = operator.get(&format!("{STAGE}?note=r-{}", set.back[0])).await.ok();
    let partner = set.scene.partners[0].invitation.to_string();
    let form = page
        .form("/stage/note")
        .set("partner", &partner)
        .set("text", "저희는 이렇게 합니다.");
    _ = operator.send(&form).await.ok();
    let queue = operator.get("/desk/answers").await;
    assert!(!queue.text().contains("3월에 시작합니다."), "it is not in review");
}

async fn leaves_one(set: &Set, operator: &mut Browser) {
    done(operator, "next").await;
    let page = press(operator, "not-reached").await.ok();
    assert!(page.text().contains("당일에는 담당 크루가"), "{}", page.text());
    assert!(hall(operator).await.contains("2/3"), "the next one");
    done(operator, "undo").await;
    assert!(hall(operator).await.contains("2/4"), "and back");
    done(operator, "not-reached").await;
    let state = question::Entity::find_by_id(set.live[1])
        .one(set.world.app.db.reader())
        .await;
    assert_eq!(state.expect("reads").expect("is there").state.to_string(), "live");
}

async fn takes_in(operator: &mut Browser, cue: &str) {
    let page = operator.get(STAGE).await.ok();
    let offered = page
        .forms("/stage/act")
        .into_iter()
        .find(|form| form.value("cue") == Some(cue));
    _ = operator
        .send(&offered.expect("it is offered").set("act", "show"))
        .await
        .ok();
    let shown = hall(operator).await;
    assert!(
        shown.contains("뒤늦게") && shown.contains("3/4"),
        "behind what was on: {shown}"
    );
    let run = operator.get(RUN).await.ok().text();
    assert!(run.contains("진행표에 없는 질문"), "the frozen run is as it was: {run}");
}

async fn telephones(set: &Set, operator: &mut Browser) {
    let path = address(operator).await;
    let mut phone = set.world.browser();
    let page = phone.get(&path).await.ok();
    let text = page.text();
    assert!(
        text.contains("리허설") && text.contains("뒤늦게") && text.contains("질문을 받지 않아요"),
        "{text}"
    );
    let on_stage = stage_subject(&page);
    for _ in 0..2 {
        let form = phone.get(&path).await.ok().form("/now/").set("clap", &on_stage);
        _ = phone.send(&form).await.ok();
    }
    assert!(phone.get(&path).await.ok().text().contains("박수 1명"));

    let desk = operator.get(PHONES).await.ok();
    assert!(desk.text().contains("연습용 질문"), "{}", desk.text());
    let form = desk
        .forms("/telephones")
        .into_iter()
        .find(|form| form.value("question").is_some());
    let form = form.expect("a question to practise with");
    let id = form.value("question").expect("its id").to_owned();
    _ = operator.send(&form.set("act", "show")).await.ok();
    for _ in 0..2 {
        let form = phone.get(&path).await.ok().form("/now/").set("vote", &id);
        _ = phone.send(&form).await.ok();
    }
    assert!(phone.get(&path).await.ok().text().contains("1명이 궁금해해요"));
}

/// The value of the button that applauds.
fn stage_subject(page: &Page) -> String {
    let (_, rest) = page.body.split_once("name=\"clap\" value=\"").expect("a button");
    rest.split('"').next().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rehearsal_outlives_the_server_and_asks_when_the_day_has_come() {
    let set = set(2, 0).await;
    let mut operator = set.world.signed_in("moderator").await;
    _ = begin(&mut operator).await.ok();
    done(&mut operator, "next").await;
    set.later(30);
    let before = hall(&mut operator).await;
    assert!(before.contains("리허설") && before.contains("0:30"), "{before}");

    let World { fresh, app, router } = set.world;
    let clock = app.clock.clone();
    drop((router, operator));
    app.db.close().await;
    let world = World::over(fresh, clock, |_| {}).await;
    let mut operator = world.signed_in("moderator").await;
    assert_eq!(hall(&mut operator).await, before);
    done(&mut operator, "next").await;

    // The next morning nobody plays the day in it without knowing.
    world
        .app
        .clock
        .set(world.app.clock.now() + chrono::TimeDelta::hours(20));
    let mut operator = world.signed_in("moderator").await;
    let page = operator.get(STAGE).await.ok();
    assert!(page.text().contains("아직 리허설인가요?"), "{}", page.text());
    let refused = press(&mut operator, "next").await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.text().contains("리허설이 아직 켜져 있습니다."),
        "{}",
        refused.text()
    );
    let kept = operator
        .send(&page.form("/stage/rehearsal").set("act", "keep"))
        .await
        .ok();
    assert!(!kept.text().contains("아직 리허설인가요?"), "{}", kept.text());
    done(&mut operator, "back").await;
    _ = end(&mut operator).await.ok();
    assert_eq!(count(&world).await, 0);
    let runs = stage_run::Entity::find().count(world.app.db.reader()).await;
    assert_eq!(runs.expect("counts"), 0);
    // Somebody else's page of it ends nothing more.
    let again = operator.get(REHEARSAL).await.ok();
    assert!(again.text().contains("리허설이 끝났습니다."), "{}", again.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn between_two_sittings_it_may_be_rehearsed_and_the_hall_of_the_day_goes_on_asking() {
    let set = set(2, 0).await;
    let world = &set.world;
    let reader = world.app.db.reader();
    let row = event::Entity::find_by_id(set.scene.event).one(reader).await;
    let closes = row.expect("reads").expect("is there").closes_at;
    world.app.clock.set(closes + chrono::TimeDelta::hours(1));
    let mut operator = world.signed_in("moderator").await;
    let page = operator.get(PHONES).await.ok();
    _ = operator.send(&page.form("/telephones").set("act", "asks")).await.ok();
    let day = address(&mut operator).await;
    let early = operator.get(STAGE).await.ok();
    done(&mut operator, "next").await;
    _ = noted(&mut operator, "네, 그렇게 합니다.").await.ok();

    // Not while the day is on the screen, not even by a page that was opened before.
    assert!(operator.get(STAGE).await.ok().forms("/stage/rehearsal").is_empty());
    let refused = operator.send(&early.form("/stage/rehearsal").set("act", "begin")).await;
    assert_eq!(refused.status, 409);
    assert!(
        refused.text().contains("지금 행사 화면이 나가고 있습니다."),
        "{}",
        refused.text()
    );
    done(&mut operator, "next").await;
    done(&mut operator, "next").await;
    let stands = set.stands().await;

    _ = begin(&mut operator).await.ok();
    done(&mut operator, "next").await;
    let page = operator.get(STAGE).await.ok();
    assert_eq!(
        page.form("/stage/note").value("text"),
        Some(""),
        "the day's note is not the rehearsal's"
    );
    _ = noted(&mut operator, "연습입니다.").await.ok();

    // The day's telephones see nothing of it; who asks there is heard, now and afterwards.
    let mut phone = world.browser();
    let text = phone.get(&day).await.ok().text();
    assert!(
        text.contains("무대에서 다루는 질문이 없어요") && !text.contains("리허설"),
        "{text}"
    );
    let mut partner = enter(world, set.scene.partners[3].invitation, Lang::Ko).await;
    ask(
        &mut partner,
        set.scene.services[0].id,
        "쉬는 시간에 여쭙니다. 해외 정산도 되나요?",
        "company",
    )
    .await;
    let page = operator.get(PHONES).await.ok();
    let forms = page.forms("/telephones");
    assert!(
        forms.iter().all(|form| form.value("rehearsal").is_some()),
        "the day's stays as it is"
    );
    _ = end(&mut operator).await.ok();
    assert_eq!(set.stands().await, stands);
    let answers = answer::Entity::find().all(reader).await.expect("reads");
    assert_eq!(answers.len(), 1);
    assert_eq!(answers[0].body, "네, 그렇게 합니다.");
    assert_eq!(hall_clap::Entity::find().count(reader).await.expect("counts"), 0);
    let page = operator.get(PHONES).await.ok();
    assert!(page.text().contains("해외 정산도"), "{}", page.text());
}
