//! A release that no request can wait for.

use super::at_once::{new_question, whoever};
use crate::flow::scene::{self, Scene, Size};
use db::{entity, prelude::*};
use domain::state::{job::JobState, question::QuestionState};
use intake::partner::service::question;
use moderation::triage::service::{
    release::{self, AT_ONCE, Pressed},
    route_rest,
};
use testkit::World;

/// Three jobs' worth and a half.
const QUESTIONS: usize = AT_ONCE * 5 / 2;

async fn ask_many(world: &World, scene: &Scene) {
    for n in 0..QUESTIONS {
        let who = whoever(world, scene, n % scene.partners.len()).await;
        let mut new = new_question(scene, n);
        // The last service has nobody yet who could be asked.
        let last = scene.services.len() - 1;
        new.service = scene.services[if n == 7 { last } else { n % last }].id;
        question::submit(&world.app, &who, &new).await.expect("submits");
    }
}

async fn count<E: EntityTrait<Model: Sync>>(world: &World, query: sea_orm::Select<E>) -> usize {
    query.all(world.app.db.reader()).await.expect("reads").len()
}

fn routed() -> sea_orm::Select<entity::question::Entity> {
    entity::question::Entity::find().filter(entity::question::Column::State.eq(QuestionState::Routed))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hundreds_of_decisions_are_released_by_jobs_once_each_and_the_page_says_how_far_they_are() {
    let world = World::new().await;
    let size = Size {
        partners: 50,
        max_questions: 20,
        services: 3,
        ..Size::default()
    };
    let scene = scene::set(&world, size).await;
    let app = &world.app;
    ask_many(&world, &scene).await;
    route_rest::route_rest(app, scene.moderator, scene.event)
        .await
        .expect("routes");
    let tx = app.db.begin_write().await.expect("begins");
    entity::crew_member::Entity::update_many()
        .col_expr(entity::crew_member::Column::RemovedAt, Expr::value(app.clock.now()))
        .filter(entity::crew_member::Column::ServiceId.eq(scene.services[2].id))
        .exec(&tx)
        .await
        .expect("they leave");
    tx.commit().await.expect("commits");

    let path = format!("/desk/events/{}/routing", scene.slug);
    let mut desk = world.signed_in("moderator").await;
    let page = desk.get(&path).await.ok();
    let page = desk.send(&page.form("/routing/release").set("what", "all")).await.ok();
    assert!(
        page.text().contains(&format!("남은 결정 {QUESTIONS}건")),
        "{}",
        page.text()
    );
    // Pressed twice, and once more by somebody who did not see it: the jobs of one find what the other did.
    let again = release::press(app, scene.moderator, scene.event, None)
        .await
        .expect("presses");
    assert!(matches!(again, Pressed::Begun(QUESTIONS)), "{again:?}");

    let worker = || {
        jobs::Worker::new(
            app.db.clone(),
            app.clock.clone(),
            app.wake.clone(),
            mundap::handlers(app),
        )
    };
    assert_eq!(worker().run_due().await.expect("runs"), 2);
    let page = desk.get(&path).await.ok();
    let left = QUESTIONS - AT_ONCE + 1;
    assert_eq!(
        count(&world, routed()).await,
        AT_ONCE - 1,
        "one share, without what nobody can take"
    );
    assert!(
        page.text().contains(&format!("남은 결정 {}건", left - 1)),
        "{}",
        page.text()
    );
    let (one, two) = (worker(), worker());
    loop {
        let (a, b) = tokio::join!(one.run_due(), two.run_due());
        if a.expect("runs") + b.expect("runs") == 0 {
            break;
        }
    }

    assert_eq!(count(&world, routed()).await, QUESTIONS - 1);
    assert_eq!(count(&world, entity::assignment::Entity::find()).await, QUESTIONS - 1);
    let mails = entity::outgoing_mail::Entity::find();
    let asked = mails.filter(entity::outgoing_mail::Column::ReplyAssignmentId.is_not_null());
    assert_eq!(count(&world, asked).await, QUESTIONS - 1);
    let told = entity::outgoing_mail::Entity::find()
        .filter(entity::outgoing_mail::Column::Kind.eq(domain::state::mail::MailKind::Outcome));
    assert_eq!(count(&world, told).await, QUESTIONS - 1);
    let open = entity::job::Entity::find().filter(entity::job::Column::State.ne(JobState::Done));
    assert_eq!(count(&world, open).await, 0);
    assert_eq!(world.audited("release.begun").await, 2);
    let page = desk.get(&path).await.ok();
    assert!(!page.text().contains("남은 결정"), "{}", page.text());
    assert!(
        page.text().contains("1건은 확정하지 못하고 남았습니다"),
        "{}",
        page.text()
    );
    assert!(!page.body.contains("data-live="), "nothing moves any more");
}
