//! Answers and questions asked back, told once on a database: mail in, review, return, quarantine, picks.

mod world;

use crate::answers::{
    jobs::Outcome,
    service::{self, judge::Reason, quarantine},
};
use crate::{
    reverse::service::{self as reverse, Asker, Proposal},
    service::assign,
};
use db::{entity, prelude::*};
use domain::{
    Lang,
    state::{answer::AnswerState, assignment::AssignmentState, mail::MailKind},
    text::{AnswerText, QuestionText},
};
use std::{collections::HashSet, sync::Arc};
use world::email;
pub(crate) use world::{World, world};

#[tokio::test]
async fn a_reply_becomes_an_answer_once_is_returned_and_approved() {
    let w = world().await;
    let assignment = w.to_crew().await;
    let asked = w.mails(MailKind::Assignment).await;
    assert_eq!(asked[0].to_email, email("rin@host.example"), "the lead on a tie");
    assert_eq!(asked[0].reply_assignment_id, Some(assignment));

    let first = w
        .mail(
            assignment,
            "Rin <rin@host.example>",
            "a@host.example",
            "안녕하세요. 내년 봄에 들어옵니다.",
        )
        .await;
    let Outcome::Answer(answer) = w.read(first).await else {
        panic!("an answer")
    };
    assert_eq!(w.read(first).await, Outcome::Already);
    let again = w
        .mail(
            assignment,
            "rin@host.example",
            "a@host.example",
            "안녕하세요. 내년 봄에 들어옵니다.\r\n-- 광고",
        )
        .await;
    assert_eq!(w.read(again).await, Outcome::Duplicate);
    let row = w.answer(answer).await;
    assert_eq!(
        (row.state, row.body.as_str()),
        (AnswerState::InReview, "안녕하세요. 내년 봄에 들어옵니다.")
    );
    assert_eq!(w.assignment(assignment).await.state, AssignmentState::Answered);

    let tx = w.app.db.begin_write().await.expect("begins");
    service::give_back(&tx, &w.app, w.staff, answer, "어느 지역부터인지 적어 주십시오.", 1)
        .await
        .expect("returns");
    tx.commit().await.expect("commits");
    assert_eq!(w.assignment(assignment).await.state, AssignmentState::Sent);
    assert_eq!(w.mails(MailKind::Assignment).await.len(), 2);

    let second = w
        .mail(
            assignment,
            "rin@host.example",
            "b@host.example",
            "서울부터 봄에 들어옵니다.",
        )
        .await;
    let Outcome::Answer(better) = w.read(second).await else {
        panic!("an answer")
    };
    let before = w.jobs().await;
    let tx = w.app.db.begin_write().await.expect("begins");
    let text = AnswerText::parse("서울부터 내년 봄에 들어옵니다.").expect("a text");
    service::approve(&tx, &w.app, w.staff, better, text.clone(), 1)
        .await
        .expect("approves");
    assert!(
        service::approve(&tx, &w.app, w.staff, better, text, 1).await.is_err(),
        "not twice"
    );
    tx.commit().await.expect("commits");
    assert_eq!(w.jobs().await, before + 1, "its delivery waits");
    assert_eq!(w.answer(better).await.state, AnswerState::Approved);
}

#[tokio::test]
async fn strangers_and_made_up_tokens_wait_and_staff_may_accept_what_is_bound() {
    let w = world().await;
    let assignment = w.to_crew().await;
    let stranger = w
        .mail(assignment, "mallory@evil.example", "m@evil.example", "제가 답합니다.")
        .await;
    assert_eq!(w.read(stranger).await, Outcome::Quarantined(Reason::OtherSender));
    let to = format!("q+{}@{}", "a".repeat(56), w.app.settings.mail.reply_domain);
    let forged = w.mail_to(&to, "rin@host.example", "f@host.example", "답합니다.").await;
    assert_eq!(w.read(forged).await, Outcome::Quarantined(Reason::ForgedToken));
    assert!(
        quarantine::accept(&w.app, w.staff, forged).await.is_err(),
        "bound to nothing"
    );
    let accepted = quarantine::accept(&w.app, w.staff, stranger).await.expect("accepts");
    assert_eq!(w.answer(accepted).await.assignment_id, Some(assignment));
    assert!(
        quarantine::accept(&w.app, w.staff, stranger).await.is_err(),
        "not twice"
    );

    let member = w.assignment(assignment).await.crew_member_id.expect("crew");
    let tx = w.app.db.begin_write().await.expect("begins");
    entity::crew_member::Entity::update_many()
        .col_expr(
            entity::crew_member::Column::RemovedAt,
            Expr::value(Some(w.app.clock.now())),
        )
        .filter(entity::crew_member::Column::Id.eq(member))
        .exec(&tx)
        .await
        .expect("removes");
    quarantine::discard(&tx, &w.app, w.staff, forged)
        .await
        .expect("discards");
    let row = entity::assignment::Entity::find_by_id(assignment)
        .one(&tx)
        .await
        .expect("asks")
        .expect("is there");
    let answered = assign::pass_on(&tx, &w.app, db::audit::Actor::Staff(w.staff), &row, None).await;
    assert!(answered.is_err(), "an answered one stays");
    tx.commit().await.expect("commits");
    let removed = w
        .mail(assignment, "rin@host.example", "r@host.example", "늦었습니다.")
        .await;
    assert_eq!(w.read(removed).await, Outcome::Quarantined(Reason::RemovedCrew));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_parallel_picks_eight_get_a_place_and_a_partner_answers_by_mail() {
    let w = Arc::new(world().await);
    let mut proposals = Vec::new();
    let tx = w.app.db.begin_write().await.expect("begins");
    assert_eq!(reverse::call(&tx, &w.app, w.staff, w.event).await.expect("calls"), 2);
    assert_eq!(
        reverse::call(&tx, &w.app, w.staff, w.event).await.expect("calls"),
        0,
        "nobody is called twice"
    );
    for n in 0..20 {
        let body = QuestionText::parse(&format!("파트너님께 여쭙는 {n}번째 질문입니다.")).expect("a text");
        let (event, staff) = (w.event, Some(w.staff));
        let proposal = Proposal {
            event,
            service: None,
            body,
            lang: Lang::Ko,
            asker: Asker::Staff,
            entered_by: staff,
        };
        proposals.push(reverse::propose(&tx, &w.app, proposal).await.expect("proposes"));
    }
    tx.commit().await.expect("commits");
    let picks = proposals.iter().copied().map(|id| {
        let w = Arc::clone(&w);
        tokio::spawn(async move {
            let tx = w.app.db.begin_write().await.expect("begins");
            let place = reverse::pick(&tx, &w.app, w.staff, w.event, id).await.ok()?;
            tx.commit().await.expect("commits");
            Some((id, place))
        })
    });
    let mut picked = Vec::new();
    for pick in picks.collect::<Vec<_>>() {
        picked.extend(pick.await.expect("ran"));
    }
    assert_eq!(picked.iter().map(|p| p.1).collect::<HashSet<_>>(), (1..=8).collect());

    let tx = w.app.db.begin_write().await.expect("begins");
    let chosen = [w.invitation];
    let sent = reverse::send(&tx, &w.app, w.staff, w.event, picked[0].0, &chosen)
        .await
        .expect("sends");
    let again = reverse::send(&tx, &w.app, w.staff, w.event, picked[0].0, &chosen)
        .await
        .expect("sends");
    tx.commit().await.expect("commits");
    assert_eq!((sent.asked, again.asked, again.already), (1, 0, 1));
    let mail = w.mails(MailKind::ReverseQuestion).await;
    assert_eq!(mail.len(), 1);
    let assignment = mail[0].reply_assignment_id.expect("a reply");
    let reply = w
        .mail(
            assignment,
            "sky@partner.example",
            "s@partner.example",
            "저희는 이렇게 합니다.",
        )
        .await;
    let Outcome::Answer(answer) = w.read(reply).await else {
        panic!("an answer")
    };
    let row = w.answer(answer).await;
    assert_eq!(
        (row.reverse_id, row.invitation_id),
        (Some(picked[0].0), Some(w.invitation))
    );
    let text = AnswerText::parse("저희는 이렇게 합니다.").expect("a text");
    let tx = w.app.db.begin_write().await.expect("begins");
    let linked = service::receive_link(&tx, &w.app, assignment, text.clone())
        .await
        .expect("takes");
    assert_eq!(linked, answer, "the same text is the same answer");
    service::approve(&tx, &w.app, w.staff, answer, text, 1)
        .await
        .expect("approves");
    tx.commit().await.expect("commits");
    assert_eq!(w.jobs().await, 0, "an answer to a question asked back is not delivered");
}
