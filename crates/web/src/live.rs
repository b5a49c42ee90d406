//! Live updates: topics within this process, as server-sent events. A page that misses some just reads again.

use axum::{
    http::{HeaderName, HeaderValue},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::StreamExt;
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

#[derive(Clone, Debug)]
pub struct Message {
    pub event: &'static str,
    pub data: String,
}

type Topics = HashMap<String, broadcast::Sender<Message>>;

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
    /// Tells all who read the topic. Call it after the commit: a reader fetches the page at once.
    /// `data` holds no personal data, only what changed (an id, a number).
    pub fn publish(&self, topic: &str, event: &'static str, data: impl Into<String>) {
        let mut topics = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = topics.get(topic)
            && sender
                .send(Message {
                    event,
                    data: data.into(),
                })
                .is_err()
        {
            topics.remove(topic);
        }
    }

    pub fn subscribe(&self, topic: &str) -> Subscription {
        let mut topics = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Topics that nobody reads any more would pile up with their names.
        topics.retain(|name, sender| name == topic || sender.receiver_count() > 0);
        let sender = topics
            .entry(topic.to_owned())
            .or_insert_with(|| broadcast::channel(BACKLOG).0);
        Subscription(sender.subscribe())
    }

    /// How many read the topic now.
    pub fn readers(&self, topic: &str) -> usize {
        let topics = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        topics.get(topic).map_or(0, broadcast::Sender::receiver_count)
    }

    /// Ends all streams, so that a stop does not wait for them.
    pub(crate) fn close(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
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
