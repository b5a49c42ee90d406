//! An event with its staff, a service and so many questions.

use db::{
    Db,
    entity::{crew_member, event, invitation, outgoing_mail, partner, question, service, speaker, staff},
    prelude::*,
};
use domain::{
    Clock, CrewMemberId, EmailAddress, EventId, InvitationId, Lang, PartnerId, QuestionId, ServiceId, SpeakerId,
    StaffId,
    state::{
        mail::MailKind,
        question::{Naming, Prefers, QuestionState},
    },
    token::Keys,
};
use moderation::{Error, triage::service::decide};
use std::sync::Arc;
use web::App;

pub(crate) const PASSWORD: &str = "a rather long sentence";

pub(crate) struct Story {
    pub(crate) app: App,
    pub(crate) event: EventId,
    pub(crate) staff: [StaffId; 2],
    pub(crate) service: ServiceId,
    pub(crate) speaker: SpeakerId,
    pub(crate) questions: Vec<QuestionId>,
    _dir: tempfile::TempDir,
}

impl Story {
    pub(crate) async fn new(questions: i32) -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let url = match std::env::var("MUNDAP_TEST_ENGINE").as_deref() {
            Ok("postgres") => postgres().await,
            _ => format!("sqlite://{}/t.db", dir.path().display()),
        };
        let db = Db::connect(&url, 8).await.expect("opens");
        db.migrate().await.expect("migrates");
        let settings = settings::Settings::embedded().expect("the embedded default");
        let app = App::new(
            db,
            Arc::new(settings),
            Clock::system(),
            Keys::from_random([7; 32]),
            db::Wake::default(),
            false,
        );
        let mut story = Self {
            app,
            event: EventId::new(),
            staff: [StaffId::new(), StaffId::new()],
            service: ServiceId::new(),
            speaker: SpeakerId::new(),
            questions: Vec::new(),
            _dir: dir,
        };
        story.fill(questions).await;
        story
    }

    pub(crate) async fn fill(&mut self, questions: i32) {
        let now = self.app.clock.now();
        let tx = self.app.db.begin_write().await.expect("begins");
        let row = event::ActiveModel {
            id: Set(self.event),
            slug: Set("talk".into()),
            title: Set("파트너 문답".into()),
            title_en: Set("Partner talk".into()),
            host_name: Set("온달".into()),
            host_name_en: Set("Ondal".into()),
            time_zone: Set("Asia/Seoul".into()),
            opens_at: Set(now - chrono::TimeDelta::days(7)),
            closes_at: Set(now),
            live_places: Set(10),
            reverse_places: Set(8),
            max_questions: Set(3),
            answer_days: Set(7),
            created_at: Set(now),
            ..Default::default()
        };
        event::Entity::insert(row)
            .exec_without_returning(&tx)
            .await
            .expect("event");
        for (n, id) in self.staff.iter().enumerate() {
            let row = staff::ActiveModel {
                id: Set(*id),
                email: Set(address(&format!("staff{n}"))),
                name: Set(format!("운영자 {n}")),
                password_hash: Set(web::password::hash(PASSWORD.to_owned().into()).await.expect("hashes")),
                roles: Set("moderator,stage".into()),
                disabled_at: Set(None),
                created_at: Set(now),
            };
            staff::Entity::insert(row)
                .exec_without_returning(&tx)
                .await
                .expect("staff");
        }
        let row = service::ActiveModel {
            id: Set(self.service),
            name: Set("결제".into()),
            name_en: Set("Payments".into()),
            blurb: Set(String::new()),
            blurb_en: Set(String::new()),
            position: Set(0),
        };
        service::Entity::insert(row)
            .exec_without_returning(&tx)
            .await
            .expect("service");
        let row = speaker::ActiveModel {
            id: Set(self.speaker),
            event_id: Set(self.event),
            nickname: Set(Some("Jay".into())),
            name: Set("이준호".into()),
            title: Set(Some("대표".into())),
            team: Set(None),
            affiliate: Set(None),
            email: Set(None),
            position: Set(0),
        };
        speaker::Entity::insert(row)
            .exec_without_returning(&tx)
            .await
            .expect("speaker");
        for number in 1..=questions {
            let (invitation, id) = (self.asker(&tx, number).await, QuestionId::new());
            let row = question::ActiveModel {
                id: Set(id),
                event_id: Set(self.event),
                invitation_id: Set(invitation),
                service_id: Set(self.service),
                number: Set(Some(number)),
                ordinal: Set(Some(1)),
                body: Set(format!("정산 주기를 앞당길 계획이 있는지 궁금합니다. ({number})")),
                lang: Set(Lang::Ko),
                prefers: Set(Prefers::Either),
                naming: Set(Naming::Full),
                state: Set(QuestionState::Received),
                pending: NotSet,
                board: NotSet,
                merged_into: Set(None),
                decline_reason: Set(None),
                entered_by: Set(None),
                version: Set(1),
                created_at: Set(now),
                received_at: Set(Some(now)),
                updated_at: Set(now),
                change_seq: NotSet,
            };
            question::Entity::insert(row)
                .exec_without_returning(&tx)
                .await
                .expect("question");
            self.questions.push(id);
        }
        tx.commit().await.expect("commits");
    }

    pub(crate) async fn asker(&self, tx: &WriteTx, number: i32) -> InvitationId {
        let now = self.app.clock.now();
        let (partner, invitation) = (PartnerId::new(), InvitationId::new());
        let row = partner::ActiveModel {
            id: Set(partner),
            company_id: Set(None),
            name: Set(format!("파트너 {number}")),
            title: Set(None),
            pen_name: Set(None),
            group_name: Set(None),
            email: Set(Some(address(&format!("partner{number}")))),
            lang: Set(if number % 2 == 0 { Lang::En } else { Lang::Ko }),
            display_line: Set(None),
            created_at: Set(now),
            updated_at: Set(now),
        };
        partner::Entity::insert(row)
            .exec_without_returning(tx)
            .await
            .expect("partner");
        let row = invitation::ActiveModel {
            id: Set(invitation),
            event_id: Set(self.event),
            partner_id: Set(partner),
            field_id: Set(None),
            link_version: Set(1),
            invited_at: Set(None),
            entered_at: Set(None),
            created_at: Set(now),
        };
        invitation::Entity::insert(row)
            .exec_without_returning(tx)
            .await
            .expect("invitation");
        invitation
    }

    pub(crate) async fn crew(&self) {
        let tx = self.app.db.begin_write().await.expect("begins");
        let row = crew_member::ActiveModel {
            id: Set(CrewMemberId::new()),
            service_id: Set(self.service),
            nickname: Set(Some("Sol".into())),
            name: Set("한솔".into()),
            team: Set(Some("결제팀".into())),
            email: Set(address("sol")),
            is_lead: Set(true),
            absent_from: Set(None),
            absent_until: Set(None),
            deputy_id: Set(None),
            removed_at: Set(None),
            created_at: Set(self.app.clock.now()),
        };
        crew_member::Entity::insert(row)
            .exec_without_returning(&tx)
            .await
            .expect("crew");
        tx.commit().await.expect("commits");
    }

    pub(crate) async fn live(&self, staff: usize, question: usize) -> Result<i32, Error> {
        let tx = self.app.db.begin_write().await.expect("begins");
        let place = decide::live(&tx, &self.app, self.staff[staff], self.questions[question], None).await?;
        tx.commit().await.expect("commits");
        Ok(place)
    }

    pub(crate) async fn state(&self, question: usize) -> QuestionState {
        let found = question::Entity::find_by_id(self.questions[question])
            .one(self.app.db.reader())
            .await;
        found.expect("reads").expect("there").state
    }

    pub(crate) async fn mails(&self, kind: MailKind) -> u64 {
        let found = outgoing_mail::Entity::find().filter(outgoing_mail::Column::Kind.eq(kind));
        found.count(self.app.db.reader()).await.expect("counts")
    }
}

pub(crate) fn address(local: &str) -> EmailAddress {
    EmailAddress::parse(&format!("{local}@partner.example")).expect("an address")
}

async fn postgres() -> String {
    let admin = std::env::var("MUNDAP_TEST_POSTGRES").expect("MUNDAP_TEST_POSTGRES");
    let name = format!("t{}", uuid::Uuid::new_v4().simple());
    let connection = sea_orm::Database::connect(&admin).await.expect("PostgreSQL answers");
    connection
        .execute_unprepared(&format!("CREATE DATABASE {name}"))
        .await
        .expect("creates");
    let (server, _) = admin.rsplit_once('/').expect("an address with a database");
    format!("{server}/{name}")
}
