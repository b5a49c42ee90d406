//! A real mail server that says "later", and one that is not there for a day: each mail arrives once, as the mail it was.

use super::{queue, row};
use chrono::{Duration, SubsecRound};
use db::{entity, prelude::*};
use domain::{
    Clock, OutgoingId,
    state::mail::{MailKind, OutgoingState},
};
use mail::{Refs, Sender, marks};
use std::collections::HashMap;
use testkit::{Greylist, Letterbox, Postfix, World, eventually, free_port};

const STEP: Duration = Duration::minutes(10);

/// A Mundap whose clock the story moves, and its sender.
async fn office(postfix: &Postfix) -> (World, Sender) {
    let now = Clock::system().now().trunc_subsecs(0);
    let world = World::with(Clock::frozen(now), |s| s.mail.out.port = postfix.port).await;
    let app = &world.app;
    let sender = Sender::new(
        app.db.clone(),
        app.settings.clone(),
        app.clock.clone(),
        app.keys.clone(),
        app.wake.clone(),
    );
    (world, sender)
}

async fn put(world: &World, n: std::ops::Range<u32>) -> Vec<OutgoingId> {
    let mut ids = Vec::new();
    for n in n {
        ids.push(
            queue(
                world,
                MailKind::StaffNotice,
                &format!("p{n}@host.example"),
                Refs::default(),
            )
            .await,
        );
    }
    ids
}

/// What each mail is by: its Message-ID, and the digest of the bytes that were frozen at the first attempt.
async fn frozen(world: &World, ids: &[OutgoingId]) -> Vec<(String, Option<String>)> {
    let mut out = Vec::new();
    for id in ids {
        let row = row(world, *id).await;
        assert!(row.bytes_sha256.is_some(), "it was tried: {:?}", row.server_reply);
        out.push((row.message_id, row.bytes_sha256));
    }
    out
}

/// The mails that arrived, once the server has delivered all it took.
async fn arrived(postfix: &Postfix) -> HashMap<String, Vec<Letterbox>> {
    eventually("Postfix to deliver what it took", async || {
        postfix.is_idle().then_some(())
    })
    .await;
    let mut letters: HashMap<String, Vec<Letterbox>> = HashMap::new();
    for letter in postfix.letters() {
        letters.entry(letter.message_id.clone()).or_default().push(letter);
    }
    letters
}

async fn each_arrived_once(world: &World, postfix: &Postfix, ids: &[OutgoingId], frozen: &[(String, Option<String>)]) {
    let letters = arrived(postfix).await;
    assert_eq!(
        letters.values().map(Vec::len).sum::<usize>(),
        ids.len(),
        "no mail twice"
    );
    for (id, (message_id, digest)) in ids.iter().zip(frozen) {
        let row = row(world, *id).await;
        assert_eq!((row.state, &row.message_id), (OutgoingState::Sent, message_id));
        assert_eq!(&row.bytes_sha256, digest, "the very bytes of the first attempt");
        let letter = &letters.get(message_id).expect("arrived under its own Message-ID")[0];
        assert_eq!(letter.to, [row.to_email.to_string()]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_greylists_is_asked_again_and_gets_each_mail_once() {
    let greylist = Greylist::start();
    let postfix = Postfix::start_greylisting("reply.localhost.example", free_port(), &greylist);
    let (world, sender) = office(&postfix).await;
    let ids = put(&world, 0..5).await;

    assert_eq!(sender.run_due().await.expect("runs"), 5);
    let before = frozen(&world, &ids).await;
    for id in &ids {
        let row = row(&world, *id).await;
        let words = row.server_reply.unwrap_or_default();
        assert_eq!((row.state, row.attempts), (OutgoingState::Queued, 1), "{words}");
        assert!(words.contains("450") && words.contains("Greylisted"), "{words}");
        assert!(row.next_attempt_at > world.app.clock.now());
        let mark = marks::find(world.app.db.reader(), &row.to_email).await.expect("reads");
        assert!(mark.is_none(), "\"later\" says nothing against an address");
    }
    assert_eq!(postfix.arrived(), 0);
    assert_eq!(sender.run_due().await.expect("runs"), 0, "not at once again");

    world.app.clock.advance(STEP);
    assert_eq!(sender.run_due().await.expect("runs"), 5);
    each_arrived_once(&world, &postfix, &ids, &before).await;
    assert!(
        greylist.asked().values().all(|times| *times == 2),
        "{:?}",
        greylist.asked()
    );
    world.app.clock.advance(Duration::days(6));
    assert_eq!(sender.run_due().await.expect("runs"), 0, "nothing waits any more");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_down_for_a_day_and_then_greylists_gets_each_mail_once() {
    let greylist = Greylist::start();
    let postfix = Postfix::start_greylisting("reply.localhost.example", free_port(), &greylist);
    let (world, sender) = office(&postfix).await;
    let clock = &world.app.clock;
    // One goes before, so that a connection stands open when the server goes down.
    let mut ids = put(&world, 0..1).await;
    sender.run_due().await.expect("runs");
    clock.advance(STEP);
    sender.run_due().await.expect("runs");
    let mut before = frozen(&world, &ids).await;
    each_arrived_once(&world, &postfix, &ids, &before).await;

    postfix.stop();
    let late = put(&world, 1..6).await;
    let begun = clock.now();
    let mut attempts = 0;
    while clock.now() < begun + Duration::days(1) {
        attempts += sender.run_due().await.expect("runs");
        clock.advance(STEP);
    }
    assert!(
        (40..=90).contains(&attempts),
        "pauses grow: {attempts} attempts of five mails in a day"
    );
    before.extend(frozen(&world, &late).await);
    for id in &late {
        assert_eq!(row(&world, *id).await.state, OutgoingState::Queued);
    }
    let health = entity::worker_health::Entity::find().one(world.app.db.reader()).await;
    let health = health.expect("reads").expect("the sender's line");
    assert_eq!(health.waiting, 5, "staff see that five wait");
    assert!(health.last_error.is_some(), "and why");

    postfix.start_again();
    let back = clock.now();
    while clock.now() < back + Duration::hours(10) {
        sender.run_due().await.expect("runs");
        clock.advance(STEP);
    }
    ids.extend(late);
    each_arrived_once(&world, &postfix, &ids, &before).await;
    assert!(
        greylist.asked().values().all(|times| *times == 2),
        "{:?}",
        greylist.asked()
    );
}
