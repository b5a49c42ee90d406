//! What goes when: shares of domains, working hours, marked addresses, a server that is down.

use super::*;

/// Takes all mail, but says nothing for a while about those to one domain.
struct Slow(Sink, Mutex<usize>, Mutex<usize>);

#[async_trait]
impl Accept for Slow {
    async fn rcpt(&self, address: &str) -> Verdict {
        if !address.ends_with("@slow.example") {
            return Verdict::Ok;
        }
        *self.1.lock().expect("lock") += 1;
        let now = *self.1.lock().expect("lock");
        let most = *self.2.lock().expect("lock");
        *self.2.lock().expect("lock") = most.max(now);
        tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
        *self.1.lock().expect("lock") -= 1;
        Verdict::Ok
    }
    async fn accept(&self, envelope: Envelope, raw: Vec<u8>) -> Result<(), TempFail> {
        self.0.accept(envelope, raw).await
    }
}

async fn changed(port: u16, change: impl FnOnce(&mut Settings)) -> Post {
    let mut office = office(port).await;
    let mut settings = (*office.settings).clone();
    settings.mail.out.timeout = 10;
    change(&mut settings);
    office.settings = Arc::new(settings);
    let keys = Keys::new(&["0123456789abcdef0123456789abcdef"]).expect("key");
    let (db, clock) = (office.db.clone(), office.clock.clone());
    office.sender = Sender::new(db, Arc::clone(&office.settings), clock, keys, Wake::default());
    office
}

#[tokio::test]
async fn a_slow_domain_holds_its_own_places_and_keeps_nobody_else_waiting() {
    let listener = bind("127.0.0.1:0".parse().expect("address")).await.expect("bind");
    let number = listener.local_addr().expect("address").port();
    let slow = Arc::new(Slow(Sink::default(), Mutex::default(), Mutex::default()));
    tokio::spawn(serve(
        listener,
        ServerConfig::new(Protocol::Smtp, "sink"),
        slow.clone(),
        std::future::pending(),
    ));
    let post = changed(number, |s| (s.mail.out.concurrency, s.mail.out.per_domain) = (4, 2)).await;
    // The slow ones stand first in the queue.
    let mut theirs = Vec::new();
    for n in 0..6 {
        theirs.push(post.put(&format!("a{n}@slow.example")).await.expect("new"));
    }
    let mut others = Vec::new();
    for n in 0..20 {
        others.push(post.put(&format!("a{n}@quick.example")).await.expect("new"));
    }
    let (tell, told) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(post.sender.clone().run(async move {
        let _ = told.await;
    }));
    let sent = async {
        loop {
            let mut sent = 0;
            for id in &others {
                sent += usize::from(post.row(*id).await.state == OutgoingState::Sent);
            }
            if sent == others.len() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        let mut slow = 0;
        for id in &theirs {
            slow += usize::from(post.row(*id).await.state == OutgoingState::Sent);
        }
        slow
    };
    let slow_then = tokio::time::timeout(std::time::Duration::from_mins(1), sent)
        .await
        .expect("all are sent");
    assert!(
        slow_then < theirs.len(),
        "the others did not wait for all of the slow ones"
    );
    tell.send(()).expect("told");
    running.await.expect("stops");
    assert_eq!(*slow.2.lock().expect("lock"), 2, "two at once, and no more");
}

#[tokio::test]
async fn a_domain_gets_its_share_of_a_minute_also_from_two_senders() {
    let (sink, number) = sink().await;
    let post = changed(number, |s| s.mail.out.per_domain_minute = 6).await;
    let second = Sender::new(
        post.db.clone(),
        Arc::clone(&post.settings),
        post.clock.clone(),
        Keys::new(&["0123456789abcdef0123456789abcdef"]).expect("key"),
        Wake::default(),
    );
    for n in 0..10 {
        post.put(&format!("a{n}@x.example")).await.expect("new");
    }
    post.put("a@y.example").await.expect("new");
    let count = || sink.0.lock().expect("lock").len();
    let (a, b) = tokio::join!(post.sender.run_due(), second.run_due());
    assert_eq!(
        (a.expect("runs") + b.expect("runs"), count()),
        (7, 7),
        "six, and one to another domain"
    );
    post.clock.advance(Duration::seconds(10));
    post.sender.run_due().await.expect("runs");
    assert_eq!(count(), 8, "one in each tenth of a minute");
    post.clock.advance(Duration::minutes(1));
    post.sender.run_due().await.expect("runs");
    assert_eq!(count(), 11);
}

#[tokio::test]
async fn what_keeps_to_working_hours_waits_for_them_also_when_it_is_tried_again() {
    let (sink, number) = sink().await;
    let post = office(number).await;
    let at = |text: &str| text.parse::<chrono::DateTime<chrono::Utc>>().expect("a moment");
    // A Friday at half past five in Seoul.
    post.clock.set(at("2026-11-27T08:30:00Z"));
    let hours = crate::Hours {
        zone: "Asia/Seoul".into(),
        from: 9,
        to: 18,
        every_day: false,
    };
    let mut ids = Vec::new();
    for to in ["later@x.example", "a@x.example"] {
        let mail = NewMail {
            kind: MailKind::Reminder,
            ..mail_to(to)
        };
        let tx = post.db.begin_write().await.expect("tx");
        let id = outbox::put_within(&tx, &post.clock, &post.settings, mail, &hours)
            .await
            .expect("put");
        tx.commit().await.expect("commit");
        ids.push(id.expect("new"));
        if to.starts_with('l') {
            for pause in [0, 2, 3, 6] {
                post.clock.advance(Duration::minutes(pause));
                post.sender.run_due().await.expect("runs");
            }
            // The next pause would end in the evening.
            post.clock.set(at("2026-11-27T08:59:00Z"));
            post.sender.run_due().await.expect("runs");
        }
    }
    let waits = post.row(ids[0]).await;
    assert_eq!(waits.next_attempt_at, at("2026-11-30T00:00:00Z"), "nine on Monday");
    // Put within the hours, and claimed after them: the server of this node was down.
    post.clock.set(at("2026-11-27T11:00:00Z"));
    post.sender.run_due().await.expect("runs");
    assert!(sink.0.lock().expect("lock").is_empty());
    assert_eq!(post.row(ids[1]).await.next_attempt_at, at("2026-11-30T00:00:00Z"));
    post.clock.set(at("2026-11-30T00:00:00Z"));
    post.sender.run_due().await.expect("runs");
    assert_eq!(post.row(ids[1]).await.state, OutgoingState::Sent);
}

#[tokio::test]
async fn a_marked_address_gets_nothing_but_what_staff_force() {
    let (sink, number) = sink().await;
    let post = office(number).await;
    let email = EmailAddress::parse("gone@x.example").expect("address");
    let tx = post.db.begin_write().await.expect("tx");
    let mark = crate::marks::Mark {
        email: &email,
        cause: domain::state::mail::MarkCause::Bounce,
        status: Some("5.1.1"),
        words: "no such user",
        outgoing: None,
        incoming: None,
    };
    crate::marks::mark(&tx, &post.clock, mark).await.expect("marks");
    tx.commit().await.expect("commit");
    let id = post.put("gone@x.example").await.expect("new");
    let other = post.put("here@x.example").await.expect("new");
    post.sender.run_due().await.expect("runs");
    assert_eq!(post.row(other).await.state, OutgoingState::Sent);
    let row = post.row(id).await;
    assert_eq!(
        (row.state, row.server_reply.as_deref()),
        (OutgoingState::Failed, Some("mundap:marked-bounce"))
    );
    let tx = post.db.begin_write().await.expect("tx");
    outbox::retry(&tx, &post.clock, id).await.expect("again");
    tx.commit().await.expect("commit");
    post.sender.run_due().await.expect("runs");
    assert_eq!(post.row(id).await.state, OutgoingState::Sent, "staff know better");
    assert_eq!(sink.0.lock().expect("lock").len(), 2);
}
