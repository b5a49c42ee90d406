//! Crews' replies over SMTP, while the process is killed between the mail's last line and the word that it is kept.

use super::{
    dice,
    process::{self, Ports, Process},
};
use crate::flow::scene::{self, Scene, Size};
use db::{entity, prelude::*};
use domain::{
    AssignmentId, Lang, QuestionId,
    state::{
        assignment::AssignmentState,
        job::JobState,
        mail::IncomingState,
        question::{Naming, Prefers},
    },
    text::QuestionText,
    token::{Purpose, day_stamp_after},
};
use intake::partner::service::{consent::Consents, question};
use moderation::triage;
use rand::RngExt;
use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use testkit::{World, long};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    task::JoinSet,
};
use web::auth::PartnerSession;

pub(super) const EACH: usize = 5;

/// What a crew member sends.
pub(super) struct Letter {
    assignment: AssignmentId,
    pub(super) from: String,
    to: String,
    text: String,
}

impl Letter {
    /// With the end of data behind it.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let Self {
            assignment,
            from,
            to,
            text,
        } = self;
        format!(
            "From: <{from}>\r\nTo: <{to}>\r\nSubject: Re: question\r\nMessage-ID: <{assignment}@crew.example>\r\n\
             MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n.\r\n"
        )
        .into_bytes()
    }
}

/// Every partner has asked five questions, every question is with a crew.
pub(super) async fn letters(world: &World, scene: &Scene) -> Vec<Letter> {
    let (app, conn) = (&world.app, world.app.db.reader());
    for (n, partner) in scene.partners.iter().enumerate() {
        let invitation = entity::invitation::Entity::find_by_id(partner.invitation)
            .one(conn)
            .await
            .expect("reads")
            .expect("is there");
        let who = PartnerSession {
            invitation: invitation.id,
            event: scene.event,
            partner: invitation.partner_id,
        };
        for m in 0..EACH {
            let new = question::NewQuestion {
                id: QuestionId::new(),
                body: QuestionText::parse(&format!("{n}번 파트너의 {m}번째 질문입니다. 언제 되나요?")).expect("text"),
                service: scene.services[(n + m) % scene.services.len()].id,
                lang: Lang::Ko,
                prefers: Prefers::Either,
                naming: Naming::Full,
                consents: Consents {
                    required: true,
                    print: true,
                    newsletter: false,
                    read_in: Lang::Ko,
                },
            };
            question::submit(app, &who, &new).await.expect("submits");
        }
    }
    triage::service::route_rest::route_rest(app, scene.moderator, scene.event)
        .await
        .expect("routes");
    triage::service::release::all(app, scene.moderator, scene.event)
        .await
        .expect("releases");
    let crews: HashMap<_, _> = entity::crew_member::Entity::find()
        .all(conn)
        .await
        .expect("reads")
        .into_iter()
        .map(|c| (Some(c.id), c.email.to_string()))
        .collect();
    let until = day_stamp_after(app.clock.now(), 30);
    let assignments = entity::assignment::Entity::find().all(conn).await.expect("reads");
    assignments
        .into_iter()
        .map(|a| Letter {
            assignment: a.id,
            from: crews[&a.crew_member_id].clone(),
            to: format!(
                "q+{}@{}",
                app.keys.sign(Purpose::Reply, a.id.uuid(), until),
                app.settings.mail.reply_domain
            ),
            text: format!("다음 달부터 됩니다. 배정 {} 답변입니다.", a.id),
        })
        .collect()
}

/// One SMTP session with one mail; `strike` kills the process so long after the mail's last line.
async fn deliver(at: SocketAddr, letter: &Letter, strike: Option<(&Process, Duration)>) -> io::Result<String> {
    let mut stream = BufReader::new(TcpStream::connect(at).await?);
    let mut line = answer(&mut stream).await?;
    for command in [
        "HELO crew.example",
        &format!("MAIL FROM:<{}>", letter.from),
        &format!("RCPT TO:<{}>", letter.to),
        "DATA",
    ] {
        stream.get_mut().write_all(format!("{command}\r\n").as_bytes()).await?;
        line = answer(&mut stream).await?;
        if line.starts_with(['4', '5']) {
            return Ok(line);
        }
    }
    assert!(line.starts_with("354"), "{line}");
    stream.get_mut().write_all(&letter.bytes()).await?;
    if let Some((process, pause)) = strike {
        tokio::time::sleep(pause).await;
        process.kill().await;
    }
    answer(&mut stream).await
}

async fn answer(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    let read = tokio::time::timeout(Duration::from_mins(1), stream.read_line(&mut line)).await;
    match read.expect("an answer, or an end")? {
        // A line that breaks off is no word.
        _ if line.ends_with('\n') => Ok(line),
        _ => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

/// What the mail servers of the crews have in common.
struct Crews {
    smtp: SocketAddr,
    letters: Vec<Letter>,
    next: AtomicUsize,
    process: Process,
    /// During which letters the process is killed, and how long after the last line.
    strikes: Mutex<HashMap<usize, Duration>>,
    /// Sessions that ended without a word.
    swallowed: AtomicUsize,
}

impl Crews {
    /// As every mail server does: the same mail again, until it is taken.
    async fn bring(&self, n: usize, letter: &Letter) {
        for _ in 0..3_000 {
            let strike = self.strikes.lock().expect("no panic").remove(&n);
            match deliver(self.smtp, letter, strike.map(|pause| (&self.process, pause))).await {
                Ok(said) if said.starts_with("250") => return,
                Ok(said) => assert!(said.starts_with('4'), "{said}"),
                Err(_) => {
                    self.swallowed.fetch_add(1, Ordering::Relaxed);
                }
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("a reply is not taken: {}", self.process.log());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_lose_no_reply_that_was_taken() {
    let (replies, kills) = if long() { (400, 20) } else { (60, 3) };
    let mut dice = dice();
    let ports = Ports::free();
    let world = process::world(ports).await;
    let size = Size {
        partners: replies / EACH,
        ..Size::default()
    };
    let scene = scene::set(&world, size).await;
    let letters = letters(&world, &scene).await;
    assert_eq!(letters.len(), replies);
    let (fresh, process) = Process::start(world, ports, &[("MUNDAP__MAIL__OUT__PAUSED", "true".to_owned())]).await;
    // Between the last line and 250 lie some milliseconds.
    let strikes = rand::seq::index::sample(&mut dice, replies, kills).into_iter();
    let strikes = strikes
        .map(|n| (n, Duration::from_micros(dice.random_range(0..8_000))))
        .collect();
    let crews = Arc::new(Crews {
        smtp: ports.smtp,
        letters,
        next: AtomicUsize::new(0),
        process,
        strikes: Mutex::new(strikes),
        swallowed: AtomicUsize::new(0),
    });
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..4 {
        let crews = Arc::clone(&crews);
        tasks.spawn(async move {
            loop {
                let n = crews.next.fetch_add(1, Ordering::Relaxed);
                let Some(letter) = crews.letters.get(n) else { break };
                crews.bring(n, letter).await;
            }
        });
    }
    tasks.join_all().await;
    let taken = begun.elapsed();
    assert!(
        crews.strikes.lock().expect("no panic").is_empty(),
        "every kill took place"
    );

    let db = fresh.open().await;
    let jobs = all_read(db.reader(), &crews.process).await;
    let read = begun.elapsed();
    assert_eq!(jobs.len(), replies);
    every_reply_is_one_answer(db.reader(), &crews.letters).await;
    assert_eq!(crews.process.lines("ERROR"), Vec::<String>::new());
    println!(
        "chaos on {:?}: {kills} kills before 250, {replies} replies taken in {taken:.1?} ({} sessions broke off), all read \
         after {read:.1?}; {} were begun anew by a later process",
        testkit::engine(),
        crews.swallowed.load(Ordering::Relaxed),
        jobs.iter().filter(|j| j.attempts > 1).count(),
    );
}

pub(super) async fn all_read(conn: &impl ConnectionTrait, process: &Process) -> Vec<entity::job::Model> {
    let deadline = Instant::now() + Duration::from_mins(2);
    loop {
        // Others wait for nobody's reply: the groups of similar questions are made anew.
        let jobs = entity::job::Entity::find()
            .filter(entity::job::Column::Kind.eq("read_mail"))
            .all(conn)
            .await
            .expect("reads");
        if jobs.iter().all(|j| j.state == JobState::Done) {
            return jobs;
        }
        assert!(Instant::now() < deadline, "replies stay unread: {}", process.log());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

pub(super) async fn every_reply_is_one_answer(conn: &impl ConnectionTrait, letters: &[Letter]) {
    let mails = entity::incoming_mail::Entity::find().all(conn).await.expect("reads");
    assert_eq!(
        mails.len(),
        letters.len(),
        "each reply is kept once, however often it was sent"
    );
    let plain = |m: &entity::incoming_mail::Model| m.state == IncomingState::Processed && m.reason.is_none();
    assert!(mails.iter().all(plain), "none waits or is a duplicate");
    let answers = entity::answer::Entity::find().all(conn).await.expect("reads");
    let mut by_assignment: HashMap<_, Vec<&str>> = HashMap::new();
    for answer in &answers {
        by_assignment
            .entry(answer.assignment_id)
            .or_default()
            .push(&answer.body);
    }
    for letter in letters {
        assert_eq!(
            by_assignment.remove(&Some(letter.assignment)),
            Some(vec![letter.text.as_str()])
        );
    }
    assert!(by_assignment.is_empty(), "and no other");
    let assignments = entity::assignment::Entity::find().all(conn).await.expect("reads");
    assert!(assignments.iter().all(|a| a.state == AssignmentState::Answered));
}
