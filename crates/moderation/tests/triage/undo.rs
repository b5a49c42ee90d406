//! What is taken back: before the release without a trace for anybody outside, after it by a correction.

use crate::story::Story;
use db::{
    entity::{assignment, decision, outgoing_mail, question},
    prelude::*,
};
use domain::state::{
    assignment::AssignmentState,
    decision::{DecisionKind, DecisionState},
    mail::{MailKind, OutgoingState},
    question::{Board, QuestionState},
};
use moderation::{
    Error, Result,
    stage::service as stage,
    triage::service::{
        decide::{self, Choice},
        freeze::{self, Freeze},
        release, reserves,
        shortlist::{self, Move},
        undo::{self, Undone},
    },
};

async fn choose(story: &Story, staff: usize, question: usize, choice: Choice) -> Result<Option<i32>> {
    let tx = story.app.db.begin_write().await?;
    let (staff, question) = (story.staff[staff], story.questions[question]);
    let place = decide::decide(&tx, &story.app, staff, question, None, choice).await?;
    tx.commit().await?;
    Ok(place)
}

async fn undo(story: &Story, staff: usize) -> Undone {
    let tx = story.app.db.begin_write().await.expect("begins");
    let undone = undo::last(&tx, &story.app, story.staff[staff], story.event).await;
    let undone = undone.expect("undoes");
    tx.commit().await.expect("commits");
    undone
}

async fn standing(story: &Story, question: usize) -> Option<decision::Model> {
    let found = decision::Entity::find()
        .filter(decision::Column::QuestionId.eq(story.questions[question]))
        .filter(decision::Column::State.ne(DecisionState::Dropped));
    found.one(story.app.db.reader()).await.expect("reads")
}

async fn board(story: &Story, question: usize) -> Option<Board> {
    let found = question::Entity::find_by_id(story.questions[question]);
    let found = found.one(story.app.db.reader()).await.expect("reads");
    found.expect("there").board
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_undo_brings_back_what_stood_before_and_pressed_again_the_one_before_that() {
    let story = Story::new(3).await;
    story.live(0, 0).await.expect("a place");
    story.live(0, 1).await.expect("a place");
    choose(&story, 0, 0, Choice::Route { service: None })
        .await
        .expect("instead");
    assert_eq!(board(&story, 0).await, Some(Board::Crew));
    assert!(matches!(undo(&story, 0).await, Undone::Done(_)));
    let back = standing(&story, 0).await.expect("stands");
    assert_eq!((back.kind, back.place), (DecisionKind::Live, Some(1)));
    assert!(matches!(undo(&story, 0).await, Undone::Done(r) if r.question == story.questions[1]));
    assert_eq!(board(&story, 1).await, Some(Board::Inbox));
    // The other moderator did nothing that could be undone.
    assert_eq!(undo(&story, 1).await, Undone::Nothing);
    let tx = story.app.db.begin_write().await.expect("begins");
    let again = undo::again(&tx, &story.app, story.staff[0], story.event).await;
    assert!(matches!(again, Ok(Undone::Done(r)) if r.place == Some(2)), "{again:?}");
    tx.commit().await.expect("commits");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reserve_moves_up_when_a_place_frees_and_back_when_that_is_undone() {
    let story = Story::new(13).await;
    for n in 0..10 {
        story.live(0, n).await.expect("a place");
    }
    for n in 10..13 {
        choose(&story, 0, n, Choice::Reserve).await.expect("a rank");
    }
    let tx = story.app.db.begin_write().await.expect("begins");
    let (app, staff, q) = (&story.app, story.staff[0], &story.questions);
    shortlist::reorder(&tx, app, staff, q[12], Move::To(1))
        .await
        .expect("moves");
    tx.commit().await.expect("commits");
    let tx = story.app.db.begin_write().await.expect("begins");
    decide::drop_pending(&tx, app, staff, q[3], None).await.expect("drops");
    tx.commit().await.expect("commits");
    let moved = standing(&story, 12).await.expect("stands");
    assert_eq!((moved.kind, moved.place), (DecisionKind::Live, Some(4)));
    let ranks = [standing(&story, 10).await, standing(&story, 11).await].map(|d| d.and_then(|d| d.rank));
    assert_eq!(ranks, [Some(1), Some(2)]);
    assert!(matches!(undo(&story, 0).await, Undone::Done(_)));
    let (live, reserve) = (standing(&story, 3).await, standing(&story, 12).await);
    assert_eq!(live.and_then(|d| d.place), Some(4));
    assert_eq!(reserve.and_then(|d| d.rank), Some(1));
    assert_eq!(reserves::route_all(app, staff, story.event).await.expect("routes"), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_released_comes_back_with_drafts_for_the_asker_and_the_crew() {
    let story = Story::new(2).await;
    story.crew().await;
    let (app, staff, event, q) = (&story.app, story.staff[0], story.event, &story.questions);
    choose(&story, 0, 0, Choice::Route { service: None })
        .await
        .expect("routes");
    release::all(app, staff, event).await.expect("releases");
    assert_eq!(undo(&story, 0).await, Undone::Released(q[0]), "asks first");
    assert_eq!(story.state(0).await, QuestionState::Routed);
    let outlook = undo::outlook(app.db.reader(), q[0]).await.expect("looks");
    assert_eq!((outlook.mails.len(), outlook.refused), (2, None));
    let tx = app.db.begin_write().await.expect("begins");
    undo::released(&tx, app, staff, q[0]).await.expect("corrects");
    tx.commit().await.expect("commits");
    assert_eq!(board(&story, 0).await, Some(Board::Inbox));
    let asked = assignment::Entity::find().one(app.db.reader()).await.expect("reads");
    assert_eq!(asked.expect("there").state, AssignmentState::Withdrawn);
    let drafts = outgoing_mail::Entity::find()
        .filter(outgoing_mail::Column::State.eq(OutgoingState::Draft))
        .all(app.db.reader())
        .await
        .expect("reads");
    let kinds: Vec<_> = drafts.iter().map(|m| m.kind).collect();
    assert!(kinds.contains(&MailKind::Outcome) && kinds.contains(&MailKind::Assignment) && kinds.len() == 2);
    // It can be decided about, and given to a crew, once more.
    choose(&story, 0, 0, Choice::Route { service: None })
        .await
        .expect("routes");
    assert_eq!(release::all(app, staff, event).await.expect("releases").released, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_hall_has_seen_is_not_taken_back() {
    let story = Story::new(2).await;
    let (app, staff, event, q) = (&story.app, story.staff[0], story.event, &story.questions);
    story.live(0, 0).await.expect("a place");
    release::all(app, staff, event).await.expect("releases");
    stage::next(app, staff, event, None).await.expect("shows");
    stage::next(app, staff, event, None).await.expect("and hides");
    let tx = app.db.begin_write().await.expect("begins");
    let refused = undo::released(&tx, app, staff, q[0]).await;
    assert!(
        matches!(refused, Err(Error::Refused("refused-undo-on-stage"))),
        "{refused:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_changes_after_the_freeze_is_marked() {
    let story = Story::new(2).await;
    let (app, staff) = (&story.app, story.staff[0]);
    story.live(0, 0).await.expect("a place");
    let tx = app.db.begin_write().await.expect("begins");
    let at = app.clock.now() - chrono::Duration::minutes(1);
    freeze::set(&tx, app, staff, story.event, Freeze::At(at))
        .await
        .expect("freezes");
    tx.commit().await.expect("commits");
    story.live(0, 1).await.expect("allowed");
    let marks = [standing(&story, 0).await, standing(&story, 1).await].map(|d| d.expect("stands").after_freeze);
    assert_eq!(marks, [false, true]);
}
