//! A moderator at the pages of routing and release, without script.

use crate::{browser::Browser, story::Story};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::too_many_lines, reason = "one walk, page after page")]
async fn a_moderator_previews_releases_by_hand_and_edits_words_and_rules() {
    let story = Story::new(6).await;
    story.crew().await;
    let mut browser = Browser::signed_in(&story.app, 0).await;
    let base = "/desk/events/talk";
    let routing = format!("{base}/routing");
    let page = browser.get(&format!("{routing}?written=ko&prefers=either")).await;
    assert!(
        page.contains("조건에 맞는 질문 6개 배정") && page.contains("Sol"),
        "{page}"
    );
    let rest = [("written", "ko"), ("prefers", "either")];
    assert_eq!(browser.submit(&routing, &format!("{routing}/rest"), &rest).await.0, 303);
    let preview = browser.get(&format!("{routing}/preview")).await;
    // Real data, to each in their language: the asker's mail and the crew's.
    for part in [
        "파트너 1 님, 안녕하십니까.",
        "Dear 파트너 2,",
        "sol@partner.example",
        "결정 6건 중 6건",
    ] {
        assert!(preview.contains(part), "{part}: {preview}");
    }
    let bad = [("what", "all"), ("when", "at"), ("at", "2020-01-01T10:00")];
    let (status, page) = browser.submit(&routing, &format!("{routing}/release"), &bad).await;
    assert_eq!(status, 422);
    assert!(
        page.contains("앞으로 올 시각") && page.contains("2020-01-01T10:00"),
        "{page}"
    );
    let by_hand = [("what", "all"), ("when", "hand"), ("kind", "route")];
    assert_eq!(
        browser
            .submit(&routing, &format!("{routing}/release"), &by_hand)
            .await
            .0,
        303
    );
    let page = browser.get(&routing).await;
    let record = page
        .split(&format!("{routing}/releases/"))
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    let record = format!("{routing}/releases/{}", record.expect("a record"));
    let page = browser.get(&record).await;
    assert!(
        page.contains("초안 12통 모두 발송") && page.contains("/desk/outbox/"),
        "{page}"
    );
    assert_eq!(browser.submit(&record, &format!("{record}/send"), &[]).await.0, 303);
    assert!(
        browser
            .get(&record)
            .await
            .contains("초안 12통을 발송 대기로 옮겼습니다")
    );
    let (status, _) = browser
        .send(
            axum::http::Request::get(format!("{routing}/releases/{}", domain::ReleaseId::new())),
            String::new(),
        )
        .await;
    assert_eq!(status, 404);

    let words = format!("{base}/templates/live/en");
    let page = browser.get(&words).await;
    assert!(
        page.contains("It was chosen to be answered on stage") && page.contains("{speaker}"),
        "{page}"
    );
    let wrong = [
        ("act", "save"),
        ("subject", "{evnt}"),
        ("words", "Hello {name}\n{link}"),
        ("version", "0"),
        ("sample", ""),
    ];
    let (status, page) = browser.submit(&words, &words, &wrong).await;
    assert_eq!(status, 422);
    assert!(
        page.contains("evnt") && page.contains("{place}") && page.contains("Hello {name}"),
        "{page}"
    );
    let mut right = wrong;
    right[1].1 = "{event}: {number}";
    let mut look = right;
    look[0].1 = "preview";
    let (status, page) = browser.submit(&words, &words, &look).await;
    assert!(
        status == 200 && page.contains("Partner talk: 1") && page.contains("Hello 파트너 1"),
        "{page}"
    );
    assert_eq!(browser.submit(&words, &words, &right).await.0, 303);
    assert_eq!(
        browser.submit(&words, &words, &right).await.0,
        422,
        "somebody saved meanwhile"
    );
    assert!(browser.get(&format!("{base}/templates")).await.contains("행사 문구"));
    assert_eq!(
        browser
            .submit(&words, &words, &[("act", "restore"), ("version", "1")])
            .await
            .0,
        303
    );

    let rules = format!("{routing}/rules");
    let id = story.service.to_string();
    let same = [
        ("scope", "event"),
        ("service", id.as_str()),
        ("crew", &id),
        ("second", &id),
    ];
    let (status, page) = browser.submit(&rules, &rules, &same).await;
    assert!(status == 422 && page.contains("달라야 합니다"), "{page}");
    let plain = [
        ("scope", "event"),
        ("service", id.as_str()),
        ("crew", &id),
        ("second", ""),
    ];
    assert_eq!(browser.submit(&rules, &rules, &plain).await.0, 303);

    let reasons = format!("{base}/reasons");
    assert!(browser.get(&reasons).await.contains("아직 정해지지 않은 일"));
    let long = "가".repeat(201);
    let (status, page) = browser
        .submit(&reasons, &reasons, &[("act", "save"), ("ko", &long), ("en", "")])
        .await;
    assert!(status == 422 && page.contains("ko-0-error"), "{page}");
    let one = [("act", "save"), ("ko", "다음에"), ("en", "Next time")];
    assert_eq!(browser.submit(&reasons, &reasons, &one).await.0, 303);
    assert!(browser.get(&reasons).await.contains("Next time"));
}
