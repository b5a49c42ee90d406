//! At the door, with two phones and without a connection.

use super::Door;
use axum::http::{Method, StatusCode};
use chrono::{DateTime, TimeDelta, Utc};
use db::{entity, prelude::*};
use domain::{Clock, InvitationId, role::Role};
use intake::{
    entry,
    staff::service::{door, rsvp},
};
use std::collections::{BTreeMap, HashMap};
use testkit::{Browser, Page, World};
use uuid::Uuid;

/// A phone that has the page open and keeps what is marked.
struct Phone {
    browser: Browser,
    csrf: String,
    path: String,
    sitting: String,
    /// How far its clock is from ours.
    ahead: TimeDelta,
    device: &'static str,
    marks: Vec<serde_json::Value>,
    guests: Vec<serde_json::Value>,
}

impl Phone {
    async fn new(d: &Door, staff: &str, device: &'static str, ahead: TimeDelta) -> Self {
        let mut browser = d.world.signed_in(staff).await;
        let page = browser
            .get(&format!("/desk/events/talk/door?sitting={}", d.sitting))
            .await
            .ok();
        let csrf = page
            .body
            .split("data-csrf=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        Self {
            csrf: csrf.expect("a token").to_owned(),
            browser,
            path: "/desk/events/talk/door".to_owned(),
            sitting: d.sitting.to_string(),
            ahead,
            device,
            marks: Vec::new(),
            guests: Vec::new(),
        }
    }

    fn mark(&mut self, who: InvitationId, came: bool, at: DateTime<Utc>) {
        let at = (at + self.ahead).timestamp_millis();
        self.marks
            .push(serde_json::json!({ "id": Uuid::new_v4(), "who": who.uuid(), "came": came, "at": at }));
    }

    fn guest(&mut self, name: &str, company: &str, at: DateTime<Utc>) {
        let at = (at + self.ahead).timestamp_millis();
        self.guests
            .push(serde_json::json!({ "id": Uuid::new_v4(), "name": name, "company": company, "at": at }));
    }

    /// Sends all of it; it keeps it, as a phone does whose connection breaks before the answer.
    async fn send(&mut self, now: DateTime<Utc>) -> Page {
        let fields = [
            ("csrf", self.csrf.clone()),
            ("sitting", self.sitting.clone()),
            ("now", (now + self.ahead).timestamp_millis().to_string()),
            ("device", self.device.to_owned()),
            ("marks", serde_json::to_string(&self.marks).expect("json")),
            ("guests", serde_json::to_string(&self.guests).expect("json")),
        ]
        .map(|(name, value)| (name.to_owned(), value));
        self.browser.post(&format!("{}/marks", self.path), &fields).await
    }
}

impl Door {
    async fn came(&self) -> BTreeMap<InvitationId, Option<bool>> {
        let rows = entity::rsvp::Entity::find()
            .filter(entity::rsvp::Column::SittingId.eq(self.sitting))
            .all(self.world.app.db.reader())
            .await
            .expect("reads");
        rows.into_iter().map(|r| (r.invitation_id, r.came)).collect()
    }

    async fn log(&self) -> u64 {
        entity::door_mark::Entity::find()
            .count(self.world.app.db.reader())
            .await
            .expect("counts")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eighty_five_people_on_two_phones_without_a_connection_are_each_there_once() {
    let d = Door::new(90).await;
    for n in 0..88 {
        d.comes(n, true).await;
    }
    d.world.staff("second", &[Role::Stage]).await;
    let now = d.world.app.clock.now();
    // One phone's clock is ten minutes behind, the other's an hour ahead.
    let mut one = Phone::new(&d, "moderator", "one", TimeDelta::minutes(-10)).await;
    let mut two = Phone::new(&d, "second", "two", TimeDelta::hours(1)).await;
    let at = |minute: i64| now - TimeDelta::minutes(60 - minute);
    for n in 0..50 {
        one.mark(d.id(n), true, at(1));
    }
    for n in 40..85 {
        two.mark(d.id(n), true, at(2));
    }
    // A slip on one phone is taken back on the other, and somebody who was taken back comes after all.
    one.mark(d.id(86), true, at(3));
    two.mark(d.id(86), false, at(4));
    two.mark(d.id(44), false, at(5));
    one.mark(d.id(44), true, at(6));
    one.guest("지나가던 사람", "새 회사", at(7));
    two.guest("또 다른 사람", "", at(7));
    let sent = one.marks.len() + two.marks.len();

    // Both send at the same moment, and both again, since no answer reached them; then one by one in the other order.
    for _ in 0..2 {
        let (a, b) = tokio::join!(one.send(now), two.send(now));
        for page in [a, b] {
            assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        }
    }
    let _ = two.send(now).await.ok();
    let said = one.send(now).await.ok();

    let came = d.came().await;
    let there: Vec<_> = came.iter().filter(|(_, came)| **came == Some(true)).collect();
    assert_eq!(there.len(), 85, "nobody is lost, nobody is there twice");
    assert!((0..85).all(|n| came[&d.id(n)] == Some(true)));
    assert_eq!((came[&d.id(86)], came[&d.id(87)]), (Some(false), None));
    assert_eq!(
        d.log().await,
        u64::try_from(sent).expect("fits"),
        "every mark is in the log, once"
    );
    let guests = entity::walk_in::Entity::find()
        .all(d.world.app.db.reader())
        .await
        .expect("reads");
    assert_eq!(guests.len(), 2);
    let counted = rsvp::attendance(d.world.app.db.reader(), d.scene.event)
        .await
        .expect("counts");
    assert_eq!(counted.all.people, 85);
    // Both phones know the same.
    let said: serde_json::Value = serde_json::from_str(&said.body).expect("json");
    let told = said["came"]
        .as_object()
        .expect("a list")
        .values()
        .filter(|v| **v == true)
        .count();
    assert_eq!((told, said["guests"].as_i64()), (85, Some(2)));
    // The times are ours: the mark of the phone that is ahead does not win over a later one.
    let marks: HashMap<(InvitationId, bool), DateTime<Utc>> = entity::door_mark::Entity::find()
        .filter(entity::door_mark::Column::InvitationId.eq(d.id(44)))
        .order_by_asc(entity::door_mark::Column::At)
        .all(d.world.app.db.reader())
        .await
        .expect("reads")
        .into_iter()
        .map(|m| ((m.invitation_id, m.came), m.at))
        .collect();
    assert!(marks[&(d.id(44), true)] > marks[&(d.id(44), false)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_of_this_event_or_does_not_read_is_not_taken() {
    let d = Door::new(2).await;
    let now = d.world.app.clock.now();
    let mut phone = Phone::new(&d, "moderator", "one", TimeDelta::zero()).await;
    phone.mark(InvitationId::new(), true, now);
    phone.mark(d.id(0), true, now);
    let _ = phone.send(now).await.ok();
    assert_eq!(
        (d.log().await, d.came().await.len()),
        (1, 1),
        "a stranger falls away, the other is taken"
    );
    let good = phone.csrf.clone();
    phone.csrf = "x".into();
    assert_eq!(phone.send(now).await.status, StatusCode::CONFLICT, "without our token");
    phone.csrf = good;
    phone.marks = vec![serde_json::json!({ "id": "x" })];
    assert_eq!(phone.send(now).await.status, StatusCode::BAD_REQUEST);
    phone.marks.clear();
    phone.sitting = domain::SittingId::new().to_string();
    phone.mark(d.id(1), true, now);
    assert_eq!(phone.send(now).await.status, StatusCode::NOT_FOUND);
    d.world.staff("editor", &[Role::Editor]).await;
    let mut editor = d.world.signed_in("editor").await;
    assert_eq!(editor.get("/desk/events/talk/door").await.status, StatusCode::FORBIDDEN);
    let nobody = d
        .world
        .browser()
        .once(Method::GET, "/desk/events/talk/door", None)
        .await;
    assert_eq!(nobody.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_script_the_door_is_a_page_of_forms() {
    let d = Door::new(3).await;
    d.comes(0, true).await;
    d.comes(1, true).await;
    let app = &d.world.app;
    let code = entry::of(app, d.id(1), d.sitting).await.expect("a code");
    let mut desk = d.world.signed_in("moderator").await;
    let path = format!("/desk/events/talk/door?sitting={}", d.sitting);
    let page = desk.get(&path).await.ok();
    let camera = page.headers["permissions-policy"].to_str().expect("text");
    assert!(camera.contains("camera=(self)"), "{camera}");
    let by = |page: &Page, name: &str, value: &str| {
        let all = page.forms("/door").into_iter();
        let found: Vec<_> = all.filter(|f| f.value(name) == Some(value)).collect();
        found
            .first()
            .cloned()
            .unwrap_or_else(|| panic!("no form with {name}={value}: {}", page.text()))
    };
    // A tick, pressed twice: one mark.
    let tick = by(&page, "who", &d.id(0).to_string());
    let page = desk.send(&tick).await.ok();
    let _ = desk.send(&tick).await.ok();
    assert_eq!((d.log().await, d.came().await[&d.id(0)]), (1, Some(true)));
    // Undone by the form that the page now has.
    let undo = by(&page, "who", &d.id(0).to_string());
    assert_eq!(undo.value("came"), Some("false"));
    let _ = desk.send(&undo).await.ok();
    assert_eq!(d.came().await[&d.id(0)], Some(false));
    // By code, as people type it.
    let typed = entry::shown(&code).to_lowercase();
    let page = desk.send(&by(&page, "act", "code").set("code", &typed)).await.ok();
    assert_eq!(d.came().await[&d.id(1)], Some(true));
    let wrong = desk.send(&by(&page, "act", "code").set("code", "ABCD-EFG0")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        by(&wrong, "act", "code").value("code"),
        Some("ABCD-EFG0"),
        "what was typed stays"
    );
    // Somebody not on the list, first as a note, then found on the roster.
    let page = desk
        .send(
            &by(&page, "act", "walk-in")
                .set("name", "파트너 이")
                .set("company", "회사 1"),
        )
        .await
        .ok();
    let find = page
        .links()
        .into_iter()
        .find(|l| l.contains("guest="))
        .expect("a link to find who it was");
    let page = desk
        .get(
            &find
                .replace("&amp;", "&")
                .replace("%ED%8C%8C%ED%8A%B8%EB%84%88%20%EC%9D%B4", "2"),
        )
        .await
        .ok();
    let this = by(&page, "who", &d.id(2).to_string());
    assert_eq!(this.value("act"), Some("match"));
    let _ = desk.send(&this).await.ok();
    assert_eq!(d.came().await[&d.id(2)], Some(true));
    let again = desk.send(&this).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "it was said before");

    // What is printed.
    for (name, kind) in [
        ("badges.pdf?", &b"%PDF"[..]),
        ("list.pdf?", b"%PDF"),
        ("list.pdf?of=came&", b"%PDF"),
        ("list.xlsx?of=came&", b"PK"),
    ] {
        let file = desk
            .get(&format!("/desk/events/talk/door/{name}sitting={}", d.sitting))
            .await
            .ok();
        assert!(file.bytes.starts_with(kind), "{name}");
        if name.starts_with("list.xlsx") {
            let table = sheet::read(&file.bytes).expect("reads");
            assert_eq!(table.len(), 3, "a heading and the two who came: {table:?}");
            assert!(table.iter().any(|row| row.contains(&entry::shown(&code))), "{table:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_months_after_a_sitting_only_who_came_is_known() {
    let d = Door::over(World::with(Clock::frozen(Clock::system().now()), |_| {}).await, 2).await;
    let app = &d.world.app;
    d.comes(0, true).await;
    let _ = entry::of(app, d.id(0), d.sitting).await.expect("a code");
    let mut phone = Phone::new(&d, "moderator", "one", TimeDelta::zero()).await;
    phone.mark(d.id(0), true, app.clock.now());
    phone.guest("지나가던 사람", "새 회사", app.clock.now());
    let _ = phone.send(app.clock.now()).await.ok();
    let over = d.row().await.last_day.and_time(chrono::NaiveTime::MIN).and_utc();
    for (days, left) in [(89, 1), (92, 0)] {
        app.clock.set(over + TimeDelta::days(days));
        let tx = app.db.begin_write().await.expect("begins");
        door::forget(&tx, &app.clock).await.expect("forgets");
        tx.commit().await.expect("commits");
        let reader = app.db.reader();
        let codes = entity::entry_code::Entity::find().count(reader).await.expect("counts");
        let guests = entity::walk_in::Entity::find().count(reader).await.expect("counts");
        assert_eq!((codes, d.log().await, guests), (left, left, left), "{days} days after");
    }
    assert_eq!(d.came().await[&d.id(0)], Some(true));
}
