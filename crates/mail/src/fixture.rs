//! A fresh database for a test, on the engine that the run tests (`MUNDAP_TEST_ENGINE`, as in `testkit`, which stands
//! on floors above this one).

use db::Db;
use sea_orm::{ConnectionTrait, Database};
use tempfile::TempDir;
use uuid::Uuid;

/// An empty, migrated database; on SQLite it goes with the folder.
pub(crate) async fn database() -> (Db, TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = if std::env::var("MUNDAP_TEST_ENGINE").as_deref() == Ok("postgres") {
        let admin = std::env::var("MUNDAP_TEST_POSTGRES").expect("MUNDAP_TEST_POSTGRES is set by `make test`");
        let name = format!("t{}", Uuid::new_v4().simple());
        let connection = Database::connect(&admin).await.expect("PostgreSQL answers");
        connection
            .execute_unprepared(&format!("CREATE DATABASE {name}"))
            .await
            .expect("creates a database");
        let (server, _) = admin.rsplit_once('/').expect("an address with a database");
        format!("{server}/{name}")
    } else {
        format!("sqlite://{}/mundap.db", folder.path().display())
    };
    let db = Db::connect(&url, 4).await.expect("opens");
    db.migrate().await.expect("migrates");
    (db, folder)
}
