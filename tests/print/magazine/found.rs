//! What readers may see is found by its words, its year, its service and its keywords, and nothing else is.

use super::{super::Print, encoded, in_order, quoted};
use axum::http::StatusCode;
use publishing::{
    approval,
    article::{self, QUESTION},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_readers_may_see_is_found_in_korean_and_english_and_nothing_else() {
    let p = Print::new().await;
    let (app, staff) = (&p.world.app, p.scene.moderator);
    // The third question's people say nothing, so it is left out.
    for n in 0..2 {
        approval::note_approved(app, staff, p.id, Some(p.partner(n)))
            .await
            .expect("notes");
        let speaker = article::Who::Speaker(p.scene.speakers[n]);
        approval::note_approved(app, staff, p.id, Some(speaker))
            .await
            .expect("notes");
    }
    p.edit(|d| d.title = "Payments and settlement".into()).await;
    article::publish(app, staff, p.id).await.expect("publishes");
    let later = p.prose_draft("two", "예약된제목", "예약된본문.", "").await;
    let at = app.clock.now() + chrono::TimeDelta::hours(5);
    article::schedule(app, staff, later, at).await.expect("schedules");
    let gone = p.prose("one", "거둔제목", "거둔본문.", "").await;

    let found = async |q: &str| p.get(&format!("/magazine/search?q={}", quoted(q))).await.ok();
    let talk = format!("/articles/{}", p.scene.slug);
    // Two syllables, from the middle of a word, with the exchange in which they stand.
    for (q, exchange) in [
        ("정산", "#q1"),
        ("산을", "#q1"),
        ("수수료", "#q2"),
        ("수수료 그대로", "#q2"),
    ] {
        let page = found(q).await;
        assert!(page.body.contains(&format!("{talk}{exchange}")), "{q}: {}", page.text());
        assert!(page.body.contains("<mark>"), "{q}");
    }
    for q in ["settle", "PAYMENTS and", "정산 payments"] {
        assert!(found(q).await.body.contains(&talk), "{q}");
    }
    for q in ["ettlement", "상담 창구", "물음-셋", "예약된", "정산 예약된"] {
        let page = found(q).await;
        assert!(!page.body.contains("/articles/"), "{q}: {}", page.text());
    }
    assert_eq!(
        (
            p.indexed("거둔본문").await,
            p.indexed("상담").await,
            p.indexed("예약된본문").await
        ),
        (1, 0, 0)
    );

    // What is taken back is out of the index in the same moment, before anybody looks.
    article::withdraw(app, staff, gone).await.expect("withdraws");
    assert_eq!(p.indexed("거둔본문").await, 0);
    assert!(!found("거둔").await.body.contains("/articles/"));
    // What was corrected is found as it stands now.
    let asked = p.asked(0);
    p.edit(|d| {
        let x = d.exchange(asked).expect("stands");
        x.texts.insert(QUESTION.into(), "이체를 앞당길 계획이 있나요?".into());
    })
    .await;
    approval::note_approved(app, staff, p.id, Some(p.partner(0)))
        .await
        .expect("notes");
    article::publish(app, staff, p.id).await.expect("corrects");
    assert!(found("이체").await.body.contains(&talk));
    assert!(!found("정산").await.body.contains("/articles/"));
    // Its moment comes: the worker puts it into the index by itself.
    app.clock.advance(chrono::TimeDelta::hours(6));
    assert_eq!(article::publish_due(app).await.expect("looks"), 1);
    assert!(found("예약된").await.body.contains("/articles/two"));
    // Nothing that could be looked for, and what is no word of a query.
    for q in ["", "%_'\"*()", "NEAR(", "<script>"] {
        assert!(!found(q).await.body.contains("<script>"), "{q}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_article_is_found_by_its_last_words() {
    let p = Print::new().await;
    // Beyond the positions that PostgreSQL knows in one piece.
    let long = format!("{}\n\n끝에 숨은 낱말꾸러미", "가나다라마바사아자차 ".repeat(1_800));
    p.prose("one", "머리에 있는 말", &long, "").await;
    let page = p.get(&encoded("/magazine/search?q=낱말꾸러미 머리에")).await.ok();
    assert!(page.body.contains("/articles/one"), "{}", page.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_archive_lists_by_year_service_and_keyword_page_by_page() {
    let p = Print::new().await;
    let (app, staff) = (&p.world.app, p.scene.moderator);
    approval::note_approved(app, staff, p.id, None).await.expect("notes");
    p.edit(|d| d.keywords = "상생, 정산/대금".into()).await;
    article::publish(app, staff, p.id).await.expect("publishes");
    app.clock.advance(chrono::TimeDelta::days(100));
    for n in 0..22 {
        p.prose(&format!("more-{n}"), &format!("이듬해 글 {n}-끝"), "말.", "이듬해")
            .await;
    }
    let archive = p.get("/magazine/archive").await.ok().text();
    assert!(
        in_order(
            &archive,
            &[
                "2027 글 22편",
                "2026 글 1편",
                "서비스 0 글 1편",
                "이듬해 글 22편",
                "상생 글 1편"
            ]
        ),
        "{archive}"
    );
    let english = p.world.browser().speaking("en").get("/magazine/archive").await.ok();
    assert!(english.text().contains("Service 0 1 article"), "{}", english.text());
    let talk = format!("/articles/{}", p.scene.slug);
    for path in ["year/2026", "service/서비스 0", "keyword/상생", "keyword/정산%2F대금"] {
        let page = p.get(&encoded(&format!("/magazine/archive/{path}"))).await.ok();
        assert!(page.body.contains(&talk) && !page.body.contains("more-0"), "{path}");
    }
    // Every one of them once, the last one first.
    let (mut listed, mut next) = (Vec::new(), Some(encoded("/magazine/archive/keyword/이듬해")));
    while let Some(path) = next {
        let page = p.get(&path).await.ok();
        listed.extend(page.links().into_iter().filter(|l| l.starts_with("/articles/")));
        next = page
            .links()
            .into_iter()
            .find(|l| l.contains("?after=") && !l.contains("lang="));
    }
    assert_eq!(listed.len(), 22);
    assert_eq!(listed[0], "/articles/more-21");
    for path in [
        "year/2001",
        "keyword/없다",
        "service/없다",
        "colour/red",
        "keyword/상생?after=nothing",
    ] {
        let status = p.get(&encoded(&format!("/magazine/archive/{path}"))).await.status;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
    article::withdraw(app, staff, p.id).await.expect("withdraws");
    let archive = p.get("/magazine/archive").await.ok().text();
    assert!(!archive.contains("2026") && !archive.contains("상생"), "{archive}");
    assert_eq!(
        p.get(&encoded("/magazine/archive/keyword/상생")).await.status,
        StatusCode::NOT_FOUND
    );
}
