//! The newsletter of an issue: to those who agreed, by day, once each, until they say no.

use super::Print;
use axum::http::{Method, StatusCode};
use chrono::Duration;
use db::{entity, prelude::*};
use domain::{
    Clock, ConsentId, InvitationId, Lang, OutgoingId,
    state::{
        mail::{MailKind, OutgoingState},
        newsletter::NewsletterState,
        people::ConsentPurpose,
    },
};
use mail::Sender;
use publishing::{magazine, newsletter};
use testkit::{Letterbox, Postfix, World, eventually, free_port};

/// What they say to the newsletter at this event.
async fn says(world: &World, invitation: InvitationId, given: bool) {
    let app = &world.app;
    let tx = app.db.begin_write().await.expect("begins");
    let row = entity::consent::ActiveModel {
        id: Set(ConsentId::new()),
        invitation_id: Set(invitation),
        purpose: Set(ConsentPurpose::Newsletter),
        wording: Set("소식을 받습니다".into()),
        wording_version: Set("1".into()),
        given: Set(given),
        at: Set(app.clock.now()),
    };
    entity::consent::Entity::insert(row)
        .exec_without_returning(&tx)
        .await
        .expect("inserts");
    tx.commit().await.expect("commits");
}

impl Print {
    /// An issue that readers see, with the article in it, and its newsletter written.
    async fn with_newsletter(clock: Clock, port: u16) -> (Self, domain::IssueId) {
        let p = Self::on(clock, |s| s.mail.out.port = port).await.out().await;
        let issue = p.issue("묻고 답하는 사이", &[p.id]).await;
        magazine::show(&p.world.app, p.scene.moderator, issue)
            .await
            .expect("shows");
        newsletter::save(&p.world.app, p.scene.moderator, issue, 0, draft(), true)
            .await
            .expect("saves");
        (p, issue)
    }

    async fn newsletters(&self) -> Vec<entity::outgoing_mail::Model> {
        self.mails(MailKind::Newsletter).await
    }

    /// A sender that compares the clocks from now on, as one of a new process.
    fn sender(&self) -> Sender {
        let app = &self.world.app;
        Sender::new(
            app.db.clone(),
            app.settings.clone(),
            app.clock.clone(),
            app.keys.clone(),
            app.wake.clone(),
        )
    }

    async fn letter(&self, issue: domain::IssueId) -> entity::newsletter::Model {
        let row = entity::newsletter::Entity::find()
            .filter(entity::newsletter::Column::IssueId.eq(issue))
            .one(self.world.app.db.reader())
            .await;
        row.expect("reads").expect("was begun")
    }
}

fn draft() -> newsletter::Draft {
    newsletter::Draft {
        subject: "‘묻고 답하는 사이’가 나왔습니다".into(),
        words: "기다려 주셔서 고맙습니다.".into(),
        subject_en: "“Between asking and answering” is out".into(),
        words_en: "Thank you for waiting.".into(),
        sender: "나래".into(),
        contact: "hello@narae.example · 02-000-0000\n서울 어딘가 1".into(),
    }
}

/// A Tuesday, ten in the morning in Seoul.
const MORNING: &str = "2026-11-03T01:00:00Z";
/// The same day, at half past ten in the evening.
const NIGHT: &str = "2026-11-03T13:30:00Z";

fn at(moment: &str) -> Clock {
    Clock::frozen(moment.parse().expect("a moment"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::too_many_lines, reason = "the way of one newsletter")]
async fn it_goes_to_those_who_agreed_and_one_press_ends_it() {
    let postfix = Postfix::start("reply.localhost.example", free_port());
    let (p, issue) = Print::with_newsletter(at(MORNING), postfix.port).await;
    let who: Vec<InvitationId> = p.scene.partners.iter().map(|partner| partner.invitation).collect();
    // One agrees, one agreed and said no, one agreed and then wanted no mail of the event, one agrees in English.
    for n in [0, 1, 2, 3] {
        says(&p.world, who[n], true).await;
    }
    p.world.app.clock.advance(Duration::minutes(1));
    says(&p.world, who[1], false).await;
    let tx = p.world.app.db.begin_write().await.expect("begins");
    mail::unsubscribed::add(
        &tx,
        &p.world.app.clock,
        who[2],
        domain::state::mail::UnsubscribeWay::Page,
    )
    .await
    .expect("notes");
    entity::partner::Entity::update_many()
        .col_expr(entity::partner::Column::Lang, Expr::value(Lang::En))
        .filter(entity::partner::Column::Name.eq("파트너 3"))
        .exec(&tx)
        .await
        .expect("speaks English");
    tx.commit().await.expect("commits");

    // At the desk: how many it reaches, how it reads, and a copy to oneself.
    let mut editor = p.world.signed_in("moderator").await;
    let path = format!("/desk/issues/{issue}/newsletter");
    let page = editor.get(&path).await.ok();
    let text = page.text();
    assert!(
        text.contains("받는 분 2") && text.contains("(광고) ‘묻고 답하는 사이’가 나왔습니다"),
        "{text}"
    );
    drop(editor.send(&page.form(&path).set("act", "test")).await.ok());
    let copies = p.newsletters().await;
    assert!(copies.iter().all(|m| m.to_email.as_str() == "moderator@host.example") && copies.len() == 2);
    let form = editor.get(&path).await.ok().form(&path);
    let lost = editor.send(&form.clone().set("contact", "").set("act", "send")).await;
    assert_eq!(
        lost.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "the law asks for a contact"
    );
    drop(editor.send(&form.set("act", "send")).await.ok());
    p.work().await;
    assert_eq!(p.letter(issue).await.state, NewsletterState::Sent);
    let sender = p.sender();
    while sender.run_due().await.expect("runs") > 0 {}
    // Among what their questions brought.
    let advertisements = || -> Vec<Letterbox> {
        let marked = |raw: &[u8]| {
            let mail = mail_parser::MessageParser::default().parse(raw).expect("a mail");
            mail.subject().is_some_and(|subject| subject.starts_with("(광고) "))
        };
        postfix
            .letters()
            .into_iter()
            .filter(|letter| marked(&letter.raw))
            .collect()
    };
    eventually("the mails", async || (advertisements().len() == 4).then_some(())).await;

    let mut links = Vec::new();
    for letter in advertisements() {
        let mail = mail_parser::MessageParser::default()
            .parse(&letter.raw)
            .expect("a mail");
        let subject = mail.subject().expect("a subject");
        let text = mail.body_text(0).expect("a text").replace("\r\n", "\n");
        let english = letter.to[0].starts_with("partner3@");
        let needed = if english {
            ["is out", "Thank you", "Sender: 나래", "/magazine/1"]
        } else if letter.to[0].starts_with("partner0@") {
            ["나왔습니다", "기다려", "보내는 이: 나래", "/magazine/1"]
        } else {
            continue;
        };
        for part in needed
            .iter()
            .chain(&["02-000-0000", "/articles/talk", "수신거부", "Unsubscribe"])
        {
            assert!(
                text.contains(part) || subject.contains(part),
                "{part}: {subject}\n{text}"
            );
        }
        let header = |name: &str| {
            let raw = mail.header_raw(name).map(|v| v.split_whitespace().collect::<String>());
            raw.expect("a header")
        };
        assert_eq!(header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
        links.push((english, header("List-Unsubscribe").trim_matches(['<', '>']).to_owned()));
    }
    links.sort();
    assert_eq!(links.len(), 2, "nobody else got one");

    // A scanner's visit is no press; the mail program's is, without a cookie; a person's is confirmed with its date.
    let mut nobody = p.world.browser();
    drop(nobody.get(&links[0].1).await.ok());
    assert_eq!(
        mail::newsletter::readers(p.world.app.db.reader(), None, None)
            .await
            .expect("reads")
            .len(),
        2
    );
    let form = (
        "application/x-www-form-urlencoded".to_owned(),
        "List-Unsubscribe=One-Click".into(),
    );
    let pressed = nobody.once(Method::POST, &links[0].1, Some(form)).await;
    assert_eq!(pressed.status, StatusCode::OK);
    let page = nobody.get(&links[1].1).await.ok();
    let done = nobody.send(&page.form("/n/")).await.ok();
    assert!(
        done.forms("/n/").is_empty() && done.text().contains("2026년 11월 3일"),
        "{}",
        done.text()
    );
    assert_eq!(
        mail::newsletter::readers(p.world.app.db.reader(), None, None)
            .await
            .expect("reads"),
        []
    );
    assert_eq!(
        p.world.audited("consent.changed").await,
        3 + 2,
        "what they said with their questions, and now"
    );
    let own = crate::flow::scene::enter(&p.world, who[0], Lang::Ko)
        .await
        .get("/my/consent")
        .await
        .ok();
    assert!(
        own.form("/my/consent").value("consent_newsletter").is_none(),
        "their page says so, too"
    );
    assert_eq!(
        nobody.get("/n/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_night_it_waits_and_a_no_that_comes_meanwhile_counts() {
    let (p, issue) = Print::with_newsletter(at(NIGHT), 1).await;
    for n in 0..3 {
        says(&p.world, p.scene.partners[n].invitation, true).await;
    }
    let app = &p.world.app;
    newsletter::send(app, p.scene.moderator, issue, None)
        .await
        .expect("begins");
    p.work().await;
    // What their questions brought goes; this wakes nobody.
    p.sender().run_due().await.expect("runs");
    let morning: chrono::DateTime<chrono::Utc> = "2026-11-03T23:00:00Z".parse().expect("a moment");
    let rows = p.newsletters().await;
    assert_eq!(rows.len(), 3);
    assert!(
        rows.iter()
            .all(|m| (m.next_attempt_at, m.attempts, m.state) == (morning, 0, OutgoingState::Queued))
    );
    // One says no in the night.
    app.clock.advance(Duration::hours(1));
    says(&p.world, p.scene.partners[1].invitation, false).await;
    app.clock.advance(Duration::hours(9));
    p.sender().run_due().await.expect("runs");
    let states = |rows: Vec<entity::outgoing_mail::Model>| -> Vec<(OutgoingState, Option<String>)> {
        let mut rows: Vec<_> = rows
            .into_iter()
            .map(|m| (m.to_email.to_string(), m.state, m.server_reply))
            .collect();
        rows.sort();
        rows.into_iter().map(|(_, state, reply)| (state, reply)).collect()
    };
    let after = states(p.newsletters().await);
    assert_eq!(
        after[1],
        (OutgoingState::Dropped, Some("mundap:newsletter-unwanted".into()))
    );
    assert!(after[0].0 != OutgoingState::Dropped && after[2].0 != OutgoingState::Dropped);
    // Against their word not even staff send it.
    let dropped: OutgoingId = p
        .newsletters()
        .await
        .into_iter()
        .find(|m| m.state == OutgoingState::Dropped)
        .expect("one")
        .id;
    let tx = app.db.begin_write().await.expect("begins");
    assert!(mail::outbox::force(&tx, &app.clock, dropped).await.is_err());
    tx.rollback().await.expect("ends");
    // What has not gone when its issue goes out of sight goes no more.
    magazine::hide(app, p.scene.moderator, issue).await.expect("hides");
    app.clock.advance(Duration::minutes(30));
    p.sender().run_due().await.expect("runs");
    for (state, reply) in states(p.newsletters().await) {
        assert_eq!(state, OutgoingState::Dropped, "{reply:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn filled_twice_or_killed_between_everybody_has_one() {
    let (p, issue) = Print::with_newsletter(at(MORNING), 1).await;
    for partner in &p.scene.partners {
        says(&p.world, partner.invitation, true).await;
    }
    let app = &p.world.app;
    // It waits for its moment, and can be taken back until then.
    let later = app.clock.now() + Duration::hours(2);
    newsletter::send(app, p.scene.moderator, issue, Some(later))
        .await
        .expect("waits");
    assert_eq!(newsletter::begin_due(app).await.expect("looks"), 0);
    newsletter::unschedule(app, p.scene.moderator, issue)
        .await
        .expect("takes back");
    newsletter::send(app, p.scene.moderator, issue, Some(later))
        .await
        .expect("waits");
    app.clock.advance(Duration::hours(3));
    let mut again = app.clone();
    again.db = p.world.fresh.open().await;
    let (one, two) = tokio::join!(newsletter::begin_due(app), newsletter::begin_due(&again));
    assert_eq!(one.expect("looks") + two.expect("looks"), 1);
    let id = p.letter(issue).await.id;
    // As after a kill that came when the first two had theirs and the third portion was not committed.
    let tx = app.db.begin_write().await.expect("begins");
    let readers = mail::newsletter::readers(&tx, None, None).await.expect("reads");
    assert_eq!(readers.len(), 4);
    entity::newsletter::Entity::update_many()
        .col_expr(entity::newsletter::Column::Reached, Expr::value(readers[1].0))
        .filter(entity::newsletter::Column::Id.eq(id))
        .exec(&tx)
        .await
        .expect("was there");
    tx.commit().await.expect("commits");
    newsletter::fill(app, id).await.expect("goes on");
    assert_eq!(p.newsletters().await.len(), 2, "those behind");
    // And as if nothing of it had been noted.
    let tx = app.db.begin_write().await.expect("begins");
    entity::newsletter::Entity::update_many()
        .col_expr(
            entity::newsletter::Column::Reached,
            Expr::value(Option::<domain::PartnerId>::None),
        )
        .col_expr(entity::newsletter::Column::State, Expr::value(NewsletterState::Sending))
        .filter(entity::newsletter::Column::Id.eq(id))
        .exec(&tx)
        .await
        .expect("is lost");
    tx.commit().await.expect("commits");
    let (one, two) = tokio::join!(newsletter::fill(app, id), newsletter::fill(&again, id));
    assert!(one.is_ok() || two.is_ok());
    newsletter::fill(app, id).await.expect("does nothing more");
    p.work().await;
    let rows = p.newsletters().await;
    assert_eq!(rows.len(), 4, "each once");
    let letter = p.letter(issue).await;
    assert_eq!((letter.state, letter.mails), (NewsletterState::Sent, 4));
    newsletter::stop(app, p.scene.moderator, issue).await.expect("stops");
    p.sender().run_due().await.expect("runs");
    assert!(
        p.newsletters()
            .await
            .iter()
            .all(|m| m.server_reply.as_deref() == Some("mundap:newsletter-stopped"))
    );
}
