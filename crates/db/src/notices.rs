//! Word of a change in another process, at once, where the engine can give it (PostgreSQL's NOTIFY).
//!
//! It only makes things quicker: a notice is lost with its connection, and a pooler between may not pass it on. Who needs to
//! be sure asks the rows.

use crate::{Db, Engine, Error};
use sea_orm::{
    ConnectionTrait, DbBackend, Statement,
    sqlx::postgres::{PgListener, PgNotification},
};
use std::{future::pending, time::Duration};

const CHANNEL: &str = "mundap";
/// After a lost connection.
const AGAIN: Duration = Duration::from_secs(5);

/// Who listens. It connects when it is first asked.
#[derive(Debug)]
pub struct Notices {
    db: Db,
    listener: Option<PgListener>,
}

impl Db {
    pub fn notices(&self) -> Notices {
        Notices {
            db: self.clone(),
            listener: None,
        }
    }
}

/// Says `what` to all who listen, when the transaction commits; nothing where one process is all there is.
///
/// # Errors
/// When the database refuses.
pub async fn notice(tx: &impl ConnectionTrait, what: &str) -> Result<(), Error> {
    if tx.get_database_backend() == DbBackend::Postgres {
        let say = Statement::from_sql_and_values(
            DbBackend::Postgres,
            "SELECT pg_notify($1, $2)",
            [CHANNEL.into(), what.into()],
        );
        tx.query_one_raw(say).await?;
    }
    Ok(())
}

impl Notices {
    /// What was said next, all that lies ready; never on SQLite. A connection that cannot be made, or is lost, is tried again;
    /// whoever drops the call begins that anew.
    pub async fn next(&mut self) -> Vec<String> {
        if self.db.engine() == Engine::Sqlite {
            return pending().await;
        }
        loop {
            if let Some(listener) = &mut self.listener {
                if let Ok(first) = listener.recv().await {
                    return said(listener, &first);
                }
                self.listener = None;
            }
            match self.listen().await {
                Ok(listener) => self.listener = Some(listener),
                // Nothing is missed: who needs to be sure asks the rows.
                Err(_) => tokio::time::sleep(AGAIN).await,
            }
        }
    }

    async fn listen(&self) -> Result<PgListener, sea_orm::sqlx::Error> {
        let url = self.db.url.as_deref().unwrap_or_default();
        let mut listener = PgListener::connect(url).await?;
        listener.listen(CHANNEL).await?;
        Ok(listener)
    }
}

fn said(listener: &mut PgListener, first: &PgNotification) -> Vec<String> {
    let mut all = vec![first.payload().to_owned()];
    while let Some(more) = listener.next_buffered() {
        all.push(more.payload().to_owned());
    }
    all.dedup();
    all
}
