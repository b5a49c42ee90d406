//! Days pass, and people are reminded: on a frozen clock, an hour at a time.

use super::{Rule, run};
use crate::{
    answers::{
        service::receive_link,
        tests::{World, world},
    },
    service::assign,
};
use chrono::{DateTime, Duration, Utc};
use db::{
    entity::{assignment, crew_member, event, outgoing_mail, question, reminder},
    prelude::*,
};
use domain::{
    AssignmentId, Lang, QuestionId,
    state::{
        assignment::{
            AssignmentState,
            ReminderStep::{self, After, Before, Due, Lead, Moderator},
        },
        mail::{MailKind, OutgoingState},
    },
    text::AnswerText,
};
use mail::Letter;
use sea_orm::IntoActiveModel;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a moment")
}

/// A Sunday; the answers are due on Tuesday, the 1st of December, at six in Seoul.
const DUE: &str = "2026-12-01T09:00:00Z";

impl World {
    /// `n` questions that the crew's lead or member was asked, in mails that have gone.
    async fn asked(&self, who: &str, n: usize) -> Vec<AssignmentId> {
        let mut ids = Vec::new();
        let tx = self.app.db.begin_write().await.expect("begins");
        for at in 0..n {
            let mut question = self.question.clone();
            if at > 0 {
                (question.id, question.number) = (QuestionId::new(), Some(12 + i32::try_from(at).expect("small")));
                question.ordinal = Some(1 + i32::try_from(at).expect("small"));
                let row = question::ActiveModel {
                    board: NotSet,
                    ..question.clone().into_active_model().reset_all()
                };
                question::Entity::insert(row)
                    .exec_without_returning(&tx)
                    .await
                    .expect("inserts");
            }
            let id = assign::to_crew(&tx, &self.app, &question, self.service)
                .await
                .expect("asks");
            ids.push(id);
        }
        let member = crew_member::Entity::find()
            .filter(crew_member::Column::Name.eq(who))
            .one(&tx)
            .await
            .expect("asks")
            .expect("is there");
        assignment::Entity::update_many()
            .col_expr(assignment::Column::CrewMemberId, Expr::value(member.id))
            .exec(&tx)
            .await
            .expect("gives");
        tx.commit().await.expect("commits");
        self.post().await;
        ids
    }

    /// What waits in the outbox goes; gives the reminders among it, with whom they went to.
    async fn post(&self) -> Vec<outgoing_mail::Model> {
        let waiting = outgoing_mail::Entity::find().filter(outgoing_mail::Column::State.eq(OutgoingState::Queued));
        let rows = waiting.all(self.app.db.reader()).await.expect("asks");
        let tx = self.app.db.begin_write().await.expect("begins");
        outgoing_mail::Entity::update_many()
            .col_expr(outgoing_mail::Column::State, Expr::value(OutgoingState::Sent))
            .filter(outgoing_mail::Column::State.eq(OutgoingState::Queued))
            .exec(&tx)
            .await
            .expect("sends");
        tx.commit().await.expect("commits");
        rows.into_iter().filter(|m| m.kind == MailKind::Reminder).collect()
    }

    /// An hour at a time until `end`: when which step spoke to whom.
    async fn walk(&self, end: DateTime<Utc>) -> Vec<(DateTime<Utc>, String)> {
        let mut seen = Vec::new();
        while self.app.clock.now() < end {
            self.app.clock.advance(Duration::hours(1));
            run(&self.app).await.expect("runs");
            for mail in self.post().await {
                seen.push((self.app.clock.now(), mail.to_email.to_string()));
            }
        }
        seen
    }

    async fn row(&self, id: AssignmentId) -> assignment::Model {
        let found = assignment::Entity::find_by_id(id).one(self.app.db.reader()).await;
        found.expect("asks").expect("is there")
    }

    async fn answer_now(&self, id: AssignmentId) {
        let tx = self.app.db.begin_write().await.expect("begins");
        let text = AnswerText::parse("내년 봄에 들어옵니다.").expect("a text");
        receive_link(&tx, &self.app, id, text).await.expect("answers");
        tx.commit().await.expect("commits");
    }

    async fn waiting(&self) -> Vec<outgoing_mail::Model> {
        let waiting = outgoing_mail::Entity::find().filter(outgoing_mail::Column::State.eq(OutgoingState::Queued));
        waiting.all(self.app.db.reader()).await.expect("asks")
    }
}

#[tokio::test]
async fn the_member_is_reminded_then_the_lead_then_the_moderators_and_never_out_of_hours() {
    let w = world().await;
    let id = w.asked("jay", 1).await[0];
    assert_eq!(w.row(id).await.due_at, at(DUE));
    let seen = w.walk(at("2026-12-20T00:00:00Z")).await;
    // Nine in Seoul, Friday before, Tuesday, Thursday, and to the lead on Monday.
    let jay = |day: &str| (at(&format!("{day}T00:00:00Z")), "jay@host.example".to_owned());
    let rin = (at("2026-12-07T00:00:00Z"), "rin@host.example".to_owned());
    assert_eq!(seen, [jay("2026-11-27"), jay("2026-12-01"), jay("2026-12-03"), rin]);
    let steps: Vec<ReminderStep> = reminder::Entity::find()
        .select_only()
        .column(reminder::Column::Step)
        .filter(reminder::Column::AssignmentId.eq(id))
        .order_by_asc(reminder::Column::At)
        .into_tuple()
        .all(w.app.db.reader())
        .await
        .expect("asks");
    assert_eq!(steps, [Before, Due, After, Lead, Moderator]);
    assert_eq!(w.row(id).await.state, AssignmentState::Reminded);
    let notes = super::board::notes(w.app.db.reader(), w.event).await.expect("asks");
    assert_eq!(
        notes.iter().map(|n| n.id).collect::<Vec<_>>(),
        [id],
        "it stands on the moderators' board"
    );
    w.answer_now(id).await;
    let notes = super::board::notes(w.app.db.reader(), w.event).await.expect("asks");
    assert!(notes.is_empty(), "until it is answered");
}

#[tokio::test]
async fn a_reminder_is_a_mail_that_a_reply_to_answers_the_question() {
    let w = world().await;
    let id = w.asked("jay", 1).await[0];
    w.app.clock.set(at("2026-11-27T00:00:00Z"));
    assert_eq!(run(&w.app).await.expect("runs"), 1);
    let mail = w.waiting().await.remove(0);
    assert_eq!((mail.reply_assignment_id, mail.lang), (Some(id), Lang::Ko));
    let letter: Letter = mail::outbox::letter(&mail).expect("reads");
    assert_eq!(
        letter.subject,
        "[가을 문답] 질문 12번 답변 기한 안내 (2026년 12월 1일 (화) 오후 6:00까지)"
    );
    let text = letter.plain();
    assert!(
        text.contains("jay 님") && text.contains("배리어프리") && !text.contains("remind-"),
        "{text}"
    );
    assert!(mail.hours.is_some(), "its retries keep to the hours, too");
}

#[tokio::test]
async fn an_answer_stops_what_has_not_gone_and_all_that_would_follow() {
    let w = world().await;
    let id = w.asked("jay", 1).await[0];
    w.app.clock.set(at("2026-11-27T00:00:00Z"));
    assert_eq!(run(&w.app).await.expect("runs"), 1);
    w.answer_now(id).await;
    assert!(
        w.waiting().await.is_empty(),
        "the reminder was dropped in the answer's own transaction"
    );
    assert!(w.walk(at("2026-12-20T00:00:00Z")).await.is_empty());
}

#[tokio::test]
async fn who_has_several_gets_one_mail_and_an_answer_to_one_of_them_makes_a_new_one() {
    let w = world().await;
    let ids = w.asked("jay", 3).await;
    w.app.clock.set(at("2026-12-01T01:00:00Z"));
    assert_eq!(run(&w.app).await.expect("runs"), 1);
    let mail = w.waiting().await.remove(0);
    assert_eq!(mail.reply_assignment_id, None, "a reply could not be matched");
    let letter = mail::outbox::letter(&mail).expect("reads");
    assert_eq!(letter.links().count(), 3);
    assert!(letter.plain().contains("어느 질문의 답변인지 알 수 없습니다"));
    // The mail is still there when one of them is answered.
    w.answer_now(ids[0]).await;
    assert!(w.waiting().await.is_empty());
    assert_eq!(run(&w.app).await.expect("runs"), 1);
    let again = mail::outbox::letter(&w.waiting().await[0]).expect("reads");
    assert_eq!(again.links().count(), 2);
    assert_eq!(run(&w.app).await.expect("runs"), 0, "once");
}

#[tokio::test]
async fn nodes_that_look_at_once_remind_once() {
    let w = world().await;
    w.asked("jay", 3).await;
    w.app.clock.set(at("2026-12-01T01:00:00Z"));
    let (a, b, c) = tokio::join!(run(&w.app), run(&w.app), run(&w.app));
    let put = a.expect("runs") + b.expect("runs") + c.expect("runs");
    let listed: usize = {
        let mails = w.waiting().await;
        assert_eq!(mails.len(), put);
        mails
            .iter()
            .map(|m| mail::outbox::letter(m).expect("reads").links().count())
            .sum()
    };
    assert!(
        put >= 1 && listed == 3,
        "each question stands in one mail: {put} mails, {listed} questions"
    );
}

#[tokio::test]
async fn who_is_away_is_reminded_when_they_are_back_and_nobody_of_a_mail_that_has_not_gone() {
    let w = world().await;
    let id = w.asked("jay", 1).await[0];
    let tx = w.app.db.begin_write().await.expect("begins");
    assignment::Entity::update_many()
        .col_expr(
            assignment::Column::ChaseAt,
            Expr::value(Some(at("2026-12-02T00:00:00Z"))),
        )
        .filter(assignment::Column::Id.eq(id))
        .exec(&tx)
        .await
        .expect("notes");
    tx.commit().await.expect("commits");
    let seen = w.walk(at("2026-12-02T12:00:00Z")).await;
    assert_eq!(seen, [(at("2026-12-02T00:00:00Z"), "jay@host.example".to_owned())]);
    // The outbox stands still: what would come next waits for what came before.
    w.app.clock.set(at("2026-12-03T01:00:00Z"));
    assert_eq!(run(&w.app).await.expect("runs"), 1);
    w.app.clock.set(at("2026-12-09T01:00:00Z"));
    assert_eq!(run(&w.app).await.expect("runs"), 0);
    assert_eq!(w.waiting().await.len(), 1);
}

#[tokio::test]
async fn after_a_week_without_a_worker_one_reminder_goes_and_not_four() {
    let w = world().await;
    w.asked("jay", 1).await;
    w.app.clock.set(at("2026-12-05T03:00:00Z"));
    assert_eq!(run(&w.app).await.expect("runs"), 0, "it is Saturday");
    w.app.clock.set(at("2026-12-07T01:00:00Z"));
    assert_eq!(run(&w.app).await.expect("runs"), 1);
    assert_eq!(
        w.waiting().await[0].to_email.as_str(),
        "rin@host.example",
        "the step that stands now"
    );
}

#[tokio::test]
async fn an_event_keeps_to_its_own_rule() {
    let w = world().await;
    w.asked("jay", 1).await;
    let event = event::Entity::find_by_id(w.event).one(w.app.db.reader()).await;
    let event = event.expect("asks").expect("is there");
    let mut rule = Rule::usual(&event);
    (rule.before_days, rule.after_days, rule.lead_days) = (0, 0, 0);
    rule.hours.from = 14;
    let tx = w.app.db.begin_write().await.expect("begins");
    rule.store(&tx, &event).await.expect("stores");
    rule.store(&tx, &event).await.expect("stores again");
    tx.commit().await.expect("commits");
    assert_eq!(Rule::of(w.app.db.reader(), &event).await.expect("reads"), rule);
    let seen = w.walk(at("2026-12-20T00:00:00Z")).await;
    assert_eq!(
        seen,
        [(at("2026-12-01T05:00:00Z"), "jay@host.example".to_owned())],
        "at two in Seoul"
    );
    let lines = super::board::lines(&w.app, w.event).await.expect("counts");
    let line = &lines[0].1[0];
    assert_eq!((line.waiting, line.late, line.answered), (1, 1, 0));
    assert_eq!(line.reminded, Some(at("2026-12-01T05:00:00Z")));
}

#[tokio::test]
async fn the_board_knows_the_middle_time_that_answers_took() {
    let w = world().await;
    let ids = w.asked("jay", 3).await;
    for (id, hours) in ids.iter().zip([1, 4, 24]) {
        w.app.clock.set(at("2026-11-22T01:00:00Z") + Duration::hours(hours));
        w.answer_now(*id).await;
    }
    let lines = super::board::lines(&w.app, w.event).await.expect("counts");
    let line = &lines[0].1[0];
    assert_eq!((line.waiting, line.late, line.answered), (0, 0, 3));
    let median = line.median.expect("is known");
    assert!((4 * 3_600 - 2..=4 * 3_600).contains(&median), "{median}");
}
