//! Pages that partners and administrators open seldom: how the selection was made, who is away, the record as a file.

use crate::flow::scene::{self, Scene, Size, ask, enter};
use db::{entity, prelude::*};
use domain::{Lang, role::Role};
use moderation::triage::service::{decide, release};
use testkit::World;

async fn small() -> (World, Scene) {
    let world = World::new().await;
    let size = Size {
        partners: 3,
        services: 2,
        ..Size::default()
    };
    let scene = scene::set(&world, size).await;
    world.staff("admin", &[Role::Administrator]).await;
    (world, scene)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn partners_read_how_questions_are_chosen_and_what_became_of_all_in_numbers_alone() {
    let (world, scene) = small().await;
    let app = &world.app;
    let mut partners = Vec::new();
    for partner in &scene.partners {
        let mut browser = enter(&world, partner.invitation, Lang::Ko).await;
        let text = format!("{}의 비밀 질문입니다. 언제 되나요?", partner.invitation);
        ask(&mut browser, scene.services[0].id, &text, "full").await;
        partners.push(browser);
    }
    let asked = entity::question::Entity::find().order_by_asc(entity::question::Column::Number);
    let asked = asked.all(app.db.reader()).await.expect("reads");
    let tx = app.db.begin_write().await.expect("begins");
    decide::live(&tx, app, scene.moderator, asked[0].id, None)
        .await
        .expect("a place");
    decide::decline(&tx, app, scene.moderator, asked[1].id, "다른 주제입니다.")
        .await
        .expect("declines");
    tx.commit().await.expect("commits");
    let figures = |text: &str| -> Vec<String> {
        let words = text.split_whitespace().map(str::to_owned);
        words.filter(|w| w.chars().all(|c| c.is_ascii_digit())).collect()
    };
    // Pending is seen by nobody outside.
    let before = partners[2].get("/my/selection").await.ok();
    release::all(app, scene.moderator, scene.event).await.expect("releases");
    let after = partners[2].get("/my/selection").await.ok();
    assert_ne!(figures(&before.text()), figures(&after.text()), "{}", after.text());
    for page in [&before, &after] {
        assert!(
            !page.text().contains("비밀 질문") && !page.text().contains("다른 주제"),
            "{}",
            page.text()
        );
    }
    // In the moderators' own words, in both languages.
    let mut desk = world.signed_in("moderator").await;
    let page = desk.get("/desk/events/talk/selection").await.ok();
    let form = page
        .form("/selection")
        .set("selection_ko", "여럿이 <b>함께</b> 읽습니다.")
        .set("selection_en", "We read together.");
    assert_eq!(desk.send(&form).await.status, 200);
    let page = partners[0].get("/my/selection").await.ok();
    assert!(page.body.contains("여럿이 &#60;b&#62;함께"), "{}", page.body);
    let page = partners[0].get("/my/selection?lang=en").await.ok();
    assert!(page.text().contains("We read together."), "{}", page.text());
    // Who is no partner is asked for a link.
    let stranger = world.browser().get("/my/selection").await;
    assert!(
        !stranger.status.is_success() || stranger.path != "/my/selection",
        "{}",
        stranger.path
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_absence_is_kept_with_its_deputy_and_days_that_make_no_sense_are_said_at_their_field() {
    let (world, scene) = small().await;
    let mut admin = world.signed_in("admin").await;
    let (service, member) = (scene.services[0].id, scene.services[0].lead);
    let path = format!("/desk/services/{service}/crew/{member}");
    let kept = async || {
        let found = entity::crew_member::Entity::find_by_id(member)
            .one(world.app.db.reader())
            .await;
        let row = found.expect("reads").expect("there");
        (
            row.absent_from.map(|d| d.to_string()),
            row.absent_until.map(|d| d.to_string()),
            row.deputy_id,
        )
    };
    let page = admin.get(&path).await.ok();
    let form = page
        .form(&path)
        .set("absent_from", "2030-01-09")
        .set("absent_until", "2030-01-02");
    let page = admin.send(&form).await;
    assert_eq!(page.status, 422, "{}", page.text());
    assert!(
        page.body.contains("absent_until-error") && page.body.contains("2030-01-09"),
        "{}",
        page.body
    );
    let page = admin.send(&form.clone().set("absent_from", "gestern")).await;
    assert!(
        page.status == 422 && page.body.contains("absent_from-error"),
        "{}",
        page.text()
    );
    let stranger = domain::CrewMemberId::new().to_string();
    let form = form.set("absent_from", "2030-01-02").set("absent_until", "2030-01-09");
    let page = admin.send(&form.clone().set("deputy", &stranger)).await;
    assert!(
        page.status == 422 && page.body.contains("deputy-error"),
        "nobody of that id: {}",
        page.text()
    );
    let own = admin.send(&form.clone().set("deputy", &member.to_string())).await;
    assert_eq!(own.status, 422, "nobody stands in for themselves");
    assert_eq!(kept().await, (None, None, None), "nothing of it was kept");
    let deputy = scene.services[1].lead;
    assert_eq!(admin.send(&form.set("deputy", &deputy.to_string())).await.status, 200);
    let days = (Some("2030-01-02".to_owned()), Some("2030-01-09".to_owned()));
    assert_eq!(kept().await, (days.0, days.1, Some(deputy)));
    let page = admin.get(&path).await.ok();
    assert!(page.body.contains("value=\"2030-01-09\""), "{}", page.body);
    let mut moderator = world.signed_in("moderator").await;
    assert_eq!(moderator.get(&path).await.status, 403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_record_is_a_file_in_three_forms_for_administrators_and_says_that_it_was_taken() {
    let (world, scene) = small().await;
    let app = &world.app;
    let mut partner = enter(&world, scene.partners[0].invitation, Lang::Ko).await;
    ask(
        &mut partner,
        scene.services[0].id,
        "정산 주기를 앞당길 계획이 있나요?",
        "full",
    )
    .await;
    let asked = entity::question::Entity::find()
        .one(app.db.reader())
        .await
        .expect("reads")
        .expect("asked");
    let decided = async |live: bool| {
        let tx = app.db.begin_write().await.expect("begins");
        if live {
            decide::live(&tx, app, scene.moderator, asked.id, None)
                .await
                .expect("a place");
        } else {
            decide::decline(&tx, app, scene.moderator, asked.id, "=1+1 이라서")
                .await
                .expect("declines");
        }
        tx.commit().await.expect("commits");
    };
    decided(true).await;
    decided(false).await;
    let path = |format: &str| format!("/desk/audit/export?event=talk&format={format}");
    let mut moderator = world.signed_in("moderator").await;
    assert_eq!(moderator.get(&path("csv")).await.status, 403);
    let mut admin = world.signed_in("admin").await;
    let json = admin.get(&path("json")).await.ok();
    let lines: serde_json::Value = serde_json::from_str(&json.body).expect("json");
    let made: Vec<_> = lines
        .as_array()
        .expect("lines")
        .iter()
        .filter(|line| line["action"] == "decision.made")
        .collect();
    assert_eq!(made.len(), 2, "{lines:#}");
    assert_eq!(made[1]["number"], 1);
    assert!(
        made[1]["actor"].as_str().is_some_and(|by| by.contains("moderator")),
        "{:#}",
        made[1]
    );
    assert_ne!((&made[0]["from"], &made[0]["to"]), (&made[1]["from"], &made[1]["to"]));
    let csv = admin.get(&path("csv")).await.ok();
    assert!(csv.body.contains("decision.made"), "{}", csv.body);
    for line in csv.body.lines() {
        assert!(
            !line.split(',').any(|cell| cell.trim_matches('"').starts_with('=')),
            "no formula: {line}"
        );
    }
    let sheet = admin.get(&path("xlsx")).await.ok();
    assert!(sheet.bytes.starts_with(b"PK"), "a workbook");
    let kind = sheet.headers["content-type"].to_str().expect("text");
    assert!(kind.contains("spreadsheetml"), "{kind}");
    assert_eq!(world.audited("audit.exported").await, 3);
    assert_eq!(admin.get("/desk/audit/export?event=other").await.status, 404);
}
