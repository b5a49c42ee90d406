//! Who may see what, and forms that did not come from our pages.

use crate::flow::scene::{self, Size, ask, enter, personal_path};
use axum::http::{Method, StatusCode, header};
use domain::{Lang, role::Role};
use testkit::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_personal_link_opens_nothing_until_its_button_is_pressed_and_an_altered_one_never() {
    let world = World::new().await;
    let scene = scene::set(
        &world,
        Size {
            partners: 2,
            ..Size::default()
        },
    )
    .await;
    let path = personal_path(&world, scene.partners[0].invitation).await;
    let mut scanner = world.browser();
    for method in [Method::GET, Method::HEAD] {
        let page = scanner.once(method, &path, None).await;
        assert_eq!(page.status, StatusCode::OK);
    }
    assert_eq!(scanner.get("/my").await.status, StatusCode::UNAUTHORIZED);
    let altered = format!(
        "{}{}",
        &path[..path.len() - 1],
        if path.ends_with('a') { 'b' } else { 'a' }
    );
    assert!(scanner.get(&altered).await.status.is_client_error());
    let mut owner = enter(&world, scene.partners[0].invitation, Lang::Ko).await;
    assert_eq!(owner.get("/my").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_without_our_token_or_from_elsewhere_does_nothing() {
    let world = World::new().await;
    let scene = scene::set(
        &world,
        Size {
            partners: 1,
            ..Size::default()
        },
    )
    .await;
    let mut partner = enter(&world, scene.partners[0].invitation, Lang::Ko).await;
    let page = partner.get("/my/questions/new").await.ok();
    let form = page
        .form("/my/questions")
        .set("question", "다른 곳에서 보낸 양식입니다. 받지 마세요.")
        .set("service", &scene.services[0].id.to_string())
        .set("consent_required", "on")
        .set("do", "send")
        .set("csrf", "0123456789abcdef0123456789abcdef");
    let refused = partner.send(&form).await;
    assert!(refused.status.is_client_error(), "{}", refused.status);
    let home = partner.get("/my").await.ok();
    assert!(!home.text().contains("다른 곳에서 보낸"), "nothing was sent");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn staff_pages_want_an_account_with_the_right_role() {
    let world = World::new().await;
    let scene = scene::set(
        &world,
        Size {
            partners: 1,
            ..Size::default()
        },
    )
    .await;
    world.staff("editor", &[Role::Editor]).await;
    let mut stranger = world.browser();
    let page = stranger.get("/desk").await;
    assert!(
        page.path.starts_with("/sign-in"),
        "strangers sign in first: {}",
        page.path
    );
    let mut editor = world.signed_in("editor").await;
    assert_eq!(editor.get("/desk/staff").await.status, StatusCode::FORBIDDEN);
    assert_eq!(
        editor.get(&format!("/desk/events/{}/triage", scene.slug)).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        editor.get("/desk/events/no-such-event/ledger").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_in_tells_nobody_whether_an_address_is_known_and_tires_of_guessing() {
    let world = World::new().await;
    world.staff("moderator", &[Role::Moderator]).await;
    let mut texts = Vec::new();
    for email in ["moderator@host.example", "nobody@host.example"] {
        let mut browser = world.browser();
        let page = browser.get("/sign-in").await.ok();
        let form = page
            .form("/sign-in")
            .set("email", email)
            .set("password", "wrong password here");
        let reply = browser.send(&form).await;
        texts.push((reply.status, reply.text().replace(email, "")));
    }
    assert_eq!(texts[0], texts[1]);
    let mut last = StatusCode::OK;
    for _ in 0..40 {
        let mut browser = world.browser();
        let page = browser.get("/sign-in").await.ok();
        let form = page
            .form("/sign-in")
            .set("email", "moderator@host.example")
            .set("password", "wrong password here");
        last = browser.send(&form).await.status;
        if last == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asking_for_a_new_link_says_the_same_to_everybody() {
    let world = World::new().await;
    let scene = scene::set(
        &world,
        Size {
            partners: 1,
            ..Size::default()
        },
    )
    .await;
    let known = scene.partners[0].email.clone().expect("an address");
    let mut texts = Vec::new();
    for email in [known.as_str(), "unknown@company.example"] {
        let mut browser = world.browser();
        let page = browser.get("/link").await.ok();
        let reply = browser.send(&page.form("/link").set("email", email)).await;
        texts.push((reply.status, reply.text().replace(email, "")));
    }
    assert_eq!(texts[0], texts[1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_typed_is_kept_when_it_is_refused_and_is_only_text_everywhere() {
    let world = World::new().await;
    let scene = scene::set(
        &world,
        Size {
            partners: 1,
            ..Size::default()
        },
    )
    .await;
    let mut partner = enter(&world, scene.partners[0].invitation, Lang::En).await;
    let page = partner.get("/my/questions/new").await.ok();
    let short = "<b>짧다</b>";
    let form = page.form("/my/questions").set("question", short).set("do", "send");
    let refused = partner.send(&form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.body.contains("aria-invalid=\"true\""),
        "the error stands at its field"
    );
    let kept = refused.form("/my/questions");
    assert_eq!(kept.value("question"), Some(short));
    let script = "<script>alert(1)</script> 이 질문에는 스크립트가 들어 있습니다.";
    ask(&mut partner, scene.services[0].id, script, "full").await;
    let mut desk = world.signed_in("moderator").await;
    let triage = desk.get(&format!("/desk/events/{}/triage", scene.slug)).await.ok();
    assert!(!triage.body.contains("<script>alert"), "inert in triage");
    assert!(triage.text().contains("<script>alert(1)</script>") || triage.text().contains("alert(1)"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_carries_the_headers_that_browsers_obey() {
    let world = World::new().await;
    let page = world.browser().get("/sign-in").await.ok();
    let csp = page.headers[header::CONTENT_SECURITY_POLICY]
        .to_str()
        .expect("text")
        .to_owned();
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(csp.contains(part), "{csp}");
    }
    assert!(!csp.contains("unsafe"), "{csp}");
    assert_eq!(page.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert_eq!(page.headers[header::REFERRER_POLICY], "no-referrer");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_and_readiness_answer_without_a_session() {
    let world = World::new().await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(world.browser().get(path).await.status, StatusCode::OK, "{path}");
    }
}
