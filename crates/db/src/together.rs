//! Reads that many ask for at the same moment.
//!
//! Each way to the engine and back costs more than the row it brings. So the reads of one kind that are asked for
//! while one of them is under way share the next query. A read begins after everyone it serves has asked: nobody
//! gets what was read before.

use crate::{
    Db, Error,
    turns::{Asked, AsyncServe, Turns},
};
use sea_orm::{ConnectionTrait, DbErr};
use std::{
    any::{Any, TypeId},
    collections::{HashMap, HashSet},
    hash::Hash,
    marker::PhantomData,
    sync::{Arc, PoisonError, RwLock},
};

/// Most keys of one query.
const MOST: usize = 64;

/// A kind of read that can be done for many keys by one query.
pub trait Together: Send + Sync + 'static {
    type Key: Clone + Eq + Hash + Send + Sync + 'static;
    type Value: Send + Sync + 'static;

    /// What is there of `keys`, which are some, and each of which stands there once.
    fn read<C: ConnectionTrait>(
        conn: &C,
        keys: &[Self::Key],
    ) -> impl Future<Output = Result<HashMap<Self::Key, Self::Value>, DbErr>> + Send;
}

type Found<T> = Result<Option<Arc<<T as Together>::Value>>, DbErr>;
type Reads<T> = Turns<<T as Together>::Key, Found<T>>;

/// The reads of each kind, by the kind's type.
#[derive(Default)]
pub(crate) struct Kinds(RwLock<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl Kinds {
    fn of<T: Together>(&self) -> Arc<Reads<T>> {
        let id = TypeId::of::<T>();
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
        let reads = known.unwrap_or_else(|| {
            let mut kinds = self.0.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(
                kinds
                    .entry(id)
                    .or_insert_with(|| Arc::new(Reads::<T>::new(MOST)) as Arc<dyn Any + Send + Sync>),
            )
        });
        reads.downcast().unwrap_or_else(|_| unreachable!("kept by its type"))
    }
}

struct Reader<T> {
    db: Db,
    kind: PhantomData<fn() -> T>,
}

impl<T: Together> AsyncServe<T::Key, Found<T>> for Reader<T> {
    async fn serve(&self, asked: Vec<Asked<T::Key, Found<T>>>) {
        let mut seen = HashSet::with_capacity(asked.len());
        let keys = asked.iter().map(|(key, _)| key).filter(|key| seen.insert(*key));
        let keys: Vec<T::Key> = keys.cloned().collect();
        let found = match self.db.kept.as_ref() {
            Some(kept) => match kept.lend().await {
                Ok(lent) => T::read(&lent, &keys).await,
                Err(error) => Err(error),
            },
            None => T::read(self.db.reader(), &keys).await,
        };
        let found: Result<HashMap<_, _>, _> = found.map(|f| f.into_iter().map(|(k, v)| (k, Arc::new(v))).collect());
        for (key, tell) in asked {
            let _ = tell.send(match &found {
                Ok(found) => Ok(found.get(&key).cloned()),
                Err(error) => Err(error.clone()),
            });
        }
    }
}

impl Db {
    /// Reads what `key` stands for as it is now, in one query with whoever asks for the same kind at the same moment.
    ///
    /// # Errors
    /// That of the query, which all of them get.
    pub async fn together<T: Together>(&self, key: T::Key) -> Result<Option<Arc<T::Value>>, Error> {
        let reader = || Reader::<T> {
            db: self.clone(),
            kind: PhantomData,
        };
        let found = self.kinds.of::<T>().ask(key, reader).await;
        Ok(found.unwrap_or_else(|| Err(DbErr::Custom("the reader went away".into())))?)
    }
}

/// `keys` for an `IN (…)`, made so many, by repetition, that there are few different statements: each is prepared once.
pub fn padded<K: Clone>(keys: &[K]) -> Vec<K> {
    let mut all = keys.to_vec();
    if let Some(last) = keys.last() {
        all.resize(keys.len().next_power_of_two(), last.clone());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::Statement;
    use std::sync::Mutex;

    /// The squares of numbers, by SQL; of a negative number there is none, and 99 is no query at all.
    struct Squares;

    static QUERIES: Mutex<Vec<Vec<i32>>> = Mutex::new(Vec::new());

    impl Together for Squares {
        type Key = i32;
        type Value = i32;

        async fn read<C: ConnectionTrait>(conn: &C, keys: &[i32]) -> Result<HashMap<i32, i32>, DbErr> {
            QUERIES.lock().expect("whole").push(keys.to_vec());
            let rows: Vec<String> = padded(keys).iter().map(|key| format!("({key})")).collect();
            let table = if keys.contains(&99) { "no_such_table" } else { "n" };
            let sql = format!(
                "WITH n (a) AS (VALUES {}) SELECT a, a * a FROM {table} WHERE a >= 0",
                rows.join(",")
            );
            let rows = conn
                .query_all_raw(Statement::from_string(conn.get_database_backend(), sql))
                .await?;
            rows.iter()
                .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
                .collect()
        }
    }

    #[tokio::test]
    async fn who_asks_at_the_same_moment_shares_the_query_and_its_error() {
        let dir = tempfile::tempdir().expect("a folder");
        let db = Db::connect(&format!("sqlite://{}/t.db", dir.path().display()), 2)
            .await
            .expect("opens");
        let ask = |key| db.together::<Squares>(key);
        // Each is polled once before the first query's task runs.
        let (a, b, c, d) = tokio::join!(ask(3), ask(4), ask(3), ask(-1));
        let value = |found: Result<Option<Arc<i32>>, Error>| found.expect("reads").map(|v| *v);
        assert_eq!(
            [value(a), value(b), value(c), value(d)],
            [Some(9), Some(16), Some(9), None]
        );
        assert_eq!(*QUERIES.lock().expect("whole"), [[3, 4, -1]], "each key once");

        let (a, b) = tokio::join!(ask(99), ask(5));
        for failed in [a, b] {
            let error = failed.expect_err("fails").to_string();
            assert!(error.contains("no_such_table"), "{error}");
        }
        assert_eq!(value(ask(5).await), Some(25), "the next one is asked anew");
        assert_eq!(QUERIES.lock().expect("whole").len(), 3);
    }

    #[test]
    fn there_are_few_numbers_of_keys() {
        assert!(padded::<i32>(&[]).is_empty());
        assert_eq!(padded(&[1]), [1]);
        assert_eq!(padded(&[1, 2, 3, 4, 5]), [1, 2, 3, 4, 5, 5, 5, 5]);
    }
}
