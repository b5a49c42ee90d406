//! An article goes out at its moment, once; and what was wrong in it is said.

use super::{Print, approval::nowhere, send};
use axum::http::StatusCode;
use domain::state::{article::ArticleState, mail::MailKind};
use publishing::{
    approval,
    article::{self, QUESTION},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_scheduled_is_nowhere_before_its_moment_and_goes_out_once() {
    let p = Print::new().await;
    let (app, staff) = (&p.world.app, p.scene.moderator);
    approval::note_approved(app, staff, p.id, None).await.expect("notes");
    let mut editor = p.world.signed_in("moderator").await;
    let path = format!("/desk/articles/{}", p.id);
    let form = editor.get(&path).await.ok().form(&path).set("act", "schedule");
    let over = send(&mut editor, &form.clone().set("publish_at", "2001-01-01T09:00")).await;
    assert_eq!(over.status, StatusCode::UNPROCESSABLE_ENTITY);
    let local = (app.clock.now() + chrono::TimeDelta::hours(2)).with_timezone(&chrono_tz::Asia::Seoul);
    let typed = local.format("%Y-%m-%dT%H:%M").to_string();
    drop(send(&mut editor, &form.set("publish_at", &typed)).await.ok());
    let row = p.row().await;
    assert_eq!(row.state, ArticleState::Scheduled);
    let at = row.publish_at.expect("a moment");
    assert_eq!(
        at.with_timezone(&chrono_tz::Asia::Seoul)
            .format("%Y-%m-%dT%H:%M")
            .to_string(),
        typed
    );
    assert_eq!(article::publish_due(app).await.expect("looks"), 0);
    assert_eq!(p.page().await.status, StatusCode::NOT_FOUND);
    nowhere(&p, &["물음-하나-끝", "대답-0-끝"]).await;

    // Who edits meanwhile changes what goes out, not when.
    p.edit(|d| d.title = "고쳐 둔 제목".into()).await;
    assert_eq!(p.row().await.state, ArticleState::Scheduled);
    app.clock.advance(chrono::TimeDelta::hours(3));
    // A process that was started anew finds it, and so does another one at the same moment.
    let mut again = app.clone();
    again.db = p.world.fresh.open().await;
    let (one, two) = tokio::join!(article::publish_due(app), article::publish_due(&again));
    assert_eq!(one.expect("looks") + two.expect("looks"), 1);
    assert_eq!(article::publish_due(app).await.expect("looks"), 0);
    assert!(p.page().await.ok().text().contains("고쳐 둔 제목"));
    assert_eq!(p.world.audited("article.published").await, 1);
    assert!(article::unschedule(app, staff, p.id).await.is_err(), "it is out");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_approved_does_not_go_out_by_itself() {
    let p = Print::new().await;
    let (app, staff) = (&p.world.app, p.scene.moderator);
    let at = app.clock.now() + chrono::TimeDelta::hours(1);
    article::schedule(app, staff, p.id, at).await.expect("schedules");
    article::unschedule(app, staff, p.id).await.expect("changes their mind");
    assert_eq!(p.row().await.state, ArticleState::Draft);
    article::schedule(app, staff, p.id, at).await.expect("schedules");
    app.clock.advance(chrono::TimeDelta::hours(2));
    assert_eq!(article::publish_due(app).await.expect("looks"), 0);
    let row = p.row().await;
    assert_eq!((row.state, row.publish_at), (ArticleState::Draft, Some(at)));
    let mut editor = p.world.signed_in("moderator").await;
    let page = editor.get(&format!("/desk/articles/{}", p.id)).await.ok();
    assert!(page.text().contains("예약한 때에 발행하지 못했습니다"));
    assert_eq!(p.world.audited("article.missed").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_leap_of_the_clock_nothing_goes_out_by_itself() {
    let p = Print::new().await;
    let (app, staff) = (&p.world.app, p.scene.moderator);
    approval::note_approved(app, staff, p.id, None).await.expect("notes");
    article::schedule(app, staff, p.id, app.clock.now() + chrono::TimeDelta::days(300))
        .await
        .expect("schedules");
    let guard = publishing::Due::new(app);
    app.clock.advance(chrono::TimeDelta::days(400));
    assert_eq!(guard.look(app).await.expect("looks"), None, "the clock is doubted");
    assert_eq!(p.row().await.state, ArticleState::Scheduled);
    let tx = app.db.begin_write().await.expect("begins");
    jobs::clock::confirm(&tx, &app.clock, staff).await.expect("confirms");
    tx.commit().await.expect("commits");
    let guard = publishing::Due::new(app);
    assert_eq!(guard.look(app).await.expect("looks"), Some(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_correction_is_dated_shown_and_mailed_to_those_whose_words_it_touches() {
    let p = Print::new().await;
    let (app, staff) = (&p.world.app, p.scene.moderator);
    approval::note_approved(app, staff, p.id, None).await.expect("notes");
    article::publish_with(app, staff, p.id, "이것은 아직 정정이 아니다")
        .await
        .expect("publishes");
    assert!(
        !p.page().await.ok().text().contains("이것은 아직"),
        "before it is out nothing was wrong"
    );
    let asked = p.asked(1);
    p.edit(|d| {
        let x = d.exchange(asked).expect("stands");
        x.texts.insert(QUESTION.into(), "물음-둘-끝: 수수료는 같나요?".into());
    })
    .await;
    approval::note_approved(app, staff, p.id, None).await.expect("notes");
    let mut editor = p.world.signed_in("moderator").await;
    let path = format!("/desk/articles/{}", p.id);
    let form = editor.get(&path).await.ok().form(&path);
    let form = form
        .set("correction", "수수료를 묻는 대목을 바로잡았습니다.")
        .set("act", "publish");
    drop(send(&mut editor, &form).await.ok());
    let page = p.page().await.ok().text();
    assert!(
        page.contains("수수료를 묻는 대목을 바로잡았습니다.") && page.contains("수수료는 같나요?"),
        "{page}"
    );
    let mails = p.mails(MailKind::Correction).await;
    assert_eq!(mails.len(), 1, "only theirs changed");
    assert_eq!(mails[0].invitation_id, Some(p.scene.partners[1].invitation));
    assert_eq!(p.row().await.state, ArticleState::Corrected);
}
