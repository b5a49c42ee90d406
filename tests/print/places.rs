//! Printed copies go to places, and the code there leads back.

use super::Print;
use axum::http::{Method, StatusCode, header};
use db::{entity, prelude::*};
use domain::role::Role;
use publishing::{approval, article, magazine};
use testkit::{Browser, Filled, Page};

impl Print {
    async fn places(&self) -> Vec<entity::place::Model> {
        entity::place::Entity::find()
            .order_by_asc(entity::place::Column::Id)
            .all(self.world.app.db.reader())
            .await
            .expect("reads")
    }

    async fn editor(&self) -> Browser {
        self.world.staff("editor", &[Role::Editor]).await;
        self.world.signed_in("editor").await
    }

    async fn reads(&self) -> Vec<(String, i64)> {
        let rows = entity::place_read::Entity::find()
            .order_by_asc(entity::place_read::Column::Day)
            .all(self.world.app.db.reader())
            .await
            .expect("reads");
        rows.into_iter().map(|r| (r.day.to_string(), r.reads)).collect()
    }
}

/// The form of the page by what it does.
fn way(page: &Page, act: &str) -> Filled {
    let all = page.forms("/places");
    let found = all.into_iter().find(|f| f.value("act") == Some(act));
    found.unwrap_or_else(|| panic!("no form for {act}: {}", page.text()))
}

async fn add(desk: &mut Browser, path: &str, fields: &[(&str, &str)]) -> Page {
    let page = desk.get(path).await.ok();
    let form = fields
        .iter()
        .fold(way(&page, "one"), |f, (name, value)| f.set(name, value));
    desk.upload(&form, "file", "", b"").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn places_are_noted_one_by_one_or_as_a_list_and_nothing_typed_is_lost() {
    let p = Print::new().await;
    let issue = p.issue("묻고 답하는 호", &[]).await;
    let path = format!("/desk/issues/{issue}/places");
    let mut desk = p.editor().await;
    let refused = add(
        &mut desk,
        &path,
        &[("name", ""), ("address", "은하로 12"), ("copies", "많이")],
    )
    .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let again = way(&refused, "one");
    assert_eq!(
        (again.value("address"), again.value("copies")),
        (Some("은하로 12"), Some("많이"))
    );
    let done = add(
        &mut desk,
        &path,
        &[("name", "누리빵집"), ("address", "은하로 12"), ("copies", "1,200부")],
    )
    .await;
    assert!(done.ok().text().contains("1곳 · 1,200부"), "the sum");

    // A line that does not hold keeps the whole list from being noted, and says which it is.
    let page = desk.get(&path).await.ok();
    let list = "매장\t수량\n달빛서점\t30\n\t12\n새벽카페\t몇 부";
    let refused = desk
        .upload(&way(&page, "lines").set("lines", list), "file", "", b"")
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("3, 4번째 줄"), "{}", refused.text());
    assert_eq!(way(&refused, "lines").value("lines"), Some(list));
    assert_eq!(p.places().await.len(), 1);
    // A workbook, as it leaves a spreadsheet.
    let columns = ["이름", "부수"].map(|heading| sheet::Column::new(heading, 10.0));
    let rows = vec![
        vec![sheet::Cell::from("달빛서점"), 30.into()],
        vec!["=새벽카페".into(), 12.into()],
    ];
    let book = sheet::workbook(&columns, rows).expect("a workbook");
    let page = desk
        .upload(&way(&page, "lines"), "file", "places.xlsx", &book)
        .await
        .ok();
    assert!(page.text().contains("3곳 · 1,242부"), "{}", page.text());

    let place = &p.places().await[1];
    let one = format!("{path}/{}", place.id);
    let form = way(&desk.get(&one).await.ok(), "save").set("note", "계산대 옆");
    let _ = desk.send(&form).await.ok();
    let late = desk.send(&form.set("note", "창가")).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY, "somebody was faster");
    assert_eq!(way(&late, "save").value("note"), Some("창가"));
    assert_eq!(p.places().await[1].note, "계산대 옆");

    // The files that go to the printer.
    for (name, kind) in [
        ("places.xlsx", &b"PK"[..]),
        ("places.pdf", b"%PDF"),
        ("labels.pdf?sheet=14", b"%PDF"),
        (&format!("places/{}/code.png", place.id), b"\x89PNG"),
    ] {
        let file = desk.get(&format!("/desk/issues/{issue}/{name}")).await.ok();
        assert!(file.bytes.starts_with(kind), "{name}");
        let disposition = file.headers[header::CONTENT_DISPOSITION].to_str().expect("readable");
        assert!(disposition.starts_with("attachment"), "{disposition}");
    }
    let table = desk.get(&format!("/desk/issues/{issue}/places.xlsx")).await.ok().bytes;
    let table = sheet::read(&table).expect("reads");
    let link = format!("{}/q/{}", p.world.app.settings.web.public_url, place.code);
    assert_eq!(table[2], ["달빛서점", "", "30", "계산대 옆", &link, "0"]);
    assert_eq!(table[3][0], "=새벽카페", "a text, not a formula");

    // The next issue goes to the same places, under codes of its own; asked twice, once.
    let next = p.issue("다음 호", &[]).await;
    let path = format!("/desk/issues/{next}/places");
    for _ in 0..2 {
        let form = way(&desk.get(&path).await.ok(), "take");
        let _ = desk.upload(&form, "file", "", b"").await.ok();
    }
    let all = p.places().await;
    assert_eq!(all.len(), 6);
    let codes: std::collections::BTreeSet<_> = all.iter().map(|p| &p.code).collect();
    assert_eq!(codes.len(), 6);
    let removed = way(&desk.get(&one).await.ok(), "remove");
    let _ = desk.send(&removed).await.ok();
    assert_eq!(p.places().await.len(), 5);
    assert_eq!(desk.get(&one).await.status, StatusCode::NOT_FOUND);
    // Somebody else's issue does not open it, either.
    let other = format!("/desk/issues/{issue}/places/{}", all[4].id);
    assert_eq!(desk.get(&other).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_leads_to_its_issue_and_counts_who_opens_it() {
    let p = Print::new().await;
    let (app, staff) = (&p.world.app, p.scene.moderator);
    approval::note_approved(app, staff, p.id, None).await.expect("notes");
    article::publish(app, staff, p.id).await.expect("publishes");
    let issue = p.issue("묻고 답하는 호", &[p.id]).await;
    let mut desk = p.editor().await;
    let path = format!("/desk/issues/{issue}/places");
    let _ = add(&mut desk, &path, &[("name", "누리빵집")]).await.ok();
    let code = format!("/q/{}", p.places().await[0].code);
    let leads = async |path: &str, method: Method| {
        let page = p.world.browser().once(method, path, None).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
        assert!(page.headers.get(header::SET_COOKIE).is_none(), "nobody is followed");
        page.headers[header::LOCATION].to_str().expect("readable").to_owned()
    };
    // Printed before it is shown: no address tells of an issue that is not out.
    assert_eq!(leads(&code, Method::GET).await, "/magazine");
    magazine::show(app, staff, issue).await.expect("shows");
    assert_eq!(leads(&code, Method::GET).await, "/magazine/1");
    assert_eq!(
        leads(&code.to_uppercase().replace("/Q/", "/q/"), Method::GET).await,
        "/magazine/1"
    );
    assert_eq!(leads(&code, Method::HEAD).await, "/magazine/1");
    assert_eq!(leads("/q/nobody", Method::GET).await, "/magazine");
    assert_eq!(
        p.reads().await,
        [("2026-11-02".to_owned(), 3)],
        "a look ahead counts nobody"
    );
    app.clock.advance(chrono::TimeDelta::days(1));
    let mut readers = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (mut browser, code) = (p.world.browser(), code.clone());
        readers.spawn(async move { browser.once(Method::GET, &code, None).await.status });
    }
    for status in readers.join_all().await {
        assert_eq!(status, StatusCode::SEE_OTHER);
    }
    assert_eq!(p.reads().await[1], ("2026-11-03".to_owned(), 20));
    // Signed in anew: a day is longer than a session.
    let text = p.world.signed_in("editor").await.get(&path).await.ok().text();
    assert!(text.contains("열람 23회") && text.contains("2026-11-03 20"), "{text}");
    magazine::hide(app, staff, issue).await.expect("hides");
    assert_eq!(leads(&code, Method::GET).await, "/magazine");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_editors_see_where_copies_lie() {
    let p = Print::new().await;
    let issue = p.issue("묻고 답하는 호", &[]).await;
    p.world.staff("stage", &[Role::Stage]).await;
    let mut crowd = p.world.signed_in("stage").await;
    for path in ["places", "places.xlsx", "places.pdf", "labels.pdf"] {
        let path = format!("/desk/issues/{issue}/{path}");
        assert_eq!(crowd.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
        let stranger = p.world.browser().get(&path).await;
        assert!(stranger.path.starts_with("/sign-in"), "{path}");
    }
}
