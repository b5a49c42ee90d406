//! What came in and is no answer: shown, answered by nothing. Mail that came back: told, and mended.

use super::attacks::{Asked, all_read, answers, asked_with, deliver, letter, outgoing};
use db::{entity, prelude::*};
use domain::state::mail::IncomingState;

async fn asked() -> Asked {
    asked_with(|_| {}).await
}

/// The mail that asked.
async fn asks(a: &Asked) -> entity::outgoing_mail::Model {
    entity::outgoing_mail::Entity::find()
        .filter(entity::outgoing_mail::Column::ReplyAssignmentId.eq(a.assignment.id))
        .order_by_desc(entity::outgoing_mail::Column::Id)
        .one(a.world.app.db.reader())
        .await
        .expect("reads")
        .expect("the assignment's mail")
}

async fn assignment(a: &Asked) -> entity::assignment::Model {
    entity::assignment::Entity::find_by_id(a.assignment.id)
        .one(a.world.app.db.reader())
        .await
        .expect("reads")
        .expect("is there")
}

/// A report by RFC 3464.
fn report(to: &str, action: &str, status: &str, words: &str, message_id: &str) -> Vec<u8> {
    format!(
        "From: MAILER-DAEMON@mx.crew.example\r\nTo: <mundap@localhost.example>\r\nSubject: Undelivered Mail\r\n\
         Message-ID: <{status}.{action}.{}@mx.crew.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=r\r\n\r\n--r\r\n\
         Content-Type: text/plain\r\n\r\nIt could not be delivered.\r\n--r\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; mx.crew.example\r\n\r\nFinal-Recipient: rfc822; {to}\r\nAction: {action}\r\nStatus: {status}\r\n\
         Diagnostic-Code: smtp; {words}\r\n--r\r\nContent-Type: text/rfc822-headers\r\n\r\n\
         Subject: ask\r\nMessage-ID: <{message_id}>\r\n--r--\r\n",
        uuid::Uuid::new_v4().simple()
    )
    .into_bytes()
}

async fn bounce(a: &Asked, action: &str, status: &str, message_id: &str) {
    let before = all_read(&a.world).await.len();
    bounce_first(a, action, status, message_id).await;
    assert_eq!(all_read(&a.world).await.len(), before + 1);
}

async fn bounce_first(a: &Asked, action: &str, status: &str, message_id: &str) {
    let words = format!("550 {status} no such user here");
    let raw = report(a.crew.email.as_str(), action, status, &words, message_id);
    let to = format!("bounces@{}", a.world.app.settings.mail.reply_domain);
    let said = deliver(&a.running, "", &to, &raw).await;
    assert!(said.starts_with("250"), "{said}");
    all_read(&a.world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crew_that_was_not_reached_is_told_everywhere_and_a_corrected_address_is_asked_again() {
    let a = asked().await;
    let ours = asks(&a).await;
    let before = outgoing(&a.world).await;

    // A server that still tries changes nothing, and neither does somebody who guesses.
    bounce_first(&a, "delayed", "4.4.1", &ours.message_id).await;
    bounce(&a, "failed", "5.1.1", "guessed@localhost.example").await;
    assert_eq!(assignment(&a).await.returned_at, None);
    let marks = entity::marked_address::Entity::find();
    assert_eq!(marks.clone().all(a.world.app.db.reader()).await.expect("reads"), []);

    bounce(&a, "failed", "5.1.1", &ours.message_id).await;
    assert_eq!(outgoing(&a.world).await, before, "nobody is mailed about a bounce");
    assert!(assignment(&a).await.returned_at.is_some());
    let mark = marks
        .one(a.world.app.db.reader())
        .await
        .expect("reads")
        .expect("marked");
    assert_eq!(
        (mark.email.as_str(), mark.status.as_deref()),
        (a.crew.email.as_str(), Some("5.1.1"))
    );
    assert!(mark.words.contains("no such user here"), "{}", mark.words);

    let mut desk = a.world.signed_in("moderator").await;
    let slug = a.scene.slug;
    let home = desk.get("/desk").await.ok();
    assert!(
        home.text().contains("반송된 주소 1곳") && home.text().contains("닿지 않은 질문 1건"),
        "{}",
        home.text()
    );
    let ledger = desk
        .get(&format!("/desk/events/{slug}/ledger?show=unreached"))
        .await
        .ok();
    assert!(
        ledger.text().contains("답장을 기다리는 질문입니다"),
        "{}",
        ledger.text()
    );
    let list = desk.get("/desk/addresses").await.ok();
    assert!(list.text().contains(a.crew.email.as_str()), "{}", list.text());
    let here = format!("/desk/events/{slug}/assignments/{}", a.assignment.id);
    let page = desk.get(&here).await.ok();
    assert!(
        page.text().contains("부탁한 메일이 반송되었습니다") && page.text().contains("반송 보고"),
        "{}",
        page.text()
    );

    let mail = format!("/desk/outbox/{}", ours.id);
    let page = desk.get(&mail).await.ok();
    let correct = page.form(&format!("{mail}/correct"));
    let wrong = desk.send(&correct.clone().set("email", "no address")).await;
    assert!(wrong.body.contains("no address"), "what was typed stays");
    let taken = desk.send(&correct.clone().set("email", "second0@crew.example")).await;
    assert!(
        taken.body.contains("second0@crew.example"),
        "a colleague's address is refused at its field"
    );
    let done = desk.send(&correct.set("email", "right@crew.example")).await;
    assert!(done.status.is_success(), "{}", done.body);

    let again = asks(&a).await;
    assert_ne!((again.id, &again.message_id), (ours.id, &ours.message_id));
    assert_eq!(again.to_email.as_str(), "right@crew.example");
    assert_eq!(assignment(&a).await.returned_at, None);
    assert_eq!(a.world.audited("mail.corrected").await, 1);
    let mark = marks_of(&a).await;
    assert!(mark.settled_at.is_some(), "seen to, and still no address for mail");

    // The old mail's second report does not speak of the new address.
    bounce(&a, "failed", "5.1.1", &ours.message_id).await;
    assert_eq!(assignment(&a).await.returned_at, None);

    // The right person answers.
    let head = "Message-ID: <right@crew.example>\r\n";
    let answer = letter(
        "right@crew.example",
        &a.address,
        head,
        "이제 받았습니다. 다음 달입니다.",
    );
    deliver(&a.running, "right@crew.example", &a.address, &answer).await;
    all_read(&a.world).await;
    assert_eq!(answers(&a.world).await.len(), 1);
    a.running.stop().await;
}

async fn marks_of(a: &Asked) -> entity::marked_address::Model {
    entity::marked_address::Entity::find_by_id(a.crew.email.as_str())
        .one(a.world.app.db.reader())
        .await
        .expect("reads")
        .expect("marked")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_that_came_back_goes_to_the_corrected_address_of_its_partner() {
    let a = asked().await;
    let head = "Message-ID: <answer@crew.example>\r\n";
    let crew = a.crew.email.as_str();
    deliver(
        &a.running,
        crew,
        &a.address,
        &letter(crew, &a.address, head, "다음 달에 됩니다."),
    )
    .await;
    all_read(&a.world).await;
    let given = answers(&a.world).await;
    let app = &a.world.app;
    let tx = app.db.begin_write().await.expect("begins");
    let text = domain::text::AnswerText::parse(&given[0].body).expect("a text");
    moderation::answers::service::approve(&tx, app, a.scene.moderator, given[0].id, text, 1)
        .await
        .expect("approves");
    tx.commit().await.expect("commits");
    app.wake.notify();
    let ours = testkit::eventually("the delivery", async || {
        entity::outgoing_mail::Entity::find()
            .filter(entity::outgoing_mail::Column::DeliveryId.is_not_null())
            .one(app.db.reader())
            .await
            .expect("reads")
    })
    .await;
    let state = async || {
        let row = entity::delivery::Entity::find()
            .one(app.db.reader())
            .await
            .expect("reads")
            .expect("one");
        (row.state.to_string(), row.outgoing_id)
    };
    bounce(&a, "failed", "4.2.2", &ours.message_id).await;
    assert_eq!(state().await.0, "bounced", "a server that gave up has not delivered");
    let marks = entity::marked_address::Entity::find()
        .all(app.db.reader())
        .await
        .expect("reads");
    assert_eq!(marks, [], "a full mailbox is no wrong address");

    let mut desk = a.world.signed_in("moderator").await;
    let mail = format!("/desk/outbox/{}", ours.id);
    let page = desk.get(&mail).await.ok();
    assert!(
        page.body
            .contains(&format!("/roster/{}", a.scene.partners[0].invitation)),
        "the partner's own page"
    );
    let correct = page
        .form(&format!("{mail}/correct"))
        .set("email", "new@partner.example");
    let done = desk.send(&correct).await;
    assert!(done.status.is_success(), "{}", done.body);
    let (now, outgoing) = state().await;
    assert_eq!(now, "queued");
    assert_ne!(outgoing, Some(ours.id));
    let partner = entity::partner::Entity::find()
        .one(app.db.reader())
        .await
        .expect("reads")
        .expect("one");
    assert_eq!(partner.email.expect("an address").as_str(), "new@partner.example");
    a.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::too_many_lines, reason = "one mail of each kind")]
async fn each_kind_that_is_no_answer_is_named_on_the_assignment_and_can_still_be_taken() {
    let a = asked().await;
    let before = outgoing(&a.world).await;
    let crew = a.crew.email.as_str();
    let plain = "Content-Type: text/plain; charset=utf-8";
    let calendar = "Content-Type: text/calendar; method=REPLY; charset=utf-8";
    let receipt = "Content-Type: message/disposition-notification";
    let kinds = [
        (
            "calendar",
            "calendar",
            "",
            calendar,
            "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR",
        ),
        (
            "auto_reply",
            "receipt",
            "",
            receipt,
            "Disposition: manual-action/MDN-sent-manually; displayed",
        ),
        (
            "auto_reply",
            "automatic",
            "X-Autoreply: yes\r\n",
            plain,
            "접수되었습니다.",
        ),
        (
            "auto_reply",
            "challenge",
            "X-TMDA-Confirm: 1\r\n",
            plain,
            "Please confirm.",
        ),
        (
            "auto_reply",
            "loop",
            "X-Mundap-Kind: assignment\r\n",
            plain,
            "우리 메일",
        ),
        (
            "list",
            "mailing_list",
            "List-Id: <crew.crew.example>\r\n",
            plain,
            "목록으로 보낸 답변입니다.",
        ),
    ];
    for (n, (class, detail, head, kind, body)) in kinds.into_iter().enumerate() {
        let raw = format!(
            "From: <{crew}>\r\nTo: <{}>\r\nSubject: Re: x\r\nMessage-ID: <kind{n}@crew.example>\r\nMIME-Version: 1.0\r\n{head}{kind}\r\n\r\n{body}",
            a.address
        );
        deliver(&a.running, crew, &a.address, raw.as_bytes()).await;
        let rows = all_read(&a.world).await;
        let id = format!("kind{n}@crew.example");
        let row = rows
            .iter()
            .find(|m| m.message_id.as_deref() == Some(&id))
            .expect("read");
        assert_eq!(
            (row.state, row.class.as_deref(), row.detail.as_deref()),
            (IncomingState::Processed, Some(class), Some(detail)),
        );
        assert_eq!(row.assignment_id, Some(a.assignment.id), "it is known whose it is");
    }
    assert_eq!(outgoing(&a.world).await, before, "answered by nothing");
    assert_eq!(answers(&a.world).await, []);
    let mut desk = a.world.signed_in("moderator").await;
    let page = desk
        .get(&format!(
            "/desk/events/{}/assignments/{}",
            a.scene.slug, a.assignment.id
        ))
        .await
        .ok();
    for words in [
        "일정 초대나 회신",
        "수신 확인",
        "자동 응답",
        "발송자 확인 요청",
        "되돌아온 우리 메일",
        "메일링 리스트",
    ] {
        assert!(page.text().contains(words), "{words}: {}", page.text());
    }
    let list = desk.get("/desk/quarantine?state=noted").await.ok();
    assert!(list.text().contains("메일링 리스트"), "{}", list.text());
    // A person wrote it by way of a list: one press, once.
    let rows = all_read(&a.world).await;
    let by_list = rows
        .iter()
        .find(|m| m.class.as_deref() == Some("list"))
        .expect("is there");
    let here = format!("/desk/quarantine/{}", by_list.id);
    let page = desk.get(&here).await.ok();
    let take = page.form(&format!("{here}/accept"));
    let done = desk.send(&take).await;
    assert!(done.status.is_success(), "{}", done.body);
    assert_eq!(answers(&a.world).await.len(), 1);
    let twice = desk.send(&take).await;
    assert_eq!((twice.status.as_u16(), answers(&a.world).await.len()), (409, 1));
    a.running.stop().await;
}
