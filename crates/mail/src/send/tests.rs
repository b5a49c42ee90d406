//! The sender against servers that behave and servers that do not.

mod limits;

use super::*;
use crate::{
    Initial, Letter, NewMail, Refs, outbox,
    smtp_in::{Accept, Envelope, Protocol, ServerConfig, TempFail, Verdict, bind, serve},
};
use async_trait::async_trait;
use db::{
    entity::{outgoing_mail, worker_health},
    prelude::*,
};
use domain::{EmailAddress, Lang, state::mail::MailKind};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
};

#[derive(Default)]
struct Sink(Mutex<Vec<Vec<u8>>>);

#[async_trait]
impl Accept for Sink {
    async fn rcpt(&self, address: &str) -> Verdict {
        match address {
            a if a.starts_with("nobody") => Verdict::Refuse("No such mailbox".into()),
            a if a.starts_with("later") => Verdict::Later("Greylisted".into()),
            _ => Verdict::Ok,
        }
    }
    async fn accept(&self, _: Envelope, raw: Vec<u8>) -> Result<(), TempFail> {
        self.0.lock().expect("lock").push(raw);
        Ok(())
    }
}

struct Post {
    db: Db,
    clock: Clock,
    settings: Arc<Settings>,
    sender: Sender,
    _folder: tempfile::TempDir,
}

async fn office(port: u16) -> Post {
    let (db, folder) = crate::fixture::database().await;
    let mut settings = Settings::embedded().expect("settings");
    folder.path().clone_into(&mut settings.data_dir);
    settings.mail.out.port = port;
    settings.mail.out.timeout = 2;
    let settings = Arc::new(settings);
    let clock = Clock::frozen(chrono::DateTime::from_timestamp(1_800_000_000, 0).expect("time"));
    let keys = Keys::new(&["0123456789abcdef0123456789abcdef"]).expect("key");
    let sender = Sender::new(db.clone(), Arc::clone(&settings), clock.clone(), keys, Wake::default());
    Post {
        db,
        clock,
        settings,
        sender,
        _folder: folder,
    }
}

fn mail_to(to: &str) -> NewMail {
    NewMail {
        kind: MailKind::StaffNotice,
        to_name: "김하늘".into(),
        to_email: EmailAddress::parse(to).expect("address"),
        lang: Lang::Ko,
        letter: Letter::new("안내").text("본문\n.\n점"),
        state: Initial::Queued,
        dedup: format!("test:{to}"),
        reply: None,
        refs: Refs::default(),
    }
}

impl Post {
    async fn put(&self, to: &str) -> Option<domain::OutgoingId> {
        let mail = mail_to(to);
        let tx = self.db.begin_write().await.expect("tx");
        let id = outbox::put(&tx, &self.clock, &self.settings, mail).await.expect("put");
        tx.commit().await.expect("commit");
        id
    }

    async fn row(&self, id: domain::OutgoingId) -> outgoing_mail::Model {
        outgoing_mail::Entity::find_by_id(id)
            .one(self.db.reader())
            .await
            .expect("query")
            .expect("row")
    }
}

async fn sink() -> (Arc<Sink>, u16) {
    let listener = bind("127.0.0.1:0".parse().expect("address")).await.expect("bind");
    let port = listener.local_addr().expect("address").port();
    let sink = Arc::new(Sink::default());
    tokio::spawn(serve(
        listener,
        ServerConfig::new(Protocol::Smtp, "sink"),
        sink.clone(),
        std::future::pending(),
    ));
    (sink, port)
}

#[tokio::test]
async fn mails_are_sent_once_and_refusals_keep_the_servers_words() {
    let (sink, number) = sink().await;
    let post = office(number).await;
    let good = post.put("a@x.example").await.expect("new");
    assert_eq!(post.put("a@x.example").await, None, "the same mail is not put twice");
    let nobody = post.put("nobody@x.example").await.expect("new");
    let later = post.put("later@x.example").await.expect("new");
    assert_eq!(post.sender.run_due().await.expect("runs"), 3);
    let row = post.row(good).await;
    assert_eq!((row.state, row.sent_at), (OutgoingState::Sent, Some(post.clock.now())));
    assert!(row.server_reply.expect("words").starts_with("250"));
    let row = post.row(nobody).await;
    assert_eq!(row.state, OutgoingState::Failed);
    assert!(row.server_reply.expect("words").contains("No such mailbox"));
    let row = post.row(later).await;
    assert_eq!(row.state, OutgoingState::Queued);
    assert!(row.next_attempt_at >= post.clock.now() + Duration::seconds(60));
    assert_eq!(post.sender.run_due().await.expect("runs"), 0, "it waits");
    assert_eq!(sink.0.lock().expect("lock").len(), 1);
    let health = worker_health::Entity::find_by_id(HEALTH)
        .one(post.db.reader())
        .await
        .expect("query")
        .expect("row");
    assert_eq!((health.waiting, health.failed, health.uncertain), (1, 1, 0));

    post.clock.advance(Duration::days(6));
    post.sender.run_due().await.expect("runs");
    assert_eq!(
        post.row(later).await.state,
        OutgoingState::Failed,
        "given up after five days"
    );
}

/// Takes mails but hangs up after each text without a word, `silent` times; then behaves.
async fn forgetful(listener: TcpListener, silent: usize, mails: Arc<Mutex<Vec<String>>>) {
    for turn in 0.. {
        let Ok((socket, _)) = listener.accept().await else {
            return;
        };
        let mut stream = BufReader::new(socket);
        stream.get_mut().write_all(b"220 x ESMTP\r\n").await.expect("write");
        let mut line = String::new();
        let mut mail = String::new();
        let mut in_data = false;
        loop {
            line.clear();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                break;
            }
            if in_data {
                if line == ".\r\n" {
                    in_data = false;
                    mails.lock().expect("lock").push(std::mem::take(&mut mail));
                    if turn < silent {
                        break;
                    }
                } else {
                    mail.push_str(&line);
                    continue;
                }
            }
            let reply: &[u8] = if line.starts_with("DATA") {
                in_data = true;
                b"354 go\r\n"
            } else {
                b"250 fine\r\n"
            };
            stream.get_mut().write_all(reply).await.expect("write");
        }
    }
}

#[tokio::test]
async fn silence_after_the_text_is_uncertain_and_repeated_with_identical_bytes() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("bind");
    let number = listener.local_addr().expect("address").port();
    let mails = Arc::new(Mutex::new(Vec::new()));
    tokio::spawn(forgetful(listener, 1, Arc::clone(&mails)));
    let post = office(number).await;
    let id = post.put("a@x.example").await.expect("new");
    post.sender.run_due().await.expect("runs");
    assert_eq!(post.row(id).await.state, OutgoingState::Uncertain);
    post.clock.advance(Duration::minutes(5));
    post.sender.run_due().await.expect("runs");
    assert_eq!(post.row(id).await.state, OutgoingState::Sent);
    let mails = mails.lock().expect("lock");
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0], mails[1]);
}

/// Answers at once, but goes on and on with its answer to the line that begins so.
async fn talkative(listener: TcpListener, at: &'static str) {
    while let Ok((socket, _)) = listener.accept().await {
        let mut stream = BufReader::new(socket);
        let mut line = String::new();
        let mut reply: &[u8] = b"220 x ESMTP\r\n";
        while stream.get_mut().write_all(reply).await.is_ok() {
            if line.starts_with(at) {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                continue;
            }
            // The text has no reply of its own.
            let in_text = reply.starts_with(b"354");
            line.clear();
            while stream.read_line(&mut line).await.unwrap_or(0) > 0 && in_text && line != ".\r\n" {
                line.clear();
            }
            reply = match line.as_str() {
                "" => break,
                line if line.starts_with(at) => b"250-wait\r\n",
                line if line.starts_with("DATA") => b"354 go\r\n",
                _ => b"250 fine\r\n",
            };
        }
    }
}

#[tokio::test]
async fn a_send_is_bounded_as_a_whole_however_busily_the_server_answers() {
    for (at, state, words) in [
        (
            "MAIL",
            OutgoingState::Queued,
            "the server took too long before the text",
        ),
        (".\r\n", OutgoingState::Uncertain, "no word after the text in time"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("bind");
        let number = listener.local_addr().expect("address").port();
        tokio::spawn(talkative(listener, at));
        let post = office(number).await;
        let id = post.put("a@x.example").await.expect("new");
        let sent = tokio::time::timeout(std::time::Duration::from_mins(1), post.sender.run_due());
        assert_eq!(sent.await.expect("ends").expect("runs"), 1);
        let row = post.row(id).await;
        assert_eq!((row.state, row.server_reply.as_deref()), (state, Some(words)), "{at}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_costs_nothing_but_time() {
    let post = office(1).await;
    let id = post.put("a@x.example").await.expect("new");
    post.sender.run_due().await.expect("runs");
    let row = post.row(id).await;
    assert_eq!((row.state, row.attempts), (OutgoingState::Queued, 1));
    assert!(probe(&post.settings).await.is_err());
    let (_sink, number) = sink().await;
    let mut settings = Settings::clone(&post.settings);
    settings.mail.out.port = number;
    assert!(probe(&settings).await.expect("there").contains("250"));
}

#[tokio::test]
async fn a_connection_that_the_server_closed_while_idle_is_replaced_at_once() {
    // Closes after every mail that it took.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("bind");
    let number = listener.local_addr().expect("address").port();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let script: [&[u8]; 5] = [b"220 x\r\n", b"250 x\r\n", b"250 x\r\n", b"250 x\r\n", b"354 x\r\n"];
            let mut sink = [0; 4_096];
            for (i, reply) in script.iter().enumerate() {
                if i > 0 {
                    let _ = socket.read(&mut sink).await;
                }
                let _ = socket.write_all(reply).await;
            }
            let mut seen = Vec::new();
            while !seen.ends_with(b"\r\n.\r\n") {
                match socket.read(&mut sink).await {
                    Ok(n) if n > 0 => seen.extend_from_slice(&sink[..n]),
                    _ => break,
                }
            }
            let _ = socket.write_all(b"250 kept\r\n").await;
        }
    });
    let post = office(number).await;
    for to in ["a@x.example", "b@x.example", "c@x.example"] {
        let id = post.put(to).await.expect("new");
        post.sender.run_due().await.expect("runs");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        let row = post.row(id).await;
        assert_eq!(
            (row.state, row.attempts),
            (OutgoingState::Sent, 1),
            "{:?}",
            row.server_reply
        );
    }
}

#[test]
fn pauses_grow_to_four_hours() {
    let id = domain::OutgoingId::new();
    let pauses: Vec<i64> = (1..12).map(|n| store::pause(id, n).num_seconds()).collect();
    assert!(pauses.windows(2).all(|w| w[0] <= w[1]), "{pauses:?}");
    assert!(pauses[0] >= 60 && pauses[0] < 75 && pauses[10] >= 14_400 && pauses[10] < 17_280);
}

#[tokio::test]
async fn the_loop_sends_what_it_is_woken_for_and_stops_when_it_is_told() {
    let (sink, number) = sink().await;
    let post = office(number).await;
    let (tell, told) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(post.sender.clone().run(async move {
        let _ = told.await;
    }));
    let mut ids = Vec::new();
    for n in 0..20 {
        ids.push(post.put(&format!("a{n}@x.example")).await.expect("new"));
    }
    post.sender.0.wake.notify();
    let sent = async {
        while sink.0.lock().expect("lock").len() < 20 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), sent)
        .await
        .expect("all are sent");
    tell.send(()).expect("told");
    running.await.expect("stops");
    for id in ids {
        assert_eq!(post.row(id).await.state, OutgoingState::Sent);
    }
}

#[tokio::test]
async fn a_mail_whose_worker_died_is_repeated_and_staff_steps_are_conditional() {
    let (sink, number) = sink().await;
    let post = office(number).await;
    let id = post.put("a@x.example").await.expect("new");
    let claimed = post.sender.0.claim(5, true).await.expect("claims");
    assert_eq!(claimed.len(), 1);
    assert!(
        post.sender.0.claim(5, true).await.expect("claims").is_empty(),
        "a lease is one worker's"
    );
    let tx = post.db.begin_write().await.expect("tx");
    assert!(outbox::drop(&tx, id).await.expect_err("on its way").is_stale());
    assert!(
        outbox::edit(&tx, id, Letter::new("x"), 1)
            .await
            .expect_err("frozen")
            .is_stale()
    );
    tx.rollback().await.expect("rolls back");
    post.clock.advance(Duration::minutes(2));
    post.sender.run_due().await.expect("runs");
    assert_eq!(post.row(id).await.state, OutgoingState::Sent);
    assert_eq!(sink.0.lock().expect("lock").len(), 1);
    let lost = store::settle(
        &post.db,
        &post.clock,
        &post.settings.events.holidays,
        &claimed[0],
        Outcome::Later("x".into()),
    )
    .await
    .expect("settles");
    assert_eq!(lost, None, "the dead worker's word counts no more");
}

#[tokio::test]
async fn a_draft_is_edited_by_one_at_a_time_and_goes_when_it_is_queued() {
    let (sink, number) = sink().await;
    let post = office(number).await;
    let id = post.put("a@x.example").await.expect("new");
    let tx = post.db.begin_write().await.expect("tx");
    outbox::hold(&tx, id).await.expect("held");
    outbox::edit(&tx, id, Letter::new("new subject").text("body"), 1)
        .await
        .expect("edited");
    tx.commit().await.expect("commit");
    assert_eq!(post.sender.run_due().await.expect("runs"), 0);
    let tx = post.db.begin_write().await.expect("tx");
    assert!(
        outbox::edit(&tx, id, Letter::new("other"), 1)
            .await
            .expect_err("too late")
            .is_stale()
    );
    outbox::queue(&tx, &post.clock, id).await.expect("queued");
    tx.commit().await.expect("commit");
    post.sender.run_due().await.expect("runs");
    let mails = sink.0.lock().expect("lock");
    assert!(String::from_utf8_lossy(&mails[0]).contains("Subject: new subject"));
}
