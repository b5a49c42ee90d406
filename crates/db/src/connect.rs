//! Opening the database.

use crate::{
    Error, WriteTx,
    batch::Lane,
    kept::Kept,
    together::Kinds,
    write::{GROUP, Writer},
};
use migrations::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement, sqlx::Executor as _,
};
use std::{
    fs::{DirBuilder, OpenOptions},
    io,
    path::Path,
    sync::Arc,
    time::Duration,
};

/// Which engine stands behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// The database: many may read, and who writes asks for [`Db::begin_write`].
#[derive(Clone)]
pub struct Db {
    engine: Engine,
    reader: DatabaseConnection,
    writer: Arc<Writer>,
    pub(crate) lane: Arc<Lane>,
    pub(crate) kinds: Arc<Kinds>,
    /// PostgreSQL's, for turns.
    pub(crate) kept: Option<Arc<Kept>>,
    /// PostgreSQL's address, for who listens.
    pub(crate) url: Option<Arc<str>>,
}

impl Db {
    /// Opens `url` (`sqlite://FILE` is created when it is not there; `postgres://…`), with at most `connections`
    /// connections for readers.
    ///
    /// # Errors
    /// When it cannot be reached or opened.
    pub async fn connect(url: &str, connections: u32) -> Result<Self, Error> {
        if url.starts_with("sqlite:") {
            let url = if url.contains('?') {
                url.to_owned()
            } else {
                format!("{url}?mode=rwc")
            };
            if let Some(file) = url.strip_prefix("sqlite://").and_then(|p| p.split('?').next()) {
                prepare(Path::new(file), url.contains("mode=rwc"))
                    .map_err(|e| Error::Commit(format!("cannot make {file}: {e}")))?;
            }
            // The writer opens first: it creates the file and turns on the log (WAL) for all.
            let writer = Database::connect(options(&url, 1)).await?;
            let reader = Database::connect(options(&url, connections)).await?;
            Ok(Self {
                engine: Engine::Sqlite,
                reader,
                writer: Arc::new(Writer::sqlite(writer)),
                lane: Arc::new(Lane::new(GROUP)),
                kinds: Arc::default(),
                kept: None,
                url: None,
            })
        } else {
            // Half of them are for turns, which everybody shares, half for those who need one of their own.
            let turns = connections / 2;
            let pool = Database::connect(options(url, connections - turns)).await?;
            let kept = (turns > 0).then(|| Kept::new(url, turns)).transpose()?.map(Arc::new);
            Ok(Self {
                engine: Engine::Postgres,
                reader: pool.clone(),
                writer: Arc::new(Writer::postgres(pool)),
                lane: Arc::new(Lane::new(GROUP)),
                kinds: Arc::default(),
                kept,
                url: Some(url.into()),
            })
        }
    }

    /// Brings the schema up to date.
    ///
    /// # Errors
    /// When a step fails; it is rolled back whole.
    pub async fn migrate(&self) -> Result<(), Error> {
        let pool = self.writer.pool();
        if self.engine == Engine::Postgres {
            return Ok(Migrator::up(pool, None).await?);
        }
        // A step that makes a table anew drops the old one, to which others refer; a transaction cannot change this
        // setting, and the writer is one connection.
        pool.execute_unprepared("PRAGMA foreign_keys = OFF").await?;
        let done = Migrator::up(pool, None).await;
        pool.execute_unprepared("PRAGMA foreign_keys = ON").await?;
        done?;
        let lost = Statement::from_string(DbBackend::Sqlite, "PRAGMA foreign_key_check");
        match pool.query_one_raw(lost).await? {
            None => Ok(()),
            Some(row) => {
                let table: String = row.try_get_by_index(0)?;
                Err(Error::Commit(format!(
                    "rows of {table} refer to rows that are not there"
                )))
            }
        }
    }

    /// How many steps of the schema are not applied.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn pending_migrations(&self) -> Result<usize, Error> {
        Ok(Migrator::get_pending_migrations(&self.reader).await?.len())
    }

    pub const fn engine(&self) -> Engine {
        self.engine
    }

    /// For queries that only read. Never while a [`WriteTx`] of the same task is open.
    pub const fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// Begins a transaction that may write, as a writer from its first statement on. Dropped without
    /// [`WriteTx::commit`], it is rolled back.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn begin_write(&self) -> Result<WriteTx, Error> {
        Writer::begin(&self.writer).await
    }

    /// Closes every connection, after what is under way.
    pub async fn close(self) {
        if let Some(kept) = &self.kept {
            kept.close().await;
        }
        let _ = self.reader.close().await;
        if let Some(writer) = Arc::into_inner(self.writer) {
            let _ = writer.into_pool().close().await;
        }
    }
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db")
            .field("engine", &self.engine)
            .finish_non_exhaustive()
    }
}

/// Makes a folder that only its owner enters, with those above it; one that is there keeps its mode.
///
/// # Errors
/// When it cannot be made.
pub fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// SQLite would make a file that everybody may read. What it puts beside it (`-wal`, `-shm`) takes the file's mode.
fn prepare(file: &Path, create: bool) -> io::Result<()> {
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        private_folder(folder)?;
    }
    // Neither names a file as it is written here: memory, and a path in percent-encoding.
    if !create
        || file
            .as_os_str()
            .as_encoded_bytes()
            .iter()
            .any(|b| matches!(b, b':' | b'%'))
    {
        return Ok(());
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn options(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(0)
        .acquire_timeout(Duration::from_secs(30))
        // A connection that was used just now is there; only one that lay idle may have been lost unnoticed.
        .test_before_acquire_if_idle_for(Duration::from_secs(1))
        .sqlx_logging(false)
        // Otherwise SQL, and with it personal data, lands in the logs.
        .record_stmt_in_spans(false)
        .map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .pragma("journal_mode", "WAL")
                // An acknowledged commit survives a power cut, not only a crash of the process.
                .pragma("synchronous", "FULL")
                .pragma("foreign_keys", "ON")
                .pragma("busy_timeout", "15000")
                .pragma("temp_store", "MEMORY")
        })
        .map_sqlx_postgres_pool_opts(|pool| {
            pool.after_connect(|connection, _| Box::pin(async move { connection.execute(PAGES).await.map(|_| ()) }))
        });
    options
}

/// Pages are few rows by an index, from memory or a solid-state disk. PostgreSQL takes a disk that turns for granted,
/// and then walks a table from end to end, on several cores at once, where an index would have found fifty rows.
const PAGES: &str = "SET random_page_cost = 1.1; SET max_parallel_workers_per_gather = 0; SET jit = off";

impl From<Engine> for DbBackend {
    fn from(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => Self::Sqlite,
            Engine::Postgres => Self::Postgres,
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::Db;
    use std::{fs, os::unix::fs::PermissionsExt, path::Path};

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("is there").permissions().mode() & 0o777
    }

    #[tokio::test]
    async fn nobody_else_reads_the_database_and_a_folder_that_was_there_stays_as_it_was() {
        let dir = tempfile::tempdir().expect("a folder");
        let open = async |folder: &Path| {
            let db = Db::connect(&format!("sqlite://{}/mundap.db", folder.display()), 1).await;
            let db = db.expect("opens");
            db.migrate().await.expect("migrates");
            db
        };
        let new = dir.path().join("new/data");
        let db = open(&new).await;
        assert_eq!((mode(&new), mode(&new.join("mundap.db"))), (0o700, 0o600));
        assert_eq!(mode(&new.join("mundap.db-wal")), 0o600);
        db.close().await;

        let old = dir.path().join("old");
        fs::create_dir(&old).expect("makes");
        fs::set_permissions(&old, fs::Permissions::from_mode(0o750)).expect("sets");
        fs::write(old.join("mundap.db"), b"").expect("writes");
        fs::set_permissions(old.join("mundap.db"), fs::Permissions::from_mode(0o640)).expect("sets");
        open(&old).await.close().await;
        assert_eq!((mode(&old), mode(&old.join("mundap.db"))), (0o750, 0o640));
    }
}
