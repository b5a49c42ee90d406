//! A host with eight services and its partners, made through the slices' own services.

use chrono::{Duration, NaiveDate};
use db::{audit::Actor, people};
use domain::{CrewMemberId, EmailAddress, EventId, InvitationId, Lang, ServiceId, SpeakerId, StaffId, role::Role};
use intake::staff::service as intake_staff;
use testkit::{Browser, World};

pub struct Service {
    pub id: ServiceId,
    pub lead: CrewMemberId,
}

pub struct Partner {
    pub invitation: InvitationId,
    pub email: Option<String>,
    pub lang: Lang,
}

/// Who and what a story plays with.
pub struct Scene {
    pub event: EventId,
    pub slug: &'static str,
    pub moderator: StaffId,
    pub services: Vec<Service>,
    pub speakers: Vec<SpeakerId>,
    pub partners: Vec<Partner>,
}

/// How large it is.
pub struct Size {
    pub partners: usize,
    pub services: usize,
    pub max_questions: i32,
    /// Every n-th partner has no address; 0: all have one.
    pub no_mail_every: usize,
}

impl Default for Size {
    fn default() -> Self {
        Self {
            partners: 50,
            services: 8,
            max_questions: 5,
            no_mail_every: 0,
        }
    }
}

impl Size {
    /// One service and its partners, which most stories need no more of.
    pub fn small(partners: usize) -> Self {
        Self {
            partners,
            services: 1,
            ..Self::default()
        }
    }
}

#[expect(clippy::too_many_lines, reason = "a scene is set once, from top to bottom")]
pub async fn set(world: &World, size: Size) -> Scene {
    let app = &world.app;
    let (clock, now) = (&app.clock, app.clock.now());
    let moderator = world
        .staff("moderator", &[Role::Moderator, Role::Stage, Role::Editor])
        .await;
    let actor = Actor::Staff(moderator);
    let tx = app.db.begin_write().await.expect("begins");
    let mut services = Vec::new();
    for n in 0..size.services {
        let new = intake_staff::service::NewService {
            name: format!("서비스 {n}"),
            name_en: format!("Service {n}"),
            ..Default::default()
        };
        let id = intake_staff::service::add(&tx, clock, actor, new)
            .await
            .expect("a service");
        let mut lead = None;
        for who in ["lead", "second"] {
            let email = format!("{who}{n}@crew.example");
            let member = intake_staff::crew::NewCrewMember {
                nickname: Some(format!("{who}-{n}")),
                name: format!("크루 {n}"),
                team: Some(format!("{n}팀")),
                email: EmailAddress::parse(&email).expect("an address"),
                is_lead: who == "lead",
            };
            let id = intake_staff::crew::add(&tx, clock, actor, id, member)
                .await
                .expect("a crew member");
            lead.get_or_insert(id);
        }
        services.push(Service {
            id,
            lead: lead.expect("a lead"),
        });
    }
    let field = intake_staff::field::add(
        &tx,
        clock,
        actor,
        intake_staff::field::NewField {
            name: "콘텐츠".into(),
            name_en: "Content".into(),
        },
    )
    .await
    .expect("a field");
    let event = intake_staff::event::create(
        &tx,
        clock,
        actor,
        intake_staff::event::NewEvent {
            slug: "talk".into(),
            title: "파트너와의 대화".into(),
            title_en: "A talk with partners".into(),
            host_name: "나래".into(),
            host_name_en: "Narae".into(),
            intro: String::new(),
            intro_en: String::new(),
            time_zone: chrono_tz::Asia::Seoul,
            opens_at: now - Duration::days(1),
            closes_at: now + Duration::days(7),
            live_places: 10,
            reverse_places: 8,
            max_questions: size.max_questions,
            answer_days: 7,
        },
    )
    .await
    .expect("an event");
    let day = NaiveDate::from_ymd_opt(2030, 1, 2).expect("a day");
    intake_staff::sitting::add(
        &tx,
        clock,
        actor,
        event,
        intake_staff::sitting::NewSitting {
            title: "1회차".into(),
            title_en: "First".into(),
            place: "큰 방".into(),
            place_en: "The large room".into(),
            first_day: day,
            last_day: day,
            capacity: None,
            remind_days: None,
        },
    )
    .await
    .expect("a sitting");
    let mut speakers = Vec::new();
    for n in 0..3 {
        let new = intake_staff::speaker::NewSpeaker {
            nickname: Some(format!("speaker{n}")),
            name: format!("발표자 {n}"),
            title: Some("부문장".into()),
            ..Default::default()
        };
        speakers.push(
            intake_staff::speaker::add(&tx, clock, actor, event, new)
                .await
                .expect("a speaker"),
        );
    }
    let mut partners = Vec::new();
    for n in 0..size.partners {
        let mail = size.no_mail_every == 0 || n % size.no_mail_every != 0;
        let email = mail.then(|| format!("partner{n}@company.example"));
        let lang = if n % 8 == 7 { Lang::En } else { Lang::Ko };
        let new = intake_staff::partner::NewPartner {
            company: (n % 7 != 0).then(|| format!("회사 {}", n / 2)),
            title: (n % 3 == 0).then(|| "대표".to_owned()),
            name: format!("파트너 {n}"),
            pen_name: None,
            group: None,
            field: Some(field),
            services: vec![services[n % services.len()].id],
            email: email.as_deref().map(|e| EmailAddress::parse(e).expect("an address")),
            lang,
            display_line: None,
        };
        let invitation = intake_staff::partner::add(&tx, clock, actor, event, new)
            .await
            .expect("a partner");
        partners.push(Partner {
            invitation,
            email,
            lang,
        });
    }
    tx.commit().await.expect("commits");
    Scene {
        event,
        slug: "talk",
        moderator,
        services,
        speakers,
        partners,
    }
}

/// The partner's personal link, as a path.
pub async fn personal_path(world: &World, invitation: InvitationId) -> String {
    let invitee = people::invitee(world.app.db.reader(), invitation, Lang::Ko)
        .await
        .expect("reads")
        .expect("is there");
    let url = intake_staff::invitation::personal_url(&world.app, &invitee);
    url.strip_prefix(&world.app.settings.web.public_url)
        .expect("our own address")
        .to_owned()
}

/// The partner opens their link and presses the button.
pub async fn enter(world: &World, invitation: InvitationId, lang: Lang) -> Browser {
    let mut browser = world.browser().speaking(lang.as_str());
    let path = personal_path(world, invitation).await;
    let landing = browser.get(&path).await.ok();
    let form = landing.form("/i/");
    let home = browser.send(&form).await.ok();
    assert_eq!(home.path, "/my", "the button leads in: {}", home.text());
    browser
}

/// Writes and sends a question as a partner does.
pub async fn ask(browser: &mut Browser, service: ServiceId, text: &str, naming: &str) {
    let page = browser.get("/my/questions/new").await.ok();
    let form = page
        .form("/my/questions")
        .set("question", text)
        .set("service", &service.to_string())
        .set("naming", naming)
        .set("consent_required", "on")
        .set("consent_print", "on")
        .set("do", "send");
    let sent = browser.send(&form).await.ok();
    assert!(
        !sent.body.contains("aria-invalid"),
        "the question is taken: {}",
        sent.text()
    );
}
