//! Published pages in memory, while other nodes publish and withdraw.

use super::consent::answered_live;
use crate::flow::scene::{self, Size, ask, enter};
use db::{entity, prelude::*};
use domain::{ArticleId, Lang, state::article::ArticleState};
use moderation::triage::service::release;
use publishing::article;
use sea_orm::IntoActiveModel;
use std::time::Duration;
use testkit::{Wire, World};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_node_withdraws_leaves_memory_and_what_it_did_not_touch_stays_there() {
    let world = World::new().await;
    let scene = scene::set(&world, Size::default()).await;
    let app = &world.app;
    let mut partner = enter(&world, scene.partners[0].invitation, Lang::Ko).await;
    ask(
        &mut partner,
        scene.services[0].id,
        "첫 질문: 정산을 앞당기나요?",
        "full",
    )
    .await;
    let question = entity::question::Entity::find().one(app.db.reader()).await;
    let question = question.expect("reads").expect("was asked");
    answered_live(&world, &scene, question.id).await;
    release::all(app, scene.moderator, scene.event).await.expect("releases");
    let tx = app.db.begin_write().await.expect("begins");
    let first = article::create_from_event(&tx, app, scene.moderator, scene.event).await;
    let first = first.expect("composes");
    tx.commit().await.expect("commits");
    let noted = publishing::approval::note_approved(app, scene.moderator, first, None).await;
    noted.expect("everybody agrees");
    article::publish(app, scene.moderator, first).await.expect("publishes");
    // As a node of its own would: by another connection, and nobody in this process is told.
    let elsewhere = world.fresh.open().await;
    let row = entity::article::Entity::find_by_id(first).one(elsewhere.reader()).await;
    let row = row.expect("reads").expect("is there");
    let mut more = Vec::new();
    let tx = elsewhere.begin_write().await.expect("begins");
    for n in 0..45 {
        let copy = entity::article::Model {
            id: ArticleId::new(),
            slug: format!("more-{n}"),
            ..row.clone()
        };
        more.push(copy.slug.clone());
        let inserted = entity::article::Entity::insert(copy.into_active_model()).exec_without_returning(&tx);
        inserted.await.expect("inserts");
    }
    tx.commit().await.expect("commits");

    let running = world.run().await;
    let mut wire = Wire::new(running.web);
    let mut status = async |slug: &str| {
        let reply = wire.get(&format!("/articles/{slug}")).await.expect("answers");
        (reply.status, String::from_utf8_lossy(&reply.body).contains("첫 질문"))
    };
    for slug in more.iter().chain([&row.slug]) {
        assert_eq!(status(slug).await, (200, true), "{slug}");
    }
    // The list leads to all of them, page by page.
    let (mut listed, mut next) = (0, Some("/".to_owned()));
    let mut list = Wire::new(running.web);
    while let Some(path) = next {
        let page = list.get(&path).await.expect("answers").body;
        let page = String::from_utf8_lossy(&page).into_owned();
        listed += page.matches("href=\"/articles/").count();
        let after = page
            .split_once("data-kind=\"quiet\" href=\"/?after=")
            .and_then(|(_, rest)| rest.split('"').next());
        next = after.map(|slug| format!("/?after={slug}"));
    }
    assert_eq!(listed, 46);

    let tx = elsewhere.begin_write().await.expect("begins");
    let withdrawn = entity::article::Entity::update_many()
        .col_expr(entity::article::Column::State, Expr::value(ArticleState::Withdrawn))
        .filter(entity::article::Column::Slug.eq("more-7"))
        .exec(&tx)
        .await;
    one_row(&withdrawn.expect("updates"), "article").expect("one");
    tx.commit().await.expect("commits");
    let mut tries = 0;
    while status("more-7").await.0 != 410 {
        assert_eq!(status("more-8").await, (200, true));
        tries += 1;
        assert!(tries < 3_000, "nobody hears of it");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    for slug in more.iter().filter(|slug| *slug != "more-7") {
        assert_eq!(status(slug).await, (200, true), "{slug}");
    }
    // This process's own withdrawal counts at once.
    article::withdraw(app, scene.moderator, first).await.expect("withdraws");
    assert_eq!(status(&row.slug).await.0, 410);
    assert_eq!(status("more-0").await, (200, true));
    running.stop().await;
}
