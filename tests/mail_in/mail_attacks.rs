//! The attacks on mail that are promised to fail, by their numbers, over a real SMTP session and against a DNS zone of the
//! tests' own.

use super::attacks::{Asked, all_read, answers, asked_with, deliver, letter, outgoing};
use db::{entity, prelude::*};
use domain::state::{assignment::AssignmentState, mail::IncomingState};
use testkit::{Zone, eventually, sign};

/// A question that is asked of a crew at `crew.example`, whose name server is the zone.
async fn asked(zone: &Zone) -> Asked {
    let address = zone.address;
    asked_with(|s| s.mail.inbound.dns = settings::Dns::At(address)).await
}

/// The other member of the crew.
async fn colleague(a: &Asked) -> entity::crew_member::Model {
    entity::crew_member::Entity::find()
        .filter(entity::crew_member::Column::ServiceId.eq(a.crew.service_id))
        .filter(entity::crew_member::Column::Id.ne(a.crew.id))
        .one(a.world.app.db.reader())
        .await
        .expect("reads")
        .expect("two are in the crew")
}

/// Delivers one mail more and gives its row when it was read.
async fn send(a: &Asked, from: &str, to: &str, data: &[u8]) -> entity::incoming_mail::Model {
    let before = all(a).await.len();
    let said = deliver(&a.running, from, to, data).await;
    assert!(said.starts_with("250"), "{said}");
    eventually("the mail to be read", async || {
        let rows = all(a).await;
        let last = rows.last().cloned()?;
        (rows.len() > before && last.state != IncomingState::Received).then_some(last)
    })
    .await
}

async fn all(a: &Asked) -> Vec<entity::incoming_mail::Model> {
    entity::incoming_mail::Entity::find()
        .order_by_asc(entity::incoming_mail::Column::Id)
        .all(a.world.app.db.reader())
        .await
        .expect("reads")
}

fn why(row: &entity::incoming_mail::Model) -> (IncomingState, &str) {
    (row.state, row.reason.as_deref().unwrap_or_default())
}

fn found(row: &entity::incoming_mail::Model, method: &str) -> String {
    let json = row.authentication.as_ref().expect("somebody looked");
    json[method].as_str().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_1_a_forged_in_reply_to_without_the_secret_is_quarantined() {
    let zone = Zone::begin().await;
    zone.domain("crew.example", "reject");
    let a = asked(&zone).await;
    let domain = &a.world.app.settings.mail.reply_domain;
    let crew = a.crew.email.as_str();
    // The right sender, proved, at our own domain; the subject names the question; the Message-ID is a guess.
    let head = format!(
        "Message-ID: <1@crew.example>\r\nIn-Reply-To: <{}@{domain}>\r\n",
        uuid::Uuid::new_v4().simple()
    );
    let open = format!("q@{domain}");
    let row = send(&a, crew, &open, &letter(crew, &open, &head, "거짓 답변")).await;
    assert_eq!(why(&row), (IncomingState::Quarantined, "no-token"));
    assert_eq!(found(&row, "dmarc"), "pass", "even a proved sender needs the secret");
    assert_eq!(answers(&a.world).await, []);
    a.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_2_the_right_address_from_another_sender_is_held_but_a_proved_colleague_is_named() {
    let zone = Zone::begin().await;
    let a = asked(&zone).await;
    let second = colleague(&a).await;
    let from = second.email.as_str();
    let forwarded = |n: u8| {
        letter(
            from,
            &a.address,
            &format!("Message-ID: <forwarded{n}@crew.example>\r\n"),
            "제가 대신 답합니다. 다음 달입니다.",
        )
    };

    // Absent: the domain says nothing.
    let row = send(&a, from, &a.address, &forwarded(1)).await;
    assert_eq!(why(&row), (IncomingState::Quarantined, "unproven-colleague"));
    assert_eq!(found(&row, "dmarc"), "none");

    // Broken: its servers are others, and the signature is of another text.
    zone.txt("broken.example", "v=spf1 -all");
    zone.txt("_dmarc.broken.example", "v=DMARC1; p=none");
    let broken = format!("second@{}", "broken.example");
    change_email(&a, second.id, &broken).await;
    let mut signed = sign(
        &letter(&broken, &a.address, "Message-ID: <b@broken.example>\r\n", "원래 글"),
        "broken.example",
    );
    signed.extend_from_slice("\r\n덧붙인 글".as_bytes());
    let row = send(&a, &broken, &a.address, &signed).await;
    assert_eq!(why(&row), (IncomingState::Quarantined, "unproven-colleague"));
    assert_eq!(
        (found(&row, "dmarc"), found(&row, "spf")),
        ("fail".into(), "fail".into())
    );

    // A stranger, however well proved.
    zone.domain("evil.example", "reject");
    let evil = "mallory@evil.example";
    let row = send(
        &a,
        evil,
        &a.address,
        &letter(evil, &a.address, "Message-ID: <m@evil.example>\r\n", "거짓"),
    )
    .await;
    assert_eq!(why(&row), (IncomingState::Quarantined, "other-sender"));
    assert_eq!(found(&row, "dmarc"), "pass");
    assert_eq!(answers(&a.world).await, [], "nothing so far");

    // Aligned: by its signature alone, since a forwarder's return path proves nothing.
    zone.domain("team.example", "quarantine");
    let aligned = "second@team.example";
    change_email(&a, second.id, aligned).await;
    let mail = letter(
        aligned,
        &a.address,
        "Message-ID: <ok@team.example>\r\n",
        "제가 대신 답합니다.",
    );
    let row = send(
        &a,
        "bounces@elsewhere.example",
        &a.address,
        &sign(&mail, "team.example"),
    )
    .await;
    assert_eq!(row.state, IncomingState::Processed, "{:?}", row.reason);
    let given = answers(&a.world).await;
    assert_eq!(given.len(), 1);
    assert_eq!(given[0].crew_member_id, Some(second.id), "named as who answered");
    let mut desk = a.world.signed_in("moderator").await;
    let page = desk
        .get(&format!("/desk/events/{}/answers/{}", a.scene.slug, given[0].id))
        .await
        .ok();
    assert!(
        page.text().contains("team.example 도메인이 이 메일을 보증합니다"),
        "{}",
        page.text()
    );
    a.running.stop().await;
}

async fn change_email(a: &Asked, member: domain::CrewMemberId, email: &str) {
    let tx = a.world.app.db.begin_write().await.expect("begins");
    entity::crew_member::Entity::update_many()
        .col_expr(entity::crew_member::Column::Email, Expr::value(email))
        .filter(entity::crew_member::Column::Id.eq(member))
        .exec(&tx)
        .await
        .expect("changes");
    tx.commit().await.expect("commits");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_2_staff_confirm_an_address_with_one_press_and_it_counts_from_then_on() {
    let zone = Zone::begin().await;
    let a = asked(&zone).await;
    let home = "jay.home@mail.example";
    let mail = |n: u8| {
        letter(
            home,
            &a.address,
            &format!("Message-ID: <home{n}@mail.example>\r\n"),
            &format!("집에서 {n}번째 답변"),
        )
    };
    let row = send(&a, home, &a.address, &mail(1)).await;
    assert_eq!(why(&row), (IncomingState::Quarantined, "other-sender"));

    let mut desk = a.world.signed_in("moderator").await;
    let page = desk.get(&format!("/desk/quarantine/{}", row.id)).await.ok();
    let form = page.form(&format!("/desk/quarantine/{}/confirm", row.id));
    let review = desk.send(&form).await.ok();
    assert!(review.text().contains("집에서 1번째 답변"), "{}", review.text());
    assert_eq!(a.world.audited("crew.address_confirmed").await, 1);
    let given = answers(&a.world).await;
    assert_eq!((given.len(), given[0].crew_member_id), (1, Some(a.crew.id)));

    let row = send(&a, home, &a.address, &mail(2)).await;
    assert_eq!(row.state, IncomingState::Processed, "{:?}", row.reason);
    assert_eq!(answers(&a.world).await.len(), 2, "no look is needed any more");
    a.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_2_a_forged_sender_whose_domain_disowns_the_mail_is_held_and_dns_that_is_gone_stops_nothing() {
    let zone = Zone::begin().await;
    zone.txt("crew.example", "v=spf1 -all");
    zone.txt("_dmarc.crew.example", "v=DMARC1; p=reject");
    let a = asked(&zone).await;
    let crew = a.crew.email.as_str();
    let mail = |n: u8| {
        letter(
            crew,
            &a.address,
            &format!("Message-ID: <f{n}@crew.example>\r\n"),
            &format!("{n}번째 답변"),
        )
    };
    let row = send(&a, crew, &a.address, &mail(1)).await;
    assert_eq!(why(&row), (IncomingState::Quarantined, "denied"));
    a.running.stop().await;

    let nobody = std::net::UdpSocket::bind("127.0.0.1:0").expect("a port");
    let silent = nobody.local_addr().expect("an address");
    let a = asked_with(|s| s.mail.inbound.dns = settings::Dns::At(silent)).await;
    let crew = a.crew.email.as_str();
    let mail = letter(
        crew,
        &a.address,
        "Message-ID: <s@crew.example>\r\n",
        "이름 서버가 없어도 답합니다.",
    );
    let row = send(&a, crew, &a.address, &mail).await;
    assert_eq!(row.state, IncomingState::Processed, "{:?}", row.reason);
    assert_eq!(row.authentication.as_ref().expect("noted")["offline"], true);
    assert_eq!(answers(&a.world).await.len(), 1);
    a.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_2_a_results_header_counts_from_the_trusted_server_alone() {
    let a = asked_with(|s| s.mail.inbound.trusted_authserv = vec!["mx.crew.example".into()]).await;
    let second = colleague(&a).await;
    let from = second.email.as_str();
    let pass = "Authentication-Results: mx.crew.example; dmarc=pass header.from=crew.example\r\n";
    let fail = "Authentication-Results: mx.crew.example; dmarc=fail header.from=crew.example\r\n";
    let relay = "Received: from a.example by mx.crew.example; Thu, 26 Nov 2026 00:00:00 +0000\r\n";
    let mail = |head: &str, n: u8| {
        let mut raw = head.as_bytes().to_vec();
        raw.extend(letter(
            from,
            &a.address,
            &format!("Message-ID: <ar{n}@crew.example>\r\n"),
            "답변입니다.",
        ));
        raw
    };
    // Straight to our SMTP, nobody wrote it but the sender.
    let row = send(&a, from, &a.address, &mail(pass, 1)).await;
    assert_eq!(why(&row), (IncomingState::Quarantined, "unproven-colleague"));
    let keep = async |head: &str, n: u8| {
        let app = &a.world.app;
        let inbox = mail::smtp_in::Inbox::new(
            app.db.clone(),
            app.clock.clone(),
            app.wake.clone(),
            &app.settings.mail.reply_domain,
        );
        let to = [a.address.clone()];
        let id = inbox
            .keep(domain::state::mail::Via::Lmtp, from, &to, mail(head, n))
            .await
            .expect("keeps")
            .expect("is new");
        eventually("the mail to be read", async || {
            let row = all(&a).await.into_iter().find(|m| m.id == id)?;
            (row.state != IncomingState::Received).then_some(row)
        })
        .await
    };
    // By LMTP from our own server: its word on top counts, what the sender put below does not.
    let forged = keep(&format!("{fail}{relay}{pass}"), 2).await;
    assert_eq!(why(&forged), (IncomingState::Quarantined, "unproven-colleague"));
    let real = keep(&format!("{pass}{relay}"), 3).await;
    assert_eq!(real.state, IncomingState::Processed, "{:?}", real.reason);
    let given = answers(&a.world).await;
    assert_eq!((given.len(), given[0].crew_member_id), (1, Some(second.id)));
    a.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_3_a_removed_colleague_is_refused_and_logged_and_staff_cannot_take_it_either() {
    let zone = Zone::begin().await;
    zone.domain("crew.example", "reject");
    let a = asked(&zone).await;
    let second = colleague(&a).await;
    for member in [second.id, a.crew.id] {
        let tx = a.world.app.db.begin_write().await.expect("begins");
        let actor = db::audit::Actor::Staff(a.scene.moderator);
        intake::staff::service::crew::remove(&tx, &a.world.app.clock, actor, a.crew.service_id, member)
            .await
            .expect("removes");
        tx.commit().await.expect("commits");
    }
    for (n, from) in [second.email.as_str(), a.crew.email.as_str()].into_iter().enumerate() {
        let head = format!("Message-ID: <gone{n}@crew.example>\r\n");
        let row = send(
            &a,
            from,
            &a.address,
            &letter(from, &a.address, &head, "아직 답하고 싶습니다."),
        )
        .await;
        assert_eq!(why(&row), (IncomingState::Quarantined, "removed-crew"));
        let refused = moderation::answers::service::quarantine::accept(&a.world.app, a.scene.moderator, row.id).await;
        assert!(refused.is_err(), "nobody takes it by a press");
    }
    assert_eq!(a.world.audited("mail.quarantined").await, 2);
    assert_eq!(answers(&a.world).await, []);
    a.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_5_a_bomb_of_nested_mails_is_held_and_the_next_mail_is_read() {
    let a = asked_with(|_| {}).await;
    let crew = a.crew.email.as_str();
    let mut inner = "Subject: core\r\n\r\nboom\r\n".to_owned();
    for depth in 0..400 {
        inner = format!(
            "Subject: {depth}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b{depth}\r\n\r\n\
             --b{depth}\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--b{depth}--\r\n"
        );
    }
    let bomb = format!(
        "From: <{crew}>\r\nTo: <{}>\r\nMessage-ID: <bomb@crew.example>\r\n{inner}",
        a.address
    );
    let row = send(&a, crew, &a.address, bomb.as_bytes()).await;
    assert_ne!(row.state, IncomingState::Received);
    assert_eq!(
        answers(&a.world).await.len(),
        usize::from(row.state == IncomingState::Processed)
    );
    let before = answers(&a.world).await.len();
    let fine = letter(
        crew,
        &a.address,
        "Message-ID: <fine@crew.example>\r\n",
        "멀쩡한 답변입니다.",
    );
    let row = send(&a, crew, &a.address, &fine).await;
    assert_eq!(row.state, IncomingState::Processed, "{:?}", row.reason);
    assert_eq!(answers(&a.world).await.len(), before + 1);
    a.running.stop().await;
}

/// An HTML mail from who is asked.
fn html(a: &Asked, id: &str, body: &str) -> Vec<u8> {
    format!(
        "From: <{}>\r\nTo: <{}>\r\nSubject: Re: question\r\nMessage-ID: <{id}@crew.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/html; charset=utf-8\r\n\r\n<html><body>{body}</body></html>",
        a.crew.email, a.address
    )
    .into_bytes()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attacks_6_and_7_script_and_remote_pictures_in_an_answer_are_inert() {
    let a = asked_with(|_| {}).await;
    let tracker = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let at = tracker.local_addr().expect("an address");
    let body = format!(
        "<p>다음 달입니다.</p><script>alert(1)</script><svg onload=alert(2)></svg>\
         <a href=\"javascript:alert(3)\">여기</a><img src=\"http://{at}/pixel.png\" onerror=alert(4)>"
    );
    let row = send(&a, a.crew.email.as_str(), &a.address, &html(&a, "x", &body)).await;
    assert_eq!(row.state, IncomingState::Processed, "{:?}", row.reason);
    let given = answers(&a.world).await;
    assert!(given[0].body.contains("다음 달입니다."), "{}", given[0].body);
    let mut desk = a.world.signed_in("moderator").await;
    let here = format!("/desk/events/{}/answers/{}", a.scene.slug, given[0].id);
    let page = desk.get(&here).await.ok();
    let sheet = page.body.clone();
    for live in [
        "<script>alert",
        "<svg onload",
        "href=\"javascript:",
        "<img src=\"http://127",
    ] {
        assert!(!sheet.contains(live), "{live} in the review");
    }
    assert!(
        sheet.contains("&lt;script&gt;alert(1)") || sheet.contains("&#60;script&#62;alert(1)"),
        "the source shows it"
    );

    let form = page.form(&here).set("step", "approve");
    desk.send(&form).await.ok();
    let delivery = eventually("its delivery", async || {
        entity::outgoing_mail::Entity::find()
            .filter(entity::outgoing_mail::Column::Kind.eq(domain::state::mail::MailKind::Delivery))
            .one(a.world.app.db.reader())
            .await
            .expect("reads")
    })
    .await;
    let letter = mail::preview(&delivery, &a.world.app.settings).expect("renders");
    for live in ["<script", "<svg", "javascript:", "pixel.png\""] {
        assert!(!letter.html.contains(live), "{live} in the mail: {}", letter.html);
    }
    let knock = tokio::time::timeout(std::time::Duration::from_millis(200), tracker.accept()).await;
    assert!(knock.is_err(), "nobody fetched the picture");
    a.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_8_markup_in_a_name_stays_text_in_our_mail() {
    let a = asked_with(|_| {}).await;
    let name = "<a href=\"http://evil.example\">김</a> [클릭](http://evil.example)";
    let tx = a.world.app.db.begin_write().await.expect("begins");
    entity::partner::Entity::update_many()
        .col_expr(entity::partner::Column::Name, Expr::value(name))
        .exec(&tx)
        .await
        .expect("changes");
    let member = colleague(&a).await.id;
    let actor = db::audit::Actor::Staff(a.scene.moderator);
    moderation::service::assign::pass_on(&tx, &a.world.app, actor, &a.assignment, Some(member))
        .await
        .expect("passes on");
    tx.commit().await.expect("commits");
    let asks = entity::outgoing_mail::Entity::find()
        .filter(entity::outgoing_mail::Column::Kind.eq(domain::state::mail::MailKind::Assignment))
        .order_by_desc(entity::outgoing_mail::Column::Id)
        .one(a.world.app.db.reader())
        .await
        .expect("reads")
        .expect("a mail");
    let letter = mail::preview(&asks, &a.world.app.settings).expect("renders");
    assert!(!letter.html.contains("href=\"http://evil.example"), "{}", letter.html);
    assert!(letter.html.contains("[클릭](http"), "it stands there as it was written");
    assert!(letter.text.contains("[클릭](http"), "{}", letter.text);
    a.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_9_line_ends_in_subject_name_and_file_name_go_no_further() {
    let a = asked_with(|_| {}).await;
    let crew = a.crew.email.as_str();
    let raw = format!(
        "From: =?utf-8?q?Jay=0D=0ABcc=3A_victim=40elsewhere.example?= <{crew}>\r\nTo: <{}>\r\n\
         Subject: =?utf-8?q?Re=3A_x=0D=0ABcc=3A_victim=40elsewhere.example?=\r\nMessage-ID: <lines@crew.example>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
         자료를 붙입니다.\r\n--b\r\nContent-Type: application/octet-stream\r\n\
         Content-Disposition: attachment; filename*=utf-8''a%0D%0ASet-Cookie%3A%20x%3D1.txt\r\n\r\nfile\r\n--b--\r\n",
        a.address
    );
    let row = send(&a, crew, &a.address, raw.as_bytes()).await;
    assert_eq!(row.state, IncomingState::Processed, "{:?}", row.reason);
    let subject = row.subject.expect("a subject");
    assert!(!subject.contains(['\r', '\n']), "{subject:?}");
    let file = entity::attachment::Entity::find()
        .one(a.world.app.db.reader())
        .await
        .expect("reads")
        .expect("a file");
    assert!(!file.name.chars().any(char::is_control), "{:?}", file.name);
    let given = answers(&a.world).await;
    let mut desk = a.world.signed_in("moderator").await;
    let here = format!("/desk/events/{}/answers/{}", a.scene.slug, given[0].id);
    let page = desk.get(&here).await.ok();
    assert!(!page.body.contains("\nBcc:"), "no line of its own");
    // A header with a line end in it could not be sent at all.
    desk.get(&format!("{here}/files/{}", file.id)).await.ok();
    // The same at the other edge: an address that holds one is none.
    assert!(domain::EmailAddress::parse("jay@crew.example\r\nBcc: victim@elsewhere.example").is_err());
    a.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_13_out_of_office_machines_get_no_reply_at_all() {
    let a = asked_with(|_| {}).await;
    let before = outgoing(&a.world).await;
    let crew = a.crew.email.as_str();
    let back = (a.world.app.clock.now() + chrono::Duration::days(12)).date_naive();
    for n in 0..5 {
        let head = format!("Message-ID: <ooo{n}@crew.example>\r\nAuto-Submitted: auto-replied\r\n");
        let text = format!("부재중입니다. {}에 복귀합니다. ({n})", back.format("%Y년 %m월 %d일"));
        let row = send(&a, crew, &a.address, &letter(crew, &a.address, &head, &text)).await;
        assert_eq!(
            (row.state, row.detail.as_deref()),
            (IncomingState::Processed, Some("out_of_office"))
        );
        assert_eq!(row.back_on, Some(back));
    }
    assert_eq!(outgoing(&a.world).await, before, "nothing goes out");
    assert_eq!(answers(&a.world).await, []);
    let now = entity::assignment::Entity::find_by_id(a.assignment.id)
        .one(a.world.app.db.reader())
        .await
        .expect("reads")
        .expect("is there");
    assert_eq!(now.state, AssignmentState::Sent, "the answer is still awaited");
    assert!(
        now.chase_at
            .is_some_and(|at| at > a.world.app.clock.now() + chrono::Duration::days(10)),
        "reminded later"
    );
    let mut desk = a.world.signed_in("moderator").await;
    let page = desk
        .get(&format!(
            "/desk/events/{}/assignments/{}",
            a.scene.slug, a.assignment.id
        ))
        .await
        .ok();
    assert!(page.text().contains("부재중 자동 응답"), "{}", page.text());
    assert!(page.text().contains("대신할 사람에게 넘기기"), "{}", page.text());
    assert_eq!(all_read(&a.world).await.len(), 5);
    a.running.stop().await;
}
