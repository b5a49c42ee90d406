//! An event's index, and how it follows the database.

use crate::published::{Printed, Shelf};
use db::{entity::question, prelude::*};
use domain::{EventId, Lang, state::question::QuestionState};
use similar::{Asked, Index, Language, Sketch};
use std::{
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};
use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};

/// Rows that are read and taken in at a time.
const PAGE: u64 = 1_000;
/// Events whose indexes a process keeps; the one that nobody asked for the longest time goes.
const EVENTS: usize = 6;
/// Searches at a time: they take a processor each, and the pages want one, too.
const SEARCHES: usize = 2;

/// A question that is like another one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Like {
    pub number: i32,
    /// From 0 to 1.
    pub score: f32,
}

/// What is looked for.
#[derive(Clone, Debug)]
pub enum About {
    /// A question of the event, which is not among its own neighbours.
    Number(i32),
    Text(String),
}

impl About {
    fn asked(&self) -> Asked<'_, i32> {
        match self {
            Self::Number(number) => Asked::Id(*number),
            Self::Text(text) => Asked::Text(text),
        }
    }
}

/// Where an index has read to. Both counters grow in the order of commits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Read {
    number: i32,
    change: i64,
}

#[derive(Default)]
struct Followed {
    index: RwLock<Index<i32>>,
    /// Held while somebody reads on; the others wait for the same reading.
    read: tokio::sync::Mutex<Read>,
}

type Events = Vec<(EventId, Arc<Followed>)>;

/// All indexes of this process. Cheap to clone.
#[derive(Clone)]
pub struct Likeness {
    db: db::Db,
    /// The last asked for stands last.
    events: Arc<Mutex<Events>>,
    shelf: Arc<Shelf>,
    searches: Arc<Semaphore>,
}

impl std::fmt::Debug for Likeness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Likeness").finish_non_exhaustive()
    }
}

impl Likeness {
    /// Holds nothing until it is asked.
    pub fn new(db: db::Db) -> Self {
        Self {
            db,
            events: Arc::default(),
            shelf: Arc::default(),
            searches: Arc::new(Semaphore::new(SEARCHES)),
        }
    }

    /// The nearest to a question of the event, surest first, with what its neighbours say taken in. `None` when the index
    /// is still being made after `patience`; it goes on being made.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn nearest(
        &self,
        event: EventId,
        number: i32,
        top: usize,
        patience: Duration,
    ) -> Result<Option<Vec<Like>>, Error> {
        self.ask(event, patience, move |index| {
            liked(index.nearest(Asked::Id(number), top))
        })
        .await
    }

    /// The nearest to a text by one search, for somebody who is writing it; `None` as above.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn quick(
        &self,
        event: EventId,
        text: String,
        top: usize,
        patience: Duration,
    ) -> Result<Option<Vec<Like>>, Error> {
        self.ask(event, patience, move |index| {
            liked(index.quick(Asked::Text(&text), top))
        })
        .await
    }

    /// The same for many at once, list by list.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn quick_each(
        &self,
        event: EventId,
        about: Vec<About>,
        top: usize,
        patience: Duration,
    ) -> Result<Option<Vec<Vec<Like>>>, Error> {
        let each = move |index: &Index<i32>| {
            about
                .iter()
                .map(|about| liked(index.quick(about.asked(), top)))
                .collect()
        };
        self.ask(event, patience, each).await
    }

    /// What stands in published articles and is like the text, best first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn printed(&self, text: String, top: usize) -> Result<Vec<(Arc<Printed>, f32)>, Error> {
        self.shelf.look(&self.db).await?;
        let held = Arc::clone(&self.shelf);
        let permit = Arc::clone(&self.searches).acquire_owned().await;
        let found = spawn_blocking(move || {
            let _permit = permit;
            held.search(&text, top)
        });
        Ok(found.await.unwrap_or_default())
    }

    /// How many questions of the event the index holds.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn held(&self, event: EventId) -> Result<usize, Error> {
        let followed = self.followed(event);
        catch_up(&self.db, event, &followed).await?;
        let held = followed.index.read().unwrap_or_else(PoisonError::into_inner).len();
        Ok(held)
    }

    async fn ask<T: Send + 'static>(
        &self,
        event: EventId,
        patience: Duration,
        search: impl FnOnce(&Index<i32>) -> T + Send + 'static,
    ) -> Result<Option<T>, Error> {
        let followed = self.followed(event);
        let (db, reading) = (self.db.clone(), Arc::clone(&followed));
        // A task of its own: who asks may go away, the index is made all the same.
        let ready = tokio::spawn(async move { catch_up(&db, event, &reading).await });
        match timeout(patience, ready).await {
            Ok(Ok(done)) => done?,
            Ok(Err(_)) | Err(_) => return Ok(None),
        }
        let permit = Arc::clone(&self.searches).acquire_owned().await;
        let found = spawn_blocking(move || {
            let _permit = permit;
            search(&followed.index.read().unwrap_or_else(PoisonError::into_inner))
        });
        Ok(found.await.ok())
    }

    fn followed(&self, event: EventId) -> Arc<Followed> {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        let known = events.iter().position(|(id, _)| *id == event);
        let followed = known.map_or_else(Arc::default, |at| events.remove(at).1);
        events.push((event, Arc::clone(&followed)));
        if events.len() > EVENTS {
            events.remove(0);
        }
        followed
    }
}

fn liked(found: Vec<(i32, f32)>) -> Vec<Like> {
    let like = |(number, score)| Like { number, score };
    found.into_iter().map(like).collect()
}

/// What the crate of likeness calls the language of a text.
pub fn language(lang: Lang) -> Language {
    Language::tagged(lang.as_str())
}

/// Takes in what was written since. Whoever comes meanwhile waits for the same and finds nothing left to do.
async fn catch_up(db: &db::Db, event: EventId, followed: &Arc<Followed>) -> Result<(), Error> {
    let mut read = followed.read.lock().await;
    loop {
        let fresh = rows(db, event, Since::Number(read.number)).await?;
        let (last, full) = (fresh.last().map(|row| row.number), fresh.len() as u64 == PAGE);
        take_in(followed, fresh).await;
        read.number = last.unwrap_or(read.number);
        if !full {
            break;
        }
    }
    loop {
        let changed = rows(db, event, Since::Change(read.change)).await?;
        let (last, full) = (changed.last().and_then(|row| row.change), changed.len() as u64 == PAGE);
        // One that got its number after the numbers were read comes with the next reading, as what it is by then.
        let known = changed.into_iter().filter(|row| row.number <= read.number).collect();
        take_in(followed, known).await;
        read.change = last.unwrap_or(read.change);
        if !full {
            return Ok(());
        }
    }
}

struct Row {
    number: i32,
    body: String,
    lang: Lang,
    state: QuestionState,
    change: Option<i64>,
}

type Columns = (Option<i32>, String, Lang, QuestionState, Option<i64>);

#[derive(Clone, Copy)]
enum Since {
    Number(i32),
    Change(i64),
}

async fn rows(db: &db::Db, event: EventId, since: Since) -> Result<Vec<Row>, Error> {
    let mut query = question::Entity::find()
        .select_only()
        .columns([
            question::Column::Number,
            question::Column::Body,
            question::Column::Lang,
            question::Column::State,
            question::Column::ChangeSeq,
        ])
        .filter(question::Column::EventId.eq(event))
        // In literal words: the partial indexes ask for them.
        .filter(question::Column::Number.is_not_null())
        .limit(PAGE);
    query = match since {
        Since::Number(number) => query
            .filter(question::Column::Number.gt(number))
            .order_by_asc(question::Column::Number),
        Since::Change(change) => query
            .filter(question::Column::ChangeSeq.is_not_null())
            .filter(question::Column::ChangeSeq.gt(change))
            .order_by_asc(question::Column::ChangeSeq),
    };
    let rows: Vec<Columns> = query.into_tuple().all(db.reader()).await?;
    let row = |(number, body, lang, state, change): Columns| {
        Some(Row {
            number: number?,
            body,
            lang,
            state,
            change,
        })
    };
    Ok(rows.into_iter().filter_map(row).collect())
}

async fn take_in(followed: &Arc<Followed>, rows: Vec<Row>) {
    if rows.is_empty() {
        return;
    }
    let followed = Arc::clone(followed);
    let done = spawn_blocking(move || {
        // The long part stands outside of the lock.
        let sketches: Vec<(i32, Option<Sketch>)> = rows
            .into_iter()
            .map(|row| {
                let sketch = || Sketch::in_language(&row.body, language(row.lang));
                (row.number, stands(row.state).then(sketch))
            })
            .collect();
        // A few at a time, so that who searches waits a few milliseconds at most.
        for part in sketches.chunks(32) {
            let mut index = followed.index.write().unwrap_or_else(PoisonError::into_inner);
            for (number, sketch) in part {
                match sketch {
                    Some(sketch) => index.insert_sketch(*number, sketch),
                    None => {
                        index.remove(*number);
                    }
                }
            }
        }
    });
    if done.await.is_err() {
        tracing::error!("an index of similar questions could not take a question in");
    }
}

/// What its asker took back is compared with nothing.
const fn stands(state: QuestionState) -> bool {
    !matches!(state, QuestionState::Draft | QuestionState::Withdrawn)
}
