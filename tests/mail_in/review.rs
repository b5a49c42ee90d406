//! Review: what was cut is put back, two pairs of eyes, a passage that nobody shall read, and answers that need no eyes.

use super::{
    attacks::{Asked, all_read, asked_of, deliver, letter},
    talk::words as words_of,
};
use crate::flow::scene::enter;
use db::{entity, prelude::*};
use domain::{AnswerId, Lang, role::Role, state::answer::AnswerState};
use moderation::answers::service::rules::{self, Rules};
use testkit::{Browser, Page};

impl Asked {
    async fn answers(&self) -> Vec<entity::answer::Model> {
        let rows = entity::answer::Entity::find().order_by_asc(entity::answer::Column::Id);
        rows.all(self.world.app.db.reader()).await.expect("reads")
    }

    async fn answer(&self) -> entity::answer::Model {
        self.answers().await.pop().expect("an answer")
    }

    /// The crew's reply with this text; what stands in it beside its body is the caller's.
    async fn answered(&self, id: &str, headers: &str, text: &str) -> entity::answer::Model {
        let from = self.crew.email.to_string();
        let data = letter(
            &from,
            &self.address,
            &format!("Message-ID: <{id}@mail.example>\r\n{headers}"),
            text,
        );
        let said = deliver(&self.running, &from, &self.address, &data).await;
        assert!(said.starts_with("250"), "{said}");
        all_read(&self.world).await;
        self.answer().await
    }

    async fn rule(&self, four_eyes: bool, auto: bool) {
        let app = &self.world.app;
        let auto = self.scene.services.iter().filter(|_| auto).map(|s| s.id).collect();
        let tx = app.db.begin_write().await.expect("begins");
        rules::save(
            &tx,
            app,
            self.scene.moderator,
            self.scene.event,
            &Rules { four_eyes, auto },
        )
        .await
        .expect("rules");
        tx.commit().await.expect("commits");
    }
}

fn page_of(id: AnswerId) -> String {
    format!("/desk/events/talk/answers/{id}")
}

/// Presses a button of the review's form, with this text in it.
async fn press(desk: &mut Browser, id: AnswerId, step: &str, body: Option<&str>) -> Page {
    let page = desk.get(&page_of(id)).await.ok();
    let form = page.form(&page_of(id)).set("step", step);
    let form = match body {
        Some(body) => form.set("body", body),
        None => form,
    };
    desk.send(&form).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_cut_stands_in_its_place_and_comes_back_there_by_one_press() {
    let a = asked_of(1).await;
    let text = "안녕하세요.\r\n\r\n다음 달에 됩니다.\r\n\r\n2026-11-26 오후 3:39에 문답 <m@talk.example> 이(가) 쓴 글:\r\n> 언제 되나요?\r\n>\r\n> 비용도 있나요? 네, 없습니다.\r\n";
    let answer = a.answered("1", "", text).await;
    assert_eq!(answer.body, "안녕하세요.\n\n다음 달에 됩니다.");
    let mut desk = a.world.signed_in("moderator").await;
    let page = desk.get(&page_of(answer.id)).await.ok();
    let shown = page.text();
    assert!(
        shown.contains("비용도 있나요? 네, 없습니다.") && shown.contains("되살리기"),
        "{shown}"
    );
    let buttons: Vec<&str> = page.body.split("value=\"back-").skip(1).collect();
    assert_eq!(
        buttons.len(),
        3,
        "the head of the quote and its two paragraphs: {shown}"
    );
    let last = buttons[2].split('"').next().expect("a number");

    // What was typed meanwhile is kept, too.
    let step = format!("back-{last}");
    let page = press(&mut desk, answer.id, &step, Some("반갑습니다.\n\n다음 달에 됩니다."))
        .await
        .ok();
    assert!(page.text().contains("되살렸습니다"), "{}", page.text());
    let body = "반갑습니다.\n\n다음 달에 됩니다.\n\n비용도 있나요? 네, 없습니다.";
    assert_eq!(a.answer().await.body, body);
    assert!(
        page.text().contains("전달할 답변에 들어 있습니다"),
        "it says so in its place"
    );
    assert_eq!(press(&mut desk, answer.id, "back-99", None).await.status, 404);
    assert_eq!(
        press(&mut desk, answer.id, "back-0", None).await.status,
        404,
        "that one was never cut"
    );
    a.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_it_takes_two_who_edited_an_answer_does_not_approve_it() {
    let a = asked_of(1).await;
    a.world.staff("editor", &[Role::Editor]).await;
    a.rule(true, false).await;
    let answer = a.answered("1", "", "다음 달에 됩니다.").await;
    let (mut one, mut two) = (a.world.signed_in("editor").await, a.world.signed_in("moderator").await);
    let page = press(&mut one, answer.id, "approve", Some("다음 달 15일에 됩니다.")).await;
    assert_eq!(page.status, 409);
    assert!(
        page.text().contains("먼저 저장하고") && page.text().contains("15일"),
        "{}",
        page.text()
    );
    let _saved = press(&mut one, answer.id, "save", Some("다음 달 15일에 됩니다."))
        .await
        .ok();
    // The button is gone; who sends the form without it is refused.
    let page = press(&mut one, answer.id, "approve", None).await;
    assert_eq!(page.status, 409);
    assert_eq!(a.answer().await.state, AnswerState::InReview);
    let _approved = press(&mut two, answer.id, "approve", None).await.ok();
    let row = a.answer().await;
    assert_eq!(
        (row.state, row.body.as_str()),
        (AnswerState::Approved, "다음 달 15일에 됩니다.")
    );
    a.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passage_is_cut_out_before_and_after_the_approval_and_the_original_stays() {
    let a = asked_of(1).await;
    let answer = a
        .answered("1", "", "홍길동 부장이 010-1234-5678로 안내합니다. 홍길동")
        .await;
    let mut desk = a.world.signed_in("moderator").await;
    let page = desk.get(&page_of(answer.id)).await.ok();
    let form = page.form(&page_of(answer.id)).set("step", "redact");
    let page = desk.send(&form.clone().set("redact", "없는 이름")).await;
    assert_eq!(page.status, 422);
    assert!(
        page.text().contains("답변에 없는 말입니다: 없는 이름"),
        "{}",
        page.text()
    );
    let page = desk.send(&form.set("redact", "홍길동 부장\n홍길동")).await.ok();
    assert!(page.text().contains("가렸습니다"), "{}", page.text());
    assert_eq!(a.answer().await.body, "[…]이 010-1234-5678로 안내합니다. […]");
    let _approved = press(&mut desk, answer.id, "approve", None).await.ok();
    let mail = a.delivered(1).await.remove(0);
    assert!(
        words_of(&mail).contains("[…]이") && !words_of(&mail).contains("홍길동"),
        "{}",
        words_of(&mail)
    );

    let page = desk.get(&page_of(answer.id)).await.ok();
    let page = desk
        .send(&page.form("/redact").set("redact", "010-1234-5678"))
        .await
        .ok();
    assert!(page.text().contains("[…]이 […]로 안내합니다."), "{}", page.text());
    let row = a.answer().await;
    assert_eq!(row.original, "홍길동 부장이 010-1234-5678로 안내합니다. 홍길동");
    let mut partner = enter(&a.world, a.scene.partners[0].invitation, Lang::Ko).await;
    let question = a.assignment.question_id.expect("a question");
    let page = partner.get(&format!("/my/questions/{question}")).await.ok();
    assert!(!page.text().contains("010-1234-5678"), "{}", page.text());
    assert_eq!(a.world.audited("answer.redacted").await, 2);
    let record = entity::audit_entry::Entity::find()
        .filter(entity::audit_entry::Column::Action.eq("answer.redacted"))
        .all(a.world.app.db.reader())
        .await
        .expect("reads");
    assert!(
        record.iter().all(|e| !e.details.to_string().contains("홍길동")),
        "the record does not tell what"
    );
    a.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_without_a_flag_goes_out_by_rule_and_any_doubt_is_looked_at() {
    let a = asked_of(1).await;
    let mut desk = a.world.signed_in("moderator").await;
    let rules = "/desk/events/talk/answers/rules";
    let page = desk.get(rules).await.ok();
    let service = a.scene.services[0].id.to_string();
    let page = desk.send(&page.form("/rules").also("auto", &service)).await.ok();
    assert_eq!(
        page.form("/rules").value("auto"),
        Some(service.as_str()),
        "{}",
        page.text()
    );

    let html = "Content-Type: text/html; charset=utf-8\r\n";
    let from = a.crew.email.to_string();
    let data = format!(
        "From: <{from}>\r\nTo: <{}>\r\nSubject: Re: question\r\nMIME-Version: 1.0\r\nMessage-ID: <h@mail.example>\r\n{html}\r\n<p>HTML뿐인 답변입니다.</p>",
        a.address
    );
    let said = deliver(&a.running, &from, &a.address, data.as_bytes()).await;
    assert!(said.starts_with("250"), "{said}");
    all_read(&a.world).await;
    let flagged = a.answer().await;
    assert_eq!(flagged.state, AnswerState::InReview, "it carries a flag");

    // Asked again in the same thread, the crew answers in plain text: that goes out.
    let before = a.mails_to(&from).await;
    let page = desk.get(&page_of(flagged.id)).await.ok();
    let _returned = desk
        .send(&page.form("/return").set("note", "글로 다시 부탁드립니다."))
        .await
        .ok();
    let again = a.mails_to(&from).await;
    assert_eq!(again.len(), before.len() + 1);
    let letter = mail::outbox::letter(&again[before.len()]).expect("a letter");
    assert_eq!(
        letter.after.as_ref(),
        before.last().map(|m| &m.message_id),
        "one thread"
    );
    let clear = a.answered("2", "", "다음 달에 됩니다.").await;
    assert_eq!((clear.state, clear.reviewed_by), (AnswerState::Approved, None));
    let mail = a.delivered(1).await.remove(0);
    assert!(words_of(&mail).contains("다음 달에 됩니다."));
    assert_eq!(a.world.audited("answer.approved_by_rule").await, 1);
    let page = desk.get(&page_of(clear.id)).await.ok();
    assert!(page.text().contains("자동 승인"), "{}", page.text());

    // A further answer to what is answered already is not for a rule to choose.
    let further = a.answered("3", "", "덧붙이면, 15일입니다.").await;
    assert_eq!(further.state, AnswerState::InReview);
    a.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_goes_out_within_the_words_of_its_event() {
    let a = asked_of(1).await;
    let mut desk = a.world.signed_in("moderator").await;
    let words = "/desk/events/talk/templates/delivery/ko";
    let page = desk.get(words).await.ok();
    assert!(
        page.text().contains("{answerer}"),
        "what it knows is listed: {}",
        page.text()
    );
    let form = page
        .form("/templates/delivery")
        .set("act", "save")
        .set("subject", "{event}: {excerpt}");
    let page = desk.send(&form.clone().set("words", "{name} 님께\n\n{link}")).await;
    assert_eq!(page.status, 422, "{}", page.text());
    assert!(
        page.text().contains("{answer}") && page.text().contains("꼭 있어야"),
        "{}",
        page.text()
    );
    let own = "{name} 님께 나래가 답합니다.\n\n{answer}\n\n{link}\n\n---\n나래 드림";
    let page = desk.send(&form.set("words", own)).await.ok();
    assert!(page.text().contains("저장"), "{}", page.text());

    let answer = a.answered("1", "", "다음 달에 됩니다.\r\n\r\n{link} {name}").await;
    let _approved = press(&mut desk, answer.id, "approve", None).await.ok();
    let mail = a.delivered(1).await.remove(0);
    let text = words_of(&mail);
    assert!(
        text.contains("나래가 답합니다.") && text.contains("나래 드림"),
        "{text}"
    );
    assert!(
        text.contains("{link} {name}"),
        "what the crew wrote stays letters: {text}"
    );
    let letter = mail::outbox::letter(&mail).expect("a letter");
    assert_eq!(letter.links().count(), 1, "{letter:?}");
    a.running.stop().await;
}
