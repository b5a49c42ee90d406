//! Twenty moderators decide as fast as they can, and partners take questions back meanwhile.

use super::at_once::{new_question, whoever};
use crate::flow::scene::{self, Size};
use db::{entity, prelude::*};
use domain::{
    DecisionId, QuestionId, StaffId,
    role::Role,
    state::{
        decision::{DecisionKind, DecisionState},
        question::QuestionState,
    },
};
use intake::partner::service::question;
use moderation::triage::service::{
    decide::{self, Choice},
    undo::{self, Undone},
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::{collections::HashMap, sync::Arc, time::Instant};
use testkit::World;

const MODERATORS: u64 = 20;
const QUESTIONS: usize = 120;

/// What was said to have been done.
#[derive(Debug, Default)]
struct Acknowledged {
    made: u64,
    dropped: u64,
    undone: u64,
    refused: u64,
}

async fn one(
    world: &World,
    staff: StaffId,
    ids: &[QuestionId],
    rng: &mut StdRng,
    event: domain::EventId,
    sum: &mut Acknowledged,
) {
    let app = &world.app;
    let id = ids[rng.random_range(0..ids.len())];
    let found = entity::decision::Entity::find()
        .filter(entity::decision::Column::QuestionId.eq(id))
        .filter(entity::decision::Column::State.eq(DecisionState::Pending));
    let seen: Option<DecisionId> = found.one(app.db.reader()).await.expect("reads").map(|d| d.id);
    let tx = app.db.begin_write().await.expect("begins");
    let what = rng.random_range(0..12);
    let choice = match what {
        0..4 => Choice::Live { speaker: None },
        4..6 => Choice::Reserve,
        6 => Choice::Route { service: None },
        7 => Choice::Decline {
            reason: "주제와 다릅니다.".into(),
        },
        _ => Choice::Merge {
            into: ids[rng.random_range(0..ids.len())],
        },
    };
    let (made, dropped, undone) = match what {
        10 => (0, 1, 0),
        11 => (0, 0, 1),
        _ => (1, 0, 0),
    };
    let done = match what {
        10 => decide::drop_pending(&tx, app, staff, id, seen).await.map(|()| true),
        11 => undo::last(&tx, app, staff, event)
            .await
            .map(|u| matches!(u, Undone::Done(_))),
        _ => decide::decide(&tx, app, staff, id, seen, choice).await.map(|_| true),
    };
    match done {
        Ok(true) => {
            tx.commit().await.expect("what was done is kept");
            sum.made += made;
            sum.dropped += dropped;
            sum.undone += undone;
        }
        Ok(false) => tx.rollback().await.expect("rolls back"),
        Err(error) => {
            assert!(error.is_refusal(), "no error of the engine reaches anybody: {error}");
            tx.rollback().await.expect("rolls back");
            sum.refused += 1;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn chaos_twenty_moderators_decide_at_once_and_not_one_decision_is_lost() {
    let world = Arc::new(World::new().await);
    let size = Size {
        partners: 60,
        services: 4,
        ..Size::default()
    };
    let scene = Arc::new(scene::set(&world, size).await);
    let mut ids = Vec::new();
    for n in 0..QUESTIONS {
        let who = whoever(&world, &scene, n % 60).await;
        let new = new_question(&scene, n);
        question::submit(&world.app, &who, &new).await.expect("submits");
        ids.push(new.id);
    }
    let ids = Arc::new(ids);
    let each = if testkit::long() { 500 } else { 50 };
    let mut moderators = Vec::new();
    for n in 0..MODERATORS {
        moderators.push(world.staff(&format!("moderator-{n}"), &[Role::Moderator]).await);
    }
    let start = Instant::now();
    let mut tasks = Vec::new();
    for (n, staff) in (0..).zip(moderators) {
        let (world, ids, event) = (Arc::clone(&world), Arc::clone(&ids), scene.event);
        tasks.push(tokio::spawn(async move {
            let mut rng = StdRng::seed_from_u64(n);
            let mut sum = Acknowledged::default();
            for _ in 0..each {
                one(&world, staff, &ids, &mut rng, event, &mut sum).await;
            }
            sum
        }));
    }
    // Partners take some back meanwhile.
    let partners = {
        let (world, scene, ids) = (Arc::clone(&world), Arc::clone(&scene), Arc::clone(&ids));
        tokio::spawn(async move {
            for n in (0..QUESTIONS).step_by(6) {
                let who = whoever(&world, &scene, n % 60).await;
                question::withdraw(&world.app, &who, ids[n])
                    .await
                    .expect("takes it back");
            }
        })
    };
    let mut sum = Acknowledged::default();
    for task in tasks {
        let one = task.await.expect("does not panic");
        sum.made += one.made;
        sum.dropped += one.dropped;
        sum.undone += one.undone;
        sum.refused += one.refused;
    }
    partners.await.expect("does not panic");
    let seconds = start.elapsed().as_secs_f64();
    let worker = jobs::Worker::new(
        world.app.db.clone(),
        world.app.clock.clone(),
        world.app.wake.clone(),
        mundap::handlers(&world.app),
    );
    while worker.run_due().await.expect("runs") > 0 {}
    let tried = u32::try_from(MODERATORS * each).expect("thousands");
    println!(
        "{MODERATORS} moderators × {each} decisions: {:.0}/s, {sum:?}",
        f64::from(tried) / seconds
    );
    assert!(sum.made > MODERATORS * each / 4, "{sum:?}");
    assert_eq!(world.audited("decision.made").await, sum.made);
    assert_eq!(world.audited("decision.dropped").await, sum.dropped);
    assert_eq!(world.audited("decision.undone").await, sum.undone);
    follows_from_the_acts(&world, &sum).await;
}

/// The acts about a question are an unbroken chain whose last link is what stands.
async fn follows_from_the_acts(world: &World, sum: &Acknowledged) {
    let conn = world.app.db.reader();
    let acts = entity::triage_act::Entity::find()
        .order_by_asc(entity::triage_act::Column::Seq)
        .all(conn)
        .await
        .expect("reads");
    let by_staff = acts.iter().filter(|a| a.staff_id.is_some()).count() as u64;
    assert_eq!(by_staff, sum.made + sum.dropped + sum.undone);
    let mut last: HashMap<QuestionId, Option<DecisionId>> = HashMap::new();
    for act in &acts {
        let before = last.insert(act.question_id, act.made).flatten();
        assert_eq!(act.dropped, before, "act {} follows the one before it", act.seq);
    }
    let decisions = entity::decision::Entity::find()
        .filter(entity::decision::Column::State.ne(DecisionState::Dropped))
        .all(conn)
        .await
        .expect("reads");
    let mut ranks: Vec<i32> = decisions.iter().filter_map(|d| d.rank).collect();
    ranks.sort_unstable();
    assert_eq!(ranks, (1..).take(ranks.len()).collect::<Vec<_>>());
    let mut places: Vec<i32> = decisions.iter().filter_map(|d| d.place).collect();
    places.sort_unstable();
    let taken = places.len();
    places.dedup();
    assert!(places.len() == taken && taken <= 10, "{places:?}");
    for question in entity::question::Entity::find().all(conn).await.expect("reads") {
        let own = decisions.iter().find(|d| d.question_id == question.id);
        assert_eq!(question.pending, own.map(|d| d.kind));
        if question.state == QuestionState::Received {
            assert_eq!(
                own.map(|d| d.id),
                last.get(&question.id).copied().flatten(),
                "{:?}",
                question.number
            );
        } else {
            assert!(own.is_none(), "taken back");
        }
        if let Some(own) = own.filter(|d| d.kind == DecisionKind::Merge) {
            let lead = decisions.iter().find(|d| Some(d.question_id) == own.merged_into);
            assert!(
                lead.is_none_or(|d| !d.kind.joins() && d.kind != DecisionKind::Decline),
                "no chain"
            );
        }
    }
}
