//! A database of one's own for every test.

use db::{Db, Engine};
use sea_orm::{ConnectionTrait, Database};
use std::path::Path;
use tempfile::TempDir;
use uuid::Uuid;

/// The engine that this run tests.
///
/// # Panics
/// When `MUNDAP_TEST_ENGINE` names none.
pub fn engine() -> Engine {
    match std::env::var("MUNDAP_TEST_ENGINE").as_deref() {
        Ok("postgres") => Engine::Postgres,
        Ok("sqlite") | Err(_) => Engine::Sqlite,
        Ok(other) => panic!("MUNDAP_TEST_ENGINE={other}: sqlite or postgres"),
    }
}

/// An empty, migrated database, gone when it is dropped (on PostgreSQL with its cluster).
pub struct Fresh {
    pub url: String,
    pub dir: TempDir,
}

impl Fresh {
    /// # Panics
    /// When the engine cannot be reached.
    pub async fn new() -> Self {
        Self::beneath(&std::env::temp_dir()).await
    }

    /// The same, in memory where the system has a folder there: for what commits thousands of times and pulls no plug, and
    /// else waits for the disk nine parts of its time.
    ///
    /// # Panics
    /// When the engine cannot be reached.
    pub async fn in_memory() -> Self {
        let memory = Path::new("/dev/shm");
        if memory.is_dir() {
            Self::beneath(memory).await
        } else {
            Self::new().await
        }
    }

    async fn beneath(folder: &Path) -> Self {
        let dir = tempfile::tempdir_in(folder).expect("a temporary folder");
        let url = match engine() {
            Engine::Sqlite => format!("sqlite://{}/mundap.db", dir.path().display()),
            Engine::Postgres => {
                let admin = std::env::var("MUNDAP_TEST_POSTGRES")
                    .expect("MUNDAP_TEST_POSTGRES: run the tests by `make test`, which starts PostgreSQL");
                let name = format!("t{}", Uuid::new_v4().simple());
                let connection = Database::connect(&admin).await.expect("PostgreSQL answers");
                connection
                    .execute_unprepared(&format!("CREATE DATABASE {name}"))
                    .await
                    .expect("creates a database");
                connection.close().await.expect("closes");
                let (server, _) = admin.rsplit_once('/').expect("an address with a database");
                format!("{server}/{name}")
            }
        };
        Self { url, dir }
    }

    /// # Panics
    /// When it does not open.
    pub async fn open(&self) -> Db {
        let db = Db::connect(&self.url, 8).await.expect("opens");
        db.migrate().await.expect("migrates");
        db
    }
}
