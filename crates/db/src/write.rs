//! Transactions that write.
//!
//! SQLite has one writer at a time, and each durable commit waits for the disk. Writers that wait at the same moment
//! therefore commit together: the one who is done leaves its work in the open transaction, behind a savepoint of its
//! own, hands the connection to the next, and returns only when the group's commit is durable. Alone, a writer pays
//! one `BEGIN IMMEDIATE … COMMIT` as ever. PostgreSQL groups commits itself (`commit_delay`), so there a [`WriteTx`]
//! is a plain transaction.

use crate::Error;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

/// Most transactions that one commit makes durable: bounds how long the first one waits.
pub(crate) const GROUP: usize = 32;
/// A writer that waits longer has met a deadlock of our own making, or a disk that hangs.
const PATIENCE: Duration = Duration::from_secs(30);

type Word = Result<(), String>;

/// The transaction that a group shares.
pub(crate) struct Open {
    tx: DatabaseTransaction,
    /// Those who are done and wait for the commit.
    members: Vec<oneshot::Sender<Word>>,
}

impl Open {
    async fn commit(self) -> Result<(), DbErr> {
        let result = self.tx.commit().await;
        let word: Word = if let Err(error) = &result {
            Err(error.to_string())
        } else {
            Ok(())
        };
        for member in self.members {
            let _ = member.send(word.clone());
        }
        result
    }

    async fn give_up(self, why: &str) {
        let _ = self.tx.rollback().await;
        for member in self.members {
            let _ = member.send(Err(why.to_owned()));
        }
    }
}

type Slot = Arc<Mutex<Option<Open>>>;
type Held = OwnedMutexGuard<Option<Open>>;

pub(crate) enum Writer {
    Sqlite {
        pool: DatabaseConnection,
        slot: Slot,
        waiting: Arc<AtomicUsize>,
    },
    Postgres(DatabaseConnection),
}

/// Counts a waiting writer for as long as it waits, also when its future is dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Writer {
    pub(crate) fn sqlite(pool: DatabaseConnection) -> Self {
        Self::Sqlite {
            pool,
            slot: Slot::default(),
            waiting: Arc::default(),
        }
    }

    pub(crate) const fn postgres(pool: DatabaseConnection) -> Self {
        Self::Postgres(pool)
    }

    pub(crate) const fn pool(&self) -> &DatabaseConnection {
        match self {
            Self::Sqlite { pool, .. } | Self::Postgres(pool) => pool,
        }
    }

    pub(crate) fn into_pool(self) -> DatabaseConnection {
        match self {
            Self::Sqlite { pool, .. } | Self::Postgres(pool) => pool,
        }
    }

    pub(crate) async fn begin(writer: &Arc<Self>) -> Result<WriteTx, Error> {
        match writer.as_ref() {
            Self::Postgres(pool) => {
                let tx = pool.begin_with_options(TransactionOptions::default()).await?;
                Ok(WriteTx(Some(Inner::Postgres(tx))))
            }
            Self::Sqlite { pool, slot, waiting } => {
                let mut held = {
                    let _counted = Waiting::new(waiting);
                    tokio::time::timeout(PATIENCE, Arc::clone(slot).lock_owned())
                        .await
                        .map_err(|_| Error::Commit("the writer's place did not become free".into()))?
                };
                let savepoint = if let Some(open) = held.as_ref() {
                    open.tx.execute_unprepared("SAVEPOINT member").await?;
                    true
                } else {
                    let options = TransactionOptions {
                        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                        ..TransactionOptions::default()
                    };
                    *held = Some(Open {
                        tx: pool.begin_with_options(options).await?,
                        members: Vec::new(),
                    });
                    false
                };
                let (slot, waiting) = (Arc::clone(slot), Arc::clone(waiting));
                Ok(WriteTx(Some(Inner::Sqlite(Member {
                    held,
                    slot,
                    waiting,
                    savepoint,
                }))))
            }
        }
    }
}

struct Member {
    held: Held,
    slot: Slot,
    waiting: Arc<AtomicUsize>,
    /// The first of a group needs none: nobody's work is before it.
    savepoint: bool,
}

impl Member {
    async fn commit(mut self) -> Result<(), Error> {
        if self.savepoint {
            self.run("RELEASE member").await?;
        }
        let crowd = self.waiting.load(Ordering::SeqCst) > 0;
        let Some(open) = self.held.as_mut() else {
            return Err(gone());
        };
        if !crowd || open.members.len() + 1 >= GROUP {
            return finish(&mut self.held).await;
        }
        let (sender, mut receiver) = oneshot::channel();
        open.members.push(sender);
        drop(self.held);
        // Whoever waited may have been cancelled meanwhile; so this writer queues up again behind them, and commits
        // the group itself when nobody has.
        tokio::select! {
            biased;
            word = &mut receiver => heard(word),
            mut held = self.slot.lock_owned() => match receiver.try_recv() {
                Ok(word) => heard(Ok(word)),
                Err(oneshot::error::TryRecvError::Closed) => Err(gone()),
                Err(oneshot::error::TryRecvError::Empty) => finish(&mut held).await,
            },
        }
    }

    async fn rollback(mut self) -> Result<(), Error> {
        if self.savepoint {
            self.run("ROLLBACK TO member").await?;
            self.run("RELEASE member").await?;
            // The others' work still waits for its commit; they are queued up for it (see `commit`).
        } else if let Some(open) = self.held.take() {
            open.tx.rollback().await?;
        }
        Ok(())
    }

    /// Moves the savepoint; when that fails, SQLite has given up the whole transaction, and everyone in it hears so.
    async fn run(&mut self, sql: &str) -> Result<(), Error> {
        let Some(open) = self.held.as_ref() else {
            return Err(gone());
        };
        if let Err(error) = open.tx.execute_unprepared(sql).await {
            if let Some(open) = self.held.take() {
                open.give_up(&error.to_string()).await;
            }
            return Err(error.into());
        }
        Ok(())
    }
}

async fn finish(held: &mut Held) -> Result<(), Error> {
    match held.take() {
        Some(open) => Ok(open.commit().await?),
        None => Err(gone()),
    }
}

fn heard(word: Result<Word, oneshot::error::RecvError>) -> Result<(), Error> {
    match word {
        Ok(Ok(())) => Ok(()),
        Ok(Err(why)) => Err(Error::Commit(why)),
        Err(_) => Err(gone()),
    }
}

fn gone() -> Error {
    Error::Commit("the transaction is gone".into())
}

enum Inner {
    Sqlite(Member),
    Postgres(DatabaseTransaction),
}

/// A transaction that may write. What it did stands once [`WriteTx::commit`] returned `Ok`, also after `kill -9`.
pub struct WriteTx(Option<Inner>);

impl WriteTx {
    /// Returns when the work is durable.
    ///
    /// # Errors
    /// When the commit, or that of the group it was part of, failed; then nothing of it stands.
    pub async fn commit(mut self) -> Result<(), Error> {
        match self.0.take() {
            Some(Inner::Sqlite(member)) => {
                // A caller that goes away (a closed connection) must not take the group's open transaction with it.
                match tokio::spawn(member.commit()).await {
                    Ok(result) => result,
                    Err(error) => Err(Error::Commit(error.to_string())),
                }
            }
            Some(Inner::Postgres(tx)) => Ok(tx.commit().await?),
            None => Err(gone()),
        }
    }

    /// Takes back everything since [`crate::Db::begin_write`]. Dropping does the same.
    ///
    /// # Errors
    /// When the connection is lost; nothing stands then either.
    pub async fn rollback(mut self) -> Result<(), Error> {
        match self.0.take() {
            Some(Inner::Sqlite(member)) => member.rollback().await,
            Some(Inner::Postgres(tx)) => Ok(tx.rollback().await?),
            None => Err(gone()),
        }
    }

    fn inner(&self) -> Result<&DatabaseTransaction, DbErr> {
        match &self.0 {
            Some(Inner::Postgres(tx)) => Ok(tx),
            Some(Inner::Sqlite(member)) => member
                .held
                .as_ref()
                .map(|open| &open.tx)
                .ok_or_else(|| DbErr::Custom("the transaction is gone".into())),
            None => Err(DbErr::Custom("the transaction is gone".into())),
        }
    }
}

impl Drop for WriteTx {
    fn drop(&mut self) {
        if let Some(Inner::Sqlite(member)) = self.0.take()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(member.rollback());
        }
    }
}

impl std::fmt::Debug for WriteTx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WriteTx")
    }
}

#[sea_orm::prelude::async_trait::async_trait]
impl ConnectionTrait for WriteTx {
    fn get_database_backend(&self) -> DbBackend {
        match &self.0 {
            Some(Inner::Postgres(_)) => DbBackend::Postgres,
            _ => DbBackend::Sqlite,
        }
    }

    async fn execute_raw(&self, stmt: Statement) -> Result<ExecResult, DbErr> {
        self.inner()?.execute_raw(stmt).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.inner()?.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, stmt: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.inner()?.query_one_raw(stmt).await
    }

    async fn query_all_raw(&self, stmt: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.inner()?.query_all_raw(stmt).await
    }
}
