//! Rows that go to the engine together.
//!
//! Every statement of its own costs a way to the engine and back: on PostgreSQL a wake-up of its process, on SQLite one
//! of the connection's thread. Where many people write at the same moment (the last hour before a deadline), that is
//! most of the time a submission takes.

use crate::{
    Db, Engine, Error,
    rows::{self, Row, Shape},
    turns::{Asked, AsyncServe, Turns},
};
use domain::EventId;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbErr, EntityName, EntityTrait, IdenStatic, Iterable, RuntimeErr, SqlxError,
    Value,
};

/// Rows that stand or fall together; a later one may refer to an earlier one. With [`Db::write`], the rows of several
/// batches become one statement for each table.
#[derive(Debug, Default)]
pub struct Batch {
    rows: Vec<Row>,
}

type Column<A> = <<A as ActiveModelTrait>::Entity as EntityTrait>::Column;

impl Batch {
    /// Inserts `row`. A column that is not set becomes what the schema says.
    pub fn insert<A: ActiveModelTrait>(&mut self, row: A) {
        self.put(row, None, None);
    }

    /// The same, unless a row with the same value of this unique column is there.
    pub fn insert_once<A: ActiveModelTrait>(&mut self, row: A, column: Column<A>) {
        self.put(row, Some(column.as_str()), None);
    }

    /// Inserts `row`, which has an `event_id`, with the next number of that `event` in `column`. The counter stays locked until the commit.
    pub fn insert_numbered<A: ActiveModelTrait>(&mut self, row: A, column: Column<A>, event: EventId) {
        self.put(row, None, Some((column.as_str(), event)));
    }

    fn put<A: ActiveModelTrait>(
        &mut self,
        mut row: A,
        once: Option<&'static str>,
        numbered: Option<(&'static str, EventId)>,
    ) {
        let (mut columns, mut values, mut number) = (Vec::new(), Vec::new(), None);
        for column in Column::<A>::iter() {
            let name = column.as_str();
            let value = match numbered {
                Some((counted, _)) if counted == name => {
                    number = Some(values.len());
                    Some(Value::Int(None))
                }
                _ => row.take(column).into_value(),
            };
            if let Some(value) = value {
                columns.push(name);
                values.push(value);
            }
        }
        let table = A::Entity::default().table_name();
        self.rows.push(Row {
            shape: Shape {
                table,
                columns,
                once,
                numbered: number,
            },
            values,
            numbered: numbered.map(|(_, event)| event),
        });
    }

    /// Inserts all of them with `tx`. When one fails, the transaction must be rolled back.
    ///
    /// # Errors
    /// The first one's that failed.
    pub async fn run(&self, tx: &impl ConnectionTrait) -> Result<(), DbErr> {
        rows::insert(tx, &[&self.rows]).await
    }
}

/// Where batches wait for each other: those that came while one commit was under way share the next.
pub(crate) type Lane = Turns<Batch, Result<(), Error>>;

impl Db {
    /// Writes a batch, and returns when it is durable. Batches of one process that wait at the same moment share a
    /// transaction, since every one of its own would wait for the disk, and for the rows that all of them change.
    ///
    /// # Errors
    /// When one of its rows is refused; then nothing of it stands.
    pub async fn write(&self, batch: Batch) -> Result<(), Error> {
        let written = self.lane.ask(batch, || Writing(self.clone())).await;
        written.unwrap_or_else(|| Err(Error::Commit("the writer went away".into())))
    }

    /// One transaction with all of `batches`. The inner error is that of a row, and then nothing stands.
    async fn transact(&self, batches: &[&[Row]]) -> Result<Result<(), DbErr>, Error> {
        if self.engine() == Engine::Postgres {
            // One statement is a transaction already; `BEGIN` and `COMMIT` were two more ways to the engine.
            let inserted = match &self.kept {
                Some(kept) => rows::insert(&kept.lend().await?, batches).await,
                None => rows::insert(self.reader(), batches).await,
            };
            return match inserted {
                Err(error) if is_lost(&error) => Err(error.into()),
                done => Ok(done),
            };
        }
        let tx = self.begin_write().await?;
        match rows::insert(&tx, batches).await {
            Ok(()) => {
                tx.commit().await?;
                Ok(Ok(()))
            }
            Err(refused) => {
                tx.rollback().await?;
                Ok(Err(refused))
            }
        }
    }
}

/// Whether the engine said nothing: then it says nothing to each by itself, either.
fn is_lost(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => {
            !matches!(**error, SqlxError::Database(_))
        }
        _ => false,
    }
}

/// Serves those who wait in the lane.
struct Writing(Db);

impl AsyncServe<Batch, Result<(), Error>> for Writing {
    async fn serve(&self, asked: Vec<Asked<Batch, Result<(), Error>>>) {
        let all: Vec<&[Row]> = asked.iter().map(|(batch, _)| &*batch.rows).collect();
        let done = self.0.transact(&all).await;
        let alone = asked.len() == 1;
        for (batch, tell) in asked {
            let word = match &done {
                Ok(Ok(())) => Ok(()),
                Ok(Err(refused)) if alone => Err(refused.clone().into()),
                // One of them cannot be: each by itself, so that it hears of it and the others do not.
                Ok(Err(_)) => match self.0.transact(&[&batch.rows]).await {
                    Ok(done) => done.map_err(Error::from),
                    Err(error) => Err(error),
                },
                Err(error) => Err(Error::Commit(error.to_string())),
            };
            let _ = tell.send(word);
        }
    }
}
