//! The desk's pages about mail: the steps of one mail, a test mail, the clock that it goes by, when crews are reminded.

use crate::{
    flow::scene::{self, Size},
    mail_out::{queue, row},
};
use chrono::{Duration, SubsecRound};
use domain::{
    Clock, OutgoingId,
    role::Role,
    state::mail::{MailKind, OutgoingState},
};
use mail::Refs;
use testkit::World;

/// What the page says when a step came too late.
const STALE: &str = "그 사이 다른 사람이 먼저 바꿨어요";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_step_of_a_mail_is_offered_where_it_may_be_taken_and_is_refused_where_it_may_not() {
    use OutgoingState::{Draft, Dropped, Queued};
    // No server listens there, and no sender runs: a mail stays where staff put it.
    let world = World::new().await;
    world.staff("editor", &[Role::Editor]).await;
    world.staff("stage", &[Role::Stage]).await;
    let id = queue(&world, MailKind::StaffNotice, "kim@host.example", Refs::default()).await;
    let path = format!("/desk/outbox/{id}");
    let mut editor = world.signed_in("editor").await;
    for (verb, before, after) in [
        ("hold", Queued, Draft),
        ("queue", Draft, Queued),
        ("drop", Queued, Dropped),
        ("hold", Dropped, Draft),
        ("drop", Draft, Dropped),
    ] {
        assert_eq!(row(&world, id).await.state, before);
        let page = editor.get(&path).await.ok();
        let form = page.form(&format!("{path}/{verb}"));
        assert!(page.forms(&format!("{path}/force")).is_empty(), "nobody held it back");
        let done = editor.send(&form).await.ok();
        assert_eq!(
            (done.path.as_str(), row(&world, id).await.state),
            (path.as_str(), after),
            "{verb}"
        );
        // The same press again, from a page that is old now.
        let again = editor.send(&form).await;
        assert!(
            again.status == 409 && again.text().contains(STALE),
            "{verb} twice: {}",
            again.text()
        );
        assert_eq!(row(&world, id).await.state, after, "{verb} twice");
    }
    for action in ["mail.held", "mail.dropped"] {
        assert_eq!(world.audited(action).await, 2, "{action}");
    }
    assert_eq!(world.audited("mail.queued").await, 1);
    let fields = [(
        "csrf".to_owned(),
        editor
            .get(&path)
            .await
            .form(&path)
            .value("csrf")
            .expect("a form")
            .to_owned(),
    )];
    for verb in ["retry", "force"] {
        let page = editor.post(&format!("{path}/{verb}"), &fields).await;
        assert!(
            page.status == 409 && page.text().contains(STALE),
            "{verb}: {}",
            page.text()
        );
    }
    assert_eq!(editor.post(&format!("{path}/burn"), &fields).await.status, 404);
    let other = format!("/desk/outbox/{}/hold", OutgoingId::new());
    assert_eq!(editor.post(&other, &fields).await.status, 404);
    let bare = editor.post(&format!("{path}/hold"), &[]).await;
    assert!(
        bare.status == 409 && !bare.text().contains(STALE),
        "without the form's token: {}",
        bare.text()
    );
    assert_eq!(row(&world, id).await.state, Dropped);
    assert_eq!(world.signed_in("stage").await.get(&path).await.status, 403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_test_mail_goes_to_oneself_and_not_more_often_than_ten_times_an_hour() {
    let world = World::new().await;
    world.staff("mod", &[Role::Moderator]).await;
    let mut staff = world.signed_in("mod").await;
    let page = staff.get("/desk/mail").await.ok();
    // The world's DNS is off: the page says so and waits for nobody.
    assert!(page.text().contains("확인하지 않음"), "{}", page.text());
    let form = page.form("/desk/mail/test");
    for _ in 0..10 {
        assert_eq!(staff.send(&form).await.status, 200);
    }
    assert_eq!(staff.send(&form).await.status, 429);
    assert_eq!(world.audited("mail.tested").await, 10);
    let list = staff.get("/desk/outbox?q=mod@host.example").await.ok();
    assert_eq!(list.body.matches("문답 시험 메일").count(), 10, "{}", list.text());
    world.staff("editor", &[Role::Editor]).await;
    assert_eq!(world.signed_in("editor").await.get("/desk/mail").await.status, 403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_fell_behind_is_told_on_every_page_and_believed_when_staff_say_so() {
    let now = Clock::system().now().trunc_subsecs(0);
    let world = World::with(Clock::frozen(now), |_| {}).await;
    world.staff("mod", &[Role::Moderator]).await;
    let app = &world.app;
    let looks = async || {
        jobs::clock::Watch::new(app.db.clone(), app.clock.clone())
            .agrees()
            .await
    };
    assert!(looks().await);
    app.clock.set(now - Duration::hours(3));
    assert!(!looks().await, "three hours before what was stored last");
    let mut staff = world.signed_in("mod").await;
    let page = staff.get("/desk/outbox").await.ok();
    assert!(page.body.contains(r#"href="/desk/clock""#), "{}", page.text());
    let page = staff.get("/desk/clock").await.ok();
    assert!(page.text().contains("10분 넘게 늦습니다"), "{}", page.text());
    let page = staff.send(&page.form("/desk/clock")).await.ok();
    assert!(page.text().contains("시계에 이상이 없습니다"), "{}", page.text());
    assert!(page.forms("/desk/clock").is_empty(), "nothing is asked any more");
    assert!(looks().await, "and work goes by it again");
    assert_eq!(world.audited("clock.confirmed").await, 1);
    world.staff("editor", &[Role::Editor]).await;
    assert_eq!(world.signed_in("editor").await.get("/desk/clock").await.status, 403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_crews_are_reminded_is_refused_field_by_field_and_kept_as_a_whole() {
    let world = World::new().await;
    let scene = scene::set(&world, Size::small(1)).await;
    world.staff("editor", &[Role::Editor]).await;
    let path = format!("/desk/events/{}/reminders", scene.slug);
    let mut staff = world.signed_in("moderator").await;
    let form = staff.get(&path).await.ok().form(&path);
    for (field, wrong) in [
        ("before_days", "31"),
        ("after_days", "-1"),
        ("lead_days", "곧"),
        ("moderator_days", ""),
        ("from_hour", "25"),
        ("to_hour", "3"),
    ] {
        let page = staff.send(&form.clone().set("from_hour", "9").set(field, wrong)).await;
        assert_eq!(page.status, 422, "{field} {wrong}");
        assert!(
            page.body.contains(&format!("{field}-error")),
            "{field}: {}",
            page.text()
        );
        let kept = page.form(&path);
        assert_eq!(kept.value(field), Some(wrong), "what was typed stands there");
    }
    let saved = staff
        .send(&form.set("before_days", "3").set("from_hour", "10").set("to_hour", "17"))
        .await
        .ok();
    let form = saved.form(&path);
    let values = ["before_days", "from_hour", "to_hour"].map(|field| form.value(field).map(str::to_owned));
    assert_eq!(values, [Some("3".into()), Some("10".into()), Some("17".into())]);
    assert_eq!(world.signed_in("editor").await.get(&path).await.status, 403);
}
