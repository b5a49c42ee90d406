//! A small database with one question, and mails that come to it.

use crate::answers::jobs::{Outcome, read_mail};
use crate::service::assign;
use db::{Db, entity, prelude::*};
use domain::{
    AnswerId, AssignmentId, Clock, CrewMemberId, EmailAddress, EventId, IncomingId, InvitationId, Lang, PartnerId,
    QuestionId, ServiceId, StaffId,
    state::{
        mail::{IncomingState, MailKind, Via},
        question::{Board, Naming, Prefers, QuestionState},
    },
    token::{Keys, Purpose, day_stamp_after},
};
use sea_orm::IntoActiveModel;
use std::sync::Arc;
use web::App;

pub(crate) struct World {
    pub(crate) app: App,
    pub(super) staff: StaffId,
    pub(crate) event: EventId,
    pub(crate) service: ServiceId,
    pub(crate) question: entity::question::Model,
    pub(super) invitation: InvitationId,
    _dir: tempfile::TempDir,
}

pub(super) fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).expect("an address")
}

pub(super) async fn insert<A>(tx: &impl ConnectionTrait, model: <A::Entity as EntityTrait>::Model)
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
            hall_code: None,
            hall_from: None,
            hall_asks_until: None,
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
    pub(super) async fn to_crew(&self) -> AssignmentId {
        let tx = self.app.db.begin_write().await.expect("begins");
        let id = assign::to_crew(&tx, &self.app, &self.question, self.service)
            .await
            .expect("assigns");
        tx.commit().await.expect("commits");
        id
    }

    /// A mail to the reply address of the assignment, as the listener would have committed it.
    pub(super) async fn mail(&self, assignment: AssignmentId, from: &str, message_id: &str, text: &str) -> IncomingId {
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

    pub(super) async fn mail_to(&self, to: &str, from: &str, message_id: &str, text: &str) -> IncomingId {
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

    pub(super) async fn read(&self, id: IncomingId) -> Outcome {
        read_mail(&self.app, id).await.expect("reads")
    }

    pub(super) async fn answer(&self, id: AnswerId) -> entity::answer::Model {
        entity::answer::Entity::find_by_id(id)
            .one(self.app.db.reader())
            .await
            .expect("asks")
            .expect("is there")
    }

    pub(super) async fn assignment(&self, id: AssignmentId) -> entity::assignment::Model {
        entity::assignment::Entity::find_by_id(id)
            .one(self.app.db.reader())
            .await
            .expect("asks")
            .expect("is there")
    }

    pub(super) async fn mails(&self, kind: MailKind) -> Vec<entity::outgoing_mail::Model> {
        entity::outgoing_mail::Entity::find()
            .filter(entity::outgoing_mail::Column::Kind.eq(kind))
            .all(self.app.db.reader())
            .await
            .expect("asks")
    }

    pub(super) async fn jobs(&self) -> u64 {
        entity::job::Entity::find()
            .count(self.app.db.reader())
            .await
            .expect("counts")
    }
}
