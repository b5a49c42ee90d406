//! What everybody may read: exchanges of published articles, as they were printed.

use db::{entity::article, prelude::*};
use domain::{ArticleId, state::article::ArticleState};
use serde::Deserialize;
use similar::{Asked, Index};
use std::sync::{Arc, PoisonError, RwLock};

/// Characters of an answer that are kept; the rest is behind the link.
const EXCERPT: usize = 280;

/// An exchange that stands in a published article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    /// Of this site.
    pub path: String,
    pub title: String,
    pub question: String,
    pub answer: String,
}

/// Its articles by id and version.
type Stand = Vec<(ArticleId, i32)>;

/// All of them, of all events. Read anew when an article was published, corrected or withdrawn: they are few.
#[derive(Default)]
pub(crate) struct Shelf {
    held: RwLock<(Index<u32>, Vec<Arc<Printed>>)>,
    stand: tokio::sync::Mutex<Stand>,
}

// Only what is needed of `publishing`'s snapshot; its other fields pass by unread.
#[derive(Deserialize)]
struct Snapshot {
    title: String,
    blocks: Vec<Block>,
}

#[derive(Deserialize)]
#[serde(tag = "block", rename_all = "snake_case")]
enum Block {
    Exchange {
        question: Said,
        answers: Vec<Said>,
    },
    #[serde(other)]
    Else,
}

#[derive(Deserialize)]
struct Said {
    text: String,
}

impl Shelf {
    pub(crate) async fn look(&self, db: &db::Db) -> Result<(), Error> {
        let mut stand = self.stand.lock().await;
        let published = || {
            article::Entity::find()
                .filter(article::Column::State.is_in([ArticleState::Published, ArticleState::Corrected]))
                .filter(article::Column::Hidden.eq(false))
                .order_by_asc(article::Column::Id)
        };
        let now: Stand = published()
            .select_only()
            .columns([article::Column::Id, article::Column::Version])
            .into_tuple()
            .all(db.reader())
            .await?;
        if *stand == now {
            return Ok(());
        }
        let rows = published().all(db.reader()).await?;
        // As these rows are, which may be newer than the stand.
        *stand = rows.iter().map(|row| (row.id, row.version)).collect();
        let made = tokio::task::spawn_blocking(move || shelve(rows)).await;
        if let Ok(made) = made {
            *self.held.write().unwrap_or_else(PoisonError::into_inner) = made;
        }
        Ok(())
    }

    pub(crate) fn search(&self, text: &str, top: usize) -> Vec<(Arc<Printed>, f32)> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        let (index, printed) = &*held;
        let found = index.quick(Asked::Text(text), top);
        let named = found
            .into_iter()
            .filter_map(|(at, score)| Some((Arc::clone(printed.get(at as usize)?), score)));
        named.collect()
    }
}

fn shelve(rows: Vec<article::Model>) -> (Index<u32>, Vec<Arc<Printed>>) {
    let (mut index, mut printed) = (Index::default(), Vec::new());
    for row in rows {
        let Some(snapshot) = row
            .snapshot
            .and_then(|json| serde_json::from_value::<Snapshot>(json).ok())
        else {
            continue;
        };
        let exchanges = snapshot.blocks.into_iter().filter_map(|block| match block {
            Block::Exchange { question, answers } => Some((question, answers)),
            Block::Else => None,
        });
        // Numbered as the page numbers them.
        for (n, (question, answers)) in (1..).zip(exchanges) {
            let Ok(at) = u32::try_from(printed.len()) else { break };
            index.insert(at, &question.text);
            let answer = answers.first().map(|said| domain::text::excerpt(&said.text, EXCERPT));
            printed.push(Arc::new(Printed {
                path: format!("/articles/{}#q{n}", row.slug),
                title: snapshot.title.clone(),
                question: question.text,
                answer: answer.unwrap_or_default(),
            }));
        }
    }
    (index, printed)
}
