//! Answers and questions asked back, told once on a database: mail in, review, return, quarantine, picks.

use super::{
    jobs::{Outcome, read_mail},
    service::{self, judge::Reason, quarantine},
};
use crate::{
    reverse::service::{self as reverse, Asker, Proposal},
    service::assign,
};
use db::{Db, entity, prelude::*};
use domain::{
    AnswerId, AssignmentId, Clock, CrewMemberId, EmailAddress, EventId, IncomingId, InvitationId, Lang, PartnerId,
    QuestionId, ServiceId, StaffId,
    state::{
        answer::AnswerState,
        assignment::AssignmentState,
        mail::{IncomingState, MailKind, Via},
        question::{Board, Naming, Prefers, QuestionState},
    },
    text::{AnswerText, QuestionText},
    token::{Keys, Purpose, day_stamp_after},
};
use sea_orm::IntoActiveModel;
use std::{collections::HashSet, sync::Arc};
use web::App;

pub(crate) struct World {
    pub(crate) app: App,
    staff: StaffId,
    pub(crate) event: EventId,
    pub(crate) service: ServiceId,
    pub(crate) question: entity::question::Model,
    invitation: InvitationId,
    _dir: tempfile::TempDir,
}

fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).expect("an address")
}

async fn insert<A>(tx: &impl ConnectionTrait, model: <A::Entity as EntityTrait>::Model)
where
    A: ActiveModelTrait + Send,
    <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
{
    A::Entity::insert(model.into_active_model().reset_all())
        .exec_without_returning(tx)
        .await
        .expect("inserts");
}

/// A fresh database on the engine that the run tests, as in `testkit`, which stands above this slice.
async fn address(dir: &tempfile::TempDir) -> String {
    if std::env::var("MUNDAP_TEST_ENGINE").as_deref() != Ok("postgres") {
        return format!("sqlite://{}/t.db", dir.path().display());
    }
    let admin = std::env::var("MUNDAP_TEST_POSTGRES").expect("MUNDAP_TEST_POSTGRES is set by `make test`");
    let name = format!("t{}", EventId::new());
    let connection = sea_orm::Database::connect(&admin).await.expect("PostgreSQL answers");
    connection
        .execute_unprepared(&format!("CREATE DATABASE {name}"))
        .await
        .expect("creates a database");
    let (server, _) = admin.rsplit_once('/').expect("an address with a database");
    format!("{server}/{name}")
}

#[expect(clippy::too_many_lines, reason = "rows have many columns")]
pub(crate) async fn world() -> World {
    let dir = tempfile::tempdir().expect("a folder");
    let db = Db::connect(&address(&dir).await, 4).await.expect("opens");
    db.migrate().await.expect("migrates");
    let settings = Arc::new(settings::Settings::embedded().expect("settings"));
    let clock = Clock::frozen("2026-11-22T01:00:00Z".parse().expect("a time"));
    let app = App::new(
        db,
        settings,
        clock,
        Keys::from_random([7; 32]),
        db::Wake::default(),
        false,
    );
    let now = app.clock.now();
    let (staff, event, service) = (StaffId::new(), EventId::new(), ServiceId::new());
    let (partner, invitation) = (PartnerId::new(), InvitationId::new());
    let tx = app.db.begin_write().await.expect("begins");
    insert::<entity::staff::ActiveModel>(
        &tx,
        entity::staff::Model {
            id: staff,
            email: email("mod@host.example"),
            name: "한별".into(),
            password_hash: String::new(),
            roles: "moderator".into(),
            disabled_at: None,
            created_at: now,
        },
    )
    .await;
    insert::<entity::event::ActiveModel>(
        &tx,
        entity::event::Model {
            id: event,
            slug: "talk".into(),
            title: "가을 문답".into(),
            title_en: "Autumn talk".into(),
            host_name: "온마을".into(),
            host_name_en: "Onmaeul".into(),
            intro: String::new(),
            intro_en: String::new(),
            time_zone: "Asia/Seoul".into(),
            opens_at: now,
            closes_at: now + chrono::Duration::days(7),
            live_places: 10,
            reverse_places: 8,
            max_questions: 3,
            answer_days: 7,
            created_at: now,
        },
    )
    .await;
    insert::<entity::service::ActiveModel>(
        &tx,
        entity::service::Model {
            id: service,
            name: "지도".into(),
            name_en: "Maps".into(),
            blurb: String::new(),
            blurb_en: String::new(),
            position: 1,
        },
    )
    .await;
    for (name, lead) in [("jay", false), ("rin", true)] {
        insert::<entity::crew_member::ActiveModel>(
            &tx,
            entity::crew_member::Model {
                id: CrewMemberId::new(),
                service_id: service,
                nickname: Some(name.into()),
                name: name.into(),
                team: None,
                email: email(&format!("{name}@host.example")),
                is_lead: lead,
                absent_from: None,
                absent_until: None,
                deputy_id: None,
                removed_at: None,
                created_at: now,
            },
        )
        .await;
    }
    insert::<entity::partner::ActiveModel>(
        &tx,
        entity::partner::Model {
            id: partner,
            company_id: None,
            name: "김하늘".into(),
            title: Some("대표".into()),
            pen_name: None,
            group_name: None,
            email: Some(email("sky@partner.example")),
            lang: Lang::Ko,
            display_line: None,
            created_at: now,
            updated_at: now,
        },
    )
    .await;
    insert::<entity::invitation::ActiveModel>(
        &tx,
        entity::invitation::Model {
            id: invitation,
            event_id: event,
            partner_id: partner,
            field_id: None,
            link_version: 1,
            invited_at: None,
            entered_at: None,
            created_at: now,
        },
    )
    .await;
    let question = entity::question::Model {
        id: QuestionId::new(),
        event_id: event,
        invitation_id: invitation,
        service_id: service,
        number: Some(12),
        ordinal: Some(1),
        body: "지도에 배리어프리 정보가 언제 들어오나요?".into(),
        lang: Lang::Ko,
        prefers: Prefers::Either,
        naming: Naming::Full,
        state: QuestionState::Routed,
        pending: None,
        board: Some(Board::Crew),
        merged_into: None,
        decline_reason: None,
        entered_by: None,
        version: 1,
        created_at: now,
        received_at: Some(now),
        updated_at: now,
        change_seq: None,
    };
    let row = entity::question::ActiveModel {
        board: NotSet,
        ..question.clone().into_active_model()
    };
    entity::question::Entity::insert(row)
        .exec_without_returning(&tx)
        .await
        .expect("inserts");
    tx.commit().await.expect("commits");
    World {
        app,
        staff,
        event,
        service,
        question,
        invitation,
        _dir: dir,
    }
}

impl World {
    async fn to_crew(&self) -> AssignmentId {
        let tx = self.app.db.begin_write().await.expect("begins");
        let id = assign::to_crew(&tx, &self.app, &self.question, self.service)
            .await
            .expect("assigns");
        tx.commit().await.expect("commits");
        id
    }

    /// A mail to the reply address of the assignment, as the listener would have committed it.
    async fn mail(&self, assignment: AssignmentId, from: &str, message_id: &str, text: &str) -> IncomingId {
        let token = self.app.keys.sign(
            Purpose::Reply,
            assignment.uuid(),
            day_stamp_after(self.app.clock.now(), 30),
        );
        self.mail_to(
            &format!("q+{token}@{}", self.app.settings.mail.reply_domain),
            from,
            message_id,
            text,
        )
        .await
    }

    async fn mail_to(&self, to: &str, from: &str, message_id: &str, text: &str) -> IncomingId {
        let raw = format!(
            "From: {from}\r\nTo: {to}\r\nSubject: Re: hello\r\nMessage-ID: <{message_id}>\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n"
        );
        let id = IncomingId::new();
        let tx = self.app.db.begin_write().await.expect("begins");
        insert::<entity::incoming_mail::ActiveModel>(
            &tx,
            entity::incoming_mail::Model {
                id,
                via: Via::Smtp,
                state: IncomingState::Received,
                envelope_from: from.into(),
                envelope_to: to.into(),
                raw: raw.into_bytes(),
                content_hash: id.to_string(),
                message_id: None,
                from_email: None,
                subject: None,
                class: None,
                reason: None,
                assignment_id: None,
                event_id: None,
                received_at: self.app.clock.now(),
                read_at: None,
                client_ip: None,
                helo: None,
                authentication: None,
                detail: None,
                back_on: None,
                crew_member_id: None,
                outgoing_id: None,
            },
        )
        .await;
        tx.commit().await.expect("commits");
        id
    }

    async fn read(&self, id: IncomingId) -> Outcome {
        read_mail(&self.app, id).await.expect("reads")
    }

    async fn answer(&self, id: AnswerId) -> entity::answer::Model {
        entity::answer::Entity::find_by_id(id)
            .one(self.app.db.reader())
            .await
            .expect("asks")
            .expect("is there")
    }

    async fn assignment(&self, id: AssignmentId) -> entity::assignment::Model {
        entity::assignment::Entity::find_by_id(id)
            .one(self.app.db.reader())
            .await
            .expect("asks")
            .expect("is there")
    }

    async fn mails(&self, kind: MailKind) -> Vec<entity::outgoing_mail::Model> {
        entity::outgoing_mail::Entity::find()
            .filter(entity::outgoing_mail::Column::Kind.eq(kind))
            .all(self.app.db.reader())
            .await
            .expect("asks")
    }

    async fn jobs(&self) -> u64 {
        entity::job::Entity::find()
            .count(self.app.db.reader())
            .await
            .expect("counts")
    }
}

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
