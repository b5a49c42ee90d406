//! Batches that share a transaction: what one of them may not do costs the others nothing.

use super::at_once::whoever;
use crate::flow::scene::{self, Scene, Size};
use db::{Batch, Conflict, audit, entity::question, number, prelude::*};
use domain::{QuestionId, ServiceId};
use std::sync::Arc;
use testkit::{World, rows};
use web::auth::PartnerSession;

fn batch(world: &World, who: PartnerSession, id: QuestionId, ordinal: i32, service: ServiceId) -> Batch {
    let now = world.app.clock.now();
    let body = format!("\"{ordinal}\"번째 질문 \\ 그리고\n두 번째 줄");
    let row = question::ActiveModel {
        id: Set(id),
        ordinal: Set(Some(ordinal)),
        ..rows::question(who.event, who.invitation, service, body, now)
    };
    let mut batch = Batch::default();
    batch.insert_numbered(row, question::Column::Number, who.event);
    let entry = audit::Entry {
        event: Some(who.event),
        actor: who.actor(),
        action: "question.submitted",
        subject: ("question", Some(id.uuid())),
        details: serde_json::json!({ "ordinal": ordinal }),
    };
    batch.insert(audit::row(&world.app.clock, entry));
    batch
}

async fn numbers(world: &World, scene: &Scene) -> Vec<i32> {
    let rows = question::Entity::find()
        .filter(question::Column::EventId.eq(scene.event))
        .order_by_asc(question::Column::Number)
        .all(world.app.db.reader())
        .await
        .expect("reads");
    rows.into_iter().filter_map(|row| row.number).collect()
}

#[tokio::test]
async fn of_batches_that_share_a_transaction_only_the_bad_ones_fail_and_each_by_its_own_error() {
    let world = Arc::new(World::new().await);
    let scene = scene::set(&world, Size::default()).await;
    let who = whoever(&world, &scene, 0).await;
    let service = scene.services[0].id;
    let ids: Vec<QuestionId> = (0..7).map(|_| QuestionId::new()).collect();
    // Whoever wants a number waits for this transaction: all but the first come to wait for the same turn.
    let tx = world.app.db.begin_write().await.expect("begins");
    assert_eq!(number::take(&tx, scene.event, 1).await.expect("takes"), 1);
    let write = |n: usize, ordinal: i32, service| {
        let batch = batch(&world, who, ids[n], ordinal, service);
        world.app.db.write(batch)
    };
    let (first, good, same_place, more, no_service, last, ()) = tokio::join!(
        write(0, 1, service),
        write(1, 2, service),
        write(2, 2, service),
        write(3, 3, service),
        write(4, 4, ServiceId::new()),
        write(5, 5, service),
        async {
            for _ in 0..20 {
                tokio::task::yield_now().await;
            }
            tx.commit().await.expect("commits");
        },
    );
    for fine in [first, good, more, last] {
        fine.expect("written");
    }
    let why = |refused: Result<(), db::Error>| match refused.expect_err("refused") {
        db::Error::Db(error) => db::conflict(&error),
        other => panic!("{other}"),
    };
    assert_eq!(why(same_place), Some(Conflict::Unique));
    assert_eq!(why(no_service), Some(Conflict::ForeignKey));
    assert_eq!(
        numbers(&world, &scene).await,
        [2, 3, 4, 5],
        "in a row, behind the one that was taken"
    );

    let row = question::Entity::find_by_id(ids[3]).one(world.app.db.reader()).await;
    let row = row.expect("reads").expect("is there");
    assert_eq!(row.body, "\"3\"번째 질문 \\ 그리고\n두 번째 줄");
    assert_eq!(
        (row.created_at, row.received_at),
        (row.updated_at, Some(row.updated_at))
    );
    let noted = |id: QuestionId| {
        let rows = entity::audit_entry::Entity::find()
            .filter(entity::audit_entry::Column::SubjectId.eq(id.uuid()))
            .filter(entity::audit_entry::Column::Action.eq("question.submitted"));
        async { rows.count(world.app.db.reader()).await.expect("counts") }
    };
    for (n, expected) in [(0, 1), (1, 1), (2, 0), (3, 1), (4, 0), (5, 1)] {
        assert_eq!(
            noted(ids[n]).await,
            expected,
            "the audit entry of {n} stands or falls with it"
        );
    }
}

#[tokio::test]
async fn a_lone_batch_that_is_refused_leaves_no_gap_and_the_next_one_stands() {
    let world = World::new().await;
    let scene = scene::set(&world, Size::default()).await;
    let who = whoever(&world, &scene, 0).await;
    let db = &world.app.db;
    let refused = batch(&world, who, QuestionId::new(), 1, ServiceId::new());
    db.write(refused).await.expect_err("no such service");
    let good = batch(&world, who, QuestionId::new(), 1, scene.services[0].id);
    db.write(good).await.expect("written");
    db.write(Batch::default()).await.expect("nothing is easily written");
    assert_eq!(numbers(&world, &scene).await, [1]);
}
