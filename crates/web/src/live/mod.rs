//! Live updates: topics, as server-sent events (HTML Living Standard, 9.2). A page that misses some just reads again.
//!
//! There is one kind of stream (`stream.rs`) and two kinds of topic:
//!
//! - **What changed** ([`Bus::commit`]): the page reads itself again. A change counts its topic up in the transaction that
//!   makes it; a web process with readers looks once a second whether another process counted. A notification could be lost
//!   with its connection; a counter cannot, and it serves both engines. On PostgreSQL a notification comes before the look,
//!   and only makes it sooner. An event's id is the counter.
//! - **What stands** ([`Bus::state`]), below a topic that is counted (`stage:1/telephones`): the event carries all of it, because ten thousand telephones that read a page again
//!   at the same moment are an attack. It is made once for all readers of a process, at each change here and once a second,
//!   and told when it differs from what was told. An event's id is the digest of what stands, so a reader who comes back
//!   ("Last-Event-ID"), to this node or to another, hears nothing that they know.
//!
//! An event is encoded once, and each reader gets the same octets. Who is more than 64 events behind is dropped, comes
//! back by themselves and hears what stands then: nobody waits for them.

mod state;
mod stream;

pub use stream::{Subscription, sse};

use axum::http::HeaderMap;
use bytes::Bytes;
use db::{Db, WriteTx, entity::live_topic, prelude::*};
use sea_orm::sea_query::OnConflict;
use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{Notify, broadcast},
    time::{Instant, timeout},
};

/// So many unread events, and a reader is dropped; the browser connects again by itself.
const BACKLOG: usize = 64;
/// So long does a change of another process stay unseen.
const LOOK: Duration = Duration::from_secs(1);
/// So often do readers get a sign of life, which also finds connections that are gone.
const ALIVE: Duration = Duration::from_secs(15);
/// An event, since a page does not see a comment: a page that misses it knows that its connection is gone.
const SIGN_OF_LIFE: &[u8] = b"event: alive\ndata: 1\n\n";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub event: &'static str,
    pub data: String,
    /// What a reader who comes back says that they know; none for what only this process tells.
    pub id: Option<String>,
}

/// An event as it goes over the wire.
#[derive(Clone, Debug)]
struct Frame {
    octets: Bytes,
    /// Who reads in the process hears this instead; a sign of life is for connections alone.
    message: Option<Arc<Message>>,
}

#[derive(Debug)]
struct Topic {
    sender: broadcast::Sender<Frame>,
    /// What its readers were told of. `None` before the first look, which tells them in any case: something may have
    /// changed between the page and its stream.
    version: Option<i64>,
    /// What stands, where the topic says it, for whoever comes.
    standing: Option<Frame>,
    /// Wakes the task that says what stands.
    changed: Option<Arc<Notify>>,
}

impl Topic {
    fn new() -> Self {
        Self {
            sender: broadcast::channel(BACKLOG).0,
            version: None,
            standing: None,
            changed: None,
        }
    }
}

type Topics = HashMap<String, Topic>;

#[derive(Clone, Debug, Default)]
pub struct Bus(Arc<Mutex<Topics>>);

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
        let data = data.into();
        tell(&mut self.topics(), topic, Message { event, data, id: None });
    }

    pub fn subscribe(&self, topic: &str) -> Subscription {
        self.resume(topic, &HeaderMap::new())
    }

    /// Reads the topic from where a browser that comes back says it was: it hears at once when something changed meanwhile.
    pub fn resume(&self, topic: &str, headers: &HeaderMap) -> Subscription {
        let mut topics = self.topics();
        let entry = entry(&mut topics, topic);
        // Before the first look nothing is known here; that look tells everybody.
        let missed = stream::last_event_id(headers)
            .zip(entry.version)
            .filter(|(known, version)| **known != version.to_string())
            .map(|(_, version)| Frame::of(changed(version)));
        Subscription::new(entry.sender.subscribe(), missed)
    }

    /// How many read the topic now.
    pub fn readers(&self, topic: &str) -> usize {
        let topics = self.topics();
        topics.get(topic).map_or(0, |topic| topic.sender.receiver_count())
    }

    /// The topic was counted up to `version`: tells its readers unless they know.
    fn heard(&self, topic: &str, version: i64) {
        self.wake(topic);
        let mut topics = self.topics();
        match topics.get_mut(topic) {
            Some(known) if known.version.is_none_or(|known| known < version) => known.version = Some(version),
            _ => return,
        }
        tell(&mut topics, topic, changed(version));
    }

    /// Has what stands below a topic said anew: `stage:1` changed, so `stage:1/telephones` may have.
    fn wake(&self, topic: &str) {
        for (name, below) in self.topics().iter() {
            if let Some(changed) = &below.changed
                && name.strip_prefix(topic).is_some_and(|rest| rest.starts_with('/'))
            {
                changed.notify_one();
            }
        }
    }

    /// What is read in this process now.
    fn read(&self) -> Vec<String> {
        let topics = self.topics();
        let read = topics.iter().filter(|(_, topic)| topic.sender.receiver_count() > 0);
        read.map(|(name, _)| name.clone()).collect()
    }

    fn topics(&self) -> MutexGuard<'_, Topics> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A few octets for every connection: what is gone is found, here and in the page, and proxies do not close what is silent.
    fn sign_of_life(&self) {
        let frame = Frame {
            octets: Bytes::from_static(SIGN_OF_LIFE),
            message: None,
        };
        for topic in self.topics().values() {
            // Without readers there is nobody to tell.
            let _ = topic.sender.send(frame.clone());
        }
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
        let soon = Notify::new();
        tokio::select! {
            never = self.hear(db, &soon) => never,
            never = self.look_again(db, &soon) => never,
        }
    }

    /// Listens to what other processes say of their changes.
    async fn hear(&self, db: &Db, soon: &Notify) -> Infallible {
        let mut notices = db.notices();
        loop {
            for topic in notices.next().await {
                self.wake(&topic);
            }
            soon.notify_one();
        }
    }

    async fn look_again(&self, db: &Db, soon: &Notify) -> Infallible {
        let mut lost = false;
        let mut said = Instant::now();
        loop {
            let _ = timeout(LOOK, soon.notified()).await;
            if said.elapsed() >= ALIVE {
                said = Instant::now();
                self.sign_of_life();
            }
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
        self.topics().clear();
    }
}

impl Frame {
    fn of(message: Message) -> Self {
        Self {
            octets: stream::encode(&message),
            message: Some(Arc::new(message)),
        }
    }

    fn id(&self) -> Option<&str> {
        self.message.as_ref()?.id.as_deref()
    }
}

fn changed(version: i64) -> Message {
    Message {
        event: "changed",
        data: String::new(),
        id: Some(version.to_string()),
    }
}

fn entry<'a>(topics: &'a mut Topics, topic: &str) -> &'a mut Topic {
    // Topics that nobody reads any more would pile up with their names.
    topics.retain(|name, topic_| name == topic || topic_.sender.receiver_count() > 0);
    topics.entry(topic.to_owned()).or_insert_with(Topic::new)
}

fn tell(topics: &mut Topics, name: &str, message: Message) {
    if let Some(topic) = topics.get(name)
        && topic.sender.send(Frame::of(message)).is_err()
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
    db::notice(conn, topic).await?;
    Ok(row.map_or(1, |row| row.version))
}

#[cfg(test)]
mod tests {
    use super::{Bus, sse, stream::coming_back};
    use axum::body::to_bytes;

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
    async fn a_sign_of_life_is_for_pages_and_for_nobody_who_reads_in_the_process() {
        let bus = Bus::default();
        let (mut reader, page) = (bus.subscribe("a"), bus.subscribe("a"));
        bus.sign_of_life();
        bus.publish("a", "changed", "1");
        bus.close();
        assert_eq!(reader.next().await.map(|m| m.data), Some("1".to_owned()));
        let octets = to_bytes(sse(page).into_body(), 1000).await.expect("ends");
        let text = String::from_utf8_lossy(&octets);
        assert!(text.contains("event: alive\ndata: 1\n\nevent: changed\n"), "{text}");
    }

    #[tokio::test]
    async fn who_comes_back_hears_at_once_what_they_do_not_know() {
        let bus = Bus::default();
        let _before = bus.subscribe("a");
        bus.heard("a", 5);
        let mut missed = bus.resume("a", &coming_back("4"));
        let mut knows = bus.resume("a", &coming_back("5"));
        assert_eq!(missed.next().await.and_then(|m| m.id).as_deref(), Some("5"));
        bus.heard("a", 6);
        assert_eq!(
            knows.next().await.and_then(|m| m.id).as_deref(),
            Some("6"),
            "and not the one it knows"
        );
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
