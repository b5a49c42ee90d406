//! Connections to PostgreSQL that go from one turn to the next.
//!
//! A pool asks each connection that comes back whether it is well, and that is one more way to the engine for every
//! statement. Between turns there is nothing to ask: who had an error does not give its connection back.
//!
//! What turns ask is few statements, always by key. They are planned once, without a look at the values, and never as
//! a walk through a table or an index: a plan that was made while the table held a hundred rows would be kept for its
//! hundred thousand.

use crate::Error;
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, SqlxError, Statement,
    sea_query::Values,
    sqlx::{
        AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection, PgPool, Postgres,
        pool::{PoolConnection, PoolOptions},
        postgres::PgConnectOptions,
        query::Query,
        query_with,
    },
};
use sea_query_sqlx::SqlxValues;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Who lay idle for longer may have been lost unnoticed.
const IDLE: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(30);

/// Connections that wait for the next turn.
pub(crate) struct Kept {
    pool: PgPool,
    /// As many as the pool makes: who waits for one waits here, since they come back here and not to the pool.
    room: Arc<Semaphore>,
    /// The one that was used last stands last.
    idle: Mutex<Vec<(Instant, PoolConnection<Postgres>)>>,
}

impl Kept {
    /// At most so many, each made when it is needed first.
    pub(crate) fn new(url: &str, connections: u32) -> Result<Self, Error> {
        let wrong = |error| DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)));
        let options: PgConnectOptions = url.parse().map_err(wrong)?;
        let pool = PoolOptions::new()
            .max_connections(connections)
            .min_connections(0)
            .acquire_timeout(PATIENCE)
            .test_before_acquire(false)
            .after_connect(|connection: &mut PgConnection, _| {
                Box::pin(async move {
                    let set = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; \
                               SET enable_mergejoin = off; SET enable_hashjoin = off";
                    connection.execute(set).await.map(|_| ())
                })
            })
            .connect_lazy_with(options.disable_statement_logging());
        Ok(Self {
            pool,
            room: Arc::new(Semaphore::new(usize::try_from(connections).unwrap_or(1))),
            idle: Mutex::default(),
        })
    }

    fn idle(&self) -> MutexGuard<'_, Vec<(Instant, PoolConnection<Postgres>)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One for a turn.
    pub(crate) async fn lend(self: &Arc<Self>) -> Result<Lent, DbErr> {
        let gone = |_| DbErr::Conn(RuntimeErr::Internal("the database was closed".into()));
        let place = Arc::clone(&self.room).acquire_owned().await.map_err(gone)?;
        let connection = match self.known().await {
            Some(known) => known,
            None => self
                .pool
                .acquire()
                .await
                .map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error))))?,
        };
        Ok(Lent {
            connection: tokio::sync::Mutex::new(Held {
                connection: Some(connection),
                is_well: true,
            }),
            home: Arc::clone(self),
            _place: place,
        })
    }

    async fn known(&self) -> Option<PoolConnection<Postgres>> {
        loop {
            let (since, mut connection) = self.idle().pop()?;
            if since.elapsed() < IDLE || connection.ping().await.is_ok() {
                return Some(connection);
            }
        }
    }

    fn give_back(&self, connection: PoolConnection<Postgres>) {
        if !self.pool.is_closed() {
            self.idle().push((Instant::now(), connection));
        }
    }

    /// After what is under way.
    pub(crate) async fn close(&self) {
        let closed = self.pool.close();
        self.idle().clear();
        closed.await;
    }
}

impl Drop for Kept {
    /// A connection that goes back to its pool asks for a runtime, which may have ended before; what goes by itself does not.
    fn drop(&mut self) {
        let idle = self.idle.get_mut().unwrap_or_else(PoisonError::into_inner);
        for (_, connection) in idle.drain(..) {
            drop(connection.leak());
        }
    }
}

/// A connection for a turn, whose statements run one after another.
pub(crate) struct Lent {
    connection: tokio::sync::Mutex<Held>,
    home: Arc<Kept>,
    /// Free again after the connection is back.
    _place: OwnedSemaphorePermit,
}

struct Held {
    /// Gone when it was given back.
    connection: Option<PoolConnection<Postgres>>,
    /// No statement is under way, and none lost the connection.
    is_well: bool,
}

impl Held {
    /// What `run` gives, and whether the connection still is what it was.
    async fn run<T>(
        &mut self,
        run: impl AsyncFnOnce(&mut PoolConnection<Postgres>) -> Result<T, SqlxError>,
        wrap: fn(RuntimeErr) -> DbErr,
    ) -> Result<T, DbErr> {
        let Some(connection) = self.connection.as_mut() else {
            return Err(DbErr::Custom("the connection was given back".into()));
        };
        self.is_well = false;
        let done = run(connection).await;
        // What the engine itself refuses, it refuses on a connection that is well.
        self.is_well = matches!(done, Ok(_) | Err(SqlxError::Database(_)));
        done.map_err(|error| wrap(RuntimeErr::SqlxError(Arc::new(error))))
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let held = self.connection.get_mut();
        if let Some(connection) = held.connection.take().filter(|_| held.is_well) {
            self.home.give_back(connection);
        }
    }
}

fn query(sql: &str, values: Option<Values>) -> Query<'_, Postgres, SqlxValues> {
    query_with(AssertSqlSafe(sql), SqlxValues(values.unwrap_or(Values(Vec::new()))))
}

#[sea_orm::prelude::async_trait::async_trait]
impl ConnectionTrait for Lent {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Postgres
    }

    async fn execute_raw(&self, stmt: Statement) -> Result<ExecResult, DbErr> {
        let mut held = self.connection.lock().await;
        let run = async |c: &mut PoolConnection<Postgres>| query(&stmt.sql, stmt.values).execute(&mut **c).await;
        Ok(held.run(run, DbErr::Exec).await?.into())
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let mut held = self.connection.lock().await;
        let run = async |c: &mut PoolConnection<Postgres>| c.execute(AssertSqlSafe(sql.to_owned())).await;
        Ok(held.run(run, DbErr::Exec).await?.into())
    }

    async fn query_one_raw(&self, stmt: Statement) -> Result<Option<QueryResult>, DbErr> {
        let mut held = self.connection.lock().await;
        let run = async |c: &mut PoolConnection<Postgres>| query(&stmt.sql, stmt.values).fetch_optional(&mut **c).await;
        Ok(held.run(run, DbErr::Query).await?.map(QueryResult::from))
    }

    async fn query_all_raw(&self, stmt: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let mut held = self.connection.lock().await;
        let run = async |c: &mut PoolConnection<Postgres>| query(&stmt.sql, stmt.values).fetch_all(&mut **c).await;
        Ok(held
            .run(run, DbErr::Query)
            .await?
            .into_iter()
            .map(QueryResult::from)
            .collect())
    }
}
