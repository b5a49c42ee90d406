//! What crew and asker say beside question and answer: by mail, by link, and what a moderator gets to see.

use super::attacks::{Asked, all_read, asked_of, deliver, letter};
use crate::flow::scene::enter;
use db::{entity, prelude::*};
use domain::{
    EmailAddress, Lang,
    state::{
        assignment::AssignmentState,
        mail::{IncomingState, MailKind},
        message::{MessageKind, MessageState},
    },
    text::AnswerText,
    token::{Purpose, day_stamp_after},
};
use moderation::{answers, talk};
use testkit::eventually;

impl Asked {
    pub(super) async fn messages(&self) -> Vec<entity::message::Model> {
        let rows = entity::message::Entity::find().order_by_asc(entity::message::Column::Id);
        rows.all(self.world.app.db.reader()).await.expect("reads")
    }

    pub(super) async fn assignments(&self) -> Vec<entity::assignment::Model> {
        let rows = entity::assignment::Entity::find().order_by_asc(entity::assignment::Column::Id);
        rows.all(self.world.app.db.reader()).await.expect("reads")
    }

    /// The mails of the outbox to this address, oldest first.
    pub(super) async fn mails_to(&self, email: &str) -> Vec<entity::outgoing_mail::Model> {
        entity::outgoing_mail::Entity::find()
            .filter(entity::outgoing_mail::Column::ToEmail.eq(EmailAddress::parse(email).expect("an address")))
            .order_by_asc(entity::outgoing_mail::Column::Id)
            .all(self.world.app.db.reader())
            .await
            .expect("reads")
    }

    /// Sends a reply to this mail of ours, as its reader's program would.
    pub(super) async fn reply(&self, from: &str, mail: &entity::outgoing_mail::Model, id: &str, text: &str) {
        let app = &self.world.app;
        let until = day_stamp_after(app.clock.now(), 30);
        let token = match mail::outbox::reply_to(mail).expect("it takes replies") {
            mail::ReplyTo::Assignment(id) => app.keys.sign(Purpose::Reply, id.uuid(), until),
            mail::ReplyTo::Asker(id) => app.keys.sign(Purpose::AskerReply, id.uuid(), until),
        };
        let to = format!("q+{token}@{}", app.settings.mail.reply_domain);
        let data = letter(from, &to, &format!("Message-ID: <{id}@mail.example>\r\n"), text);
        let said = deliver(&self.running, from, &to, &data).await;
        assert!(said.starts_with("250"), "{said}");
        all_read(&self.world).await;
    }

    fn link(&self, assignment: &entity::assignment::Model, step: &str) -> String {
        let app = &self.world.app;
        let until = day_stamp_after(app.clock.now(), 30);
        let token = app.keys.sign(Purpose::AnswerLink, assignment.id.uuid(), until);
        format!("/a/{token}/{step}")
    }

    pub(super) fn asker(&self) -> String {
        self.scene.partners[0].email.clone().expect("an address")
    }

    /// Approves the answer that is in review.
    pub(super) async fn approve(&self) {
        let app = &self.world.app;
        let waiting = entity::answer::Entity::find()
            .filter(entity::answer::Column::State.eq("in_review"))
            .one(app.db.reader())
            .await
            .expect("reads")
            .expect("an answer waits");
        let body = AnswerText::parse(&waiting.body).expect("a text");
        let tx = app.db.begin_write().await.expect("begins");
        answers::service::approve(&tx, app, self.scene.moderator, waiting.id, body, waiting.version)
            .await
            .expect("approves");
        tx.commit().await.expect("commits");
        app.wake.notify();
    }

    pub(super) async fn delivered(&self, count: usize) -> Vec<entity::outgoing_mail::Model> {
        let to = self.asker();
        eventually("the answer to be delivered", async || {
            let mails = self.mails_to(&to).await;
            let found: Vec<_> = mails.into_iter().filter(|m| m.kind == MailKind::Delivery).collect();
            (found.len() == count).then_some(found)
        })
        .await
    }
}

pub(super) fn words(mail: &entity::outgoing_mail::Model) -> String {
    mail::outbox::letter(mail).expect("a letter").plain()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crew_hands_a_question_on_by_a_word_in_its_reply_and_the_next_one_reads_why() {
    let a = asked_of(2).await;
    let crew = a.crew.email.to_string();
    let mail = a.mails_to(&crew).await.remove(0);
    a.reply(&crew, &mail, "1", "#넘김 없는 서비스\r\n").await;
    assert_eq!(a.assignments().await.len(), 1, "nobody is called so");
    let told = a.mails_to(&crew).await.pop().expect("a mail that says so");
    assert!(words(&told).contains("찾지 못했습니다"), "{}", words(&told));
    assert_eq!(
        mail::outbox::letter(&told).expect("a letter").after.as_deref(),
        Some("1@mail.example"),
        "it stands in the thread of what it replies to"
    );

    a.reply(
        &crew,
        &mail,
        "2",
        "#넘김 서비스 1\r\n\r\n정산 쪽 질문으로 보입니다.\r\n-- \r\n홍길동",
    )
    .await;
    let [left, now] = &a.assignments().await[..] else {
        panic!("two")
    };
    assert_eq!(
        (left.state, now.state),
        (AssignmentState::PassedOn, AssignmentState::Sent)
    );
    assert_eq!(now.service_id, Some(a.scene.services[1].id));
    let next = a.mails_to("lead1@crew.example").await;
    assert!(
        words(&next[0]).contains("정산 쪽 질문으로 보입니다."),
        "{}",
        words(&next[0])
    );
    assert!(!words(&next[0]).contains("홍길동"), "the signature stays behind");
    let done = a.mails_to(&crew).await.pop().expect("a confirmation");
    assert!(words(&done).contains("넘겼습니다"), "{}", words(&done));
    assert_eq!(
        mail::outbox::reply_to(&done),
        None,
        "who handed it on is asked nothing more"
    );
    let answers = entity::answer::Entity::find().all(a.world.app.db.reader()).await;
    assert!(answers.expect("reads").is_empty(), "a command is no answer");
    a.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_a_scanner_opens_does_nothing_and_three_hand_overs_are_enough() {
    let a = asked_of(2).await;
    let mut browser = a.world.browser();
    for turn in 0..3 {
        let now = a.assignments().await.pop().expect("one");
        let page = browser.get(&a.link(&now, "pass")).await.ok();
        assert_eq!(
            a.assignments().await.pop().expect("one").id,
            now.id,
            "looking changes nothing"
        );
        let to = a.scene.services[(turn + 1) % 2].id.to_string();
        let page = browser
            .send(&page.form("/pass").set("service", &to).set("text", "저희가 아니에요."))
            .await
            .ok();
        assert!(page.text().contains("넘겼어요"), "{}", page.text());
    }
    let now = a.assignments().await.pop().expect("one");
    let page = browser.get(&a.link(&now, "pass")).await.ok();
    let to = a.scene.services[0].id.to_string();
    let page = browser
        .send(&page.form("/pass").set("service", &to).set("text", "또 왔네요."))
        .await
        .ok();
    assert!(page.text().contains("담당자에게 알렸어요"), "{}", page.text());
    assert_eq!(a.assignments().await.len(), 4, "it stays where it is");
    let stuck = a.messages().await;
    assert_eq!(
        (stuck[0].kind, stuck[0].state),
        (MessageKind::Stuck, MessageState::Held)
    );
    let mut desk = a.world.signed_in("moderator").await;
    let page = desk.get("/desk/events/talk/messages").await.ok();
    assert!(page.text().contains("또 왔네요."), "{}", page.text());
    a.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_crew_asks_back_and_the_asker_replies_by_mail_or_page_in_the_same_thread() {
    let a = asked_of(1).await;
    let (crew, asker) = (a.crew.email.to_string(), a.asker());
    let mut browser = a.world.browser();
    let page = browser.get(&a.link(&a.assignment, "ask")).await.ok();
    let page = browser.send(&page.form("/ask").set("text", "")).await;
    assert_eq!(page.status, 422, "something must be asked");
    let page = browser
        .send(&page.form("/ask").set("text", "어느 지점인가요?"))
        .await
        .ok();
    assert!(page.text().contains("여쭤봤어요"), "{}", page.text());
    assert_eq!(a.assignments().await[0].state, AssignmentState::AskedBack);
    let ask = a.mails_to(&asker).await.pop().expect("a mail");
    assert_eq!(ask.kind, MailKind::AskBack);
    assert!(words(&ask).contains("어느 지점인가요?"));

    a.reply("mallory@elsewhere.example", &ask, "m", "강남입니다.").await;
    assert_eq!(a.messages().await.len(), 1, "a right token from elsewhere is held");
    let held = all_read(&a.world).await.pop().expect("a mail");
    let mut desk = a.world.signed_in("moderator").await;
    let page = desk.get(&format!("/desk/quarantine/{}", held.id)).await.ok();
    assert!(
        page.text().contains("어느 지점인가요") || page.text().contains("답장을 기다리는"),
        "{}",
        page.text()
    );
    let taken = page.form("/message");
    a.reply(&asker, &ask, "1", "강남점입니다.").await;
    // The same mail once more, by another way.
    a.reply(&asker, &ask, "1", "강남점입니다.").await;
    let said = a.messages().await;
    assert_eq!(said.len(), 2, "{said:?}");
    assert_eq!((said[0].kind, said[0].state), (MessageKind::Ask, MessageState::Done));
    assert_eq!((said[1].kind, said[1].state), (MessageKind::Told, MessageState::Done));
    assert_eq!(a.assignments().await[0].state, AssignmentState::Sent);
    let told = a.mails_to(&crew).await.pop().expect("a mail");
    assert!(words(&told).contains("강남점입니다."));
    let first = a.mails_to(&crew).await.remove(0);
    assert_eq!(
        mail::outbox::letter(&told).expect("a letter").after,
        Some(first.message_id),
        "one thread in the crew's mail program"
    );

    let mut partner = enter(&a.world, a.scene.partners[0].invitation, Lang::Ko).await;
    let path = format!("/my/questions/{}", a.assignment.question_id.expect("a question"));
    let page = partner.get(&path).await.ok();
    assert!(page.text().contains("어느 지점인가요?") && page.text().contains("강남점입니다."));
    let page = partner.get(&format!("{path}/write")).await.ok();
    let page = partner.send(&page.form("/write").set("text", "2층이에요.")).await.ok();
    assert!(page.text().contains("2층이에요."), "{}", page.text());
    assert_eq!(a.messages().await.len(), 3);
    // Staff look at what was held, and take it as the asker's by one press; not twice.
    let page = desk.send(&taken).await.ok();
    assert!(page.text().contains("메시지로 받았습니다"), "{}", page.text());
    let said = a.messages().await.pop().expect("one");
    assert_eq!((said.kind, said.body.as_str()), (MessageKind::Told, "강남입니다."));
    assert_eq!(desk.send(&taken).await.status, 409);
    a.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reply_to_the_answer_reaches_the_same_crew_and_its_answer_the_asker_until_the_rounds_are_used_up() {
    let a = asked_of(1).await;
    let (crew, asker) = (a.crew.email.to_string(), a.asker());
    let question = a.mails_to(&crew).await.remove(0);
    a.reply(&crew, &question, "1", "다음 달에 됩니다.").await;
    a.approve().await;
    let delivery = a.delivered(1).await.remove(0);
    let app = &a.world.app;
    let tx = app.db.begin_write().await.expect("begins");
    talk::service::rule(&tx, app, a.scene.moderator, a.scene.event, 1)
        .await
        .expect("rules");
    tx.commit().await.expect("commits");

    a.reply(&asker, &delivery, "2", "며칠쯤인가요?").await;
    let said = a.messages().await;
    assert_eq!(
        (said[0].kind, said[0].state),
        (MessageKind::FollowUp, MessageState::Open)
    );
    assert_eq!(
        a.assignments().await[0].state,
        AssignmentState::Sent,
        "it is open again"
    );
    let follow = a.mails_to(&crew).await.pop().expect("a mail");
    assert!(words(&follow).contains("며칠쯤인가요?") && words(&follow).contains("다음 달에 됩니다."));

    a.reply(&crew, &follow, "3", "15일입니다.").await;
    a.approve().await;
    let second = a.delivered(2).await.remove(1);
    assert!(words(&second).contains("며칠쯤인가요?") && words(&second).contains("15일입니다."));
    assert_eq!(a.messages().await[0].state, MessageState::Done);

    a.reply(&asker, &second, "4", "오전인가요?").await;
    let held = a.messages().await.pop().expect("one");
    assert_eq!((held.kind, held.state), (MessageKind::FollowUp, MessageState::Held));
    let before = a.mails_to(&crew).await.len();
    let mut desk = a.world.signed_in("moderator").await;
    let page = desk.get("/desk/events/talk/messages").await.ok();
    assert!(page.text().contains("오전인가요?"), "{}", page.text());
    let page = desk.send(&page.form("/forward")).await.ok();
    assert!(page.text().contains("크루에게 전했습니다"), "{}", page.text());
    assert_eq!(a.messages().await.pop().expect("one").state, MessageState::Open);
    assert_eq!(a.mails_to(&crew).await.len(), before + 1);
    let all = entity::incoming_mail::Entity::find()
        .all(app.db.reader())
        .await
        .expect("reads");
    assert!(all.iter().all(|m| m.state == IncomingState::Processed), "{all:?}");
    a.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crew_takes_longer_by_page_and_by_a_word() {
    let a = asked_of(1).await;
    let crew = a.crew.email.to_string();
    let mut browser = a.world.browser();
    let page = browser.get(&a.link(&a.assignment, "later")).await.ok();
    let page = browser.send(&page.form("/later").set("day", "2020-01-01")).await;
    assert_eq!(page.status, 409, "{}", page.text());
    let day = (a.world.app.clock.now() + chrono::TimeDelta::days(20)).date_naive();
    let page = browser
        .send(&page.form("/later").set("day", &day.to_string()))
        .await
        .ok();
    assert!(page.text().contains("늦췄어요"), "{}", page.text());
    let put_off = a.assignments().await[0].due_at;
    assert!(put_off > a.assignment.due_at);
    let mail = a.mails_to(&crew).await.remove(0);
    a.reply(&crew, &mail, "1", "#연기 30일").await;
    assert!(a.assignments().await[0].due_at > put_off);
    assert_eq!(a.world.audited("assignment.put_off").await, 2);
    a.running.stop().await;
}
