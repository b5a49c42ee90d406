//! Questions sent by many partners, and receipts sent to some of them, while the process is killed.

use super::{
    dice, moments,
    process::{self, Ports, Process},
};
use crate::flow::scene::{self, Size};
use axum::http::{HeaderMap, StatusCode};
use db::{entity, prelude::*};
use domain::{ServiceId, state::mail::OutgoingState};
use sea_orm::PaginatorTrait;
use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use testkit::{Letterbox, Page, Postfix, Reply, Wire, World, long};
use tokio::task::JoinSet;
use url::form_urlencoded;

const EACH: usize = 5;
/// One partner of so many has an address, and gets receipts.
const MAIL_EVERY: usize = 4;

/// What the clients have in common.
struct Crowd {
    web: SocketAddr,
    /// Personal links, and how far down the list the clients are.
    links: Vec<String>,
    next: AtomicUsize,
    acknowledged: Mutex<Vec<String>>,
    /// Requests whose answer a kill swallowed.
    repeated: AtomicUsize,
}

impl Crowd {
    fn acknowledged(&self) -> usize {
        self.acknowledged.lock().expect("no panic").len()
    }

    /// Sends the same request until something answers.
    async fn ask(&self, wire: &mut Wire, path: &str, form: Option<&str>) -> Reply {
        for _ in 0..3_000 {
            let asked = async {
                match form {
                    Some(form) => wire.post(path, form).await,
                    None => wire.get(path).await,
                }
            };
            if let Ok(reply) = tokio::time::timeout(Duration::from_mins(1), asked)
                .await
                .expect("an answer, or an end")
            {
                return reply;
            }
            self.repeated.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{path} answers no more");
    }

    /// The form to `action` on the page at `path`.
    async fn form(&self, wire: &mut Wire, path: &str, action: &str) -> testkit::Filled {
        let reply = self.ask(wire, path, None).await;
        let page = Page {
            status: StatusCode::from_u16(reply.status).expect("a status"),
            headers: HeaderMap::new(),
            body: String::from_utf8_lossy(&reply.body).into_owned(),
            bytes: reply.body.into(),
            path: path.to_owned(),
        };
        page.ok().form(action)
    }

    /// One partner: enters, and sends their questions one after the other.
    async fn play(&self, partner: usize, service: &str) {
        let mut wire = Wire::new(self.web);
        let link = &self.links[partner];
        let landing = self.form(&mut wire, link, "/i/").await;
        let entered = self.ask(&mut wire, &landing.action, Some(&encode(&landing))).await;
        assert_eq!((entered.status, entered.location.as_deref()), (303, Some("/my")));
        for n in 0..EACH {
            let marker = format!("표지-{partner}-{n}-끝");
            let form = self
                .form(&mut wire, "/my/questions/new", "/my/questions")
                .await
                .set("question", &format!("질문입니다. 언제 되는지 궁금합니다. {marker}"))
                .set("service", service)
                .set("consent_required", "on")
                .set("do", "send");
            let own = format!("/my/questions/{}", form.value("id").expect("its own id"));
            let sent = self.ask(&mut wire, &form.action, Some(&encode(&form))).await;
            let said = String::from_utf8_lossy(&sent.body);
            assert_eq!(
                (sent.status, sent.location.as_deref()),
                (303, Some(own.as_str())),
                "{said}"
            );
            self.acknowledged.lock().expect("no panic").push(marker);
        }
    }
}

fn encode(form: &testkit::Filled) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&form.fields)
        .finish()
}

/// A mail without the lines that the way to the mailbox added on top.
fn as_sent(letter: &Letterbox) -> String {
    let text = String::from_utf8_lossy(&letter.raw).replace("\r\n", "\n");
    let mut lines = text.lines().peekable();
    let trace = |line: &str| {
        let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        ["received", "return-path", "delivered-to", "x-original-to"].contains(&name.as_str())
    };
    while lines.peek().is_some_and(|l| trace(l) || l.starts_with([' ', '\t'])) {
        lines.next();
    }
    lines.collect::<Vec<_>>().join("\n")
}

/// Partners of whom one in [`MAIL_EVERY`] has an address; gives the service they ask about and their personal links.
async fn partners(world: &World, count: usize) -> (ServiceId, Vec<String>) {
    let size = Size {
        partners: count,
        services: 2,
        ..Size::default()
    };
    let scene = scene::set(world, size).await;
    let without = scene.partners.iter().enumerate().filter(|(n, _)| n % MAIL_EVERY != 0);
    let tx = world.app.db.begin_write().await.expect("begins");
    entity::partner::Entity::update_many()
        .col_expr(entity::partner::Column::Email, Expr::value(Option::<String>::None))
        .filter(entity::partner::Column::Email.is_in(without.filter_map(|(_, p)| p.email.clone())))
        .exec(&tx)
        .await
        .expect("updates");
    tx.commit().await.expect("commits");
    let mut links = Vec::new();
    for partner in &scene.partners {
        links.push(scene::personal_path(world, partner.invitation).await);
    }
    (scene.services[0].id, links)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_lose_no_question_and_no_receipt() {
    let (submissions, kills, clients) = if long() { (2_000, 50, 12) } else { (160, 5, 6) };
    let sends = submissions / MAIL_EVERY;
    let mut dice = dice();
    let ports = Ports::free();
    let postfix = Postfix::start("reply.localhost.example", ports.lmtp.port());
    let world = process::world(ports).await;
    let (service, links) = partners(&world, submissions / EACH).await;
    let crowd = Arc::new(Crowd {
        web: ports.web,
        links,
        next: AtomicUsize::new(0),
        acknowledged: Mutex::default(),
        repeated: AtomicUsize::new(0),
    });
    let settings = [
        ("MUNDAP__MAIL__OUT__PORT", postfix.port.to_string()),
        ("MUNDAP__MAIL__OUT__TIMEOUT", "5".to_owned()),
        // One at a time, so a kill can leave one mail in doubt and no more.
        ("MUNDAP__MAIL__OUT__CONCURRENCY", "1".to_owned()),
    ];
    let (fresh, process) = Process::start(world, ports, &settings).await;

    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..clients {
        let (crowd, service) = (Arc::clone(&crowd), service.to_string());
        tasks.spawn(async move {
            loop {
                let partner = crowd.next.fetch_add(1, Ordering::Relaxed);
                if partner >= crowd.links.len() {
                    break;
                }
                crowd.play(partner, &service).await;
            }
        });
    }
    // A kill may hold one mail back until its lease ends; so many at the end are not waited for.
    for (moment, pause) in moments(&mut dice, kills, submissions + sends - kills) {
        while crowd.acknowledged() + postfix.arrived() < moment {
            while let Some(done) = tasks.try_join_next() {
                done.expect("does not panic");
            }
            assert!(
                begun.elapsed() < Duration::from_mins(30),
                "it goes on: {}",
                process.log()
            );
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        tokio::time::sleep(pause).await;
        process.kill().await;
    }
    tasks.join_all().await;
    let submitted = begun.elapsed();

    let db = fresh.open().await;
    let conn = db.reader();
    let mails = all_sent(conn, &postfix, &process).await;
    let drained = begun.elapsed();
    every_acknowledged_question_stands_once(conn, &crowd, submissions).await;
    assert_eq!(
        mails.len(),
        sends,
        "a receipt for every question of whoever has an address"
    );
    let doubled = every_mail_arrived(&mails, &postfix.letters());
    assert!(
        doubled <= kills,
        "{doubled} mails came twice by {kills} kills of one sender"
    );
    assert_eq!(process.lines("ERROR"), Vec::<String>::new());
    let in_doubt = mails.iter().filter(|m| m.attempts > 1).count();
    println!(
        "chaos on {:?}: {kills} kills, {submissions} submissions in {submitted:.1?} ({} requests repeated), \
         {sends} sends done after {drained:.1?}; {in_doubt} were in doubt, {doubled} came twice with the same bytes",
        testkit::engine(),
        crowd.repeated.load(Ordering::Relaxed),
    );
}

/// Waits until the outbox is empty and the mail server has delivered all it took.
async fn all_sent(
    conn: &impl ConnectionTrait,
    postfix: &Postfix,
    process: &Process,
) -> Vec<entity::outgoing_mail::Model> {
    let deadline = Instant::now() + Duration::from_mins(2);
    loop {
        let mails = entity::outgoing_mail::Entity::find().all(conn).await.expect("reads");
        if mails.iter().all(|m| m.state == OutgoingState::Sent) && postfix.is_idle() {
            return mails;
        }
        if Instant::now() > deadline {
            let waiting = mails.iter().filter(|m| m.state != OutgoingState::Sent);
            let waiting: Vec<_> = waiting.map(|m| (m.state, &m.server_reply)).collect();
            panic!("the outbox does not become empty, {waiting:?}: {}", process.log());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn every_acknowledged_question_stands_once(conn: &impl ConnectionTrait, crowd: &Crowd, submissions: usize) {
    let questions = entity::question::Entity::find().all(conn).await.expect("reads");
    let mut found: HashMap<String, usize> = HashMap::new();
    for question in &questions {
        let marker = question.body.split_whitespace().last().expect("a marker");
        *found.entry(marker.to_owned()).or_default() += 1;
    }
    let acknowledged = crowd.acknowledged.lock().expect("no panic").clone();
    assert_eq!(acknowledged.len(), submissions);
    for marker in &acknowledged {
        assert_eq!(found.get(marker), Some(&1), "{marker}");
    }
    assert_eq!(questions.len(), submissions, "and no other");
    let mut numbers: Vec<_> = questions.iter().map(|q| q.number.expect("a number")).collect();
    numbers.sort_unstable();
    let last = i32::try_from(submissions).expect("small");
    assert!(
        numbers.iter().copied().eq(1..=last),
        "numbers are unique and leave no gap: {numbers:?}"
    );
    let audited = entity::audit_entry::Entity::find()
        .filter(entity::audit_entry::Column::Action.eq("question.submitted"))
        .count(conn)
        .await
        .expect("counts");
    assert_eq!(audited, submissions as u64, "row and audit entry commit together");
}

/// Gives how many came more than once.
fn every_mail_arrived(mails: &[entity::outgoing_mail::Model], letters: &[Letterbox]) -> usize {
    let mut arrived: HashMap<&str, Vec<&Letterbox>> = HashMap::new();
    for letter in letters {
        arrived.entry(&letter.message_id).or_default().push(letter);
    }
    let mut doubled = 0;
    for mail in mails {
        let copies = arrived.remove(mail.message_id.as_str()).unwrap_or_default();
        assert!(!copies.is_empty(), "{} did not arrive", mail.message_id);
        assert!(
            copies.iter().all(|c| c.to == [mail.to_email.to_string()]),
            "{} went elsewhere",
            mail.message_id
        );
        if copies.len() > 1 {
            doubled += copies.len() - 1;
            assert!(
                copies.len() <= usize::try_from(mail.attempts).expect("some"),
                "{} copies of one attempt",
                copies.len()
            );
            assert!(
                copies.iter().all(|c| as_sent(c) == as_sent(copies[0])),
                "{} came with other bytes",
                mail.message_id
            );
        }
    }
    assert!(arrived.is_empty(), "mails that are in no outbox: {:?}", arrived.keys());
    doubled
}
