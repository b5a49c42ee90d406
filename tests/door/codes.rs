//! The code that a mail brings and the door reads.

use super::Door;
use crate::flow::scene;
use chrono::{TimeDelta, TimeZone};
use chrono_tz::Asia::Seoul;
use db::{entity, prelude::*};
use domain::{Clock, Lang, state::mail::MailKind};
use intake::entry;
use mail_parser::MimeHeaders;
use std::collections::BTreeMap;
use testkit::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_come_get_their_code_once_and_whoever_gets_a_place_later_gets_theirs_then() {
    // The sitting is on 2 January 2030; reminded is the day before at nine in Seoul.
    let before = Seoul
        .with_ymd_and_hms(2030, 1, 1, 8, 59, 0)
        .single()
        .expect("a moment")
        .to_utc();
    let clock = Clock::frozen(before);
    let d = Door::over(World::with(clock.clone(), |_| {}).await, 4).await;
    let app = &d.world.app;
    d.change(|new| (new.capacity, new.remind_days) = (Some(2), Some(1)))
        .await
        .expect("changes");
    for n in 0..3 {
        d.comes(n, true).await;
    }
    assert_eq!(entry::remind(app).await.expect("looks"), 0, "a minute too early");
    clock.advance(TimeDelta::minutes(1));
    assert_eq!(
        entry::remind(app).await.expect("looks"),
        2,
        "who waits has nothing to show"
    );
    assert_eq!(entry::remind(app).await.expect("looks"), 0, "once");
    d.comes(0, false).await;
    assert_eq!(entry::remind(app).await.expect("looks"), 1, "who moved up");
    // Away and back: the same code, no second mail.
    d.comes(1, false).await;
    d.comes(1, true).await;
    assert_eq!(entry::remind(app).await.expect("looks"), 0);
    let subjects = d.subjects(1, MailKind::Entry).await;
    assert_eq!(subjects, ["[파트너와의 대화] 입장 코드: 1회차"]);
    clock.advance(TimeDelta::days(3));
    d.comes(3, true).await;
    assert_eq!(entry::remind(app).await.expect("looks"), 0, "the sitting is over");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_mail_shows_the_code_as_a_picture_and_in_letters_and_the_page_the_same() {
    let eve = Seoul
        .with_ymd_and_hms(2030, 1, 1, 10, 0, 0)
        .single()
        .expect("a moment")
        .to_utc();
    let d = Door::over(World::with(Clock::frozen(eve), |_| {}).await, 1).await;
    let app = &d.world.app;
    d.change(|new| new.remind_days = Some(1)).await.expect("changes");
    d.comes(0, true).await;
    entry::remind(app).await.expect("reminds");
    let code = entry::of(app, d.id(0), d.sitting).await.expect("a code");
    let row = entity::outgoing_mail::Entity::find()
        .filter(entity::outgoing_mail::Column::Kind.eq(MailKind::Entry))
        .one(app.db.reader())
        .await
        .expect("reads")
        .expect("a mail");
    let versions = BTreeMap::from([(d.id(0), 1)]);
    let compose = || mail::compose(&row, eve, &app.settings, &app.keys, &versions).expect("composes");
    let bytes = compose().bytes;
    assert_eq!(bytes, compose().bytes, "a repeated mail is the same to the octet");
    let mail = mail_parser::MessageParser::new().parse(&bytes).expect("parses");
    let text = mail.body_text(0).expect("a text");
    assert!(text.contains(&format!("입장 코드: {}", entry::shown(&code))), "{text}");
    let html = mail.body_html(0).expect("html");
    assert!(
        html.contains("cid:entry-code") && html.contains(&entry::shown(&code)),
        "{html}"
    );
    let picture = mail
        .parts
        .iter()
        .find(|p| p.content_id() == Some("entry-code"))
        .expect("a picture");
    assert!(picture.contents().starts_with(b"\x89PNG"));
    // What staff see of it holds no code.
    let seen = mail::preview(&row, &app.settings).expect("a preview");
    assert!(!seen.html.contains(&entry::shown(&code)) && !seen.text.contains(&code));

    let mut partner = scene::enter(&d.world, d.id(0), Lang::En).await;
    let page = partner.get("/my/entry").await.ok();
    assert!(
        page.text().contains(&entry::shown(&code)) && page.body.contains("<svg"),
        "{}",
        page.text()
    );
    let until: i64 = page.headers["x-kept-until"]
        .to_str()
        .expect("text")
        .parse()
        .expect("a number");
    assert_eq!(
        until,
        Seoul
            .with_ymd_and_hms(2030, 1, 3, 0, 0, 0)
            .single()
            .expect("a moment")
            .timestamp_millis()
    );
}
