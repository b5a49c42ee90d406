//! The staff's side once through, by services and by pages, on a database of its own.

mod files;

use super::{
    roster::import_file,
    service::{
        event, field, invitation,
        partner::{self, NewPartner},
        question::{self, OnBehalf},
        rsvp, service, sitting,
    },
};
use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode, header},
};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use db::{Db, audit::Actor, entity, prelude::*};
use domain::{
    Clock, EmailAddress, EventId, Lang, QuestionId, ServiceId, StaffId,
    state::{
        people::{ImportState, PartKind},
        question::{Naming, Prefers},
    },
    text::QuestionText,
};
use http_body_util::BodyExt;
use regex::Regex;
use settings::Settings;
use std::{collections::BTreeMap, fmt::Write, net::SocketAddr, sync::Arc};
use tower::ServiceExt;
use web::App;

const START: DateTime<Utc> = DateTime::from_timestamp(1_795_000_000, 0).expect("a moment");

struct House {
    app: App,
    event: EventId,
    service: ServiceId,
    _dir: tempfile::TempDir,
}

/// A database of its own on the engine that the environment chooses, as `testkit` does.
async fn url(dir: &tempfile::TempDir) -> String {
    if std::env::var("MUNDAP_TEST_ENGINE").as_deref() != Ok("postgres") {
        return format!("sqlite://{}/t.db", dir.path().display());
    }
    let server = std::env::var("MUNDAP_TEST_POSTGRES").expect("MUNDAP_TEST_POSTGRES");
    let name = format!("intake_{}", uuid::Uuid::new_v4().simple());
    let admin = sea_orm::Database::connect(&server).await.expect("connects");
    admin
        .execute_unprepared(&format!("CREATE DATABASE {name}"))
        .await
        .expect("creates");
    format!("{}/{name}", server.rsplit_once('/').expect("a database's name").0)
}

async fn house() -> House {
    let dir = tempfile::tempdir().expect("a folder");
    let db = Db::connect(&url(&dir).await, 4).await.expect("opens");
    db.migrate().await.expect("migrates");
    let settings = Arc::new(Settings::embedded().expect("settings"));
    let keys = domain::token::Keys::from_random([3; 32]);
    let app = App::new(db, settings, Clock::frozen(START), keys, db::Wake::default(), false);
    let (clock, by) = (&app.clock, Actor::System);
    let tx = app.db.begin_write().await.expect("begins");
    let new = event::NewEvent {
        slug: "talk".into(),
        title: "파트너 대화".into(),
        title_en: "Partner talk".into(),
        host_name: "나래".into(),
        host_name_en: "Narae".into(),
        intro: "함께 이야기합시다.".into(),
        intro_en: String::new(),
        time_zone: chrono_tz::Tz::Asia__Seoul,
        opens_at: START - TimeDelta::days(1),
        closes_at: START + TimeDelta::days(7),
        live_places: 10,
        reverse_places: 8,
        max_questions: 2,
        answer_days: 7,
    };
    let event = event::create(&tx, clock, by, new).await.expect("created");
    let new = service::NewService {
        name: "까치지갑".into(),
        name_en: "Kkachi Wallet".into(),
        ..Default::default()
    };
    let service = service::add(&tx, clock, by, new).await.expect("added");
    for name in ["콘텐츠", "모빌리티"] {
        let new = field::NewField {
            name: name.into(),
            name_en: String::new(),
        };
        field::add(&tx, clock, by, new).await.expect("added");
    }
    tx.commit().await.expect("commits");
    House {
        app,
        event,
        service,
        _dir: dir,
    }
}

fn roster(rows: usize) -> Vec<u8> {
    let mut text = String::from("회사,직함,이름,분야,서비스,이메일,언어\r\n");
    for n in 0..rows {
        let email = if n % 250 == 249 {
            "틀린주소".to_owned()
        } else {
            format!("p{n}@partner{n}.example")
        };
        writeln!(text, "회사{},대표,사람{n},콘텐츠,까치지갑,{email},ko\r", n / 3).expect("writes");
    }
    encoding_rs::EUC_KR.encode(&text).0.into_owned()
}

async fn import(house: &House, bytes: &[u8], dry: bool) -> super::roster::Summary {
    import_file(&house.app.db, &house.app.clock, house.event, bytes, dry, |_, _| {})
        .await
        .expect("imports")
}

#[tokio::test]
async fn five_thousand_rows_are_imported_and_twice_changes_nothing() {
    let house = house().await;
    let bytes = roster(5_000);
    let plan = import(&house, &bytes, true).await;
    assert_eq!((plan.new, plan.wrong), (4_980, 20));
    let people = || entity::invitation::Entity::find().count(house.app.db.reader());
    assert_eq!(people().await.expect("counts"), 0, "a dry run writes nothing");
    let first = import(&house, &bytes, false).await;
    assert_eq!((first.new, first.wrong, first.problems.len()), (4_980, 20, 20));
    assert_eq!(people().await.expect("counts"), 4_980);
    let again = import(&house, &bytes, false).await;
    assert_eq!((again.new, again.changed, again.unchanged), (0, 0, 4_980));
    let companies = entity::company::Entity::find()
        .count(house.app.db.reader())
        .await
        .expect("counts");
    assert_eq!(companies, 1_667);

    let moved = "이름,이메일,직함,회사\n사람0,p0@partner0.example,이사,\n사람1,p1@partner1.example,,새회사\n";
    let changed = import(&house, moved.as_bytes(), false).await;
    assert_eq!((changed.new, changed.changed), (0, 2));

    let sent = invitation::send_all(&house.app, Actor::System, house.event)
        .await
        .expect("sends");
    assert_eq!(sent, 4_980);
    assert_eq!(
        invitation::send_all(&house.app, Actor::System, house.event)
            .await
            .expect("sends"),
        0
    );
}

fn driver(house: &House, name: &str, email: Option<&str>) -> NewPartner {
    NewPartner {
        company: None,
        title: None,
        name: name.into(),
        pen_name: None,
        group: Some("새벽기사회".into()),
        field: None,
        services: vec![house.service],
        email: email.and_then(|e| EmailAddress::parse(e).ok()),
        lang: Lang::Ko,
        display_line: None,
    }
}

#[tokio::test]
async fn the_same_person_is_added_once_and_asks_at_most_twice_on_their_behalf() {
    let house = house().await;
    let (app, by) = (&house.app, Actor::System);
    let staff = staff(app).await;
    let tx = app.db.begin_write().await.expect("begins");
    let first = partner::add(&tx, &app.clock, by, house.event, driver(&house, "박기사", None))
        .await
        .expect("added");
    let again = partner::add(
        &tx,
        &app.clock,
        by,
        house.event,
        driver(&house, "박기사", Some("park@x.example")),
    )
    .await
    .expect("added");
    assert_eq!(first, again, "an address that was missing is filled in");
    let other = partner::add(
        &tx,
        &app.clock,
        by,
        house.event,
        driver(&house, "박기사", Some("other@x.example")),
    )
    .await
    .expect("added");
    assert_ne!(first, other, "another address is another person");
    assert!(invitation::send(&tx, app, by, first).await.expect("sends").is_some());
    assert!(invitation::send(&tx, app, by, first).await.expect("sends").is_none());
    tx.commit().await.expect("commits");

    let ask = |id| OnBehalf {
        id,
        invitation: first,
        body: QuestionText::parse("새벽 콜은 왜 먼 곳부터 잡히나요?").expect("text"),
        service: house.service,
        lang: Lang::Ko,
        prefers: Prefers::Either,
        naming: Naming::Full,
        agreed: true,
    };
    let mut numbers = Vec::new();
    let twice = QuestionId::new();
    for id in [twice, twice, QuestionId::new()] {
        let tx = app.db.begin_write().await.expect("begins");
        question::on_behalf(&tx, app, staff, house.event, ask(id))
            .await
            .expect("entered");
        tx.commit().await.expect("commits");
        let row = entity::question::Entity::find_by_id(id)
            .one(app.db.reader())
            .await
            .expect("reads")
            .expect("there");
        numbers.push((row.number, row.ordinal));
    }
    assert_eq!(numbers, [(Some(1), Some(1)), (Some(1), Some(1)), (Some(2), Some(2))]);
    let tx = app.db.begin_write().await.expect("begins");
    let refused = question::on_behalf(&tx, app, staff, house.event, ask(QuestionId::new())).await;
    assert!(matches!(refused, Err(crate::Error::Refused(m)) if m.key() == "st-question-limit"));
}

#[tokio::test]
async fn companies_people_and_fields_are_counted_from_who_came() {
    let house = house().await;
    import(&house, &roster(9), false).await;
    let (app, by) = (&house.app, Actor::System);
    let day = NaiveDate::from_ymd_opt(2026, 12, 17).expect("a day");
    let tx = app.db.begin_write().await.expect("begins");
    let mut sittings = Vec::new();
    for title in ["1회차", "2회차"] {
        let new = sitting::NewSitting {
            title: title.into(),
            title_en: String::new(),
            place: "판교".into(),
            place_en: String::new(),
            first_day: day,
            last_day: day,
            capacity: None,
            remind_days: None,
        };
        sittings.push(
            sitting::add(&tx, &app.clock, by, house.event, new)
                .await
                .expect("added"),
        );
    }
    let all = entity::invitation::Entity::find().all(&tx).await.expect("reads");
    let came = |n: usize| all.iter().take(n).map(|i| (i.id, Some(true))).collect::<Vec<_>>();
    rsvp::note_came(&tx, app, by, house.event, sittings[0], &came(4))
        .await
        .expect("noted");
    rsvp::note_came(&tx, app, by, house.event, sittings[1], &came(2))
        .await
        .expect("noted");
    rsvp::note_came(&tx, app, by, house.event, sittings[1], &[(all[0].id, Some(false))])
        .await
        .expect("noted");
    tx.commit().await.expect("commits");
    let counted = rsvp::attendance(app.db.reader(), house.event).await.expect("counts");
    assert_eq!(
        counted.all,
        rsvp::Counts {
            companies: 2,
            people: 4,
            fields: 1
        }
    );
    assert_eq!(counted.by_sitting[&sittings[1]].people, 1);
}

async fn staff(app: &App) -> StaffId {
    let id = StaffId::new();
    let hash = web::password::hash("correct horse battery".to_owned().into())
        .await
        .expect("hashes");
    let tx = app.db.begin_write().await.expect("begins");
    let row = entity::staff::ActiveModel {
        id: Set(id),
        email: Set(EmailAddress::parse("admin@narae.example").expect("address")),
        name: Set("관리자".into()),
        password_hash: Set(hash),
        roles: Set("administrator".into()),
        disabled_at: Set(None),
        created_at: Set(app.clock.now()),
    };
    entity::staff::Entity::insert(row)
        .exec_without_returning(&tx)
        .await
        .expect("inserts");
    tx.commit().await.expect("commits");
    id
}

/// Keeps cookies; posts with the token of the page it was on last.
struct Browser {
    router: Router,
    cookies: BTreeMap<String, String>,
    token: String,
}

impl Browser {
    async fn send(&mut self, method: &str, path: &str, kind: &str, body: Vec<u8>) -> (StatusCode, String, String) {
        let cookies: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("sec-fetch-site", "same-origin")
            .header(header::ACCEPT_LANGUAGE, "ko")
            .header(header::COOKIE, cookies.join("; "))
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(body))
            .expect("a request");
        request
            .extensions_mut()
            .insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 4_000))));
        let response = self.router.clone().oneshot(request).await.expect("answers");
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let pair = cookie
                .to_str()
                .expect("text")
                .split(';')
                .next()
                .unwrap_or_default()
                .to_owned();
            let (name, value) = pair.split_once('=').expect("a pair");
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let status = response.status();
        let to = response
            .headers()
            .get(header::LOCATION)
            .map(|v| v.to_str().expect("text").to_owned());
        let bytes = response.into_body().collect().await.expect("a body").to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let token = Regex::new("name=\"csrf\" value=\"([^\"]+)\"").expect("a pattern");
        if let Some(found) = token.captures(&text) {
            found[1].clone_into(&mut self.token);
        }
        (status, to.unwrap_or_default(), text)
    }

    /// A page that must be there, whole and with all its texts.
    async fn get(&mut self, path: &str) -> String {
        let (status, _, text) = self.send("GET", path, "text/plain", Vec::new()).await;
        assert_eq!(status, StatusCode::OK, "{path}: {text}");
        let missing = Regex::new(">\\s*(?:st|field|nav|hint|state)-[a-z-]+").expect("a pattern");
        assert!(
            !missing.is_match(&text),
            "{path}: {:?}",
            missing.find(&text).map(|m| m.as_str().to_owned())
        );
        assert_eq!(text.matches("<h1").count(), 1, "{path}");
        text
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> (StatusCode, String, String) {
        let mut pairs = vec![("csrf", self.token.as_str())];
        pairs.extend(fields);
        let body = pairs
            .iter()
            .map(|(k, v)| format!("{k}={}", encoded(v)))
            .collect::<Vec<_>>()
            .join("&");
        self.send("POST", path, "application/x-www-form-urlencoded", body.into_bytes())
            .await
    }

    /// A form that must be taken; gives where it leads.
    async fn done(&mut self, path: &str, fields: &[(&str, &str)]) -> String {
        let (status, to, text) = self.post(path, fields).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{path}: {text}");
        to
    }
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, b| {
        write!(out, "%{b:02X}").expect("writes");
        out
    })
}

async fn signed_in(house: &House) -> Browser {
    staff(&house.app).await;
    let router = web::layers(super::routes(), house.app.clone());
    let mut browser = Browser {
        router,
        cookies: BTreeMap::new(),
        token: String::new(),
    };
    browser.get("/sign-in").await;
    let to = browser
        .done(
            "/sign-in",
            &[
                ("email", "admin@narae.example"),
                ("password", "correct horse battery"),
                ("next", "/desk"),
            ],
        )
        .await;
    assert_eq!(to, "/desk");
    browser
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in one go")]
async fn staff_set_up_an_event_by_its_pages() {
    let house = house().await;
    let mut b = signed_in(&house).await;
    b.get("/desk/events/new").await;
    let mut fields = vec![
        ("title", "가을 대화"),
        ("slug", "Autumn"),
        ("host_name", "나래"),
        ("time_zone", "Asia/Seoul"),
        ("opens_at", "2026-12-01T09:00"),
        ("closes_at", "2026-11-01T09:00"),
        ("live_places", "10"),
        ("reverse_places", "8"),
        ("max_questions", "3"),
        ("answer_days", "7"),
    ];
    let (status, _, text) = b.post("/desk/events/new", &fields).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        text.contains("가을 대화") && text.contains("slug-error"),
        "what was typed stays, the error is at its field"
    );
    fields[1] = ("slug", "autumn");
    fields[5] = ("closes_at", "2026-12-10T09:00");
    assert_eq!(b.done("/desk/events/new", &fields).await, "/desk/events/autumn");
    fields[1] = ("slug", "talk");
    assert_eq!(
        b.post("/desk/events/new", &fields).await.0,
        StatusCode::UNPROCESSABLE_ENTITY,
        "the address is taken"
    );

    let base = "/desk/events/talk";
    b.get(&format!("{base}/edit")).await;
    let sitting = [
        ("title", "1회차"),
        ("place", "판교"),
        ("first_day", "2026-12-17"),
        ("last_day", "2026-12-18"),
    ];
    b.get(&format!("{base}/programme/new")).await;
    b.done(&format!("{base}/programme/new"), &sitting).await;
    let row = entity::sitting::Entity::find()
        .one(house.app.db.reader())
        .await
        .expect("reads")
        .expect("there");
    let at = format!("{base}/programme/sittings/{}", row.id);
    b.get(&at).await;
    b.get(&format!("{at}/new")).await;
    let part = [
        ("title", "연구소 견학"),
        ("kind", "tour"),
        ("starts_at", "2026-12-17T10:00"),
        ("ends_at", "2026-12-17T11:00"),
    ];
    b.done(&format!("{at}/new"), &part).await;
    let row = entity::programme_part::Entity::find()
        .one(house.app.db.reader())
        .await
        .expect("reads")
        .expect("there");
    assert_eq!(row.kind, PartKind::Tour);
    b.get(&format!("{base}/programme/parts/{}", row.id)).await;
    assert!(b.get(&format!("{base}/programme")).await.contains("연구소 견학"));
    b.done(&format!("{at}/remove"), &[]).await;
    assert!(b.get(&format!("{base}/programme")).await.contains("삭제할 수 없습니다"));

    b.get(&format!("{base}/speakers/new")).await;
    b.done(
        &format!("{base}/speakers/new"),
        &[("name", "이서연"), ("nickname", "Sage"), ("job_title", "공동대표")],
    )
    .await;
    assert!(
        b.get(&format!("{base}/speakers"))
            .await
            .contains("Sage(이서연) · 공동대표")
    );
    let row = entity::speaker::Entity::find()
        .one(house.app.db.reader())
        .await
        .expect("reads")
        .expect("there");
    b.get(&format!("{base}/speakers/{}", row.id)).await;

    let crew = format!("/desk/services/{}/crew", house.service);
    b.get("/desk/services/new").await;
    b.get(&format!("/desk/services/{}", house.service)).await;
    b.get(&format!("{crew}/new")).await;
    let member = [
        ("name", "이준호"),
        ("nickname", "Jay"),
        ("email", "jay@crew.example"),
        ("is_lead", "true"),
    ];
    b.done(&format!("{crew}/new"), &member).await;
    assert_eq!(
        b.post(&format!("{crew}/new"), &member).await.0,
        StatusCode::UNPROCESSABLE_ENTITY,
        "once in a crew"
    );
    assert!(b.get("/desk/services").await.contains("Jay(이준호)"));
    let row = entity::crew_member::Entity::find()
        .one(house.app.db.reader())
        .await
        .expect("reads")
        .expect("there");
    b.get(&format!("{crew}/{}", row.id)).await;
    b.done(&format!("{crew}/{}/remove", row.id), &[]).await;
    b.get("/desk/fields/new").await;
    b.done("/desk/fields/new", &[("name", "결제")]).await;
    assert!(b.get("/desk/fields").await.contains("결제"));
    b.get(base).await;
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in one go")]
async fn a_roster_is_uploaded_looked_at_and_imported_and_a_person_is_served_by_staff() {
    let house = house().await;
    let mut b = signed_in(&house).await;
    let base = "/desk/events/talk/roster";
    b.get(&format!("{base}/import")).await;
    let mut body = format!(
        "--x\r\ncontent-disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n",
        b.token
    )
    .into_bytes();
    body.extend_from_slice(b"--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"r.csv\"\r\n\r\n");
    body.extend_from_slice(&roster(300));
    body.extend_from_slice(b"\r\n--x--\r\n");
    let (status, to, text) = b
        .send(
            "POST",
            &format!("{base}/import"),
            "multipart/form-data; boundary=x",
            body,
        )
        .await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
    assert!(b.get(&to).await.contains("299줄 가져오기"));
    assert!(b.get(&format!("{to}?only=wrong")).await.contains("틀린주소"));
    let (_, _, csv) = b
        .send("GET", &format!("{to}/wrong.csv"), "text/plain", Vec::new())
        .await;
    assert!(csv.starts_with('\u{FEFF}') && csv.contains("틀린주소"), "{csv}");
    b.get(&to).await;
    b.done(&format!("{to}/run"), &[]).await;
    b.done(&format!("{to}/run"), &[]).await;
    assert!(b.get(&to).await.contains("http-equiv=\"refresh\""));
    let jobs = entity::job::Entity::find()
        .all(house.app.db.reader())
        .await
        .expect("reads");
    assert_eq!(jobs.len(), 1, "pressed twice, begun once");
    let worker = jobs::Worker::new(
        house.app.db.clone(),
        house.app.clock.clone(),
        db::Wake::default(),
        vec![crate::jobs(house.app.clone())],
    );
    assert_eq!(worker.run_due().await.expect("runs"), 1);
    let import = entity::roster_import::Entity::find()
        .one(house.app.db.reader())
        .await
        .expect("reads")
        .expect("there");
    assert_eq!((import.state, import.done), (ImportState::Done, 299));
    assert!(b.get(&to).await.contains("새로 추가 299명"));
    files::the_file_is_let_go(&house, &mut b, &to).await;

    assert!(
        b.get(&format!("{base}?q=PARTNER7.")).await.contains("사람7"),
        "search knows no case"
    );
    let first = b.get(base).await;
    assert!(first.contains("after="), "there is a next page");
    b.get(&format!("{base}/new")).await;
    let person = [
        ("name", "박기사"),
        ("group", "새벽기사회"),
        ("lang", "ko"),
        ("services", &house.service.to_string()),
    ];
    let at = b.done(&format!("{base}/new"), &person).await;
    assert!(
        b.get(&at).await.contains("/i/"),
        "the personal link stands there to be copied"
    );
    b.get(&format!("{at}/edit")).await;
    let form = b.get(&format!("{at}/question")).await;
    let id = Regex::new("name=\"id\" value=\"([^\"]+)\"")
        .expect("a pattern")
        .captures(&form)
        .expect("an id")[1]
        .to_owned();
    let service = house.service.to_string();
    let mut ask = vec![
        ("id", id.as_str()),
        ("question", "새벽 콜은 왜 먼 곳부터 잡히나요?"),
        ("service", &service),
        ("lang", "ko"),
        ("prefers", "either"),
        ("naming", "full"),
    ];
    let (status, _, text) = b.post(&format!("{at}/question"), &ask).await;
    assert_eq!(
        status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "without consent there is no question"
    );
    assert!(text.contains("새벽 콜은"));
    ask.push(("agreed", "true"));
    b.done(&format!("{at}/question"), &ask).await;
    assert!(b.get(&at).await.contains("새벽 콜은"));
    b.done(&format!("{at}/handed-over"), &[]).await;
    b.done(&format!("{at}/new-link"), &[]).await;
    assert!(
        b.get("/desk/events/talk/invitations")
            .await
            .contains("299명에게 보내기")
    );
    b.done("/desk/events/talk/invitations", &[]).await;
    assert!(
        b.get("/desk/events/talk/invitations")
            .await
            .contains("모두 초대했습니다")
    );
    b.get("/desk/events/talk/attendance").await;
    let (status, ..) = b
        .send("GET", &at.replace("talk", "nothing"), "text/plain", Vec::new())
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}
