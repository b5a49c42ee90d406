//! The stage runs in the order that was released.

use crate::story::Story;
use db::{entity::assignment, prelude::*};
use domain::state::question::QuestionState;
use moderation::{
    stage::service::{self as stage, Shown},
    triage::service::{release, shortlist},
};

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
    // 3, 1, 2 now: the others close up.
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
        Shown::Question(q[0])
    );
    let tx = app.db.begin_write().await.expect("begins");
    stage::not_reached(&tx, app, staff, q[0])
        .await
        .expect("goes to the crew");
    tx.commit().await.expect("commits");
    assert_eq!(story.state(0).await, QuestionState::Routed);
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
        Shown::Question(q[1])
    );
}
