//! What a partner agreed to, and took back after it was published.

use crate::flow::scene::{self, Scene, Size, ask, enter};
use db::{entity, prelude::*};
use domain::{
    AnswerId, Lang, QuestionId,
    state::answer::{AnswerSource, AnswerState},
};
use moderation::triage::service::{decide, release};
use publishing::article;
use testkit::{Browser, World};

/// Everything that is due, as the worker of another process would run it.
async fn work(world: &World) {
    let app = &world.app;
    let worker = jobs::Worker::new(
        app.db.clone(),
        app.clock.clone(),
        app.wake.clone(),
        mundap::handlers(app),
    );
    while worker.run_due().await.expect("runs") > 0 {}
}

pub(super) async fn answered_live(world: &World, scene: &Scene, question: QuestionId) {
    let app = &world.app;
    let tx = app.db.begin_write().await.expect("begins");
    decide::live(&tx, app, scene.moderator, question, None)
        .await
        .expect("a place");
    let row = entity::answer::ActiveModel {
        id: Set(AnswerId::new()),
        event_id: Set(scene.event),
        question_id: Set(Some(question)),
        reverse_id: Set(None),
        assignment_id: Set(None),
        source: Set(AnswerSource::Stage),
        crew_member_id: Set(None),
        speaker_id: Set(None),
        invitation_id: Set(None),
        staff_id: Set(Some(scene.moderator)),
        incoming_id: Set(None),
        original: Set("다음 달부터 됩니다.".into()),
        body: Set("다음 달부터 됩니다.".into()),
        state: Set(AnswerState::Approved),
        position: Set(0),
        version: Set(1),
        received_at: Set(app.clock.now()),
        reviewed_by: Set(None),
        reviewed_at: Set(None),
    };
    entity::answer::Entity::insert(row)
        .exec_without_returning(&tx)
        .await
        .expect("inserts");
    tx.commit().await.expect("commits");
}

async fn print(partner: &mut Browser, agreed: bool) {
    let page = partner.get("/my/consent").await.ok();
    let mut form = page.form("/my/consent");
    form.fields.retain(|(name, _)| name != "consent_print");
    if agreed {
        form = form.set("consent_print", "true");
    }
    assert_eq!(partner.send(&form).await.ok().path, "/my/consent");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_takes_back_their_consent_to_print_leaves_the_published_article() {
    let world = World::new().await;
    let scene = scene::set(&world, Size::small(2)).await;
    let app = &world.app;
    let mut partners = Vec::new();
    for (n, text) in [
        "첫 질문-하나-끝: 정산을 앞당기나요?",
        "둘째 질문-둘-끝: 수수료는 그대로인가요?",
    ]
    .iter()
    .enumerate()
    {
        let mut partner = enter(&world, scene.partners[n].invitation, Lang::Ko).await;
        ask(&mut partner, scene.services[0].id, text, "full").await;
        partners.push(partner);
    }
    let questions = entity::question::Entity::find()
        .order_by_asc(entity::question::Column::Number)
        .all(app.db.reader())
        .await
        .expect("reads");
    for question in &questions {
        answered_live(&world, &scene, question.id).await;
    }
    release::all(app, scene.moderator, scene.event).await.expect("releases");
    let tx = app.db.begin_write().await.expect("begins");
    let id = article::create_from_event(&tx, app, scene.moderator, scene.event)
        .await
        .expect("composes");
    tx.commit().await.expect("commits");
    let approved = async || {
        let noted = publishing::approval::note_approved(app, scene.moderator, id, None).await;
        noted.expect("everybody agrees");
    };
    approved().await;
    article::publish(app, scene.moderator, id).await.expect("publishes");
    // What an editor wrote since must not come out with it.
    let (version, mut draft) = article::current(app.db.reader(), id).await.expect("reads");
    draft.blocks[0].body = article::BlockBody::prose("아직 펴내지 않은 머리말");
    article::update(app, scene.moderator, id, version, draft)
        .await
        .expect("saves");

    let mut reader = world.browser();
    let path = format!("/articles/{}", scene.slug);
    let before = reader.get(&path).await.ok().text();
    assert!(before.contains("질문-하나-끝") && before.contains("파트너 0") && before.contains("질문-둘-끝"));

    print(&mut partners[0], false).await;
    work(&world).await;
    let after = reader.get(&path).await.ok().text();
    assert!(
        !after.contains("질문-하나-끝") && !after.contains("파트너 0"),
        "{after}"
    );
    assert!(after.contains("질문-둘-끝") && after.contains("파트너 1"), "{after}");
    assert!(!after.contains("아직 펴내지 않은"), "{after}");
    assert_eq!(world.audited("article.print_withdrawn").await, 1);
    // A correction does not bring it back; agreeing again and a correction do.
    article::publish(app, scene.moderator, id).await.expect("corrects");
    let corrected = reader.get(&path).await.ok().text();
    assert!(
        !corrected.contains("질문-하나-끝") && corrected.contains("아직 펴내지 않은"),
        "{corrected}"
    );
    print(&mut partners[0], true).await;
    work(&world).await;
    approved().await;
    article::publish(app, scene.moderator, id).await.expect("corrects");
    assert!(reader.get(&path).await.ok().text().contains("질문-하나-끝"));

    // Nobody is left: there is no article without a conversation.
    for partner in &mut partners {
        print(partner, false).await;
        work(&world).await;
    }
    assert_eq!(reader.get(&path).await.status, axum::http::StatusCode::GONE);
    let stored = entity::article::Entity::find_by_id(id)
        .one(app.db.reader())
        .await
        .expect("reads")
        .expect("is there");
    assert!(
        !stored.snapshot.expect("stands").to_string().contains("질문-"),
        "its words are gone, not only hidden"
    );
    assert_eq!(world.audited("article.print_withdrawn").await, 3);
}
