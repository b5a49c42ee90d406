//! A crew's replies that arrive in a mailbox, on a real Dovecot.

use super::attacks::{Asked, all_read, answers, asked_with, incoming, letter};
use axum::{Form, Json, Router, routing::post};
use db::{entity, prelude::*};
use domain::state::mail::{IncomingState, Via};
use settings::{Imap, ImapAuth, Settings};
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};
use testkit::{Dovecot, Manner, eventually};

const USER: &str = "crew";

/// The mailbox over TLS; mails that were read go to Done, mails that wait to Held.
pub(super) fn mailbox(dovecot: &Dovecot) -> Imap {
    let value = serde_json::json!({
        "name": "crew", "host": "localhost", "port": dovecot.imaps, "ca_file": Dovecot::authority(),
        "username": USER, "password": Dovecot::PASSWORD, "done": "Done", "held": "Held",
    });
    serde_json::from_value(value).expect("a mailbox")
}

fn with(dovecot: &Dovecot, change: impl FnOnce(&mut Imap)) -> impl FnOnce(&mut Settings) {
    let mut imap = mailbox(dovecot);
    change(&mut imap);
    move |s: &mut Settings| s.mail.imap = vec![imap]
}

/// A reply of the crew member who was asked.
fn reply(a: &Asked, id: &str, text: &str) -> Vec<u8> {
    let headers = format!("Message-ID: <{id}@crew.example>\r\n");
    letter(a.crew.email.as_str(), &a.address, &headers, text)
}

async fn answered(a: &Asked, number: usize) -> Vec<String> {
    let mut bodies: Vec<String> = eventually("the answers", async || {
        let answers = answers(&a.world).await;
        assert!(answers.len() <= number, "{answers:?}");
        (answers.len() == number).then_some(answers)
    })
    .await
    .into_iter()
    .map(|answer| answer.body)
    .collect();
    bodies.sort();
    bodies
}

async fn lie(dovecot: &Dovecot, folder: &str, number: usize) {
    eventually(&format!("{number} mails in {folder}"), async || {
        (dovecot.files(USER, folder).len() == number).then_some(())
    })
    .await;
}

async fn folders(a: &Asked) -> Vec<entity::mail_folder::Model> {
    entity::mail_folder::Entity::find()
        .all(a.world.app.db.reader())
        .await
        .expect("reads")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_tells_of_a_mail_and_what_was_read_is_marked_and_moved() {
    let dovecot = Dovecot::start(&Manner::default());
    // It would be looked at again in five minutes only: what comes sooner was told.
    let a = asked_with(with(&dovecot, |_| {})).await;
    let first = reply(&a, "1", "첫 번째 답변입니다.");
    dovecot.deliver(USER, a.crew.email.as_str(), &first);
    answered(&a, 1).await;
    lie(&dovecot, "Done", 1).await;
    dovecot.deliver(USER, a.crew.email.as_str(), &reply(&a, "2", "두 번째 답변입니다."));
    assert_eq!(answered(&a, 2).await, ["두 번째 답변입니다.", "첫 번째 답변입니다."]);
    let stranger = letter(
        "mallory@elsewhere.example",
        &a.address,
        "Message-ID: <3@x>\r\n",
        "거짓 답변",
    );
    dovecot.deliver(USER, "mallory@elsewhere.example", &stranger);
    lie(&dovecot, "Held", 1).await;
    lie(&dovecot, "Done", 2).await;
    lie(&dovecot, "INBOX", 0).await;
    assert!(dovecot.all_seen(USER, "Done") && dovecot.all_seen(USER, "Held"));
    let rows = incoming(&a.world).await;
    assert!(rows.iter().all(|r| r.via == Via::Imap));
    assert_eq!(rows.iter().filter(|r| r.state == IncomingState::Quarantined).count(), 1);
    assert_eq!(folders(&a).await[0].last_uid, 3);
    a.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_tells_nothing_and_cannot_move_is_asked_and_served_all_the_same() {
    let dovecot = Dovecot::start(&Manner {
        no_idle: true,
        no_move: true,
        ..Manner::default()
    });
    let a = asked_with(with(&dovecot, |imap| {
        imap.poll = 1;
        imap.tls = settings::Tls::Starttls;
        imap.port = dovecot.imap;
    }))
    .await;
    for n in 1..=2 {
        dovecot.deliver(
            USER,
            a.crew.email.as_str(),
            &reply(&a, &n.to_string(), &format!("답변 {n}")),
        );
        answered(&a, n).await;
        lie(&dovecot, "Done", n).await;
    }
    lie(&dovecot, "INBOX", 0).await;
    a.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_that_counts_anew_is_read_again_and_nothing_is_answered_twice() {
    let mut dovecot = Dovecot::start(&Manner::default());
    let a = asked_with(with(&dovecot, |imap| {
        imap.done = String::new();
        imap.held = String::new();
    }))
    .await;
    for n in 1..=3 {
        dovecot.deliver(
            USER,
            a.crew.email.as_str(),
            &reply(&a, &n.to_string(), &format!("답변 {n}")),
        );
    }
    answered(&a, 3).await;
    eventually("the marks", async || dovecot.all_seen(USER, "INBOX").then_some(())).await;
    let before = folders(&a).await[0].clone();
    // The numbers are seconds: the new one must be another.
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    dovecot.down();
    dovecot.forget_numbers(USER);
    dovecot.up();
    dovecot.deliver(USER, a.crew.email.as_str(), &reply(&a, "4", "답변 4"));
    assert_eq!(answered(&a, 4).await, ["답변 1", "답변 2", "답변 3", "답변 4"]);
    let after = eventually("the folder to be read to its end", async || {
        let folders = folders(&a).await;
        folders.into_iter().find(|folder| folder.last_uid == 4)
    })
    .await;
    assert_ne!(before.uid_validity, after.uid_validity);
    assert_eq!(
        incoming(&a.world).await.len(),
        4,
        "what is known is known by its content"
    );
    assert_eq!(dovecot.files(USER, "INBOX").len(), 4, "nothing is deleted");
    a.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_that_cannot_be_taken_stays_and_stands_in_nobodys_way_in_several_folders() {
    let dovecot = Dovecot::start(&Manner::default());
    let a = asked_with(|s| {
        let mut imap = mailbox(&dovecot);
        imap.folders.push("Junk".into());
        s.mail.imap = vec![imap];
        s.mail.inbound.max_size = 20_000;
    })
    .await;
    dovecot.deliver(USER, a.crew.email.as_str(), &reply(&a, "1", "답변 1"));
    dovecot.deliver(
        USER,
        a.crew.email.as_str(),
        &reply(&a, "2", &"긴 답변\r\n".repeat(5_000)),
    );
    dovecot.deliver(USER, a.crew.email.as_str(), b"\xff\xfe\0\0 no mail at all");
    dovecot.deliver(USER, a.crew.email.as_str(), &reply(&a, "4", "답변 4"));
    assert_eq!(answered(&a, 2).await, ["답변 1", "답변 4"]);
    lie(&dovecot, "INBOX", 1).await;
    let passed_over: Vec<_> = entity::mail_origin::Entity::find()
        .filter(entity::mail_origin::Column::Skipped.is_not_null())
        .all(a.world.app.db.reader())
        .await
        .expect("reads");
    assert_eq!(passed_over.len(), 1);
    assert_eq!(passed_over[0].uid, 2);
    // A folder that is made later is read, too, once the server has it.
    dovecot.plant(USER, "Junk", &reply(&a, "5", "답변 5"));
    answered(&a, 3).await;
    assert_eq!(folders(&a).await.len(), 2);
    a.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_in_the_middle_goes_on_where_it_was() {
    let dovecot = Dovecot::start(&Manner::default());
    let mut a = asked_with(with(&dovecot, |_| {})).await;
    for n in 0..40 {
        dovecot.deliver(
            USER,
            a.crew.email.as_str(),
            &reply(&a, &n.to_string(), &format!("답변 {n}")),
        );
        if n == 5 {
            eventually("some of them", async || {
                (incoming(&a.world).await.len() > 2).then_some(())
            })
            .await;
            a.running.stop().await;
            a.running = a.world.run().await;
        }
    }
    a.running.stop().await;
    a.running = a.world.run().await;
    answered(&a, 40).await;
    assert_eq!(incoming(&a.world).await.len(), 40);
    lie(&dovecot, "Done", 40).await;
    lie(&dovecot, "INBOX", 0).await;
    a.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_opens_the_mailbox_and_a_refused_one_is_fetched_anew() {
    let asked_for = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked_for);
    let authority = Router::new()
        .route(
            "/token",
            post(move |Form(form): Form<HashMap<String, String>>| {
                let n = counted.fetch_add(1, Ordering::SeqCst);
                async move {
                    assert_eq!(form["grant_type"], "refresh_token");
                    assert_eq!((form["client_id"].as_str(), form["refresh_token"].as_str()), ("mundap", "r&1"));
                    // The first one is refused by the mailbox.
                    Json(serde_json::json!({ "access_token": if n == 0 { "stale" } else { "good" }, "expires_in": 3600 }))
                }
            }),
        )
        .route(
            "/introspect",
            post(|Form(form): Form<HashMap<String, String>>| async move {
                Json(serde_json::json!({ "active": form["token"] == "good", "username": USER }))
            }),
        );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("binds");
    let at = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, authority).await });
    let dovecot = Dovecot::start(&Manner {
        introspection: Some(format!("http://{at}/introspect")),
        ..Manner::default()
    });
    let a = asked_with(with(&dovecot, |imap| {
        imap.auth = ImapAuth::Xoauth2;
        imap.token_url = format!("http://{at}/token");
        imap.client_id = "mundap".into();
        imap.refresh_token = "r&1".into();
    }))
    .await;
    dovecot.deliver(USER, a.crew.email.as_str(), &reply(&a, "1", "답변 1"));
    answered(&a, 1).await;
    lie(&dovecot, "Done", 1).await;
    assert_eq!(
        asked_for.load(Ordering::SeqCst),
        2,
        "one that was refused, one that is kept: {}",
        dovecot.log()
    );
    a.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_check_says_what_is_wrong() {
    let dovecot = Dovecot::start(&Manner::default());
    let mut imap = mailbox(&dovecot);
    let said = mail::imap::probe(&imap).await.expect("signs in");
    assert_eq!(said, "INBOX holds 0");
    imap.folders = vec!["Nowhere".into()];
    assert!(mail::imap::probe(&imap).await.is_err());
    imap.password = "another".into();
    let refused = mail::imap::probe(&imap).await.expect_err("refused").to_string();
    assert!(refused.contains("sign-in refused"), "{refused}");
    imap.ca_file = String::new();
    let refused = mail::imap::probe(&imap)
        .await
        .expect_err("no such authority")
        .to_string();
    assert!(refused.contains("TLS"), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_mail_by_three_ways_is_one_answer() {
    let dovecot = Dovecot::start(&Manner::default());
    let a = asked_with(|s| {
        s.mail.imap = vec![mailbox(&dovecot)];
        s.mail.hook = vec![super::hook::hook("raw", super::hook::SECRET)];
    })
    .await;
    // With a Message-ID and without: then the content alone tells.
    for (n, headers) in ["Message-ID: <once@crew.example>\r\n", ""].into_iter().enumerate() {
        let mail = letter(
            a.crew.email.as_str(),
            &a.address,
            headers,
            &format!("한 번만 답합니다 {n}."),
        );
        dovecot.deliver(USER, a.crew.email.as_str(), &mail);
        let said = super::attacks::deliver(&a.running, a.crew.email.as_str(), &a.address, &mail).await;
        assert!(said.starts_with("250"), "{said}");
        let now = a.world.app.clock.now().timestamp();
        let (status, _) = super::hook::post(&a.running, now, super::hook::SECRET, &mail).await;
        assert_eq!(status, 200);
        lie(&dovecot, "Done", n + 1).await;
        let rows = all_read(&a.world).await;
        assert!(rows.iter().all(|m| m.state == IncomingState::Processed), "{rows:?}");
        assert_eq!(rows.len(), n + 1, "kept once");
        assert_eq!(answers(&a.world).await.len(), n + 1);
    }
    a.running.stop().await;
}
