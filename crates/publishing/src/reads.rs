//! How often articles are read, by the day, without anybody being followed: a number in memory for each article, added up
//! in the database every few seconds. Nothing is known of who read.
//!
//! An answer of 304 counts: somebody opened the page, and their browser had it. HEAD, and what says that it is no
//! person, does not. A process that is killed loses the reads of the last seconds.

use crate::Error;
use chrono::NaiveDate;
use db::{
    entity::article_day::{self, Column},
    prelude::*,
};
use domain::ArticleId;
use sea_orm::sea_query::{Alias, OnConflict};
use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use web::{App, Asked};

/// The days of the house are Korea's.
pub(crate) const ZONE: chrono_tz::Tz = chrono_tz::Asia::Seoul;
/// Rows of one statement.
const MANY: usize = 500;

pub(crate) fn today(app: &App) -> NaiveDate {
    app.clock.now().with_timezone(&ZONE).date_naive()
}

/// The reads of one article that are not in the database yet. Whoever serves its page has it in hand: one addition, and
/// nothing to wait for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally(Arc<AtomicU64>);

impl Tally {
    pub(crate) fn note(&self, asked: Asked<'_>) {
        if is_read(asked) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Browsers say `Mozilla/`; robots that say it, too, name a page about themselves.
fn is_read(asked: Asked<'_>) -> bool {
    !asked.head
        && asked
            .user_agent
            .is_some_and(|agent| agent.starts_with(b"Mozilla/") && !agent.windows(3).any(|three| three == b"://"))
}

/// All of one server; clones share them.
#[derive(Clone, Default)]
pub(crate) struct Tallies(Arc<Mutex<HashMap<ArticleId, Tally>>>);

impl fmt::Debug for Tallies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tallies")
    }
}

impl Tallies {
    pub(crate) fn of(&self, article: ArticleId) -> Tally {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(article).or_default().clone()
    }

    /// Takes what was counted since the last time.
    fn take(&self) -> Taken<'_> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut taken = Vec::new();
        all.retain(|id, tally| {
            let n = tally.0.swap(0, Ordering::Relaxed);
            if n > 0 {
                taken.push((*id, n));
            }
            // Nobody serves it any more, so nobody counts.
            n > 0 || Arc::strong_count(&tally.0) > 1
        });
        Taken { of: self, taken }
    }

    /// Adds to the database what was counted in memory.
    ///
    /// # Errors
    /// When the database refuses; then it is added the next time.
    pub(crate) async fn flush(&self, app: &App) -> Result<(), Error> {
        let mut counted = self.take();
        if counted.taken.is_empty() {
            return Ok(());
        }
        // In one order on all nodes: each adds to the same rows.
        counted.taken.sort_unstable_by_key(|(id, _)| *id);
        let day = today(app);
        let tx = app.db.begin_write().await?;
        for some in counted.taken.chunks(MANY) {
            let rows = some.iter().map(|(id, n)| article_day::ActiveModel {
                article_id: Set(*id),
                day: Set(day),
                reads: Set(i64::try_from(*n).unwrap_or(i64::MAX)),
                useful: Set(0),
                useless: Set(0),
            });
            article_day::Entity::insert_many(rows)
                .on_conflict(adding([Column::Reads]))
                .exec_without_returning(&tx)
                .await?;
        }
        tx.commit().await?;
        counted.taken.clear();
        Ok(())
    }
}

/// These columns of the day grow by what is inserted.
pub(crate) fn adding(columns: impl IntoIterator<Item = Column>) -> OnConflict {
    let mut conflict = OnConflict::columns([Column::ArticleId, Column::Day]);
    for column in columns {
        let new = Expr::col((Alias::new("excluded"), column));
        conflict.value(column, Expr::col((article_day::Entity, column)).add(new));
    }
    conflict
}

/// What is not in the database goes back, also where nobody waits for the end.
struct Taken<'a> {
    of: &'a Tallies,
    taken: Vec<(ArticleId, u64)>,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        for (id, n) in self.taken.drain(..) {
            self.of.of(id).0.fetch_add(n, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_counted_and_programs_are_not() {
        let by = |agent: &'static str| Asked {
            user_agent: Some(agent.as_bytes()),
            ..Asked::default()
        };
        for person in [
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0 Mobile Safari/537.36 KAKAOTALK/11",
        ] {
            assert!(is_read(by(person)), "{person}");
        }
        for program in [
            "Mozilla/5.0 (compatible; Yeti/1.1; +https://naver.me/spd)",
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "curl/8.5.0",
            "",
        ] {
            assert!(!is_read(by(program)), "{program}");
        }
        assert!(!is_read(Asked::default()));
        let head = Asked {
            head: true,
            ..by("Mozilla/5.0 (X11)")
        };
        assert!(!is_read(head));
    }

    #[test]
    fn what_was_taken_and_not_kept_goes_back_and_what_nobody_serves_is_forgotten() {
        let (tallies, one, two) = (Tallies::default(), ArticleId::new(), ArticleId::new());
        let served = tallies.of(one);
        served.0.store(3, Ordering::Relaxed);
        tallies.of(two).0.store(2, Ordering::Relaxed);
        drop(tallies.take());
        assert_eq!(served.0.load(Ordering::Relaxed), 3);
        let mut taken = tallies.take();
        taken.taken.sort_unstable_by_key(|(_, n)| *n);
        assert_eq!(taken.taken, [(two, 2), (one, 3)]);
        taken.taken.clear();
        drop(taken);
        drop(tallies.take());
        let left: Vec<ArticleId> = tallies.0.lock().expect("unharmed").keys().copied().collect();
        assert_eq!(left, [one]);
    }
}
