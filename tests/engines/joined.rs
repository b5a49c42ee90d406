//! Those who asked the same get the same answer, and each is told how theirs came to it.

use super::at_once::{new_question, whoever};
use crate::flow::scene::{self, Size};
use db::{entity, prelude::*};
use domain::{
    AnswerId, QuestionId,
    state::{
        answer::{AnswerSource, AnswerState},
        mail::MailKind,
    },
};
use intake::partner::service::question;
use moderation::triage::service::{
    decide::{self, Choice},
    release,
};
use testkit::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_duplicate_is_told_that_it_was_answered_and_a_merged_one_that_it_was_joined() {
    let world = World::new().await;
    let scene = scene::set(&world, Size::small(3)).await;
    let app = &world.app;
    let mut asked: Vec<QuestionId> = Vec::new();
    for n in 0..3 {
        let (who, new) = (whoever(&world, &scene, n).await, new_question(&scene, n));
        question::submit(app, &who, &new).await.expect("submits");
        asked.push(new.id);
    }
    let [lead, merged, duplicate] = asked[..] else {
        panic!("three")
    };
    let decided = async |question, choice| {
        let tx = app.db.begin_write().await.expect("begins");
        decide::decide(&tx, app, scene.moderator, question, None, choice)
            .await
            .expect("decides");
        tx.commit().await.expect("commits");
    };
    let released = async || {
        let done = release::all(app, scene.moderator, scene.event).await.expect("releases");
        assert!(done.refused.is_empty(), "{done:?}");
        let worker = jobs::Worker::new(
            app.db.clone(),
            app.clock.clone(),
            app.wake.clone(),
            mundap::handlers(app),
        );
        while worker.run_due().await.expect("runs") > 0 {}
    };
    decided(lead, Choice::Route { service: None }).await;
    decided(merged, Choice::Merge { into: lead }).await;
    released().await;
    let tx = app.db.begin_write().await.expect("begins");
    let answer = AnswerId::new();
    let row = entity::answer::ActiveModel {
        id: Set(answer),
        event_id: Set(scene.event),
        question_id: Set(Some(lead)),
        reverse_id: Set(None),
        assignment_id: Set(None),
        source: Set(AnswerSource::Staff),
        crew_member_id: Set(None),
        speaker_id: Set(None),
        invitation_id: Set(None),
        staff_id: Set(Some(scene.moderator)),
        incoming_id: Set(None),
        original: Set("네, 그렇습니다.".into()),
        body: Set("네, 그렇습니다.".into()),
        state: Set(AnswerState::Approved),
        position: Set(0),
        version: Set(1),
        received_at: Set(app.clock.now()),
        reviewed_by: Set(Some(scene.moderator)),
        reviewed_at: Set(Some(app.clock.now())),
    };
    entity::answer::Entity::insert(row)
        .exec_without_returning(&tx)
        .await
        .expect("answers");
    tx.commit().await.expect("commits");
    assert_eq!(publishing::delivery::deliver(app, answer).await.expect("delivers"), 2);
    decided(duplicate, Choice::Duplicate { of: lead }).await;
    released().await;

    let told = async |question: QuestionId| {
        let mails = entity::outgoing_mail::Entity::find()
            .filter(entity::outgoing_mail::Column::QuestionId.eq(question))
            .filter(entity::outgoing_mail::Column::Kind.eq(MailKind::Delivery))
            .all(app.db.reader())
            .await
            .expect("reads");
        assert_eq!(mails.len(), 1, "each gets it once");
        mail::outbox::letter(&mails[0]).expect("reads").plain()
    };
    let (together, before) = ("하나로 모아 답했습니다", "이미 답변을 드린");
    let texts = [told(lead).await, told(merged).await, told(duplicate).await];
    let says: Vec<(bool, bool)> = texts
        .iter()
        .map(|t| (t.contains(together), t.contains(before)))
        .collect();
    assert_eq!(says, [(false, false), (true, false), (false, true)], "{texts:?}");
    assert!(texts.iter().all(|t| t.contains("네, 그렇습니다.")));
}
