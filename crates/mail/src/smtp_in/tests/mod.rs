//! Sessions over a pipe, and over sockets.

mod hostile;
mod sockets;

use super::*;
use db::prelude::*;
use settings::Settings;
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
    let after_ehlo: Vec<&str> = codes.iter().skip(8).map(String::as_str).collect();
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
        (codes[1].as_str(), codes[9].as_str(), codes[10].as_str()),
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

fn inbox(db: &Db, clock: domain::Clock, change: impl FnOnce(&mut Settings)) -> Inbox {
    let mut settings = Settings::embedded().expect("settings");
    change(&mut settings);
    Inbox::new(db.clone(), clock, db::Wake::default(), &settings.mail)
}

#[tokio::test]
async fn names_that_nobody_has_are_refused_and_those_that_a_mail_system_has_are_taken() {
    let (db, _folder) = crate::fixture::database().await;
    let clock = domain::Clock::system();
    let ours = inbox(&db, clock.clone(), |s| {
        s.mail.reply_domain = "reply.example".into();
        s.mail.from_address = "Talk@Reply.example".into();
        s.mail.inbound.addresses = vec!["Helpdesk".into()];
    });
    for (address, taken) in [
        ("q+abc@reply.example", true),
        ("Q+ABC@REPLY.example", true),
        ("bounces@reply.example", true),
        ("postmaster@reply.example", true),
        ("talk@reply.example", true),
        ("helpdesk+x@reply.example", true),
        ("root@reply.example", false),
        ("question@reply.example", false),
        ("@reply.example", false),
        ("q+abc@else.example", false),
        ("q+abc@sub.reply.example", false),
        ("q+abc", false),
    ] {
        assert_eq!(ours.rcpt(address).await == Verdict::Ok, taken, "{address}");
    }
    let all = inbox(&db, clock, |s| {
        s.mail.reply_domain = "reply.example".into();
        s.mail.inbound.addresses = vec!["*".into()];
    });
    assert_eq!(all.rcpt("anybody@reply.example").await, Verdict::Ok);
    assert_ne!(all.rcpt("anybody@else.example").await, Verdict::Ok, "still no relay");
}

#[tokio::test]
async fn chunks_are_one_mail_and_their_octets_are_never_commands() {
    let sink = Sink::default();
    let wire =
        b"EHLO c\r\nMAIL FROM:<a@b.example> BODY=8BITMIME\r\nRCPT TO:<q@reply.example>\r\nBDAT 12\r\nSubject: x\r\n\
        BDAT 10\r\n\r\n.\r\nQUIT\rBDAT 9 LAST\r\n\n.\r\nabcd\r\nNOOP\r\nQUIT\r\n";
    let wire = String::from_utf8_lossy(wire).replace("BDAT 9", "BDAT 10");
    let (codes, replies) = talk(&sink, Protocol::Smtp, wire.as_bytes()).await;
    let after_ehlo: Vec<&str> = codes.iter().skip(8).map(String::as_str).collect();
    assert_eq!(
        after_ehlo,
        ["250", "250", "250", "250", "250", "250", "221"],
        "{replies}"
    );
    let mails = sink.mails.lock().expect("lock");
    assert_eq!(mails.len(), 1);
    assert_eq!(
        String::from_utf8_lossy(&mails[0].1),
        "Subject: x\r\n\r\n.\r\nQUIT\r\n.\r\nabcd\r\n"
    );
}

#[tokio::test]
async fn a_chunk_that_is_refused_is_read_all_the_same_and_those_behind_it_are_refused() {
    let sink = Sink::default();
    // A stranger's recipient, a bare line feed, a mail that is too big; what stands in the chunks is never obeyed.
    for (rcpt, chunk, code) in [
        ("x@else.example", "RSET\r\nQUIT\r\n".to_owned(), "554"),
        ("q@reply.example", "a\nb".to_owned(), "550"),
        ("q@reply.example", "x".repeat(10_001), "552"),
    ] {
        let size = chunk.len();
        let wire = format!(
            "EHLO c\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<{rcpt}>\r\nBDAT {size}\r\n{chunk}BDAT {size} LAST\r\n{chunk}QUIT\r\n"
        );
        let (codes, replies) = talk(&sink, Protocol::Smtp, wire.as_bytes()).await;
        let last: Vec<&str> = codes[codes.len() - 3..].iter().map(String::as_str).collect();
        assert_eq!(last[0], code, "{replies}");
        assert_eq!(&last[1..], ["503", "221"], "{replies}");
    }
    assert!(sink.mails.lock().expect("lock").is_empty());
}

#[tokio::test]
async fn lmtp_answers_the_last_chunk_once_for_each_recipient() {
    let sink = Sink::default();
    let wire = b"LHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<a@reply.example>\r\nRCPT TO:<b@reply.example>\r\nBDAT 3\r\nx\r\nBDAT 0 LAST\r\nQUIT\r\n";
    let (codes, replies) = talk(&sink, Protocol::Lmtp, wire).await;
    assert_eq!(codes[codes.len() - 4..], ["250", "250", "250", "221"], "{replies}");
    assert_eq!(sink.mails.lock().expect("lock").len(), 1);
}

#[tokio::test]
async fn who_only_talks_and_what_is_not_offered_is_turned_down() {
    let sink = Sink::default();
    let (codes, _) = talk(&sink, Protocol::Smtp, &b"NOOP\r\n".repeat(2_000)).await;
    assert_eq!(codes.len(), 1_002, "a greeting, a thousand replies, the last word");
    assert_eq!(codes.last().map(String::as_str), Some("421"));
    let wire =
        b"EHLO c\r\nMAIL FROM:<a@b.example> BODY=BINARYMIME\r\nSTARTTLS\r\nAUTH PLAIN AGEAYg==\r\nETRN x\r\nQUIT\r\n";
    let (codes, replies) = talk(&sink, Protocol::Smtp, wire).await;
    assert_eq!(codes[8..], ["555", "502", "502", "502", "221"], "{replies}");
}

#[tokio::test]
async fn the_inbox_commits_the_mail_with_its_job_before_it_says_250_and_keeps_the_same_mail_once() {
    let (db, _folder) = crate::fixture::database().await;
    let clock = domain::Clock::frozen(chrono::DateTime::from_timestamp(1_800_000_000, 0).expect("time"));
    let inbox = inbox(&db, clock, |s| s.mail.reply_domain = "Reply.example".into());
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
    let known = inbox
        .keep(
            &Arrival::by(
                domain::state::mail::Via::Imap,
                "a@b.example",
                &["q+T@reply.example".to_owned()],
            ),
            b"Return-Path: <a@b.example>\r\nDelivered-To: box\r\nSubject: x\r\n\r\n\xff\x00ok".to_vec(),
        )
        .await
        .expect("kept");
    assert_eq!(
        known,
        Kept::Known(kept[0].id),
        "by another way, with that way's own lines"
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
