//! How long an uploaded roster is kept.

use super::*;
use crate::staff::roster as roster_of;

#[tokio::test]
async fn a_file_without_a_wrong_row_is_let_go_with_the_import() {
    let house = house().await;
    let id = domain::ImportId::new();
    let row = entity::roster_import::Model {
        id,
        event_id: house.event,
        file_name: "r.csv".into(),
        bytes: roster(3),
        state: ImportState::Running,
        total: 3,
        done: 0,
        outcome: None,
        created_by: None,
        created_at: START,
    };
    let tx = house.app.db.begin_write().await.expect("begins");
    sea_orm::IntoActiveModel::into_active_model(row)
        .insert(&tx)
        .await
        .expect("inserts");
    tx.commit().await.expect("commits");
    roster_of::run(&house.app.db, &house.app.clock, id).await.expect("runs");
    let row = entity::roster_import::Entity::find_by_id(id)
        .one(house.app.db.reader())
        .await
        .expect("reads")
        .expect("there");
    assert_eq!((row.state, row.done, row.bytes), (ImportState::Done, 3, Vec::new()));
}

/// One row was wrong: it can be fetched for a week.
pub(super) async fn the_file_is_let_go(house: &House, b: &mut Browser, to: &str) {
    let forget = async |clock: &Clock| {
        let tx = house.app.db.begin_write().await.expect("begins");
        roster_of::forget(&tx, clock).await.expect("forgets");
        tx.commit().await.expect("commits");
    };
    forget(&house.app.clock).await;
    assert!(b.get(to).await.contains("wrong.csv"), "still there");
    forget(&Clock::frozen(house.app.clock.now() + TimeDelta::days(8))).await;
    assert!(!b.get(to).await.contains("wrong.csv"), "nothing to fetch any more");
    let (status, ..) = b
        .send("GET", &format!("{to}/wrong.csv"), "text/plain", Vec::new())
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let import = entity::roster_import::Entity::find()
        .one(house.app.db.reader())
        .await
        .expect("reads");
    assert!(import.expect("there").bytes.is_empty());
}
