//! An approved answer reaches its askers once, and the conversation is published, corrected and withdrawn.

use axum::{
    Router,
    body::Body,
    http::{Request, Response, StatusCode, header},
};
use db::{Db, entity::*, prelude::*};
use domain::{token::Keys, *};
use http_body_util::BodyExt;
use publishing::{Cache, article as art, delivery::deliver};
use sea_orm::{IntoActiveModel, PaginatorTrait};
use std::sync::Arc;
use tower::ServiceExt;
use web::{Answer, App, Asked, Ready};

/// What the server finds in memory before it asks the router.
fn ready(cache: &Cache) -> Option<Arc<Answer>> {
    cache.answer(Asked {
        path: "/articles/talk",
        ..Asked::default()
    })
}

struct House {
    app: App,
    event: EventId,
    staff: StaffId,
    invitations: Vec<InvitationId>,
    questions: Vec<QuestionId>,
    answers: Vec<AnswerId>,
    _dir: tempfile::TempDir,
}

macro_rules! put {
    ($tx:expr, $module:ident { $($field:ident: $value:expr),* $(,)? }) => {
        $module::Entity::insert($module::Model { $($field: $value),* }.into_active_model())
            .exec_without_returning(&$tx).await.expect(stringify!($module))
    };
}

const PASSWORD: &str = "a long sentence for tests";

/// One event: three partners (the third without an address or consent) who asked one question each. The first is live
/// and answered, the third is joined to it, the second is with a crew. One question was asked back and answered by two.
#[expect(clippy::too_many_lines, reason = "a house has many rooms, and each is named once")]
async fn house() -> House {
    let dir = tempfile::tempdir().expect("a folder");
    let db = Db::connect(&format!("sqlite://{}/t.db", dir.path().display()), 4)
        .await
        .expect("opens");
    db.migrate().await.expect("migrates");
    let clock = Clock::frozen(chrono::DateTime::from_timestamp(1_795_000_000, 0).expect("time"));
    let now = clock.now();
    let settings = Arc::new(settings::Settings::embedded().expect("settings"));
    let app = App::new(
        db,
        settings,
        clock,
        Keys::from_random([7; 32]),
        db::Wake::default(),
        false,
    );
    let hash = web::password::hash(PASSWORD.into()).await.expect("hashes");
    let tx = app.db.begin_write().await.expect("begins");
    let (staff, event, service) = (StaffId::new(), EventId::new(), ServiceId::new());
    let email = |text: &str| EmailAddress::parse(text).expect("address");
    put!(
        tx,
        staff {
            id: staff,
            email: email("ed@host.example"),
            name: "편집자".into(),
            password_hash: hash,
            roles: "editor".into(),
            disabled_at: None,
            created_at: now
        }
    );
    put!(
        tx,
        event {
            id: event,
            slug: "talk".into(),
            title: "가까이에서".into(),
            title_en: "Up close".into(),
            host_name: "나래".into(),
            host_name_en: "Narae".into(),
            intro: String::new(),
            intro_en: String::new(),
            time_zone: "Asia/Seoul".into(),
            opens_at: now - chrono::TimeDelta::days(9),
            closes_at: now,
            live_places: 10,
            reverse_places: 8,
            max_questions: 5,
            answer_days: 7,
            created_at: now
        }
    );
    put!(
        tx,
        service {
            id: service,
            name: "둥지장터".into(),
            name_en: "Dungji".into(),
            blurb: String::new(),
            blurb_en: String::new(),
            position: 1
        }
    );
    let speaker = SpeakerId::new();
    put!(
        tx,
        speaker {
            id: speaker,
            event_id: event,
            nickname: Some("Hazel".into()),
            name: "서은결".into(),
            title: Some("공동대표".into()),
            team: None,
            affiliate: None,
            email: None,
            position: 1
        }
    );
    let crew = CrewMemberId::new();
    put!(
        tx,
        crew_member {
            id: crew,
            service_id: service,
            nickname: Some("Lark".into()),
            name: "노래".into(),
            team: Some("장터팀".into()),
            email: email("lark@host.example"),
            is_lead: true,
            removed_at: None,
            created_at: now
        }
    );
    let (mut invitations, mut questions) = (Vec::new(), Vec::new());
    for (n, name, mail) in [(1, "어진수", true), (2, "박솔비", true), (3, "김기사", false)] {
        let (partner, invitation, question) = (PartnerId::new(), InvitationId::new(), QuestionId::new());
        put!(
            tx,
            partner {
                id: partner,
                company_id: None,
                name: name.into(),
                title: None,
                pen_name: None,
                group_name: (n != 3).then(|| format!("모임{n}")),
                email: mail.then(|| email(&format!("p{n}@partner.example"))),
                lang: if n == 2 { Lang::En } else { Lang::Ko },
                display_line: None,
                created_at: now,
                updated_at: now
            }
        );
        put!(
            tx,
            invitation {
                id: invitation,
                event_id: event,
                partner_id: partner,
                field_id: None,
                link_version: 1,
                invited_at: None,
                entered_at: None,
                created_at: now
            }
        );
        if n != 3 {
            put!(
                tx,
                consent {
                    id: ConsentId::new(),
                    invitation_id: invitation,
                    purpose: people::ConsentPurpose::Print,
                    wording: "인쇄".into(),
                    wording_version: "1".into(),
                    given: true,
                    at: now
                }
            );
        }
        let state = [
            question::QuestionState::Live,
            question::QuestionState::Routed,
            question::QuestionState::Merged,
        ][n - 1];
        put!(
            tx,
            question_row {
                id: question,
                event_id: event,
                invitation_id: invitation,
                service_id: service,
                number: Some(i32::try_from(n).expect("small")),
                ordinal: Some(1),
                body: format!("저는 {name}입니다. 왜 {n}번은 안 되나요?"),
                lang: Lang::Ko,
                prefers: question::Prefers::Either,
                naming: [
                    question::Naming::Full,
                    question::Naming::Company,
                    question::Naming::Full
                ][n - 1],
                state: state,
                merged_into: (n == 3).then(|| questions[0]),
                decline_reason: None,
                entered_by: None,
                version: 1,
                created_at: now,
                received_at: Some(now),
                updated_at: now
            }
        );
        invitations.push(invitation);
        questions.push(question);
    }
    put!(
        tx,
        decision_row {
            id: DecisionId::new(),
            event_id: event,
            question_id: questions[0],
            kind: decision::DecisionKind::Live,
            state: decision::DecisionState::Released,
            place: Some(1),
            speaker_id: Some(speaker),
            service_id: None,
            merged_into: None,
            reason: None,
            decided_by: None,
            decided_at: now,
            released_at: Some(now)
        }
    );
    let reverse = ReverseId::new();
    put!(
        tx,
        reverse_question {
            id: reverse,
            event_id: event,
            service_id: None,
            body: "저희에게 바라는 것은요?".into(),
            lang: Lang::Ko,
            state: question::ReverseState::Sent,
            place: Some(1),
            crew_member_id: Some(crew),
            speaker_id: None,
            staff_id: None,
            version: 1,
            created_at: now
        }
    );
    let mut answers = Vec::new();
    for (n, question, text) in [
        (
            1,
            Some(questions[0]),
            "번거롭지 않습니다.\n\n<script>alert(1)</script> 어진수 님께 드립니다.",
        ),
        (2, Some(questions[1]), "박솔비 님, 다음 달에 됩니다."),
        (3, None, "담당자가 자꾸 바뀌어요."),
        (4, None, "금요일 저녁 메일이요."),
    ] {
        let id = AnswerId::new();
        put!(
            tx,
            answer_row {
                id: id,
                event_id: event,
                question_id: question,
                reverse_id: question.is_none().then_some(reverse),
                assignment_id: None,
                source: answer::AnswerSource::Staff,
                crew_member_id: (n == 2).then_some(crew),
                speaker_id: (n == 1).then_some(speaker),
                invitation_id: match n {
                    3 => Some(invitations[0]),
                    4 => Some(invitations[2]),
                    _ => None,
                },
                staff_id: None,
                incoming_id: None,
                original: text.into(),
                body: text.into(),
                state: answer::AnswerState::Approved,
                position: 0,
                version: 1,
                received_at: now,
                reviewed_by: None,
                reviewed_at: None
            }
        );
        answers.push(id);
    }
    tx.commit().await.expect("commits");
    House {
        app,
        event,
        staff,
        invitations,
        questions,
        answers,
        _dir: dir,
    }
}

// Entity modules whose names the state modules take.
use db::entity::{answer as answer_row, decision as decision_row, question as question_row};
use domain::state::{answer, decision, delivery, people, question};

#[tokio::test]
async fn every_asker_gets_the_answer_once() {
    let h = house().await;
    assert_eq!(deliver(&h.app, h.answers[0]).await.expect("delivers"), 2);
    assert_eq!(deliver(&h.app, h.answers[0]).await.expect("again"), 0);
    assert_eq!(deliver(&h.app, h.answers[1]).await.expect("delivers"), 1);
    assert_eq!(deliver(&h.app, h.answers[2]).await.expect("asked back"), 0);
    let conn = h.app.db.reader();
    let rows = db::entity::delivery::Entity::find().all(conn).await.expect("rows");
    let state = |q| {
        rows.iter()
            .find(|d| d.question_id == q)
            .map(|d| (d.state, d.outgoing_id.is_some()))
    };
    assert_eq!(state(h.questions[0]), Some((delivery::DeliveryState::Queued, true)));
    assert_eq!(state(h.questions[1]), Some((delivery::DeliveryState::Queued, true)));
    assert_eq!(state(h.questions[2]), Some((delivery::DeliveryState::PageOnly, false)));
    let mails = outgoing_mail::Entity::find().all(conn).await.expect("mails");
    assert_eq!(mails.len(), 2);
    let ko = mails.iter().find(|m| m.lang == Lang::Ko).expect("a Korean mail");
    let letter = mail::outbox::letter(ko).expect("reads");
    assert!(
        letter.subject.starts_with("[가까이에서] 답변이 도착했습니다"),
        "{}",
        letter.subject
    );
    assert!(letter.plain().contains("번거롭지 않습니다."));
    let en = mails.iter().find(|m| m.lang == Lang::En).expect("an English mail");
    assert!(
        mail::outbox::letter(en)
            .expect("reads")
            .subject
            .starts_with("[Up close]")
    );
}

async fn get(router: &Router, path: &str, cookies: &str) -> Response<Body> {
    let request = Request::get(path)
        .header(header::COOKIE, cookies)
        .body(Body::empty())
        .expect("request");
    router.clone().oneshot(request).await.expect("answers")
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(response.into_body().collect().await.expect("body").to_bytes().to_vec()).expect("text")
}

async fn post(router: &Router, path: &str, cookies: &str, body: String) -> Response<Body> {
    let request = Request::post(path)
        .header(header::COOKIE, cookies)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body))
        .expect("request");
    router.clone().oneshot(request).await.expect("answers")
}

fn jar(response: &Response<Body>) -> Vec<String> {
    let cookies = response.headers().get_all(header::SET_COOKIE).iter();
    cookies
        .filter_map(|v| Some(v.to_str().ok()?.split(';').next()?.to_owned()))
        .collect()
}

fn token(html: &str) -> String {
    let rest = html.split("name=\"csrf\" value=\"").nth(1).expect("a form");
    rest.split('"').next().expect("a token").to_owned()
}

#[tokio::test]
async fn the_conversation_is_composed_published_corrected_and_withdrawn() {
    let h = house().await;
    let app = &h.app;
    let cache = Cache::default();
    let router = web::layers(publishing::routes_with(cache.clone()), app.clone());
    let tx = app.db.begin_write().await.expect("begins");
    let id = art::create_from_event(&tx, app, h.staff, h.event)
        .await
        .expect("composes");
    let other = art::create_from_event(&tx, app, h.staff, h.event)
        .await
        .expect("composes");
    tx.commit().await.expect("commits");
    assert_eq!(get(&router, "/articles/talk", "").await.status(), StatusCode::NOT_FOUND);
    let (version, mut draft) = art::current(app.db.reader(), id).await.expect("reads");
    assert_eq!(draft.exchanges.len(), 2);
    draft.title = "가까이에서 물으니".into();
    draft.intro = "머리말 <script>alert(2)</script>".into();
    draft.exchanges[0].pull = "지어낸 말".into();
    draft.add = vec![art::Asked::Question(h.questions[1])];
    let refused = art::update(app, h.staff, id, version, draft.clone()).await;
    assert!(
        matches!(&refused, Err(publishing::Error::Fields(e)) if !e.is_empty()),
        "{refused:?}"
    );
    draft.exchanges[0].pull = "번거롭지 않습니다.".into();
    let version = art::update(app, h.staff, id, version, draft.clone())
        .await
        .expect("saves");
    let late = art::update(app, h.staff, id, version - 1, draft.clone()).await;
    assert!(late.expect_err("overtaken").is_stale());
    art::publish(app, h.staff, id).await.expect("publishes");

    let page = get(&router, "/articles/talk", "").await;
    assert_eq!(page.status(), StatusCode::OK);
    assert_eq!(page.headers()[header::CACHE_CONTROL], "public, max-age=60");
    let html = text(page).await;
    for wanted in [
        "어진수",
        "모임2",
        "○○○ 님, 다음 달에",
        "익명의 파트너",
        "Hazel(서은결)",
        "Lark(노래)",
        "번거롭지",
    ] {
        assert!(html.contains(wanted), "{wanted} in {html}");
    }
    for hidden in ["박솔비", "김기사", "<script>alert"] {
        assert!(!html.contains(hidden), "{hidden} in {html}");
    }
    let fast = ready(&cache);
    assert!(fast.is_some(), "the second reader is served from memory");
    assert!(text(get(&router, "/", "").await).await.contains("가까이에서 물으니"));

    // An editor's later words are not read by anybody before the correction is published.
    let (version, mut draft) = art::current(app.db.reader(), id).await.expect("reads");
    draft.title = "고친 제목".into();
    art::update(app, h.staff, id, version, draft).await.expect("saves");
    assert!(
        !text(get(&router, "/articles/talk", "").await)
            .await
            .contains("고친 제목")
    );
    assert!(!text(get(&router, "/", "").await).await.contains("고친 제목"));
    art::publish(app, h.staff, id).await.expect("corrects");
    assert!(
        text(get(&router, "/articles/talk", "").await)
            .await
            .contains("고친 제목")
    );
    art::withdraw(app, h.staff, id).await.expect("withdraws");
    assert!(ready(&cache).is_none());
    assert_eq!(get(&router, "/articles/talk", "").await.status(), StatusCode::GONE);
    assert_eq!(
        get(&router, "/articles/talk-2", "").await.status(),
        StatusCode::NOT_FOUND
    );
    assert!(!text(get(&router, "/", "").await).await.contains("고친 제목"));
    assert_eq!(h.invitations.len(), 3);
    pages(&h, &router, id, other).await;
    let entries = audit_entry::Entity::find().filter(audit_entry::Column::SubjectId.eq(id.uuid()));
    assert!(entries.count(app.db.reader()).await.expect("counts") >= 5);
}

/// The editor's pages over HTTP.
async fn pages(h: &House, router: &Router, withdrawn: ArticleId, draft: ArticleId) {
    assert_eq!(
        get(router, &format!("/desk/articles/{draft}"), "").await.status(),
        StatusCode::SEE_OTHER
    );
    let page = get(router, "/sign-in", "").await;
    let cookies = jar(&page).join("; ");
    let csrf = token(&text(page).await);
    let form = format!(
        "csrf={csrf}&next=/desk&email=ed%40host.example&password={}",
        PASSWORD.replace(' ', "+")
    );
    let signed_in = post(router, "/sign-in", &cookies, form).await;
    assert_eq!(signed_in.status(), StatusCode::SEE_OTHER);
    let cookies = [vec![cookies], jar(&signed_in)].concat().join("; ");
    for path in [
        "/desk/events/talk/article".to_owned(),
        format!("/desk/articles/{withdrawn}"),
    ] {
        assert_eq!(get(router, &path, &cookies).await.status(), StatusCode::OK, "{path}");
    }
    let preview = get(router, &format!("/desk/articles/{draft}/preview"), &cookies).await;
    assert_eq!(preview.headers()["x-robots-tag"], "noindex");
    assert!(
        preview.headers()[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .expect("text")
            .contains("sha256-")
    );
    let html = text(get(router, &format!("/desk/articles/{draft}"), &cookies).await).await;
    let ids: Vec<&str> = html
        .split("name=\"exchange\" value=\"")
        .skip(1)
        .map(|r| r.split('"').next().expect("id"))
        .collect();
    assert_eq!(ids.len(), 2);
    let form = |title: &str, act: &str, version: i32| {
        let exchanges = ids
            .iter()
            .map(|id| format!("&exchange={id}&heading=H&pull="))
            .collect::<Vec<_>>()
            .concat();
        format!(
            "csrf={}&version={version}&lang=en&title={title}&slug=fresh-talk&act={act}{exchanges}&add=q{}",
            token(&html),
            h.questions[1]
        )
    };
    let path = format!("/desk/articles/{draft}");
    let refused = post(router, &path, &cookies, form("", "publish", 1)).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(refused).await.contains("value=\"fresh-talk\""));
    let saved = post(router, &path, &cookies, form("Talk", "publish", 1)).await;
    assert_eq!(saved.status(), StatusCode::SEE_OTHER);
    let late = post(router, &path, &cookies, form("Later", "save", 1)).await;
    assert_eq!(late.status(), StatusCode::CONFLICT);
    assert!(text(late).await.contains("value=\"Later\""));
    let html = text(get(router, "/articles/fresh-talk", "").await).await;
    assert!(
        html.contains("lang=\"en\"") && html.contains("A partner") && html.matches("class=\"qa\"").count() == 3,
        "{html}"
    );
}
