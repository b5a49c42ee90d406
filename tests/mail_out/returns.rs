//! A real mail server that knows no such mailbox: its notice comes back by the return path of the very mail.

use super::{becomes, queue};
use db::{entity, prelude::*};
use domain::{
    Clock, EmailAddress,
    state::mail::{IncomingState, MailKind, OutgoingState},
};
use mail::{Refs, marks, outbox};
use testkit::{Postfix, World, eventually, free_port};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mailbox_that_is_not_there_marks_its_address_and_gets_nothing_more_unless_staff_say_so() {
    let lmtp = free_port();
    let postfix = Postfix::start("reply.localhost.example", lmtp);
    let world = World::with(Clock::system(), |s| {
        s.mail.out.port = postfix.port;
        s.mail.inbound.lmtp_bind = ([127, 0, 0, 1], lmtp).into();
    })
    .await;
    let running = world.run().await;
    let gone = format!("kim@{}", Postfix::GONE);
    let address = EmailAddress::parse(&gone).expect("an address");
    let mark = async |times: i32| {
        eventually("the address to be marked", async || {
            let mark = marks::find(world.app.db.reader(), &address).await.expect("reads");
            mark.filter(|mark| mark.times == times)
        })
        .await
    };

    let first = queue(&world, MailKind::StaffNotice, &gone, Refs::default()).await;
    becomes(&world, first, OutgoingState::Sent).await;
    let marked = mark(1).await;
    assert_eq!(
        (marked.outgoing_id, marked.status.as_deref()),
        (Some(first), Some("5.1.1")),
        "{}",
        marked.words
    );
    let report = entity::incoming_mail::Entity::find()
        .one(world.app.db.reader())
        .await
        .expect("reads")
        .expect("the report");
    assert_eq!(
        (report.state, report.class.as_deref(), report.envelope_from.as_str()),
        (IncomingState::Processed, Some("bounce"), "")
    );
    assert!(report.envelope_to.starts_with("bounces+"), "{}", report.envelope_to);

    let second = queue(&world, MailKind::StaffNotice, &gone, Refs::default()).await;
    let withheld = becomes(&world, second, OutgoingState::Failed).await;
    assert_eq!(withheld.server_reply.as_deref(), Some("mundap:marked-bounce"));
    assert_eq!(withheld.bytes_sha256, None, "nothing was made to be sent");

    let tx = world.app.db.begin_write().await.expect("begins");
    outbox::retry(&tx, &world.app.clock, second).await.expect("again");
    tx.commit().await.expect("commits");
    world.app.wake.notify();
    becomes(&world, second, OutgoingState::Sent).await;
    assert_eq!(mark(2).await.outgoing_id, Some(second));
    assert_eq!(postfix.letters().len(), 0, "nobody was mailed about it");
    running.stop().await;
}
