//! Live updates: topics, as server-sent events. A page that misses some just reads again.
//!
//! A change counts its topic up in the transaction that makes it ([`Bus::commit`]); a web process with readers looks
//! once a second whether another process counted. A notification could be lost with its connection; a counter cannot,
//! and it serves both engines.

use axum::{
    http::{HeaderName, HeaderValue},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use db::{Db, WriteTx, entity::live_topic, prelude::*};
use futures_util::StreamExt;
use sea_orm::sea_query::OnConflict;
use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;

/// So many unread messages, and a reader is dropped; the browser connects again by itself.
const BACKLOG: usize = 64;
/// So long does a change of another process stay unseen.
const LOOK: Duration = Duration::from_secs(1);

#[derive(Clone, Debug)]
pub struct Message {
    pub event: &'static str,
    pub data: String,
}

#[derive(Debug)]
struct Topic {
    sender: broadcast::Sender<Message>,
    /// What its readers were told of. `None` before the first look, which tells them in any case: something may have
    /// changed between the page and its stream.
    version: Option<i64>,
}

type Topics = HashMap<String, Topic>;

#[derive(Clone, Debug, Default)]
pub struct Bus(Arc<Mutex<Topics>>);

/// One reader of one topic.
#[derive(Debug)]
pub struct Subscription(broadcast::Receiver<Message>);

impl Subscription {
    /// The next message; `None` when the process stops or this reader was too slow.
    pub async fn next(&mut self) -> Option<Message> {
        self.0.recv().await.ok()
    }
}

impl Bus {
    /// Commits what changes the page of `topic` and tells its readers, of this process at once and of others within
    /// a second. Counting is the transaction's last statement: nobody who holds the topic's row waits for another.
    ///
    /// # Errors
    /// When the database refuses; then nothing of the transaction stands.
    pub async fn commit(&self, tx: WriteTx, topic: &str) -> Result<(), db::Error> {
        let version = count(&tx, topic).await?;
        tx.commit().await?;
        self.heard(topic, version);
        Ok(())
    }

    /// The same for several topics, all of which the change touches.
    ///
    /// # Errors
    /// When the database refuses; then nothing of the transaction stands.
    pub async fn commit_all(&self, tx: WriteTx, topics: &[&str]) -> Result<(), db::Error> {
        // In one order, whoever commits: two who count the same topics do not wait for each other crosswise.
        let mut topics = topics.to_vec();
        topics.sort_unstable();
        let mut versions = Vec::with_capacity(topics.len());
        for topic in topics {
            versions.push((topic, count(&tx, topic).await?));
        }
        tx.commit().await?;
        for (topic, version) in versions {
            self.heard(topic, version);
        }
        Ok(())
    }

    /// Tells all who read the topic in this process, and no other. Call it after the commit: a reader fetches the
    /// page at once. `data` holds no personal data, only what changed (an id, a number).
    pub fn publish(&self, topic: &str, event: &'static str, data: impl Into<String>) {
        let mut topics = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tell(&mut topics, topic, event, data.into());
    }

    pub fn subscribe(&self, topic: &str) -> Subscription {
        let mut topics = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Topics that nobody reads any more would pile up with their names.
        topics.retain(|name, topic_| name == topic || topic_.sender.receiver_count() > 0);
        let entry = topics.entry(topic.to_owned()).or_insert_with(|| Topic {
            sender: broadcast::channel(BACKLOG).0,
            version: None,
        });
        Subscription(entry.sender.subscribe())
    }

    /// How many read the topic now.
    pub fn readers(&self, topic: &str) -> usize {
        let topics = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        topics.get(topic).map_or(0, |topic| topic.sender.receiver_count())
    }

    /// The topic was counted up to `version`: tells its readers unless they know.
    fn heard(&self, topic: &str, version: i64) {
        let mut topics = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match topics.get_mut(topic) {
            Some(known) if known.version.is_none_or(|known| known < version) => known.version = Some(version),
            _ => return,
        }
        tell(&mut topics, topic, "changed", String::new());
    }

    /// What is read in this process now.
    fn read(&self) -> Vec<String> {
        let topics = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let read = topics.iter().filter(|(_, topic)| topic.sender.receiver_count() > 0);
        read.map(|(name, _)| name.clone()).collect()
    }

    /// Looks once for what other processes changed.
    async fn look(&self, db: &Db) -> Result<(), db::Error> {
        let read = self.read();
        if read.is_empty() {
            return Ok(());
        }
        let rows = live_topic::Entity::find()
            .filter(live_topic::Column::Name.is_in(read))
            .all(db.reader())
            .await?;
        for row in rows {
            self.heard(&row.name, row.version);
        }
        Ok(())
    }

    /// Looks for as long as it is polled; a database that does not answer is asked again.
    pub(crate) async fn follow(&self, db: &Db) -> Infallible {
        let mut lost = false;
        loop {
            tokio::time::sleep(LOOK).await;
            match self.look(db).await {
                Ok(()) => lost = false,
                Err(error) if !lost => {
                    lost = true;
                    tracing::warn!(%error, "live pages do not hear of other processes until the database answers");
                }
                Err(_) => {}
            }
        }
    }

    /// Ends all streams, so that a stop does not wait for them.
    pub(crate) fn close(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn tell(topics: &mut Topics, name: &str, event: &'static str, data: String) {
    if let Some(topic) = topics.get(name)
        && topic.sender.send(Message { event, data }).is_err()
    {
        topics.remove(name);
    }
}

/// The topic's next version; its row stays locked until the transaction ends.
async fn count(conn: &impl ConnectionTrait, topic: &str) -> Result<i64, db::Error> {
    let first = live_topic::ActiveModel {
        name: Set(topic.to_owned()),
        version: Set(1),
    };
    let next = Expr::col((live_topic::Entity, live_topic::Column::Version)).add(1);
    let again = OnConflict::column(live_topic::Column::Name)
        .value(live_topic::Column::Version, next)
        .to_owned();
    live_topic::Entity::insert(first)
        .on_conflict(again)
        .exec_without_returning(conn)
        .await?;
    let row = live_topic::Entity::find_by_id(topic).one(conn).await?;
    Ok(row.map_or(1, |row| row.version))
}

/// The response that streams a subscription, with a sign of life every 15 seconds.
pub fn sse(subscription: Subscription) -> Response {
    let hello = futures_util::stream::once(async { Ok::<_, Infallible>(Event::default().event("hello").data("1")) });
    let messages = BroadcastStream::new(subscription.0)
        // A lagging reader ends here.
        .take_while(|message| std::future::ready(message.is_ok()))
        .filter_map(|message| std::future::ready(message.ok()))
        .map(|m| Ok(Event::default().event(m.event).data(line_of(&m.data))));
    let alive = KeepAlive::new().interval(Duration::from_secs(15));
    let mut response = Sse::new(hello.chain(messages)).keep_alive(alive).into_response();
    response.headers_mut().insert(
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    );
    response
}

/// One line, and never none: browsers drop an event without data.
fn line_of(data: &str) -> String {
    if data.is_empty() {
        "1".to_owned()
    } else {
        data.replace(['\r', '\n'], " ")
    }
}

#[cfg(test)]
mod tests {
    use super::{Bus, line_of};

    #[test]
    fn an_event_has_data_on_one_line() {
        assert_eq!(line_of(""), "1");
        assert_eq!(line_of("a\nb"), "a b");
    }

    #[tokio::test]
    async fn a_version_is_told_once_and_the_first_in_any_case() {
        let bus = Bus::default();
        let mut reader = bus.subscribe("a");
        for version in [4, 4, 3, 5] {
            bus.heard("a", version);
        }
        assert!(reader.next().await.is_some() && reader.next().await.is_some());
        bus.close();
        assert!(reader.next().await.is_none(), "4 and 5");
    }

    #[tokio::test]
    async fn a_reader_hears_its_topic_and_ends_at_the_stop() {
        let bus = Bus::default();
        let mut reader = bus.subscribe("a");
        bus.publish("b", "changed", "1");
        bus.publish("a", "changed", "2");
        assert_eq!(reader.next().await.map(|m| m.data), Some("2".to_owned()));
        bus.close();
        assert!(reader.next().await.is_none());
    }
}
