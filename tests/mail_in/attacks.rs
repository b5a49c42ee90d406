//! The attacks on the crew's interface, each over a real SMTP session, each with what was promised.

use crate::flow::scene::{self, Scene, Size, ask, enter};
use db::{entity, prelude::*};
use domain::{
    Lang,
    state::{assignment::AssignmentState, mail::IncomingState},
    token::{Purpose, day_stamp_after},
};
use moderation::triage;
use sea_orm::PaginatorTrait;
use testkit::{Running, World, eventually};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

pub(super) struct Asked {
    pub(super) world: World,
    pub(super) running: Running,
    pub(super) scene: Scene,
    pub(super) assignment: entity::assignment::Model,
    pub(super) crew: entity::crew_member::Model,
    /// Where the crew member's reply goes.
    pub(super) address: String,
}

/// One question, routed and released: somebody of the crew is asked.
async fn asked() -> Asked {
    asked_with(|_| {}).await
}

/// The same with other settings.
pub(super) async fn asked_with(change: impl FnOnce(&mut settings::Settings)) -> Asked {
    let world = World::with(domain::Clock::system(), |s| {
        s.mail.out.paused = true;
        change(s);
    })
    .await;
    let scene = scene::set(
        &world,
        Size {
            partners: 1,
            services: 1,
            ..Size::default()
        },
    )
    .await;
    let mut browser = enter(&world, scene.partners[0].invitation, Lang::Ko).await;
    ask(
        &mut browser,
        scene.services[0].id,
        "답장을 기다리는 질문입니다. 언제 되나요?",
        "full",
    )
    .await;
    let app = &world.app;
    triage::service::route_rest::route_rest(app, scene.moderator, scene.event)
        .await
        .expect("routes");
    triage::service::release::all(app, scene.moderator, scene.event)
        .await
        .expect("releases");
    let conn = app.db.reader();
    let assignment = entity::assignment::Entity::find()
        .one(conn)
        .await
        .expect("reads")
        .expect("is there");
    let crew = assignment.crew_member_id.expect("a crew member");
    let crew = entity::crew_member::Entity::find_by_id(crew)
        .one(conn)
        .await
        .expect("reads")
        .expect("is there");
    let token = app.keys.sign(
        Purpose::Reply,
        assignment.id.uuid(),
        day_stamp_after(app.clock.now(), 30),
    );
    let address = format!("q+{token}@{}", app.settings.mail.reply_domain);
    let running = world.run().await;
    Asked {
        world,
        running,
        scene,
        assignment,
        crew,
        address,
    }
}

/// Speaks SMTP as bluntly as an attacker: `data` goes as it is, with the dot after it. Gives the last answer.
pub(super) async fn deliver(running: &Running, from: &str, to: &str, data: &[u8]) -> String {
    let mut stream = BufReader::new(TcpStream::connect(running.smtp).await.expect("connects"));
    let mut line = String::new();
    stream.read_line(&mut line).await.expect("a greeting");
    let commands = [
        "HELO attacker.example".to_owned(),
        format!("MAIL FROM:<{from}>"),
        format!("RCPT TO:<{to}>"),
        "DATA".to_owned(),
    ];
    for command in commands {
        stream
            .get_mut()
            .write_all(format!("{command}\r\n").as_bytes())
            .await
            .expect("writes");
        line.clear();
        stream.read_line(&mut line).await.expect("an answer");
        if line.starts_with(['4', '5']) {
            return line;
        }
    }
    stream.get_mut().write_all(data).await.expect("writes");
    stream.get_mut().write_all(b"\r\n.\r\n").await.expect("writes");
    line.clear();
    stream.read_line(&mut line).await.expect("an answer");
    line
}

pub(super) fn letter(from: &str, to: &str, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "From: <{from}>\r\nTo: <{to}>\r\nSubject: Re: question\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\n{headers}\r\n{body}"
    )
    .into_bytes()
}

async fn incoming(world: &World) -> Vec<entity::incoming_mail::Model> {
    entity::incoming_mail::Entity::find()
        .all(world.app.db.reader())
        .await
        .expect("reads")
}

pub(super) async fn all_read(world: &World) -> Vec<entity::incoming_mail::Model> {
    eventually("the mails to be read", async || {
        let rows = incoming(world).await;
        (!rows.is_empty() && rows.iter().all(|m| m.state != IncomingState::Received)).then_some(rows)
    })
    .await
}

pub(super) async fn answers(world: &World) -> Vec<entity::answer::Model> {
    entity::answer::Entity::find()
        .all(world.app.db.reader())
        .await
        .expect("reads")
}

pub(super) async fn outgoing(world: &World) -> u64 {
    entity::outgoing_mail::Entity::find()
        .count(world.app.db.reader())
        .await
        .expect("counts")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_right_sender_with_the_right_token_answers() {
    let a = asked().await;
    let body = "다음 달에 됩니다.\r\n\r\n-- \r\n홍길동 010-0000-0000";
    let mail = letter(
        a.crew.email.as_str(),
        &a.address,
        "Message-ID: <1@crew.example>\r\n",
        body,
    );
    assert!(
        deliver(&a.running, a.crew.email.as_str(), &a.address, &mail)
            .await
            .starts_with("250")
    );
    assert_eq!(all_read(&a.world).await[0].state, IncomingState::Processed);
    let answers = answers(&a.world).await;
    assert_eq!(answers.len(), 1);
    assert_eq!(answers[0].body, "다음 달에 됩니다.", "the signature stays behind");
    let now = entity::assignment::Entity::find_by_id(a.assignment.id)
        .one(a.world.app.db.reader())
        .await;
    assert_eq!(now.expect("reads").expect("is there").state, AssignmentState::Answered);
    a.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forged_reference_a_guessed_token_and_another_sender_are_held() {
    let a = asked().await;
    let ours = entity::outgoing_mail::Entity::find()
        .filter(entity::outgoing_mail::Column::ReplyAssignmentId.eq(a.assignment.id))
        .one(a.world.app.db.reader())
        .await
        .expect("reads")
        .expect("the assignment's mail");
    let domain = &a.world.app.settings.mail.reply_domain;
    let guessed = format!("q+{}@{domain}", "a".repeat(56));
    let open = format!("question@{domain}");
    let (crew, mallory) = (a.crew.email.as_str(), "mallory@elsewhere.example");
    let attacks = [
        (crew, guessed.as_str(), String::new()),
        (mallory, a.address.as_str(), String::new()),
        (
            mallory,
            open.as_str(),
            format!("In-Reply-To: <{}>\r\n", ours.message_id),
        ),
        (
            crew,
            open.as_str(),
            "In-Reply-To: <guessed@elsewhere.example>\r\n".to_owned(),
        ),
    ];
    let mut taken = 0;
    for (n, (from, to, headers)) in attacks.into_iter().enumerate() {
        let headers = format!("Message-ID: <attack{n}@elsewhere.example>\r\n{headers}");
        let said = deliver(
            &a.running,
            from,
            to,
            &letter(from, to, &headers, &format!("거짓 답변 {n}")),
        )
        .await;
        assert!(said.starts_with("250") || said.starts_with("55"), "{said}");
        taken += usize::from(said.starts_with("250"));
    }
    assert!(taken > 0, "at least the right address is taken in");
    let rows = all_read(&a.world).await;
    assert_eq!(rows.len(), taken);
    for row in rows {
        assert_eq!(row.state, IncomingState::Quarantined);
        assert!(row.reason.is_some(), "with its reason");
    }
    assert_eq!(answers(&a.world).await, [], "none of them became an answer");
    a.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_removed_colleague_is_refused() {
    let a = asked().await;
    let tx = a.world.app.db.begin_write().await.expect("begins");
    let (clock, actor) = (&a.world.app.clock, db::audit::Actor::Staff(a.scene.moderator));
    intake::staff::service::crew::remove(&tx, clock, actor, a.crew.service_id, a.crew.id)
        .await
        .expect("removes");
    tx.commit().await.expect("commits");
    let mail = letter(
        a.crew.email.as_str(),
        &a.address,
        "Message-ID: <gone@crew.example>\r\n",
        "아직 답하고 싶습니다.",
    );
    deliver(&a.running, a.crew.email.as_str(), &a.address, &mail).await;
    let rows = all_read(&a.world).await;
    assert_eq!(
        (rows[0].state, rows[0].reason.as_deref()),
        (IncomingState::Quarantined, Some("removed-crew"))
    );
    assert_eq!(answers(&a.world).await, []);
    a.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_mail_three_times_is_one_answer() {
    let a = asked().await;
    for n in 0..3 {
        // A relay adds its own line each time; the mail is still the same.
        let headers = format!("Received: by relay{n}.example\r\nMessage-ID: <once@crew.example>\r\n");
        let mail = letter(a.crew.email.as_str(), &a.address, &headers, "한 번만 답합니다.");
        assert!(
            deliver(&a.running, a.crew.email.as_str(), &a.address, &mail)
                .await
                .starts_with("250")
        );
    }
    let rows = all_read(&a.world).await;
    assert!(rows.iter().all(|m| m.state == IncomingState::Processed));
    assert_eq!(answers(&a.world).await.len(), 1);
    a.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_out_of_office_is_no_answer_and_gets_none() {
    let a = asked().await;
    let before = outgoing(&a.world).await;
    let headers = "Message-ID: <ooo@crew.example>\r\nAuto-Submitted: auto-replied\r\n";
    let mail = letter(
        a.crew.email.as_str(),
        &a.address,
        headers,
        "부재중입니다. 다음 주 월요일에 돌아옵니다.",
    );
    deliver(&a.running, a.crew.email.as_str(), &a.address, &mail).await;
    assert!(all_read(&a.world).await[0].class.is_some());
    assert_eq!(answers(&a.world).await, []);
    assert_eq!(outgoing(&a.world).await, before, "nobody is mailed about it");
    a.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_smuggled_behind_bare_line_feeds_is_not_a_second_mail() {
    let a = asked().await;
    let inner = String::from_utf8(letter("mallory@elsewhere.example", &a.address, "", "몰래")).expect("text");
    let mut data = letter(
        a.crew.email.as_str(),
        &a.address,
        "Message-ID: <smuggle@crew.example>\r\n",
        "겉",
    );
    let smuggled = format!(
        "\n.\nMAIL FROM:<mallory@elsewhere.example>\r\nRCPT TO:<{}>\r\nDATA\r\n{inner}",
        a.address
    );
    data.extend_from_slice(smuggled.as_bytes());
    let said = deliver(&a.running, a.crew.email.as_str(), &a.address, &data).await;
    let stored = incoming(&a.world).await.len();
    assert!(
        said.starts_with('5') && stored == 0 || said.starts_with("250") && stored == 1,
        "{said} and {stored} stored"
    );
    a.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_listener_relays_nothing() {
    let a = asked().await;
    let said = deliver(
        &a.running,
        "x@elsewhere.example",
        "victim@elsewhere.example",
        b"Subject: spam\r\n\r\nspam",
    )
    .await;
    assert!(said.starts_with("55"), "{said}");
    a.running.stop().await;
}
