//! Sessions over a pipe.

use super::*;
use db::prelude::*;
use std::sync::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

#[derive(Default)]
struct Sink {
    mails: Mutex<Vec<(Envelope, Vec<u8>)>>,
    full: bool,
}

#[async_trait]
impl Accept for Sink {
    async fn rcpt(&self, address: &str) -> Verdict {
        if address.ends_with("@reply.example") {
            Verdict::Ok
        } else {
            Verdict::Refuse("Not ours".into())
        }
    }
    async fn accept(&self, envelope: Envelope, raw: Vec<u8>) -> Result<(), TempFail> {
        if self.full {
            return Err(TempFail("disk full".into()));
        }
        self.mails.lock().expect("lock").push((envelope, raw));
        Ok(())
    }
}

fn config(protocol: Protocol) -> ServerConfig {
    ServerConfig {
        max_size: 10_000,
        command_timeout: Duration::from_millis(500),
        data_timeout: Duration::from_millis(500),
        ..ServerConfig::new(protocol, "mx.example")
    }
}

/// Sends everything at once and gives back all replies, as their codes.
async fn talk(sink: &Sink, protocol: Protocol, wire: &[u8]) -> (Vec<String>, String) {
    let (mut client, server) = duplex(1024 * 1024);
    let (_stop, stopping) = watch::channel(false);
    let config = config(protocol);
    let serve = session::run(server, None, &config, sink, stopping);
    let speak = async {
        client.write_all(wire).await.expect("write");
        let mut replies = String::new();
        client.read_to_string(&mut replies).await.expect("read");
        replies
    };
    let ((), replies) = tokio::join!(serve, speak);
    (replies.lines().map(|l| l[..3].to_owned()).collect(), replies)
}

#[tokio::test]
async fn a_pipelined_session_keeps_its_mail_and_refuses_strangers_addresses() {
    let sink = Sink::default();
    let wire = b"EHLO c.example\r\nMAIL FROM:<a@b.example> SIZE=20 BODY=8BITMIME\r\nRCPT TO:<x@else.example>\r\n\
        RCPT TO:<q+t@reply.example>\r\nDATA\r\nSubject: x\r\n\r\n..dot\r\n.\r\nNOOP\r\nVRFY x\r\nQUIT\r\n";
    let (codes, replies) = talk(&sink, Protocol::Smtp, wire).await;
    let after_ehlo: Vec<&str> = codes.iter().skip(7).map(String::as_str).collect();
    assert_eq!(
        after_ehlo,
        ["250", "550", "250", "354", "250", "250", "252", "221"],
        "{replies}"
    );
    let mails = sink.mails.lock().expect("lock");
    assert_eq!(mails[0].0.to, ["q+t@reply.example"]);
    assert_eq!(mails[0].1, b"Subject: x\r\n\r\n.dot\r\n");
}

#[tokio::test]
async fn lmtp_answers_once_for_each_recipient_and_takes_the_null_path() {
    let sink = Sink::default();
    let wire = b"LHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<a@reply.example>\r\nRCPT TO:<b@reply.example>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n";
    let (codes, replies) = talk(&sink, Protocol::Lmtp, wire).await;
    assert_eq!(codes[codes.len() - 4..], ["354", "250", "250", "221"], "{replies}");
    assert_eq!(sink.mails.lock().expect("lock")[0].0.from, "");
    let (codes, _) = talk(&sink, Protocol::Lmtp, b"EHLO c\r\nQUIT\r\n").await;
    assert_eq!(codes, ["220", "500", "221"]);
}

#[tokio::test]
async fn a_smuggled_mail_is_refused_with_the_one_it_stands_in() {
    let sink = Sink::default();
    let wire = b"EHLO c\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<a@reply.example>\r\nDATA\r\nbody\n.\nMAIL FROM:<evil@b.example>\r\n\
        RCPT TO:<b@reply.example>\r\nDATA\r\nsecond\r\n.\r\nQUIT\r\n";
    let (codes, replies) = talk(&sink, Protocol::Smtp, wire).await;
    assert_eq!(codes[codes.len() - 3..], ["354", "550", "221"], "{replies}");
    assert!(sink.mails.lock().expect("lock").is_empty());
}

#[tokio::test]
async fn a_mail_that_cannot_be_kept_is_not_acknowledged() {
    let sink = Sink {
        full: true,
        ..Sink::default()
    };
    let wire = b"EHLO c\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<a@reply.example>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n";
    let (codes, _) = talk(&sink, Protocol::Smtp, wire).await;
    assert_eq!(codes[codes.len() - 2..], ["451", "221"]);
}

#[tokio::test]
async fn sizes_order_and_patience_are_bounded() {
    let sink = Sink::default();
    let (codes, _) = talk(
        &sink,
        Protocol::Smtp,
        b"MAIL FROM:<a@b.example>\r\nEHLO c\r\nDATA\r\nMAIL FROM:<a@b.example> SIZE=99999\r\nQUIT\r\n",
    )
    .await;
    assert_eq!(
        (codes[1].as_str(), codes[8].as_str(), codes[9].as_str()),
        ("503", "503", "552")
    );
    let (codes, _) = talk(
        &sink,
        Protocol::Smtp,
        &[&b"x".repeat(9_000)[..], b"\r\nQUIT\r\n"].concat(),
    )
    .await;
    assert_eq!(codes, ["220", "500", "221"]);
    let (codes, replies) = talk(
        &sink,
        Protocol::Smtp,
        b"EHLO c\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<a@reply.example>\r\nDATA\r\nhalf",
    )
    .await;
    assert_eq!(codes.last().map(String::as_str), Some("421"), "{replies}");
    let (codes, _) = talk(&sink, Protocol::Smtp, &b"NONSENSE\r\n".repeat(40)).await;
    assert_eq!(codes.last().map(String::as_str), Some("421"));
    assert!(codes.len() < 30);
}

#[tokio::test]
async fn a_stop_says_goodbye_to_whoever_waits() {
    let listener = bind("127.0.0.1:0".parse().expect("address")).await.expect("bind");
    let address = listener.local_addr().expect("address");
    let (tell, told) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(serve(
        listener,
        ServerConfig::new(Protocol::Smtp, "mx"),
        Arc::new(Sink::default()),
        async move {
            let _ = told.await;
        },
    ));
    let mut client = tokio::net::TcpStream::connect(address).await.expect("connect");
    let mut greeting = [0; 3];
    client.read_exact(&mut greeting).await.expect("greeting");
    tell.send(()).expect("told");
    let mut rest = String::new();
    client.read_to_string(&mut rest).await.expect("read");
    assert!(rest.contains("421 4.3.2"), "{rest}");
    server.await.expect("ended");
}

#[tokio::test]
async fn the_inbox_commits_the_mail_with_its_job_before_it_says_250_and_keeps_the_same_mail_once() {
    let (db, _folder) = crate::fixture::database().await;
    let clock = domain::Clock::frozen(chrono::DateTime::from_timestamp(1_800_000_000, 0).expect("time"));
    let inbox = Inbox::new(db.clone(), clock, db::Wake::default(), "Reply.example");
    let (_stop, stopping) = watch::channel(false);
    let wire = b"EHLO c\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<Q+t@reply.example>\r\nRCPT TO:<x@else.example>\r\nDATA\r\nSubject: x\r\n\r\n\xff\x00ok\r\n.\r\nQUIT\r\n";
    for _ in 0..3 {
        let (mut client, server) = duplex(64 * 1024);
        let config = config(Protocol::Smtp);
        let serve = session::run(server, None, &config, &inbox, stopping.clone());
        let speak = async {
            client.write_all(wire).await.expect("write");
            let mut replies = String::new();
            client.read_to_string(&mut replies).await.expect("read");
            assert!(
                replies.contains("550 ") && replies.contains("250 2.0.0 Kept"),
                "{replies}"
            );
        };
        tokio::join!(serve, speak);
    }
    let kept = db::entity::incoming_mail::Entity::find()
        .all(db.reader())
        .await
        .expect("query");
    assert_eq!(kept.len(), 1);
    assert_eq!(
        (kept[0].envelope_to.as_str(), kept[0].raw.as_slice()),
        ("q+t@reply.example", &b"Subject: x\r\n\r\n\xff\x00ok\r\n"[..])
    );
    assert_eq!(
        db::entity::job::Entity::find().count(db.reader()).await.expect("query"),
        1
    );
    let incoming = crate::store::incoming_raw(db.reader(), kept[0].id)
        .await
        .expect("query")
        .expect("there");
    assert_eq!(incoming.envelope.from.as_deref(), Some("a@b.example"));
}
