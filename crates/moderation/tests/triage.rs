//! From fifty questions to a released stage: what must hold when many press at once.

use db::{
    Db,
    entity::{
        assignment, crew_member, decision, event, invitation, outgoing_mail, partner, question, service, speaker, staff,
    },
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
use moderation::{
    Error,
    stage::service::{self as stage, Shown},
    triage::service::{decide, release, route_rest::route_rest, shortlist},
};
use std::sync::Arc;
use web::App;

const PASSWORD: &str = "a rather long sentence";

struct Story {
    app: App,
    event: EventId,
    staff: [StaffId; 2],
    service: ServiceId,
    speaker: SpeakerId,
    questions: Vec<QuestionId>,
    _dir: tempfile::TempDir,
}

impl Story {
    async fn new(questions: i32) -> Self {
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

    async fn fill(&mut self, questions: i32) {
        let now = self.app.clock.now();
        let tx = self.app.db.begin_write().await.expect("begins");
        let row = event::ActiveModel {
            id: Set(self.event),
            slug: Set("talk".into()),
            title: Set("파트너 문답".into()),
            title_en: Set("Partner talk".into()),
            host_name: Set("온달".into()),
            host_name_en: Set("Ondal".into()),
            intro: Set(String::new()),
            intro_en: Set(String::new()),
            time_zone: Set("Asia/Seoul".into()),
            opens_at: Set(now - chrono::TimeDelta::days(7)),
            closes_at: Set(now),
            live_places: Set(10),
            reverse_places: Set(8),
            max_questions: Set(3),
            answer_days: Set(7),
            created_at: Set(now),
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
                merged_into: Set(None),
                decline_reason: Set(None),
                entered_by: Set(None),
                version: Set(1),
                created_at: Set(now),
                received_at: Set(Some(now)),
                updated_at: Set(now),
            };
            question::Entity::insert(row)
                .exec_without_returning(&tx)
                .await
                .expect("question");
            self.questions.push(id);
        }
        tx.commit().await.expect("commits");
    }

    async fn asker(&self, tx: &WriteTx, number: i32) -> InvitationId {
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

    async fn crew(&self) {
        let tx = self.app.db.begin_write().await.expect("begins");
        let row = crew_member::ActiveModel {
            id: Set(CrewMemberId::new()),
            service_id: Set(self.service),
            nickname: Set(Some("Sol".into())),
            name: Set("한솔".into()),
            team: Set(Some("결제팀".into())),
            email: Set(address("sol")),
            is_lead: Set(true),
            removed_at: Set(None),
            created_at: Set(self.app.clock.now()),
        };
        crew_member::Entity::insert(row)
            .exec_without_returning(&tx)
            .await
            .expect("crew");
        tx.commit().await.expect("commits");
    }

    async fn live(&self, staff: usize, question: usize) -> Result<i32, Error> {
        let tx = self.app.db.begin_write().await.expect("begins");
        let place = decide::live(&tx, &self.app, self.staff[staff], self.questions[question], None).await?;
        tx.commit().await.expect("commits");
        Ok(place)
    }

    async fn state(&self, question: usize) -> QuestionState {
        let found = question::Entity::find_by_id(self.questions[question])
            .one(self.app.db.reader())
            .await;
        found.expect("reads").expect("there").state
    }

    async fn mails(&self, kind: MailKind) -> u64 {
        let found = outgoing_mail::Entity::find().filter(outgoing_mail::Column::Kind.eq(kind));
        found.count(self.app.db.reader()).await.expect("counts")
    }
}

fn address(local: &str) -> EmailAddress {
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_picks_at_once_give_exactly_ten_places() {
    let story = Arc::new(Story::new(50).await);
    let tasks: Vec<_> = (0..50)
        .map(|n| {
            let story = Arc::clone(&story);
            tokio::spawn(async move { story.live(n % 2, n).await })
        })
        .collect();
    let (mut places, mut refused) = (Vec::new(), 0);
    for task in tasks {
        match task.await.expect("runs") {
            Ok(place) => places.push(place),
            Err(Error::NoPlace { places: 10 }) => refused += 1,
            Err(error) => panic!("{error}"),
        }
    }
    places.sort_unstable();
    assert_eq!((places, refused), ((1..=10).collect(), 40));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_moderators_decision_is_not_overwritten_unseen() {
    let story = Story::new(2).await;
    assert_eq!(story.live(0, 0).await.expect("a place"), 1);
    let error = story.live(1, 0).await.expect_err("decided already");
    assert!(
        matches!(error, Error::AlreadyDecided { ref by, .. } if by == "운영자 0"),
        "{error}"
    );
    // Who sees the decision may replace it in one step, and its place is free again.
    let seen = decision::Entity::find()
        .one(story.app.db.reader())
        .await
        .expect("reads")
        .expect("there")
        .id;
    let tx = story.app.db.begin_write().await.expect("begins");
    let choice = decide::Choice::Decline {
        reason: "행사 주제와 다릅니다.".into(),
    };
    decide::decide(&tx, &story.app, story.staff[1], story.questions[0], Some(seen), choice)
        .await
        .expect("replaces");
    tx.commit().await.expect("commits");
    assert_eq!(story.live(1, 1).await.expect("the same place"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_release_happens_once_and_what_it_refuses_stays_pending() {
    let story = Story::new(14).await;
    let (app, staff, event) = (&story.app, story.staff[0], story.event);
    for n in 0..10 {
        story.live(0, n).await.expect("a place");
    }
    assert_eq!(route_rest(app, staff, event).await.expect("routes"), 4);
    let first = release::all(app, staff, event).await.expect("releases");
    assert_eq!(
        (first.released, first.refused.len()),
        (10, 4),
        "the service has no crew yet"
    );
    assert!(first.refused.iter().all(|(_, error)| matches!(error, Error::NoCrew(_))));
    assert_eq!(story.state(12).await, QuestionState::Received);
    story.crew().await;
    let (one, two) = tokio::join!(
        release::all(app, staff, event),
        release::all(app, story.staff[1], event)
    );
    let (one, two) = (one.expect("releases"), two.expect("releases"));
    assert_eq!(one.released + two.released, 4);
    assert_eq!(release::all(app, staff, event).await.expect("again").released, 0);
    assert_eq!(story.mails(MailKind::Outcome).await, 14);
    assert_eq!(story.mails(MailKind::Assignment).await, 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_stage_runs_in_order_and_what_time_did_not_allow_goes_to_the_crew() {
    let story = Story::new(3).await;
    story.crew().await;
    let (app, staff, event, q) = (&story.app, story.staff[0], story.event, &story.questions);
    for n in 0..3 {
        story.live(0, n).await.expect("a place");
    }
    let tx = app.db.begin_write().await.expect("begins");
    shortlist::reorder(&tx, app, staff, q[2], shortlist::Move::To(1))
        .await
        .expect("moves");
    shortlist::set_speaker(&tx, app, staff, q[2], Some(story.speaker))
        .await
        .expect("names");
    tx.commit().await.expect("commits");
    release::all(app, staff, event).await.expect("releases");
    // 3, 2, 1 now.
    assert_eq!(
        stage::next(app, staff, event, Some(0)).await.expect("next"),
        Shown::Question(q[2])
    );
    assert_eq!(
        stage::next(app, staff, event, Some(0)).await.expect("an old page"),
        Shown::Question(q[2])
    );
    let tx = app.db.begin_write().await.expect("begins");
    let first = stage::note_answer(&tx, app, staff, q[2], None, "네, 내년 봄에 합니다.")
        .await
        .expect("notes");
    let again = stage::note_answer(&tx, app, staff, q[2], None, "네, 내년 3월에 합니다.")
        .await
        .expect("notes again");
    assert_eq!(first, again);
    let refused = stage::not_reached(&tx, app, staff, q[2])
        .await
        .expect_err("it was reached");
    assert!(refused.is_refusal());
    tx.commit().await.expect("commits");
    assert_eq!(
        stage::next(app, staff, event, None).await.expect("next"),
        Shown::Question(q[1])
    );
    let tx = app.db.begin_write().await.expect("begins");
    stage::not_reached(&tx, app, staff, q[1])
        .await
        .expect("goes to the crew");
    tx.commit().await.expect("commits");
    assert_eq!(story.state(1).await, QuestionState::Routed);
    assert_eq!(
        assignment::Entity::find().count(app.db.reader()).await.expect("counts"),
        1
    );
    // The hall saw it, so it sees the next one; after the last, nothing.
    assert_eq!(
        stage::next(app, staff, event, None).await.expect("next"),
        Shown::Nothing
    );
    assert_eq!(
        stage::back(app, staff, event, None).await.expect("back"),
        Shown::Question(q[0])
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_that_others_joined_is_not_declined() {
    let story = Story::new(2).await;
    let (app, staff, q) = (&story.app, story.staff[0], &story.questions);
    let tx = app.db.begin_write().await.expect("begins");
    decide::merge(&tx, app, staff, q[1], q[0]).await.expect("merges");
    let refused = decide::decline(&tx, app, staff, q[0], "중복")
        .await
        .expect_err("the other waits for its answer");
    assert!(refused.is_refusal());
    decide::drop_pending(&tx, app, staff, q[1], None).await.expect("undone");
    decide::decline(&tx, app, staff, q[0], "중복")
        .await
        .expect("nobody waits any more");
    tx.commit().await.expect("commits");
}

/// A browser without a window: keeps cookies, follows nothing.
struct Browser {
    router: axum::Router,
    cookies: std::collections::BTreeMap<String, String>,
}

impl Browser {
    async fn signed_in(app: &App) -> Self {
        let router = web::layers(moderation::routes(), app.clone());
        let mut browser = Self {
            router,
            cookies: std::collections::BTreeMap::new(),
        };
        let fields = [
            ("email", "staff0@partner.example"),
            ("password", PASSWORD),
            ("next", "/desk"),
        ];
        assert_eq!(browser.submit("/sign-in", "/sign-in", &fields).await.0, 303);
        browser
    }

    async fn send(&mut self, request: axum::http::request::Builder, body: String) -> (u16, String) {
        use tower::ServiceExt;
        let cookies: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let request = request
            .header("host", "127.0.0.1")
            .header("cookie", cookies.join("; "))
            .body(axum::body::Body::from(body))
            .expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("answers");
        for cookie in response.headers().get_all("set-cookie") {
            let pair = cookie.to_str().expect("text").split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("name and value");
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let status = response.status().as_u16();
        let body = axum::body::to_bytes(response.into_body(), 1 << 22)
            .await
            .expect("a body");
        (status, String::from_utf8(body.to_vec()).expect("text"))
    }

    async fn get(&mut self, path: &str) -> String {
        let (status, body) = self.send(axum::http::Request::get(path), String::new()).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// Opens `page` for its token and sends the fields to `to`.
    async fn submit(&mut self, page: &str, to: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let body = self.get(page).await;
        let token = body
            .split("name=\"csrf\" value=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        let mut fields = fields.to_vec();
        fields.push(("csrf", token.expect("a token")));
        let form = serde_html_form::to_string(&fields).expect("a form");
        let request = axum::http::Request::post(to).header("content-type", "application/x-www-form-urlencoded");
        self.send(request, form).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::too_many_lines, reason = "one walk, page after page")]
async fn a_moderator_walks_all_pages() {
    let story = Story::new(60).await;
    story.crew().await;
    let mut browser = Browser::signed_in(&story.app).await;
    let base = "/desk/events/talk";
    let triage = format!("{base}/triage");
    let first = browser.get(&triage).await;
    assert!(first.contains("after=50"), "sixty do not fit a page");
    let all = format!(
        "{triage}?q=%EC%A0%95%EC%82%B0&state=all&service={}&field={}&prefers=either&written=ko&after=3",
        story.service,
        domain::FieldId::new()
    );
    assert!(!browser.get(&all).await.contains("data-row"), "nobody is of that field");
    assert!(
        browser
            .get(&format!("{triage}?q=%ED%8C%8C%ED%8A%B8%EB%84%88+7"))
            .await
            .contains("id=\"q7\"")
    );
    assert!(
        !browser.get(&format!("{triage}?q=100%25")).await.contains("data-row"),
        "a percent sign is no wildcard"
    );
    let q = &story.questions;
    for id in &q[..3] {
        let act = format!("live:{id}:");
        assert_eq!(browser.submit(&triage, &triage, &[("act", &act)]).await.0, 303);
    }
    let (picked, nothing) = (format!("{}:", q[4]), [("act", "decline-picked"), ("reason", "")]);
    assert_eq!(browser.submit(&triage, &triage, &nothing).await.0, 422);
    let decline = [("act", "decline-picked"), ("reason", "중복"), ("pick", picked.as_str())];
    assert_eq!(browser.submit(&triage, &triage, &decline).await.0, 303);
    let panel = format!("{base}/questions/{}", q[5]);
    assert_eq!(
        browser
            .submit(&panel, &panel, &[("act", "decline"), ("reason", " ")])
            .await
            .0,
        422
    );
    assert_eq!(
        browser
            .submit(&panel, &panel, &[("act", "merge"), ("into", "1")])
            .await
            .0,
        303
    );
    assert!(browser.get(&panel).await.contains("병합"));
    let shortlist = format!("{base}/shortlist");
    let (down, first) = (format!("down:{}:", q[0]), q[0].to_string());
    let speaker = story.speaker.to_string();
    let move_down = [("act", down.as_str()), ("question", &first), ("speaker", &speaker)];
    assert_eq!(browser.submit(&shortlist, &shortlist, &move_down).await.0, 303);
    let routing = format!("{base}/routing");
    assert_eq!(browser.submit(&routing, &format!("{routing}/rest"), &[]).await.0, 303);
    assert_eq!(
        browser
            .submit(&routing, &format!("{routing}/release"), &[("what", "all")])
            .await
            .0,
        303
    );
    let after = browser.get(&routing).await;
    assert!(after.contains("결정 60건을 확정했습니다"), "{after}");
    let stage = format!("{base}/stage");
    assert_eq!(
        browser
            .submit(&stage, &format!("{stage}/turn"), &[("act", "next"), ("version", "0")])
            .await
            .0,
        303
    );
    let id = q[1].to_string();
    let empty = [("question", id.as_str()), ("text", "")];
    assert_eq!(browser.submit(&stage, &format!("{stage}/note"), &empty).await.0, 422);
    let said = [("question", id.as_str()), ("text", "네, 그렇습니다.")];
    assert_eq!(browser.submit(&stage, &format!("{stage}/note"), &said).await.0, 303);
    assert!(browser.get("/hall/talk").await.contains("1/3"));
    for path in [
        "triage?state=live",
        "triage?state=merged",
        "shortlist",
        "routing",
        "stage",
    ] {
        let page = browser.get(&format!("{base}/{path}")).await;
        let english = browser
            .send(
                axum::http::Request::get(
                    format!("{base}/{path}?lang=en")
                        .replace("live?", "live&")
                        .replace("merged?", "merged&"),
                ),
                String::new(),
            )
            .await;
        assert_eq!(english.0, 303);
        assert!(
            browser.get(&format!("{base}/{path}")).await != page,
            "{path} reads the same in English"
        );
        browser.cookies.remove("lang");
    }
    let (status, _) = browser
        .send(axum::http::Request::get("/desk/events/other/triage"), String::new())
        .await;
    assert_eq!(status, 404);
    let (status, _) = browser
        .send(
            axum::http::Request::get(format!("{base}/questions/{}", QuestionId::new())),
            String::new(),
        )
        .await;
    assert_eq!(status, 404);
}
