//! Who wants no more invitations and reminders says so by one press, in the mail program or on a page.

use super::{becomes, queue};
use crate::flow::scene::{self, Size};
use axum::http::{Method, StatusCode, header};
use db::{entity, prelude::*};
use domain::{
    Clock,
    state::mail::{MailKind, OutgoingState, UnsubscribeWay},
};
use mail::Refs;
use testkit::{Postfix, World, eventually, free_port};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_press_ends_invitations_and_reminders_and_a_receipt_still_goes() {
    let postfix = Postfix::start("reply.localhost.example", free_port());
    let world = World::with(Clock::system(), |s| s.mail.out.port = postfix.port).await;
    let scene = scene::set(&world, Size::small(2)).await;
    let running = world.run().await;
    let actor = db::audit::Actor::Staff(scene.moderator);
    intake::staff::service::invitation::send_all(&world.app, actor, scene.event)
        .await
        .expect("queues");
    world.app.wake.notify();
    eventually("two invitations", async || (postfix.letters().len() == 2).then_some(())).await;
    let mut links = Vec::new();
    for letter in postfix.letters() {
        let message = mail_parser::MessageParser::default()
            .parse(&letter.raw)
            .expect("a mail");
        let one = |name: &str| {
            message
                .header_raw(name)
                .map(|v| v.split_whitespace().collect::<String>())
        };
        assert_eq!(
            one("List-Unsubscribe-Post").as_deref(),
            Some("List-Unsubscribe=One-Click")
        );
        let link = one("List-Unsubscribe").expect("a link");
        links.push(link.trim_matches(['<', '>']).to_owned());
    }
    let unsubscribed = async || {
        entity::unsubscribed::Entity::find()
            .all(world.app.db.reader())
            .await
            .expect("reads")
    };

    // A scanner opens the link: that is no press.
    let mut nobody = world.browser();
    let page = nobody.get(&links[0]).await.ok();
    assert_eq!(page.headers[header::REFERRER_POLICY], "no-referrer");
    assert_eq!(unsubscribed().await, []);
    // The mail program's own request: no cookie, and an answer that is no redirect (RFC 8058 §3.1).
    let form = "application/x-www-form-urlencoded".to_owned();
    for _ in 0..2 {
        let body = (form.clone(), "List-Unsubscribe=One-Click".into());
        let answer = world.browser().once(Method::POST, &links[0], Some(body)).await;
        assert_eq!(answer.status, StatusCode::OK);
    }
    // And somebody's press on the page.
    let page = nobody.get(&links[1]).await.ok();
    let page = nobody.send(&page.form("/u/")).await.ok();
    assert!(page.forms("/u/").is_empty(), "it is done: {}", page.text());
    let mut ways: Vec<UnsubscribeWay> = unsubscribed().await.iter().map(|row| row.way).collect();
    ways.sort_by_key(ToString::to_string);
    assert_eq!(ways, [UnsubscribeWay::OneClick, UnsubscribeWay::Page]);
    assert_eq!(world.audited("invitation.unsubscribed").await, 2, "each once");

    let refs = || Refs {
        event: Some(scene.event),
        invitation: Some(scene.partners[0].invitation),
        ..Refs::default()
    };
    for kind in [MailKind::Invitation, MailKind::Reminder] {
        let id = queue(&world, kind, "sky@partner.example", refs()).await;
        let withheld = becomes(&world, id, OutgoingState::Dropped).await;
        assert_eq!(withheld.server_reply.as_deref(), Some("mundap:unsubscribed"), "{kind}");
    }
    let receipt = queue(&world, MailKind::Receipt, "sky@partner.example", refs()).await;
    becomes(&world, receipt, OutgoingState::Sent).await;
    let forged = world.browser().get("/u/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa").await;
    assert_eq!(forged.status, StatusCode::NOT_FOUND);
    running.stop().await;
}
