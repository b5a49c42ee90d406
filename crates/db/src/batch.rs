//! Statements that go to the engine together.
//!
//! Every statement of its own costs a way to the engine and back: on PostgreSQL a wake-up of its process, on SQLite one
//! of the connection's thread. Where many people write at the same moment (the last hour before a deadline), that is
//! most of the time a submission takes.

use crate::{Db, Engine, Error, WriteTx, write::GROUP};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, Iterable, Statement, Value,
    sea_query::{
        CommonTableExpression, Expr, InsertStatement, PostgresQueryBuilder, Query, SelectStatement, SqliteQueryBuilder,
        SubQueryStatement, WithClause,
    },
};
use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};
use tokio::sync::oneshot;

/// Inserts that stand or fall together and do not read what another of them writes. PostgreSQL takes them
/// as common table expressions of one statement (its manual, "Data-Modifying Statements in WITH"), SQLite as one text
/// of several statements.
#[derive(Debug, Default)]
pub struct Batch {
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    insert: InsertStatement,
    /// Whether it gives a value to later ones.
    gives: bool,
}

impl Batch {
    pub fn insert(&mut self, statement: InsertStatement) {
        self.parts.push(Part {
            insert: statement,
            gives: false,
        });
    }

    /// An insert (that may update) whose outcome a later part of this batch uses: `value` over the row that it leaves;
    /// `row` finds the same row, where an engine runs one part after the other.
    pub fn take(&mut self, engine: Engine, mut insert: InsertStatement, value: Expr, row: &SelectStatement) -> Expr {
        match engine {
            Engine::Postgres => {
                insert.returning(Query::returning().expr(value));
                self.parts.push(Part { insert, gives: true });
                let (name, column) = (part_name(self.parts.len() - 1), "value");
                let select = Query::select().column(column).from(name).to_owned();
                Expr::SubQuery(None, Box::new(SubQueryStatement::from(select)))
            }
            Engine::Sqlite => {
                self.parts.push(Part { insert, gives: true });
                let select = row.clone().expr(value).to_owned();
                Expr::SubQuery(None, Box::new(SubQueryStatement::from(select)))
            }
        }
    }

    /// Runs all of them with `conn`. When one fails, the transaction around them must be rolled back; on PostgreSQL,
    /// none of them stands then anyway.
    ///
    /// # Errors
    /// The first one's that failed.
    pub async fn run(&self, conn: &impl ConnectionTrait) -> Result<(), DbErr> {
        if self.parts.is_empty() {
            return Ok(());
        }
        conn.execute_raw(self.statement(conn.get_database_backend())).await?;
        Ok(())
    }

    fn statement(&self, backend: DbBackend) -> Statement {
        let (mut sql, mut all) = (String::new(), Vec::<Value>::new());
        if backend == DbBackend::Postgres {
            let mut with = WithClause::new();
            for (n, part) in self.parts.iter().enumerate() {
                let mut table = CommonTableExpression::new();
                table.table_name(part_name(n));
                table.query(part.insert.clone());
                if part.gives {
                    table.column("value");
                }
                with.cte(table);
            }
            let whole = Query::select().expr(Expr::cust("1")).to_owned().with(with);
            let (text, values) = whole.build(PostgresQueryBuilder);
            return Statement::from_sql_and_values(backend, text, values.0);
        }
        for part in &self.parts {
            let (text, values) = part.insert.build(SqliteQueryBuilder);
            sql.push_str(&text);
            sql.push(';');
            all.extend(values.0);
        }
        Statement::from_sql_and_values(backend, sql, all)
    }
}

fn part_name(n: usize) -> String {
    format!("p{n}")
}

/// An insert of `row`, with `more` columns whose values the engine makes.
pub fn insert_with<A: ActiveModelTrait>(
    mut row: A,
    more: impl IntoIterator<Item = (<A::Entity as EntityTrait>::Column, Expr)>,
) -> InsertStatement {
    let (mut columns, mut values) = (Vec::new(), Vec::new());
    for column in <A::Entity as EntityTrait>::Column::iter() {
        if let Some(value) = row.take(column).into_value() {
            columns.push(column);
            values.push(column.save_as(Expr::val(value)));
        }
    }
    for (column, value) in more {
        columns.push(column);
        values.push(value);
    }
    let mut insert = Query::insert();
    insert
        .into_table(A::Entity::default())
        .columns(columns)
        .values_panic(values);
    insert
}

/// Where batches wait for each other: those that came while one commit was under way share the next.
#[derive(Default)]
pub(crate) struct Lane {
    waiting: Mutex<VecDeque<Waiting>>,
    turn: tokio::sync::Mutex<()>,
}

struct Waiting {
    batch: Batch,
    done: oneshot::Sender<Result<(), Error>>,
}

impl Lane {
    fn push(&self, waiting: Waiting) {
        self.waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push_back(waiting);
    }

    fn take(&self) -> Vec<Waiting> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let most = waiting.len().min(GROUP);
        waiting.drain(..most).collect()
    }
}

impl Db {
    /// Writes a batch, and returns when it is durable. Batches of one process that wait at the same moment share a
    /// transaction, since every one of its own would wait for the disk, and for the rows that all of them change.
    ///
    /// # Errors
    /// When one of its statements fails; then nothing of it stands.
    pub async fn write(&self, batch: Batch) -> Result<(), Error> {
        let (done, heard) = oneshot::channel();
        self.lane.push(Waiting { batch, done });
        // In a task of its own: a caller that goes away must not take the others' work with it.
        let db = self.clone();
        tokio::spawn(async move { db.drive().await });
        heard
            .await
            .unwrap_or_else(|_| Err(Error::Commit("the writer went away".into())))
    }

    /// Takes what waits, which may be nothing: the one before took it along.
    async fn drive(&self) {
        let _turn = self.lane.turn.lock().await;
        let group = self.lane.take();
        if group.is_empty() {
            return;
        }
        match self.together(&group).await {
            Ok(Some(tx)) => {
                let committed = tx.commit().await.map_err(|error| error.to_string());
                for member in group {
                    let _ = member.done.send(committed.clone().map_err(Error::Commit));
                }
            }
            // One of them cannot be: each by itself, so that it hears of it and the others do not.
            Ok(None) => {
                for member in group {
                    let _ = member.done.send(self.alone(&member.batch).await);
                }
            }
            Err(error) => {
                let error = error.to_string();
                for member in group {
                    let _ = member.done.send(Err(Error::Commit(error.clone())));
                }
            }
        }
    }

    /// All of them in a transaction that is not yet committed; `None` when one failed.
    async fn together(&self, group: &[Waiting]) -> Result<Option<WriteTx>, Error> {
        let tx = self.begin_write().await?;
        for member in group {
            if member.batch.run(&tx).await.is_err() {
                tx.rollback().await?;
                return Ok(None);
            }
        }
        Ok(Some(tx))
    }

    async fn alone(&self, batch: &Batch) -> Result<(), Error> {
        let tx = self.begin_write().await?;
        match batch.run(&tx).await {
            Ok(()) => tx.commit().await,
            Err(error) => {
                tx.rollback().await?;
                Err(error.into())
            }
        }
    }
}
