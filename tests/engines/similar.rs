//! Joining holds by the schema alone, whoever writes; the groups and the index follow what partners send.

use super::at_once::{new_question, whoever};
use crate::flow::scene::{self, Scene, Size};
use db::{entity, prelude::*};
use domain::{
    Lang, QuestionId, StaffId,
    role::Role,
    state::{decision::DecisionKind, mail::MailKind, question::QuestionState},
    text::QuestionText,
};
use intake::partner::service::question;
use likeness::Likeness;
use moderation::triage::{
    service::{decide, release, suggest},
    similar::{service, survey},
};
use std::{sync::Arc, time::Duration};
use testkit::World;

const LONG: Duration = Duration::from_mins(1);
const ALIKE: [&str; 4] = [
    "정산금은 매달 며칠에 들어오나요?",
    "매월 정산금 들어오는 날이 며칠인가요?",
    "정산금이 들어오는 날짜는 매달 며칠입니까?",
    "매달 정산금 들어오는 날짜를 알려 주세요.",
];
const OTHERS: [&str; 4] = [
    "행사장에 주차할 수 있나요?",
    "비밀번호를 잊어버렸는데 어떻게 찾나요?",
    "작품 번역은 누가 맡습니까?",
    "댓글 신고는 어디에서 하나요?",
];

async fn scene_of(world: &World, texts: &[&str]) -> (Scene, Vec<QuestionId>) {
    let partners = texts.len();
    let scene = scene::set(
        world,
        Size {
            partners,
            ..Size::default()
        },
    )
    .await;
    let mut ids = Vec::new();
    for (n, text) in texts.iter().enumerate() {
        let who = whoever(world, &scene, n).await;
        let mut new = new_question(&scene, n);
        new.body = QuestionText::parse(text).expect("text");
        question::submit(&world.app, &who, &new).await.expect("submits");
        ids.push(new.id);
    }
    (scene, ids)
}

async fn state_of(world: &World, id: QuestionId) -> entity::question::Model {
    let row = entity::question::Entity::find_by_id(id)
        .one(world.app.db.reader())
        .await;
    row.expect("reads").expect("is there")
}

/// A raw write past every service; says whether the schema let it through.
async fn raw(world: &World, id: QuestionId, into: QuestionId) -> bool {
    let Ok(tx) = world.app.db.begin_write().await else {
        return false;
    };
    let done = entity::question::Entity::update_many()
        .col_expr(entity::question::Column::State, Expr::value("merged"))
        .col_expr(entity::question::Column::MergedInto, Expr::value(Some(into)))
        .filter(entity::question::Column::Id.eq(id))
        .exec(&tx)
        .await;
    if done.is_ok() {
        return tx.commit().await.is_ok();
    }
    let _ = tx.rollback().await;
    false
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_schema_refuses_chains_circles_and_strangers_as_leads() {
    let world = World::new().await;
    let (_, ids) = scene_of(&world, &[ALIKE[0], ALIKE[1], ALIKE[2]]).await;
    assert!(!raw(&world, ids[0], ids[0]).await, "itself");
    assert!(!raw(&world, ids[0], QuestionId::new()).await, "nobody");
    assert!(raw(&world, ids[0], ids[1]).await);
    assert!(!raw(&world, ids[1], ids[0]).await, "a circle");
    assert!(!raw(&world, ids[1], ids[2]).await, "the head of a chain");
    assert!(!raw(&world, ids[2], ids[0]).await, "the tail of a chain");
    assert!(raw(&world, ids[2], ids[1]).await, "one more to the same lead");
    // A lead does not leave those who follow it.
    let tx = world.app.db.begin_write().await.expect("begins");
    let left = entity::question::Entity::update_many()
        .col_expr(entity::question::Column::State, Expr::value("withdrawn"))
        .filter(entity::question::Column::Id.eq(ids[1]))
        .exec(&tx)
        .await;
    assert!(left.is_err());
    let _ = tx.rollback().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn joining_crosswise_at_once_never_makes_a_circle_or_a_chain() {
    let world = Arc::new(World::new().await);
    let (_, ids) = scene_of(&world, &[ALIKE[0], ALIKE[1], ALIKE[2], ALIKE[3]]).await;
    for _ in 0..8 {
        let tasks: Vec<_> = (0..12)
            .map(|n| {
                let (world, ids) = (Arc::clone(&world), ids.clone());
                tokio::spawn(async move { raw(&world, ids[n % 4], ids[(n + 1 + n / 4) % 4]).await })
            })
            .collect();
        let mut passed = 0;
        for task in tasks {
            passed += usize::from(task.await.expect("runs"));
        }
        assert!(passed > 0, "somebody is first");
        for id in &ids {
            let row = state_of(&world, *id).await;
            if let Some(lead) = row.merged_into {
                assert_eq!(state_of(&world, lead).await.merged_into, None, "a chain");
                assert_ne!(lead, *id);
            }
        }
        let tx = world.app.db.begin_write().await.expect("begins");
        entity::question::Entity::update_many()
            .col_expr(entity::question::Column::State, Expr::value("received"))
            .col_expr(entity::question::Column::MergedInto, Expr::value(None::<QuestionId>))
            .filter(entity::question::Column::Id.is_in(ids.clone()))
            .exec(&tx)
            .await
            .expect("apart again");
        tx.commit().await.expect("commits");
    }
}

async fn decided(world: &World, staff: StaffId, id: QuestionId, choice: decide::Choice) {
    let tx = world.app.db.begin_write().await.expect("begins");
    decide::decide(&tx, &world.app, staff, id, None, choice)
        .await
        .expect("decides");
    tx.commit().await.expect("commits");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_may_lead_while_nothing_is_released_and_takes_the_place_over() {
    let world = World::new().await;
    let (scene, ids) = scene_of(&world, &[ALIKE[0], ALIKE[1], ALIKE[2], OTHERS[0]]).await;
    let staff = world.staff("grouper", &[Role::Moderator]).await;
    decided(&world, staff, ids[3], decide::Choice::Live { speaker: None }).await;
    decided(&world, staff, ids[0], decide::Choice::Live { speaker: None }).await;
    let tx = world.app.db.begin_write().await.expect("begins");
    let others = [(ids[1], None), (ids[2], None)];
    let joined = service::join_all(&tx, &world.app, staff, scene.event, ids[0], &others).await;
    assert_eq!(joined.map_err(|(_, error)| error.to_string()), Ok(2));
    service::lead_instead(&tx, &world.app, staff, scene.event, ids[1])
        .await
        .expect("leads");
    tx.commit().await.expect("commits");
    let pending = entity::decision::Entity::find()
        .filter(entity::decision::Column::State.eq("pending"))
        .all(world.app.db.reader())
        .await
        .expect("reads");
    let of = |id| pending.iter().find(|d| d.question_id == id).expect("decided");
    assert_eq!((of(ids[1]).kind, of(ids[1]).place), (DecisionKind::Live, Some(2)));
    assert_eq!(of(ids[0]).merged_into, Some(ids[1]));
    assert_eq!(of(ids[2]).merged_into, Some(ids[1]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_takes_a_leading_question_back_leaves_no_other_behind() {
    let world = World::new().await;
    let (scene, ids) = scene_of(&world, &[ALIKE[0], ALIKE[1], ALIKE[2]]).await;
    let staff = world.staff("grouper", &[Role::Moderator]).await;
    decided(&world, staff, ids[1], decide::Choice::Merge { into: ids[0] }).await;
    release::all(&world.app, staff, scene.event).await.expect("releases");
    decided(&world, staff, ids[2], decide::Choice::Merge { into: ids[0] }).await;
    let who = whoever(&world, &scene, 0).await;
    question::withdraw(&world.app, &who, ids[0]).await.expect("withdraws");
    for id in [ids[1], ids[2]] {
        let row = state_of(&world, id).await;
        assert_eq!(
            (row.state, row.merged_into, row.pending),
            (QuestionState::Received, None, None)
        );
    }
    let subject = |mail: &entity::outgoing_mail::Model| mail.kind == MailKind::Outcome;
    let mails = entity::outgoing_mail::Entity::find()
        .all(world.app.db.reader())
        .await
        .expect("reads");
    assert_eq!(mails.iter().filter(|mail| subject(mail)).count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn groups_are_proposed_after_questions_came_and_a_dismissed_one_is_not_proposed_again() {
    let world = World::new().await;
    let texts = [&ALIKE[..], &OTHERS[..]].concat();
    let (scene, ids) = scene_of(&world, &texts).await;
    let staff = world.staff("grouper", &[Role::Moderator]).await;
    assert_eq!(survey::ask(&world.app).await.expect("asks"), 1);
    assert_eq!(survey::ask(&world.app).await.expect("asks"), 0, "asked for once");
    survey::group(&world.app, scene.event).await.expect("surveys");
    assert_eq!(survey::ask(&world.app).await.expect("asks"), 0, "nothing new");
    let groups = async || {
        let rows = entity::similar_group::Entity::find().all(world.app.db.reader()).await;
        let mut rows: Vec<QuestionId> = rows.expect("reads").into_iter().map(|row| row.question_id).collect();
        rows.sort_unstable();
        rows
    };
    let mut alike = ids[..4].to_vec();
    alike.sort_unstable();
    assert_eq!(groups().await, alike);

    let mut desk = world.signed_in("grouper").await;
    let slug = entity::event::Entity::find_by_id(scene.event)
        .one(world.app.db.reader())
        .await;
    let slug = slug.expect("reads").expect("is there").slug;
    let page = desk.get(&format!("/desk/events/{slug}/similar")).await.ok();
    assert!(page.text().contains(ALIKE[3]), "{}", page.text());
    let page = desk
        .get(&format!("/desk/events/{slug}/questions/{}", ids[0]))
        .await
        .ok();
    assert!(page.text().contains(ALIKE[1]), "{}", page.text());

    let tx = world.app.db.begin_write().await.expect("begins");
    service::dismiss(&tx, &world.app, staff, scene.event, &ids[..4])
        .await
        .expect("dismisses");
    tx.commit().await.expect("commits");
    survey::group(&world.app, scene.event).await.expect("surveys");
    assert_eq!(groups().await, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_that_followed_answers_as_one_made_anew() {
    let world = World::new().await;
    let texts = [&ALIKE[..], &OTHERS[..]].concat();
    let (scene, ids) = scene_of(&world, &texts).await;
    let followed = Likeness::new(world.app.db.clone());
    assert_eq!(followed.held(scene.event).await.expect("reads"), 8);
    // One is taken back, one is written anew, one comes.
    let who = whoever(&world, &scene, 1).await;
    question::withdraw(&world.app, &who, ids[1]).await.expect("withdraws");
    let who = whoever(&world, &scene, 4).await;
    let mut new = new_question(&scene, 4);
    (new.id, new.body) = (
        ids[4],
        QuestionText::parse("정산금이 며칠에 들어오는지요?").expect("text"),
    );
    question::edit(&world.app, &who, 1, &new).await.expect("edits");
    let mut more = new_question(&scene, 0);
    more.body = QuestionText::parse("주차장은 어디에 있나요?").expect("text");
    question::submit(&world.app, &who, &more).await.expect("submits");
    assert_eq!(followed.held(scene.event).await.expect("reads"), 8);
    let anew = Likeness::new(world.app.db.clone());
    for number in 1..=9 {
        let one = followed.nearest(scene.event, number, 9, LONG).await.expect("reads");
        let other = anew.nearest(scene.event, number, 9, LONG).await.expect("reads");
        assert!(one.is_some());
        assert_eq!(one, other, "question {number}");
    }
    let near = followed
        .nearest(scene.event, 1, 9, LONG)
        .await
        .expect("reads")
        .expect("ready");
    assert!(near.iter().all(|like| like.number != 2), "taken back");
    assert!(near.iter().any(|like| like.number == 5), "written anew");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_writes_is_told_that_several_asked_it_and_never_what_they_wrote() {
    let world = World::new().await;
    let texts = [&ALIKE[..], &OTHERS[..]].concat();
    let (scene, _) = scene_of(&world, &texts).await;
    let likeness = Likeness::new(world.app.db.clone());
    let text = "정산금은 매달 며칠에 들어오는지 궁금합니다";
    let like = likeness.quick(scene.event, text.to_owned(), 30, LONG).await;
    let like = like.expect("reads").expect("ready");
    let worth: Vec<i32> = like
        .iter()
        .filter(|l| l.score >= likeness::WORTH)
        .map(|l| l.number)
        .collect();
    assert!(worth.iter().all(|number| *number <= 4) && worth.len() >= 3, "{like:?}");

    // Without script: the form that was refused comes back with the hint beneath the text.
    let mut partner = scene::enter(&world, scene.partners[7].invitation, Lang::Ko).await;
    let page = partner.get("/my/questions/new").await.ok();
    let form = page.form("/my/questions").set("question", text).set("service", "");
    let told = format!("다른 {}분도", worth.len());
    // The index is made behind the first look.
    let page = testkit::eventually("the hint", async || {
        let page = partner.send(&form).await;
        page.text().contains(&told).then_some(page)
    })
    .await;
    assert!(
        ALIKE.iter().all(|other| !page.text().contains(other)),
        "{}",
        page.text()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_like_a_routed_question_is_proposed_for_its_crew_as_soon_as_that_is_routed() {
    let world = World::new().await;
    let (scene, ids) = scene_of(&world, &[ALIKE[0], ALIKE[1], OTHERS[0]]).await;
    let other = scene.services[3].id;
    let asked = state_of(&world, ids[1]).await;
    let proposed = async || {
        let found = suggest::proposals(&world.app, scene.event, std::slice::from_ref(&asked)).await;
        found.expect("reads").remove(&ids[1])
    };
    assert_eq!(proposed().await, None, "nothing is routed");
    let tx = world.app.db.begin_write().await.expect("begins");
    decide::route(&tx, &world.app, scene.moderator, ids[0], Some(other))
        .await
        .expect("routes");
    tx.commit().await.expect("commits");
    let found = proposed().await.expect("a proposal");
    assert_eq!((found.service, found.named), (other, None));
    assert_eq!(found.like.iter().map(|like| like.number).collect::<Vec<_>>(), [1]);
    // Taken back, it says nothing any more.
    let tx = world.app.db.begin_write().await.expect("begins");
    let seen = entity::decision::Entity::find()
        .filter(entity::decision::Column::QuestionId.eq(ids[0]))
        .one(&tx)
        .await
        .expect("reads");
    decide::drop_pending(&tx, &world.app, scene.moderator, ids[0], seen.map(|d| d.id))
        .await
        .expect("takes back");
    tx.commit().await.expect("commits");
    assert_eq!(proposed().await, None);
}
