//! Topics that say all that stands, so that nobody has to read anything again.

use super::{Bus, Frame, LOOK, Message, Topic, entry, stream, stream::Subscription};
use axum::http::HeaderMap;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tokio::{sync::Notify, time::timeout};

impl Bus {
    /// Reads a topic that says what stands; its name begins with that of a topic that is counted and a slash. The first reader of a process begins a task that asks `make` for it: at each
    /// change of that topic that is committed here ([`Bus::commit`]), and once a second, because another process may have changed it, until
    /// nobody reads any more. What `make` says is one line of text; `None` when it cannot be said now, and then what was said
    /// stands. Whoever comes hears what stands at once, unless they know it.
    pub fn state<F, M>(&self, topic: &str, headers: &HeaderMap, make: F) -> Subscription
    where
        F: Fn() -> M + Send + 'static,
        M: Future<Output = Option<String>> + Send + 'static,
    {
        let mut topics = self.topics();
        let entry = entry(&mut topics, topic);
        let known = stream::last_event_id(headers);
        let first = entry
            .standing
            .clone()
            .filter(|frame| known.is_none() || frame.id() != known);
        let subscription = Subscription::new(entry.sender.subscribe(), first);
        if entry.changed.is_none() {
            let changed = Arc::new(Notify::new());
            entry.changed = Some(Arc::clone(&changed));
            tokio::spawn(self.clone().tell_state(topic.to_owned(), changed, make));
        }
        subscription
    }

    async fn tell_state<F, M>(self, topic: String, changed: Arc<Notify>, make: F)
    where
        F: Fn() -> M + Send + 'static,
        M: Future<Output = Option<String>> + Send + 'static,
    {
        loop {
            if let Some(state) = make().await {
                self.stands(&topic, &changed, state);
            }
            // Changed, or time to look.
            let _ = timeout(LOOK, changed.notified()).await;
            let mut topics = self.topics();
            match topics.get(&topic) {
                Some(mine) if is_of(mine, &changed) && mine.sender.receiver_count() > 0 => {}
                // Nobody reads, or the topic was begun anew and has a task of its own.
                Some(mine) if is_of(mine, &changed) => {
                    topics.remove(&topic);
                    return;
                }
                _ => return,
            }
        }
    }

    /// Tells all readers what stands, when it is another than before.
    fn stands(&self, topic: &str, changed: &Arc<Notify>, state: String) {
        let id = HEXLOWER.encode(&Sha256::digest(state.as_bytes())[..8]);
        let mut topics = self.topics();
        let Some(mine) = topics.get_mut(topic).filter(|mine| is_of(mine, changed)) else {
            return;
        };
        if mine.standing.as_ref().and_then(Frame::id) == Some(&id) {
            return;
        }
        let frame = Frame::of(Message {
            event: "state",
            data: state,
            id: Some(id),
        });
        mine.standing = Some(frame.clone());
        // Without readers there is nobody to tell.
        let _ = mine.sender.send(frame);
    }
}

/// Whether the task that is woken by `changed` speaks for the topic.
fn is_of(topic: &Topic, changed: &Arc<Notify>) -> bool {
    topic
        .changed
        .as_ref()
        .is_some_and(|theirs| Arc::ptr_eq(theirs, changed))
}

#[cfg(test)]
mod tests {
    use super::{stream::coming_back, *};
    use std::sync::Mutex;

    fn bus_over(state: &Arc<Mutex<String>>) -> (Bus, impl Fn(&Bus, &HeaderMap) -> Subscription + use<>) {
        let state = Arc::clone(state);
        let read = move |bus: &Bus, headers: &HeaderMap| {
            let state = Arc::clone(&state);
            bus.state("stage:1/telephones", headers, move || {
                let now = state.lock().expect("held by nobody who panicked").clone();
                async move { Some(now) }
            })
        };
        (Bus::default(), read)
    }

    #[tokio::test]
    async fn who_comes_hears_what_stands_and_who_knows_it_hears_what_follows() {
        let state = Arc::new(Mutex::new("1".to_owned()));
        let (bus, read) = bus_over(&state);
        let mut first = read(&bus, &HeaderMap::new());
        let one = first.next().await.expect("what stands");
        assert_eq!((one.event, one.data.as_str()), ("state", "1"));
        let mut second = read(&bus, &HeaderMap::new());
        assert_eq!(second.next().await, Some(one.clone()), "who comes later hears it, too");
        let mut back = read(&bus, &coming_back(one.id.as_deref().expect("an id")));
        "2".clone_into(&mut state.lock().expect("held by nobody who panicked"));
        bus.heard("stage:1", 1);
        for reader in [&mut first, &mut second, &mut back] {
            assert_eq!(
                reader.next().await.map(|m| m.data).as_deref(),
                Some("2"),
                "once, and nothing known"
            );
        }
    }

    #[tokio::test]
    async fn what_another_process_changed_is_seen_within_a_second() {
        let state = Arc::new(Mutex::new("1".to_owned()));
        let (bus, read) = bus_over(&state);
        let mut reader = read(&bus, &HeaderMap::new());
        assert_eq!(reader.next().await.map(|m| m.data).as_deref(), Some("1"));
        "2".clone_into(&mut state.lock().expect("held by nobody who panicked"));
        assert_eq!(reader.next().await.map(|m| m.data).as_deref(), Some("2"));
    }

    #[tokio::test]
    async fn a_topic_that_nobody_reads_ends_and_begins_anew() {
        let state = Arc::new(Mutex::new("1".to_owned()));
        let (bus, read) = bus_over(&state);
        drop(read(&bus, &HeaderMap::new()));
        while bus.topics().contains_key("stage:1/telephones") {
            tokio::time::sleep(LOOK / 10).await;
        }
        assert_eq!(
            read(&bus, &HeaderMap::new()).next().await.map(|m| m.data).as_deref(),
            Some("1")
        );
    }
}
