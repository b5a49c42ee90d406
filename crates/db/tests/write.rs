//! Writers on SQLite: together they commit, alone they roll back.

use db::{Db, audit};
use domain::Clock;
use sea_orm::{EntityTrait, PaginatorTrait};
use std::sync::Arc;

async fn fresh() -> (Db, tempfile::TempDir) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let db = Db::connect(&format!("sqlite://{}/t.db", dir.path().display()), 4)
        .await
        .expect("opens");
    db.migrate().await.expect("migrates");
    (db, dir)
}

fn entry() -> audit::Entry {
    audit::Entry {
        event: None,
        actor: audit::Actor::System,
        action: "test.done",
        subject: ("test", None),
        details: serde_json::json!({}),
    }
}

async fn count(db: &Db) -> u64 {
    db::entity::audit_entry::Entity::find()
        .count(db.reader())
        .await
        .expect("counts")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_hundred_writers_exactly_those_who_commit_leave_a_row() {
    let (db, _dir) = fresh().await;
    let db = Arc::new(db);
    let clock = Clock::system();
    let tasks: Vec<_> = (0..200)
        .map(|n| {
            let (db, clock) = (Arc::clone(&db), clock.clone());
            tokio::spawn(async move {
                let tx = db.begin_write().await.expect("begins");
                audit::record(&tx, &clock, entry()).await.expect("writes");
                match n % 4 {
                    0 => tx.rollback().await.expect("rolls back"),
                    1 => drop(tx),
                    _ => tx.commit().await.expect("commits"),
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no writer panics");
    }
    assert_eq!(count(&db).await, 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_whose_next_writer_goes_away_still_commits() {
    let (db, _dir) = fresh().await;
    let clock = Clock::system();
    let first = db.begin_write().await.expect("begins");
    audit::record(&first, &clock, entry()).await.expect("writes");
    let waiting = {
        let db = db.clone();
        tokio::spawn(async move { db.begin_write().await.map(drop) })
    };
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    waiting.abort();
    first.commit().await.expect("commits without the one who left");
    assert_eq!(count(&db).await, 1);
}

#[tokio::test]
async fn a_broken_rule_costs_only_its_own_writer() {
    let (db, _dir) = fresh().await;
    let tx = db.begin_write().await.expect("begins");
    audit::record(&tx, &Clock::system(), entry()).await.expect("writes");
    let row = db::entity::rate_limit::ActiveModel {
        key: sea_orm::Set("k".into()),
        window_start: sea_orm::Set(Clock::system().now()),
        count: sea_orm::Set(1),
    };
    let insert = |row| db::entity::rate_limit::Entity::insert(row).exec_without_returning(&tx);
    insert(row.clone()).await.expect("the first");
    let error = insert(row).await.expect_err("the second has the same key");
    assert_eq!(db::conflict(&error), Some(db::Conflict::Unique));
    tx.commit().await.expect("the rest stands");
    assert_eq!(count(&db).await, 1);
}
