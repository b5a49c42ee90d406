//! A moderator at the pages, without script.

use crate::{browser::Browser, story::Story};
use domain::QuestionId;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::too_many_lines, reason = "one walk, page after page")]
async fn a_moderator_walks_all_pages() {
    let story = Story::new(60).await;
    story.crew().await;
    let mut browser = Browser::signed_in(&story.app, 0).await;
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
            .submit(&stage, &format!("{stage}/act"), &[("act", "next"), ("version", "0")])
            .await
            .0,
        303
    );
    let about = format!("q-{}", q[1]);
    let empty = [("about", about.as_str()), ("version", "0"), ("text", "")];
    assert_eq!(browser.submit(&stage, &format!("{stage}/note"), &empty).await.0, 422);
    let said = [("about", about.as_str()), ("version", "0"), ("text", "네, 그렇습니다.")];
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
