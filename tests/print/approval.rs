//! Everybody who is quoted says whether their words may stand.

use super::Print;
use axum::http::StatusCode;
use db::{entity, prelude::*};
use domain::state::{article::Unapproved, mail::MailKind};
use publishing::{
    approval::{self, Status},
    article::{self, QUESTION},
};

impl Print {
    async fn statuses(&self) -> Vec<(article::Who, Status)> {
        let row = self.row().await;
        let (_, draft) = self.current().await;
        let sheet = approval::people(self.world.app.db.reader(), &row, draft)
            .await
            .expect("reads");
        sheet.items().map(|i| (i.words.who, i.status)).collect()
    }

    async fn ask(&self) -> approval::Asks {
        approval::ask(&self.world.app, self.scene.moderator, self.id, None)
            .await
            .expect("asks")
    }

    /// Presses the button of this deed on their page.
    pub(super) async fn press(&self, who: article::Who, verb: &str) {
        let link = self.link(who).await;
        let mut browser = self.world.browser();
        let form = browser.get(&link).await.ok().form(&link);
        let id = form.value("seen").expect("a place").to_owned();
        drop(browser.send(&form.set("act", &format!("{verb}:{id}"))).await.ok());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_of_somebodys_words_opens_their_approval_and_no_other() {
    let p = Print::new().await;
    assert!(p.statuses().await.iter().all(|(_, s)| *s == Status::Missing));
    let asks = p.ask().await;
    assert_eq!((asks.people, asks.mails), (6, 3), "speakers here have no address");
    assert_eq!(p.ask().await.people, 0, "asking again asks nobody twice");
    let mails = p.mails(MailKind::Approval).await;
    assert_eq!(mails.len(), 3);
    let letter = mail::outbox::letter(&mails[0]).expect("reads").plain();
    assert!(
        letter.contains("물음-하나-끝") && !letter.contains("물음-둘-끝") && !letter.contains("대답-"),
        "{letter}"
    );

    // A scanner that opens the link decides nothing.
    let link = p.link(p.partner(0)).await;
    let page = p.world.browser().get(&link).await.ok();
    assert!(
        page.text().contains("물음-하나-끝") && !page.text().contains("물음-둘-끝"),
        "{}",
        page.text()
    );
    assert!(p.statuses().await.iter().all(|(_, s)| *s == Status::Asked));
    p.press(p.partner(0), "approve").await;
    p.press(p.partner(1), "approve").await;
    p.press(article::Who::Speaker(p.scene.speakers[0]), "approve").await;
    let approved = |all: &[(article::Who, Status)]| all.iter().filter(|(_, s)| *s == Status::Approved).count();
    assert_eq!(approved(&p.statuses().await), 3);

    let asked = p.asked(0);
    p.edit(|d| {
        let x = d.exchange(asked).expect("stands");
        x.texts
            .insert(QUESTION.into(), "물음-하나-끝: 정산을 앞당기나요?".into());
    })
    .await;
    let now = p.statuses().await;
    assert_eq!(approved(&now), 2);
    let theirs = now.iter().find(|(who, _)| *who == p.partner(0)).expect("stands");
    assert_eq!(theirs.1, Status::Reopened);
    // Going back to what was approved needs no new word.
    p.edit(|d| d.exchange(asked).expect("stands").texts.clear()).await;
    assert_eq!(approved(&p.statuses().await), 3);
    assert_eq!(p.world.audited("approval.given").await, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wish_is_taken_into_the_article_by_one_press() {
    let p = Print::new().await;
    p.ask().await;
    let link = p.link(p.partner(1)).await;
    let mut partner = p.world.browser();
    let form = partner.get(&link).await.ok().form(&link);
    let id = form.value("seen").expect("a place").to_owned();
    let nothing = partner.send(&form.clone().set("act", &format!("change:{id}"))).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    let form = form
        .set(&format!("text-{id}-question"), "물음-둘-끝: 수수료가 바뀌나요?")
        .set(&format!("remark-{id}"), "조금 부드럽게요")
        .set("act", &format!("change:{id}"));
    drop(partner.send(&form).await.ok());
    let mut editor = p.world.signed_in("moderator").await;
    let path = format!("/desk/articles/{}/approvals", p.id);
    let page = editor.get(&path).await.ok();
    assert!(
        page.text().contains("조금 부드럽게요") && page.text().contains("바뀌나요"),
        "{}",
        page.text()
    );
    let forms = page.forms("approvals");
    let accept = forms
        .into_iter()
        .find(|f| f.value("approval").is_some())
        .expect("a wish");
    drop(editor.send(&accept.set("act", "accept")).await.ok());
    let now = p.statuses().await;
    let theirs = now.iter().find(|(who, _)| *who == p.partner(1)).expect("stands");
    assert_eq!(theirs.1, Status::Approved, "these are their own words");
    let question = entity::question::Entity::find_by_id(p.questions[1])
        .one(p.world.app.db.reader())
        .await;
    assert!(
        question
            .expect("reads")
            .expect("is there")
            .body
            .contains("그대로인가요")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_not_approved_is_left_out_or_stands_without_a_name() {
    let p = Print::new().await;
    let (app, staff) = (&p.world.app, p.scene.moderator);
    let (one, two) = (p.asked(0), p.asked(1));
    p.edit(|d| {
        d.exchange(one).expect("stands").unapproved = Unapproved::Anonymise;
        d.exchange(two).expect("stands").unapproved = Unapproved::LeaveOut;
    })
    .await;
    p.ask().await;
    for who in [p.partner(2), article::Who::Speaker(p.scene.speakers[2])] {
        p.press(who, "approve").await;
    }
    let mut editor = p.world.signed_in("moderator").await;
    let page = editor.get(&format!("/desk/articles/{}", p.id)).await.ok().text();
    assert!(
        page.contains("승인된 2곳") && page.contains("2곳은 이름 없이") && page.contains("2곳은 빠집니다"),
        "{page}"
    );
    let outcome = article::publish(app, staff, p.id).await.expect("publishes");
    assert_eq!((outcome.approved, outcome.anonymous, outcome.left_out), (2, 2, 2));
    let page = p.page().await.ok().text();
    assert!(
        page.contains("물음-하나-끝") && page.contains("익명의 파트너"),
        "{page}"
    );
    assert!(
        !page.contains("파트너 0") && !page.contains("speaker0") && !page.contains("발표자 0"),
        "{page}"
    );
    assert!(!page.contains("물음-둘-끝") && !page.contains("대답-1-끝"), "{page}");
    assert!(
        page.contains("물음-셋-끝") && page.contains("파트너 2") && page.contains("speaker2"),
        "{page}"
    );
    nowhere(&p, &["물음-둘-끝", "대답-1-끝"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_takes_their_words_back_leaves_what_is_published() {
    let p = Print::new().await;
    let (app, staff) = (&p.world.app, p.scene.moderator);
    approval::note_approved(app, staff, p.id, None).await.expect("notes");
    article::publish(app, staff, p.id).await.expect("publishes");
    assert!(p.page().await.ok().text().contains("물음-하나-끝"));
    let asked = p.asked(0);
    // They answer the old link while an editor has other words already.
    p.edit(|d| {
        let x = d.exchange(asked).expect("stands");
        x.texts.insert(QUESTION.into(), "물음-하나-끝: 다른 말입니다.".into());
        x.unapproved = Unapproved::Anonymise;
    })
    .await;
    p.ask().await;
    p.press(p.partner(0), "withdraw").await;
    p.work().await;
    let page = p.page().await.ok().text();
    assert!(!page.contains("물음-하나-끝") && page.contains("물음-둘-끝"), "{page}");
    nowhere(&p, &["물음-하나-끝", "대답-0-끝"]).await;
    // Nor does a correction bring them back, in whatever words.
    p.edit(|d| {
        let x = d.exchange(asked).expect("stands");
        x.texts
            .insert(QUESTION.into(), "물음-하나-끝: 또 다른 말입니다.".into());
    })
    .await;
    article::publish(app, staff, p.id).await.expect("corrects");
    nowhere(&p, &["물음-하나-끝", "대답-0-끝"]).await;
    let stored = p.row().await.snapshot.expect("stands").to_string();
    assert!(!stored.contains("물음-하나-끝"), "gone, not only hidden");
    assert_eq!(p.world.audited("article.words_withdrawn").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_answer_is_reminded_twice_in_working_hours() {
    let p = Print::new().await;
    let app = &p.world.app;
    p.ask().await;
    p.press(p.partner(0), "approve").await;
    let before = p.mails(MailKind::Approval).await.len();
    assert_eq!(approval::remind(app).await.expect("reminds"), 0, "not yet");
    for round in [2, 2, 0] {
        app.clock.advance(chrono::TimeDelta::days(14));
        assert_eq!(approval::remind(app).await.expect("reminds"), round);
        assert_eq!(approval::remind(app).await.expect("reminds"), 0);
    }
    let mails = p.mails(MailKind::Approval).await;
    assert_eq!(mails.len(), before + 4);
    assert!(mails[before..].iter().all(|m| m.hours.is_some()));
}

/// None of these words is in anything that a stranger can get.
pub(super) async fn nowhere(p: &Print, canaries: &[&str]) {
    let mut reader = p.world.browser();
    let slug = p.scene.slug;
    for path in [
        "/".to_owned(),
        format!("/articles/{slug}"),
        "/?after=x".to_owned(),
        format!("/articles/{slug}/pictures/x.png"),
    ] {
        let page = reader.get(&path).await;
        for canary in canaries {
            assert!(!page.body.contains(canary), "{canary} in {path}");
        }
    }
    // Similar questions show partners what is printed.
    let mut partner = crate::flow::scene::enter(&p.world, p.scene.partners[3].invitation, domain::Lang::Ko).await;
    let form = partner.get("/my/questions/new").await.ok().form("/my/questions");
    let csrf = form.value("csrf").expect("a token").to_owned();
    for canary in canaries {
        let fields = [
            ("csrf".to_owned(), csrf.clone()),
            ("question".to_owned(), format!("{canary} 정산을 앞당길 계획이 있나요?")),
        ];
        let similar = partner.post("/my/questions/similar", &fields).await;
        let text = similar.body.replace(&fields[1].1, "");
        assert!(!text.contains(canary), "{canary} among similar ones: {text}");
    }
}
