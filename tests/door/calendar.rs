//! The programme on a page and in a calendar.

use super::Door;
use crate::flow::scene;
use axum::http::{StatusCode, header};
use db::audit::Actor;
use domain::{Lang, state::people::PartKind};
use intake::staff::service::{invitation, part};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_calendar_follows_without_a_session_until_the_link_is_renewed() {
    let d = Door::new(2).await;
    let app = &d.world.app;
    let at = app.clock.now();
    let new = |title: &str, hour: i64| part::NewPart {
        title: title.into(),
        title_en: String::new(),
        kind: PartKind::Talk,
        starts_at: at + chrono::TimeDelta::hours(hour),
        ends_at: at + chrono::TimeDelta::hours(hour + 1),
        place: "3층, 물가".into(),
        place_en: String::new(),
        capacity: None,
    };
    let by = Actor::Staff(d.scene.moderator);
    let tx = app.db.begin_write().await.expect("begins");
    let talk = part::add(&tx, &app.clock, by, d.scene.event, d.sitting, new("무대; 대화", 1))
        .await
        .expect("adds");
    tx.commit().await.expect("commits");

    let mut partner = scene::enter(&d.world, d.id(0), Lang::Ko).await;
    let page = partner.get("/my/programme").await.ok();
    assert!(
        page.text().contains("무대; 대화") && page.text().contains("아직 알려 주지 않으셨어요"),
        "{}",
        page.text()
    );
    let address = page
        .body
        .split("value=\"")
        .filter_map(|rest| rest.split('"').next())
        .find(|value| value.contains("/calendar/"))
        .expect("an address to subscribe to")
        .to_owned();
    let mut program = d.world.browser();
    let empty = program.get(&address).await.ok();
    assert!(!empty.body.contains("BEGIN:VEVENT"), "nobody said yet that they come");

    d.comes(0, true).await;
    let calendar = program.get(&address).await.ok();
    assert_eq!(calendar.headers[header::CONTENT_TYPE], "text/calendar; charset=utf-8");
    let uid = format!("UID:{talk}@");
    for wanted in [
        "SUMMARY:무대\\; 대화\r\n",
        "SEQUENCE:0\r\n",
        "STATUS:CONFIRMED\r\n",
        &uid,
        "LOCATION:3층\\, 물가\\, 큰 방\r\n",
    ] {
        assert!(calendar.body.contains(wanted), "{wanted}\n{}", calendar.body);
    }
    assert_eq!(partner.get("/my/programme.ics").await.ok().body, calendar.body);

    // A part that moves stays the same entry with a higher number.
    let tx = app.db.begin_write().await.expect("begins");
    part::change(&tx, app, by, d.scene.event, talk, new("무대 대화", 2))
        .await
        .expect("changes");
    tx.commit().await.expect("commits");
    let later = program.get(&address).await.ok().body;
    assert!(
        later.contains(&uid) && later.contains("SEQUENCE:1\r\n") && later.contains("SUMMARY:무대 대화\r\n"),
        "{later}"
    );
    // In few places, who waits sees that it is not sure.
    d.change(|new| new.capacity = Some(1)).await.expect("changes");
    d.comes(1, true).await;
    let mut other = scene::enter(&d.world, d.id(1), Lang::En).await;
    let waits = other.get("/my/programme.ics").await.ok().body;
    assert!(waits.contains("STATUS:TENTATIVE\r\n"), "{waits}");

    // Another letter in it, or a renewed personal link: nothing.
    let forged = address.replacen(".ics", "a.ics", 1);
    assert_eq!(program.get(&forged).await.status, StatusCode::NOT_FOUND);
    let tx = app.db.begin_write().await.expect("begins");
    invitation::renew_link(&tx, app, by, d.scene.event, d.id(0))
        .await
        .expect("renews");
    tx.commit().await.expect("commits");
    assert_eq!(program.get(&address).await.status, StatusCode::NOT_FOUND);
}
