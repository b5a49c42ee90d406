//! A database that was put back from a backup.

use db::{entity, prelude::*};
use domain::{
    Clock, EmailAddress, Lang, OutgoingId,
    state::mail::{MailKind, OutgoingState},
};
use mail::{Initial, Letter, NewMail, Refs, outbox};
use sea_orm::PaginatorTrait;
use testkit::{Postfix, World, eventually, free_port};

async fn queue(world: &World, n: u32) -> OutgoingId {
    let app = &world.app;
    let new = NewMail {
        kind: MailKind::StaffNotice,
        to_name: "받는 이".into(),
        to_email: EmailAddress::parse(&format!("p{n}@host.example")).expect("an address"),
        lang: Lang::Ko,
        letter: Letter::new("안내").text("본문"),
        state: Initial::Queued,
        dedup: format!("restore:{n}"),
        reply: None,
        refs: Refs::default(),
    };
    let tx = app.db.begin_write().await.expect("begins");
    let id = outbox::put(&tx, &app.clock, &app.settings, new)
        .await
        .expect("puts")
        .expect("new");
    tx.commit().await.expect("commits");
    id
}

async fn state(world: &World, id: OutgoingId) -> OutgoingState {
    let row = entity::outgoing_mail::Entity::find_by_id(id)
        .one(world.app.db.reader())
        .await;
    row.expect("reads").expect("is there").state
}

async fn paused(world: &World, wanted: bool) {
    eventually("the sender to say so", async || {
        let health = entity::worker_health::Entity::find()
            .all(world.app.db.reader())
            .await
            .expect("reads");
        health.iter().any(|h| h.paused == wanted).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sends_nothing_before_somebody_says_so() {
    let postfix = Postfix::start("reply.localhost.example", free_port());
    let world = World::with(Clock::system(), |s| s.mail.out.port = postfix.port).await;
    let running = world.run().await;
    let first = queue(&world, 1).await;
    eventually("the first mail", async || {
        (state(&world, first).await == OutgoingState::Sent).then_some(())
    })
    .await;
    running.stop().await;

    // What a restore does to it: rows and beat are those of an hour ago, the folder is that of now.
    let tx = world.app.db.begin_write().await.expect("begins");
    entity::installation::Entity::update_many()
        .col_expr(entity::installation::Column::Beat, Expr::value(1_i64))
        .exec(&tx)
        .await
        .expect("updates");
    entity::outgoing_mail::Entity::update_many()
        .col_expr(entity::outgoing_mail::Column::State, Expr::value(OutgoingState::Queued))
        .exec(&tx)
        .await
        .expect("updates");
    tx.commit().await.expect("commits");
    let mark = world.app.settings.data_dir.join("database.mark");
    let noted = std::fs::read_to_string(&mark).expect("the mark");
    let (name, _) = noted.split_once(' ').expect("two words");
    std::fs::write(&mark, format!("{name} 500\n")).expect("writes");

    let running = world.run().await;
    let second = queue(&world, 2).await;
    eventually("the hold", async || {
        mail::held(&world.app.db).await.expect("reads").map(drop)
    })
    .await;
    paused(&world, true).await;
    for id in [first, second] {
        assert_eq!(state(&world, id).await, OutgoingState::Queued);
    }
    assert_eq!(world.audited("outbox.held").await, 1);
    assert!(mail::resume(&world.app.db, &world.app.clock).await.expect("resumes"));
    eventually("both mails", async || {
        let left = entity::outgoing_mail::Entity::find()
            .filter(entity::outgoing_mail::Column::State.ne(OutgoingState::Sent))
            .count(world.app.db.reader())
            .await
            .expect("counts");
        (left == 0).then_some(())
    })
    .await;
    paused(&world, false).await;
    running.stop().await;
    assert_eq!(world.audited("outbox.resumed").await, 1);
    // A restart finds everything as it should be.
    let running = world.run().await;
    let third = queue(&world, 3).await;
    eventually("the third mail", async || {
        (state(&world, third).await == OutgoingState::Sent).then_some(())
    })
    .await;
    running.stop().await;
}
