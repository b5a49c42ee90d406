//! Pages that update themselves, when another process changes what they show.

use crate::flow::scene::{self, Scene, Size, ask, enter};
use db::{Engine, entity, prelude::*};
use domain::{Lang, token::Keys};
use moderation::{stage::service as stage, triage::service::decide};
use sea_orm::Database;
use std::{sync::Arc, time::Duration};
use testkit::{Events, Wire, World, engine};
use tokio::{sync::oneshot, task::JoinHandle, time::timeout};
use web::App;

/// A second process over the world's database: its own connections, its own readers; a web server and nothing else.
async fn another_node(world: &World) -> (App, mundap::Bound) {
    let mut settings = settings::Settings::clone(&world.app.settings);
    if engine() == Engine::Postgres {
        settings.database.url.push_str("?application_name=another_node");
    }
    let db = db::Db::connect(&settings.database.url, 4).await.expect("opens");
    let (clock, keys) = (world.app.clock.clone(), Keys::from_random([7; 32]));
    let app = App::new(db, Arc::new(settings), clock, keys, db::Wake::default(), false);
    let bound = mundap::Bound::bind(&app, mundap::Only::Web).await.expect("binds");
    (app, bound)
}

/// That process at work, and what somebody who signed in reaches it by; it stops when told, or when the sender is gone.
async fn seen_from_another_node(world: &World, who: &str) -> (Wire, oneshot::Sender<()>, JoinHandle<()>) {
    let (app, bound) = another_node(world).await;
    let address = bound.web_address().expect("the web listens");
    let (stop, stopped) = oneshot::channel::<()>();
    let node = tokio::spawn(async move {
        let stopped = async { _ = stopped.await };
        Box::pin(bound.run(app, stopped)).await.expect("serves");
    });
    let mut wire = Wire::new(address);
    for cookie in world.signed_in(who).await.cookies().split("; ") {
        let (name, value) = cookie.split_once('=').expect("a cookie");
        wire.cookies.insert(name.to_owned(), value.to_owned());
    }
    (wire, stop, node)
}

async fn a_live_question(world: &World, scene: &Scene) -> domain::QuestionId {
    let mut partner = enter(world, scene.partners[0].invitation, Lang::Ko).await;
    ask(
        &mut partner,
        scene.services[0].id,
        "정산 주기를 앞당길 계획이 있나요?",
        "full",
    )
    .await;
    let question = entity::question::Entity::find()
        .one(world.app.db.reader())
        .await
        .expect("reads")
        .expect("was sent");
    let tx = world.app.db.begin_write().await.expect("begins");
    decide::live(&tx, &world.app, scene.moderator, question.id, None)
        .await
        .expect("a place");
    tx.commit().await.expect("commits");
    moderation::triage::service::release::all(&world.app, scene.moderator, scene.event)
        .await
        .expect("releases");
    question.id
}

/// As a restart of PostgreSQL or of what stands before it does; SQLite has no connection to lose.
async fn lose_connections(world: &World) {
    if engine() == Engine::Postgres {
        let admin = Database::connect(&world.fresh.url).await.expect("PostgreSQL answers");
        let gone = admin
            .execute_unprepared(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'another_node'",
            )
            .await
            .expect("ends them");
        assert!(gone.rows_affected() > 0, "the other node had connections to lose");
        admin.close().await.expect("closes");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_screen_on_one_node_follows_what_is_pressed_on_another_also_after_lost_connections() {
    let world = World::new().await;
    let scene = scene::set(&world, Size::small(1)).await;
    let question = a_live_question(&world, &scene).await;
    let (wire, stop, node) = seen_from_another_node(&world, "moderator").await;
    let path = format!("/hall/{}/live", scene.slug);
    let mut screen = wire.events(&path).await.expect("a stream");

    // The release before counted already: the first look says so, in case the page was read before it.
    heard(&mut screen).await;
    stage::show(&world.app, scene.moderator, scene.event, question)
        .await
        .expect("shows");
    heard(&mut screen).await;
    lose_connections(&world).await;
    stage::next(&world.app, scene.moderator, scene.event, None)
        .await
        .expect("ends");
    heard(&mut screen).await;

    // Gently, and soon: an open screen does not hold up the stop.
    stop.send(()).expect("runs");
    assert!(
        screen.next().await.is_err(),
        "the stream ends, and nothing was told twice"
    );
    node.await.expect("stops");
}

async fn heard(screen: &mut Events) {
    let event = timeout(Duration::from_secs(30), screen.next())
        .await
        .expect("the change arrives")
        .expect("the stream stands");
    assert_eq!(event, "changed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_reads_a_question_on_one_node_is_seen_on_the_board_of_another() {
    let world = World::new().await;
    let scene = scene::set(&world, Size::small(1)).await;
    world.staff("colleague", &[domain::role::Role::Moderator]).await;
    let mut partner = enter(&world, scene.partners[0].invitation, Lang::Ko).await;
    ask(
        &mut partner,
        scene.services[0].id,
        "정산 주기를 앞당길 계획이 있나요?",
        "full",
    )
    .await;
    let question = entity::question::Entity::find()
        .one(world.app.db.reader())
        .await
        .expect("reads")
        .expect("was sent");
    let (wire, stop, node) = seen_from_another_node(&world, "colleague").await;
    let board = format!("/desk/events/{}/triage", scene.slug);
    let page = async |wire: &mut Wire| {
        let reply = wire.get(&board).await.expect("answers");
        assert_eq!(reply.status, 200);
        String::from_utf8_lossy(&reply.body).into_owned()
    };
    // A stream takes its connection for itself.
    let mut eyes = wire.beside();
    assert!(!page(&mut eyes).await.contains("보고 있음"));
    let mut live = wire.events(&format!("{board}/live")).await.expect("a stream");

    let mut moderator = world.signed_in("moderator").await;
    let panel = format!("/desk/events/{}/questions/{}", scene.slug, question.id);
    let opened = moderator.get(&panel).await.ok();
    let csrf = opened
        .form("/tags")
        .fields
        .iter()
        .find(|(name, _)| name == "csrf")
        .cloned();
    let csrf = csrf.expect("a token");
    let here = format!("{panel}/here");
    let said = moderator.post(&here, std::slice::from_ref(&csrf)).await;
    assert_eq!(said.status, 204);
    // A word may come twice, and the first may be about what was before: each time the page is looked at again.
    loop {
        heard(&mut live).await;
        if page(&mut eyes).await.contains("moderator 님이 보고 있음") {
            break;
        }
    }
    let left = moderator
        .post(&here, &[csrf, ("leaves".to_owned(), "1".to_owned())])
        .await;
    assert_eq!(left.status, 204);
    loop {
        heard(&mut live).await;
        if !page(&mut eyes).await.contains("보고 있음") {
            break;
        }
    }
    stop.send(()).expect("runs");
    node.await.expect("stops");
}
