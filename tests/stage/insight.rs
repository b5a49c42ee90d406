//! What the day came to, on the page and as a workbook.

use super::set::{done, set};
use chrono::{NaiveDate, TimeDelta};
use db::{
    entity::{event, programme_part, rsvp, rsvp_interest, sitting},
    prelude::*,
};
use domain::{PartId, RsvpId, SittingId, state::people::PartKind};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_day_is_counted_by_seat_by_way_and_by_minute() {
    let set = set(2, 1).await;
    let app = &set.world.app;
    seats(&set).await;
    // The last one was asked in the hall, when nobody else could ask any more.
    let tx = app.db.begin_write().await.expect("begins");
    event::Entity::update_many()
        .col_expr(
            event::Column::ClosesAt,
            Expr::value(app.clock.now() - TimeDelta::hours(2)),
        )
        .exec(&tx)
        .await
        .expect("closes");
    db::entity::question::Entity::update_many()
        .col_expr(
            db::entity::question::Column::ReceivedAt,
            Expr::value(app.clock.now() - TimeDelta::hours(3)),
        )
        .filter(db::entity::question::Column::Id.eq(set.live[0]))
        .exec(&tx)
        .await
        .expect("came before");
    tx.commit().await.expect("commits");

    let mut operator = set.world.signed_in("moderator").await;
    done(&mut operator, "next").await;
    set.later(65);
    done(&mut operator, "answered").await;
    done(&mut operator, "next").await;
    set.later(10);
    done(&mut operator, "next").await;

    let page = operator.get("/desk/events/talk/insight").await.ok();
    let text = page.text();
    for words in [
        "회차와 프로그램",
        "낮 회차 2 1 1",
        "여는 말 1 1 0",
        "행사 전 접수 1 1 0 0",
        "행사장 1 0 0 1",
        "주최 측이 되물은 질문 1 0 0 1",
        "1번째로 여쭙습니다. 정산 주기를 앞당길 계획이 있나요? 1:05 0 0",
        "2번째로 여쭙습니다. 정산 주기를 앞당길 계획이 있나요? 답하지 못함 0:10 0 0",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let file = operator.get("/desk/events/talk/insight/file").await.ok();
    assert_eq!(file.bytes[..2], *b"PK");
    let across = operator.get("/desk/insight").await.ok().text();
    assert!(!across.contains("낮 회차"), "a day belongs to its event: {across}");
}

/// One sitting with one part; two have a place, one waits, and one of them came and was interested in the part.
async fn seats(set: &super::set::Set) {
    let app = &set.world.app;
    let tx = app.db.begin_write().await.expect("begins");
    let day = NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day");
    let sitting = SittingId::new();
    let row = sitting::ActiveModel {
        id: Set(sitting),
        event_id: Set(set.scene.event),
        title: Set("낮 회차".into()),
        title_en: Set("Day".into()),
        place: Set(String::new()),
        place_en: Set(String::new()),
        first_day: Set(day),
        last_day: Set(day),
        position: Set(9),
        capacity: Set(Some(2)),
        remind_days: Set(None),
        sequence: Set(0),
        turn: Set(1),
    };
    sitting::Entity::insert(row)
        .exec_without_returning(&tx)
        .await
        .expect("inserts");
    let part = PartId::new();
    let row = programme_part::ActiveModel {
        id: Set(part),
        sitting_id: Set(sitting),
        title: Set("여는 말".into()),
        title_en: Set("Opening".into()),
        kind: Set(PartKind::Talk),
        starts_at: Set(app.clock.now()),
        ends_at: Set(app.clock.now() + TimeDelta::hours(1)),
        place: Set(String::new()),
        place_en: Set(String::new()),
        capacity: Set(None),
        sequence: Set(0),
        turn: Set(0),
    };
    programme_part::Entity::insert(row)
        .exec_without_returning(&tx)
        .await
        .expect("inserts");
    for (n, partner) in set.scene.partners.iter().take(3).enumerate() {
        let row = rsvp::ActiveModel {
            id: Set(RsvpId::new()),
            invitation_id: Set(partner.invitation),
            sitting_id: Set(sitting),
            coming: Set(Some(true)),
            came: Set((n == 0).then_some(true)),
            answered_at: Set(Some(app.clock.now())),
            waits: Set((n == 2).then_some(1)),
        };
        rsvp::Entity::insert(row)
            .exec_without_returning(&tx)
            .await
            .expect("inserts");
    }
    let row = rsvp_interest::ActiveModel {
        invitation_id: Set(set.scene.partners[0].invitation),
        part_id: Set(part),
        waits: Set(None),
    };
    rsvp_interest::Entity::insert(row)
        .exec_without_returning(&tx)
        .await
        .expect("inserts");
    tx.commit().await.expect("commits");
}
