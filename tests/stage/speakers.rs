//! Who answers is told once for each set of questions, and prepares on a page of their own.

use super::set::{RUN, Set, set};
use db::{
    entity::{outgoing_mail, speaker, stage_line},
    prelude::*,
};
use domain::{
    EmailAddress,
    state::mail::MailKind,
    token::{Purpose, day_stamp_after},
};
use moderation::stage::speakers::{self, Mails};
use testkit::Browser;

async fn address(set: &Set) {
    let tx = set.world.app.db.begin_write().await.expect("begins");
    let email = EmailAddress::parse("jay@host.example").expect("an address");
    speaker::Entity::update_many()
        .col_expr(speaker::Column::Email, Expr::value(Some(email)))
        .filter(speaker::Column::Id.eq(set.scene.speakers[0]))
        .exec(&tx)
        .await
        .expect("has one");
    tx.commit().await.expect("commits");
}

async fn tell(set: &Set) -> Mails {
    let app = &set.world.app;
    let tx = app.db.begin_write().await.expect("begins");
    let mails = speakers::tell(&tx, app, set.scene.moderator, set.scene.event)
        .await
        .expect("tells");
    tx.commit().await.expect("commits");
    mails
}

fn link(set: &Set) -> String {
    let app = &set.world.app;
    let stamp = day_stamp_after(app.clock.now(), 30);
    let token = app.keys.sign(Purpose::SpeakerLink, set.scene.speakers[0].uuid(), stamp);
    format!("/s/{token}")
}

async fn fill(desk: &mut Browser) {
    let page = desk.get(RUN).await.ok();
    _ = desk.send(&page.form("/run").set("act", "fill")).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn speakers_are_told_once_for_each_set_of_questions() {
    let set = set(2, 0).await;
    let mut desk = set.world.signed_in("moderator").await;
    fill(&mut desk).await;
    assert_eq!(tell(&set).await, Mails(0), "nobody has an address");
    address(&set).await;
    let page = desk.get("/desk/events/talk/run/speakers").await.ok();
    assert!(page.text().contains("아직 알리지 않았습니다"), "{}", page.text());
    let told = desk.send(&page.form("/run/speakers")).await.ok();
    assert!(told.text().contains("메일 1통을 보냅니다."), "{}", told.text());
    assert_eq!(tell(&set).await, Mails(0), "the same is told once");

    let first = stage_line::Entity::find().order_by_asc(stage_line::Column::Position);
    let first = first
        .one(set.world.app.db.reader())
        .await
        .expect("reads")
        .expect("a line");
    let run = desk.get(RUN).await.ok();
    let moved = run.form("/run").set("act", &format!("down:{}", first.id));
    _ = desk.send(&moved).await.ok();
    let page = desk.get("/desk/events/talk/run/speakers").await.ok();
    assert!(page.text().contains("알린 뒤에 바뀌었습니다"), "{}", page.text());
    assert_eq!((tell(&set).await, tell(&set).await), (Mails(1), Mails(0)));
    let mails = outgoing_mail::Entity::find().filter(outgoing_mail::Column::Kind.eq(MailKind::Speaker));
    assert_eq!(mails.count(set.world.app.db.reader()).await.expect("counts"), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_speaker_prepares_on_their_page_and_backstage_reads_it() {
    let set = set(2, 0).await;
    let mut desk = set.world.signed_in("moderator").await;
    fill(&mut desk).await;
    let link = link(&set);
    let mut speaker = set.world.browser();
    let page = speaker.get(&link).await.ok();
    let text = page.text();
    assert!(
        text.contains("1번째로 여쭙습니다.") && text.contains("2번째로 여쭙습니다."),
        "{text}"
    );
    assert!(!text.contains("파트너 1"), "they stand by their company: {text}");

    let field = format!("text-{}", set.live[0]);
    let form = page.form("/s/").set(&field, "먼저 숫자를 말한다.");
    _ = speaker.send(&form).await.ok();
    // The same page in another window knows nothing of it: both texts are shown.
    let late = speaker.send(&form.clone().set(&field, "사례로 시작한다.")).await;
    assert_eq!(late.status, 422);
    assert!(late.text().contains("먼저 숫자를 말한다."), "{}", late.text());
    let again = late.form("/s/");
    assert_eq!(again.value(&field), Some("사례로 시작한다."));
    let both = again.set(&field, "먼저 숫자를 말한다. 사례로 시작한다.");
    _ = speaker.send(&both).await.ok();

    let backstage = desk.get("/hall/talk/backstage").await.ok().text();
    assert!(
        backstage.contains("먼저 숫자를 말한다. 사례로 시작한다."),
        "{backstage}"
    );
    let hall = desk.get("/hall/talk").await.ok().text();
    assert!(!hall.contains("먼저 숫자를"), "only they and the stage see it");

    let other = form.set("question", &set.scene.event.to_string());
    assert_eq!(speaker.send(&other).await.status, 404, "somebody else's question");
    assert_eq!(speaker.get("/s/nothing").await.status, 404);
}
