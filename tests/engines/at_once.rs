//! Many at the same moment: constraints decide, never a read.

use crate::flow::scene::{self, Scene, Size};
use db::{entity, prelude::*};
use domain::{
    Lang, QuestionId, ReverseId,
    state::{
        decision::DecisionKind,
        question::{Naming, Prefers, QuestionState},
    },
    text::QuestionText,
};
use intake::{
    partner::service::{
        consent::Consents,
        question::{self, NewQuestion},
    },
    staff::service::question::{OnBehalf, on_behalf},
};
use moderation::{reverse, triage};
use sea_orm::PaginatorTrait;
use std::sync::Arc;
use testkit::World;
use web::auth::PartnerSession;

pub(super) async fn whoever(world: &World, scene: &Scene, partner: usize) -> PartnerSession {
    let invitation = scene.partners[partner].invitation;
    let row = entity::invitation::Entity::find_by_id(invitation)
        .one(world.app.db.reader())
        .await
        .expect("reads")
        .expect("is there");
    PartnerSession {
        invitation,
        event: scene.event,
        partner: row.partner_id,
    }
}

pub(super) fn new_question(scene: &Scene, n: usize) -> NewQuestion {
    NewQuestion {
        id: QuestionId::new(),
        body: QuestionText::parse(&format!("동시에 들어온 {n}번째 질문입니다. 답을 기다립니다.")).expect("text"),
        service: scene.services[n % scene.services.len()].id,
        lang: Lang::Ko,
        prefers: Prefers::Either,
        naming: Naming::Full,
        consents: Consents {
            required: true,
            print: true,
            newsletter: false,
            read_in: Lang::Ko,
        },
    }
}

async fn fifty_questions(world: &World, scene: &Scene) -> Vec<QuestionId> {
    let mut ids = Vec::new();
    for n in 0..50 {
        let who = whoever(world, scene, n % scene.partners.len()).await;
        let new = new_question(scene, n);
        question::submit(&world.app, &who, &new).await.expect("submits");
        ids.push(new.id);
    }
    ids
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_concurrent_picks_for_ten_places_give_exactly_ten() {
    let world = Arc::new(World::new().await);
    let scene = scene::set(
        &world,
        Size {
            partners: 10,
            ..Size::default()
        },
    )
    .await;
    let ids = fifty_questions(&world, &scene).await;
    let picks: Vec<_> = ids
        .into_iter()
        .map(|id| {
            let (world, moderator) = (Arc::clone(&world), scene.moderator);
            tokio::spawn(async move {
                let tx = world.app.db.begin_write().await.expect("begins");
                match triage::service::decide::live(&tx, &world.app, moderator, id, None).await {
                    Ok(place) => {
                        tx.commit().await.expect("commits");
                        Some(place)
                    }
                    Err(moderation::Error::NoPlace { .. }) => None,
                    Err(other) => panic!("neither a place nor none: {other}"),
                }
            })
        })
        .collect();
    let mut places = Vec::new();
    for pick in picks {
        places.extend(pick.await.expect("does not panic"));
    }
    places.sort_unstable();
    assert_eq!(places, (1..=10).collect::<Vec<_>>());
    let kept = entity::decision::Entity::find()
        .filter(entity::decision::Column::Kind.eq(DecisionKind::Live))
        .count(world.app.db.reader())
        .await
        .expect("counts");
    assert_eq!(kept, 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_partner_who_presses_send_in_twenty_windows_keeps_their_limit() {
    let world = Arc::new(World::new().await);
    let scene = Arc::new(
        scene::set(
            &world,
            Size {
                partners: 1,
                max_questions: 3,
                ..Size::default()
            },
        )
        .await,
    );
    let sends: Vec<_> = (0..20)
        .map(|n| {
            let (world, scene) = (Arc::clone(&world), Arc::clone(&scene));
            tokio::spawn(async move {
                let who = whoever(&world, &scene, 0).await;
                question::submit(&world.app, &who, &new_question(&scene, n))
                    .await
                    .is_ok()
            })
        })
        .collect();
    let mut taken = 0;
    for send in sends {
        taken += u32::from(send.await.expect("does not panic"));
    }
    assert_eq!(taken, 3);
    let numbers: Vec<Option<i32>> = entity::question::Entity::find()
        .order_by_asc(entity::question::Column::Number)
        .all(world.app.db.reader())
        .await
        .expect("reads")
        .into_iter()
        .map(|q| q.number)
        .collect();
    assert_eq!(numbers, [Some(1), Some(2), Some(3)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_partner_and_staff_who_write_for_them_at_once_do_not_wait_for_each_other_for_ever() {
    let world = Arc::new(World::new().await);
    let size = Size {
        partners: 1,
        max_questions: 40,
        ..Size::default()
    };
    let scene = Arc::new(scene::set(&world, size).await);
    let sends: Vec<_> = (0..40)
        .map(|n| {
            let (world, scene) = (Arc::clone(&world), Arc::clone(&scene));
            tokio::spawn(async move {
                let new = new_question(&scene, n);
                if n % 2 == 0 {
                    let who = whoever(&world, &scene, 0).await;
                    question::submit(&world.app, &who, &new).await.expect("the partner's");
                    return;
                }
                let tx = world.app.db.begin_write().await.expect("begins");
                let new = OnBehalf {
                    id: new.id,
                    invitation: scene.partners[0].invitation,
                    body: new.body,
                    service: new.service,
                    lang: new.lang,
                    prefers: new.prefers,
                    naming: new.naming,
                    agreed: true,
                };
                on_behalf(&tx, &world.app, scene.moderator, scene.event, new)
                    .await
                    .expect("staff's");
                tx.commit().await.expect("commits");
            })
        })
        .collect();
    for send in sends {
        send.await.expect("is taken");
    }
    let mut numbers: Vec<Option<i32>> = entity::question::Entity::find()
        .all(world.app.db.reader())
        .await
        .expect("reads")
        .into_iter()
        .map(|q| q.number)
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=40).map(Some).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_form_sent_ten_times_is_one_question_and_one_receipt() {
    let world = Arc::new(World::new().await);
    let scene = scene::set(
        &world,
        Size {
            partners: 1,
            ..Size::default()
        },
    )
    .await;
    let who = whoever(&world, &scene, 0).await;
    let new = new_question(&scene, 0);
    let sends: Vec<_> = (0..10)
        .map(|_| {
            let (world, who, new) = (Arc::clone(&world), who, new.clone());
            tokio::spawn(async move { question::submit(&world.app, &who, &new).await.expect("submits").again })
        })
        .collect();
    let mut first = 0;
    for send in sends {
        first += u32::from(!send.await.expect("does not panic"));
    }
    assert_eq!(first, 1);
    let conn = world.app.db.reader();
    assert_eq!(entity::question::Entity::find().count(conn).await.expect("counts"), 1);
    assert_eq!(
        entity::outgoing_mail::Entity::find().count(conn).await.expect("counts"),
        1
    );
    assert_eq!(world.audited("question.submitted").await, 1);
}

/// On PostgreSQL this leaves one connection for what everybody shares, which five kinds of turns want at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_questions_at_once_need_no_more_than_two_connections() {
    let world = Arc::new(World::new().await);
    let size = Size {
        partners: 20,
        max_questions: 3,
        ..Size::default()
    };
    let scene = Arc::new(scene::set(&world, size).await);
    let mut app = world.app.clone();
    app.db = db::Db::connect(&world.fresh.url, 2).await.expect("opens");
    let sends: Vec<_> = (0..60)
        .map(|n| {
            let (world, scene, app) = (Arc::clone(&world), Arc::clone(&scene), app.clone());
            tokio::spawn(async move {
                let who = whoever(&world, &scene, n % 20).await;
                let sent = question::submit(&app, &who, &new_question(&scene, n)).await;
                sent.expect("submits");
            })
        })
        .collect();
    for send in sends {
        send.await.expect("does not panic");
    }
    let conn = world.app.db.reader();
    assert_eq!(entity::question::Entity::find().count(conn).await.expect("counts"), 60);
    app.db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_concurrent_picks_of_questions_back_give_exactly_eight() {
    let world = Arc::new(World::new().await);
    let scene = scene::set(
        &world,
        Size {
            partners: 1,
            ..Size::default()
        },
    )
    .await;
    let mut ids: Vec<ReverseId> = Vec::new();
    for n in 0..20 {
        let tx = world.app.db.begin_write().await.expect("begins");
        let proposal = reverse::service::Proposal {
            event: scene.event,
            service: None,
            body: QuestionText::parse(&format!("{n}번째로 여쭙는 되물음입니다. 어떠세요?")).expect("text"),
            lang: Lang::Ko,
            asker: reverse::service::Asker::Crew(scene.services[0].lead),
            entered_by: None,
        };
        ids.push(
            reverse::service::propose(&tx, &world.app, proposal)
                .await
                .expect("proposes"),
        );
        tx.commit().await.expect("commits");
    }
    let picks: Vec<_> = ids
        .into_iter()
        .map(|id| {
            let (world, moderator, event) = (Arc::clone(&world), scene.moderator, scene.event);
            tokio::spawn(async move {
                let tx = world.app.db.begin_write().await.expect("begins");
                let picked = reverse::service::pick(&tx, &world.app, moderator, event, id).await;
                if picked.is_ok() {
                    tx.commit().await.expect("commits");
                }
                picked.ok()
            })
        })
        .collect();
    let mut places = Vec::new();
    for pick in picks {
        places.extend(pick.await.expect("does not panic"));
    }
    places.sort_unstable();
    assert_eq!(places, (1..=8).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn four_releases_at_once_release_each_decision_once() {
    let world = Arc::new(World::new().await);
    let scene = scene::set(
        &world,
        Size {
            partners: 10,
            ..Size::default()
        },
    )
    .await;
    fifty_questions(&world, &scene).await;
    triage::service::route_rest::route_rest(&world.app, scene.moderator, scene.event)
        .await
        .expect("routes");
    let releases: Vec<_> = (0..4)
        .map(|_| {
            let (world, moderator, event) = (Arc::clone(&world), scene.moderator, scene.event);
            tokio::spawn(async move {
                triage::service::release::all(&world.app, moderator, event)
                    .await
                    .expect("releases")
                    .released
            })
        })
        .collect();
    let mut decided = 0;
    for release in releases {
        decided += release.await.expect("does not panic");
    }
    assert_eq!(decided, 50);
    let conn = world.app.db.reader();
    assert_eq!(
        entity::assignment::Entity::find().count(conn).await.expect("counts"),
        50
    );
    let routed = entity::question::Entity::find()
        .filter(entity::question::Column::State.eq(QuestionState::Routed))
        .count(conn)
        .await
        .expect("counts");
    assert_eq!(routed, 50);
    let asked = entity::outgoing_mail::Entity::find()
        .filter(entity::outgoing_mail::Column::ReplyAssignmentId.is_not_null())
        .count(conn)
        .await
        .expect("counts");
    assert_eq!(asked, 50);
}

#[tokio::test]
async fn a_draft_that_is_sent_takes_the_next_number_and_an_unknown_service_takes_none() {
    let world = World::new().await;
    let scene = scene::set(&world, Size::default()).await;
    let who = whoever(&world, &scene, 0).await;
    let unknown = NewQuestion {
        service: domain::ServiceId::new(),
        ..new_question(&scene, 0)
    };
    let refused = question::submit(&world.app, &who, &unknown)
        .await
        .expect_err("no such service");
    assert_eq!(refused.refusal(), Some(intake::partner::Refusal::Service));
    let drafted = new_question(&scene, 1);
    let draft = question::Draft {
        id: drafted.id,
        body: "아직 쓰는 중".into(),
        service: None,
        lang: Lang::Ko,
        prefers: Prefers::Either,
        naming: Naming::Full,
    };
    question::save_draft(&world.app, &who, &draft).await.expect("keeps it");
    question::submit(&world.app, &who, &drafted)
        .await
        .expect("sends the draft");
    let fresh = new_question(&scene, 2);
    question::submit(&world.app, &who, &fresh)
        .await
        .expect("sends a new one");
    let rows = entity::question::Entity::find()
        .order_by_asc(entity::question::Column::Number)
        .all(world.app.db.reader())
        .await
        .expect("reads");
    assert!(rows.iter().all(|q| q.state == QuestionState::Received));
    let placed: Vec<_> = rows.iter().map(|q| (q.id, q.number, q.ordinal)).collect();
    assert_eq!(placed, [(drafted.id, Some(1), Some(1)), (fresh.id, Some(2), Some(2))]);
    assert_eq!(rows[0].body, drafted.body.as_str());
    let receipts = entity::outgoing_mail::Entity::find().count(world.app.db.reader()).await;
    assert_eq!(receipts.expect("counts"), 2);
}
