//! Ten places, and more who want one.

use super::Door;
use crate::flow::scene;
use axum::http::StatusCode;
use db::{audit::Actor, entity, prelude::*};
use domain::{
    Lang,
    state::{mail::MailKind, people::PartKind},
};
use intake::{
    partner::service::rsvp::Answer,
    seats::{self, Hall, Seat},
    staff::service::part,
};
use std::{collections::BTreeSet, sync::Arc};

impl Door {
    async fn seats(&self) -> (usize, Vec<u32>) {
        let all = seats::seats(self.world.app.db.reader(), Hall::Sitting(self.sitting))
            .await
            .expect("reads");
        let taken = all.values().filter(|s| **s == Seat::Taken).count();
        let ranks: BTreeSet<u32> = all
            .values()
            .filter_map(|s| match s {
                Seat::Waits(rank) => Some(*rank),
                Seat::Taken => None,
            })
            .collect();
        (taken, ranks.into_iter().collect())
    }

    async fn seat(&self, n: usize) -> Option<Seat> {
        seats::seat(self.world.app.db.reader(), Hall::Sitting(self.sitting), self.id(n))
            .await
            .expect("reads")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_concurrent_yeses_for_ten_places_give_exactly_ten() {
    let d = Arc::new(Door::new(50).await);
    d.change(|new| new.capacity = Some(10)).await.expect("changes");
    let all: Vec<_> = (0..50)
        .map(|n| {
            let d = Arc::clone(&d);
            tokio::spawn(async move { d.comes(n, true).await })
        })
        .collect();
    let mut told = Vec::new();
    for one in all {
        told.push(one.await.expect("runs").waits());
    }
    assert_eq!(
        d.seats().await,
        (10, (1..=40).collect()),
        "forty wait, each with a rank of their own"
    );
    // Everybody was told at once what then was so.
    assert_eq!(told.iter().filter(|w| w.is_none()).count(), 10);
    let mut ranks: Vec<u32> = told.into_iter().flatten().collect();
    ranks.sort_unstable();
    assert_eq!(ranks, (1..=40).collect::<Vec<_>>());

    // Ten say no at the same moment: the ten that waited longest move up, each told once.
    let taken: Vec<usize> = seated(&d).await;
    let no: Vec<_> = taken
        .into_iter()
        .map(|n| {
            let d = Arc::clone(&d);
            tokio::spawn(async move { d.comes(n, false).await.moved.len() })
        })
        .collect();
    let mut moved = 0;
    for one in no {
        moved += one.await.expect("runs");
    }
    assert_eq!((moved, d.seats().await), (10, (10, (1..=30).collect())));
    let mails = entity::outgoing_mail::Entity::find()
        .filter(entity::outgoing_mail::Column::Dedup.starts_with("seat-up:"))
        .count(d.world.app.db.reader())
        .await
        .expect("counts");
    assert_eq!(mails, 10);
}

/// Who has a place.
async fn seated(d: &Door) -> Vec<usize> {
    let mut taken = Vec::new();
    for n in 0..50 {
        if d.seat(n).await == Some(Seat::Taken) {
            taken.push(n);
        }
    }
    taken
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_too_late_is_told_their_rank_and_moves_up_by_themselves() {
    let d = Door::new(4).await;
    d.change(|new| new.capacity = Some(1)).await.expect("changes");
    d.comes(0, true).await;
    assert_eq!(
        d.subjects(0, MailKind::Seat).await,
        ["[파트너와의 대화] 참석 신청을 확인해 드립니다"]
    );
    // On the page, as a partner does it.
    for n in 1..4 {
        let mut partner = scene::enter(&d.world, d.id(n), Lang::Ko).await;
        let form = partner.get("/my/rsvp").await.ok().form("/my/rsvp");
        let page = partner
            .send(&form.set(&format!("sitting-{}", d.sitting), "yes"))
            .await
            .ok();
        assert!(
            page.text().contains(&format!("{n}번째로 기다리고 계세요")),
            "{}",
            page.text()
        );
        let mail = d.subjects(n, MailKind::Seat).await;
        assert_eq!(mail, ["[파트너와의 대화] 대기자로 올려 드렸습니다"]);
    }
    // Saying yes once more changes nothing, and tells nothing.
    d.comes(1, true).await;
    assert_eq!(
        (d.seat(1).await, d.subjects(1, MailKind::Seat).await.len()),
        (Some(Seat::Waits(1)), 1)
    );
    // Who waits and declines leaves the line; the others keep their order.
    d.comes(2, false).await;
    assert_eq!(d.seat(3).await, Some(Seat::Waits(2)));
    // Who has a place declines: the first moves up and is told once.
    d.comes(0, false).await;
    assert_eq!(
        (d.seat(1).await, d.seat(3).await),
        (Some(Seat::Taken), Some(Seat::Waits(1)))
    );
    assert_eq!(
        d.subjects(1, MailKind::Seat).await[1..],
        ["[파트너와의 대화] 자리가 났습니다: 1회차"]
    );
    // Coming back, one stands at the end of the line.
    d.comes(0, true).await;
    assert_eq!(d.seat(0).await, Some(Seat::Waits(2)));
    // Less places than are taken is refused; more move up at once.
    d.change(|new| new.capacity = Some(2)).await.expect("changes");
    assert_eq!(
        (d.seat(3).await, d.seat(0).await),
        (Some(Seat::Taken), Some(Seat::Waits(1)))
    );
    let refused = d.change(|new| new.capacity = Some(1)).await;
    assert!(matches!(refused, Err(intake::Error::Refused(_))), "{refused:?}");
    assert_eq!(d.row().await.capacity, Some(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn staff_see_the_line_and_give_a_place_by_hand() {
    let d = Door::new(4).await;
    d.change(|new| new.capacity = Some(1)).await.expect("changes");
    for n in 0..4 {
        d.comes(n, true).await;
    }
    let mut desk = d.world.signed_in("moderator").await;
    let path = format!("/desk/events/talk/programme/sittings/{}/seats", d.sitting);
    let page = desk.get(&path).await.ok();
    assert!(
        page.text().contains("정원 1명 중 1명") && page.text().contains("대기 3명"),
        "{}",
        page.text()
    );
    let third = d.id(3).to_string();
    let form = page
        .forms("")
        .into_iter()
        .find(|f| f.value("who") == Some(&third))
        .expect("the third in line");
    let page = desk.send(&form).await.ok();
    assert!(
        page.text().contains("정원 2명 중 2명"),
        "there is one more place: {}",
        page.text()
    );
    assert_eq!(
        (d.seat(3).await, d.seat(1).await),
        (Some(Seat::Taken), Some(Seat::Waits(1)))
    );
    let late = desk.send(&form).await;
    assert_eq!(
        late.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "they do not wait any more"
    );
    let limit = page
        .forms("")
        .into_iter()
        .find(|f| f.value("act") == Some("limit"))
        .expect("a form");
    let refused = desk.send(&limit.clone().set("capacity", "1")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text().contains("이미 2명에게 자리가 있어"),
        "{}",
        refused.text()
    );
    let page = desk.send(&limit.set("capacity", "")).await.ok();
    assert!(
        page.text().contains("정원 없음 · 4명"),
        "without a limit all come: {}",
        page.text()
    );
    assert_eq!(d.world.audited("seat.given").await, 1);
    // Another event's, or nobody's.
    let stranger = format!("/desk/events/talk/programme/sittings/{}/seats", d.scene.event);
    assert_eq!(desk.get(&stranger).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_part_with_few_places_has_a_line_of_its_own() {
    let d = Door::new(3).await;
    let app = &d.world.app;
    let tx = app.db.begin_write().await.expect("begins");
    let at = app.clock.now();
    let new = part::NewPart {
        title: "견학".into(),
        title_en: "Tour".into(),
        kind: PartKind::Tour,
        starts_at: at,
        ends_at: at + chrono::TimeDelta::hours(1),
        place: "로비".into(),
        place_en: "Lobby".into(),
        capacity: Some(1),
    };
    let by = Actor::Staff(d.scene.moderator);
    let tour = part::add(&tx, &app.clock, by, d.scene.event, d.sitting, new)
        .await
        .expect("adds");
    tx.commit().await.expect("commits");
    let wants = |coming| Answer {
        sittings: vec![(d.sitting, coming)],
        parts: vec![tour],
    };
    assert_eq!(d.says(0, &wants(true)).await.waits(), None);
    assert_eq!(d.says(1, &wants(true)).await.waits(), Some(1));
    assert_eq!(d.says(2, &wants(true)).await.waits(), Some(2));
    let at = |n: usize| seats::seat(app.db.reader(), Hall::Part(tour), d.id(n));
    // Whoever does not come to the sitting frees their place at the tour, too.
    let outcome = d.says(0, &wants(false)).await;
    assert_eq!(outcome.moved, [(Hall::Part(tour), d.id(1))]);
    assert_eq!(at(0).await.expect("reads"), None);
    assert_eq!(at(1).await.expect("reads"), Some(Seat::Taken));
    assert_eq!(at(2).await.expect("reads"), Some(Seat::Waits(1)));
    let up = d.subjects(1, MailKind::Seat).await;
    assert_eq!(
        up.last().map(String::as_str),
        Some("[파트너와의 대화] 자리가 났습니다: 견학")
    );
}
