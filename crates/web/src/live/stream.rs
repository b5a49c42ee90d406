//! A reader's stream: octets that were encoded once, for everybody.

use super::{Frame, Message};
use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use std::{convert::Infallible, fmt::Write, future::ready};
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;

/// The first event of every stream: the page knows that it is connected, and tries again after two seconds when it is not.
const HELLO: &[u8] = b"retry: 2000\nevent: hello\ndata: 1\n\n";

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// One reader of one topic.
#[derive(Debug)]
pub struct Subscription {
    events: broadcast::Receiver<Frame>,
    /// What stands, or what was missed; comes first.
    first: Option<Frame>,
}

impl Subscription {
    pub(super) fn new(events: broadcast::Receiver<Frame>, first: Option<Frame>) -> Self {
        Self { events, first }
    }

    /// The next message; `None` when the process stops or this reader was too slow.
    pub async fn next(&mut self) -> Option<Message> {
        loop {
            let frame = match self.first.take() {
                Some(first) => first,
                None => self.events.recv().await.ok()?,
            };
            if let Some(message) = frame.message {
                return Some((*message).clone());
            }
        }
    }

    fn octets(self) -> impl Stream<Item = Bytes> {
        let hello = stream::once(ready(Bytes::from_static(HELLO)));
        let first = stream::iter(self.first.map(|frame| frame.octets));
        let events = BroadcastStream::new(self.events)
            // A reader who is too far behind ends here.
            .take_while(|frame| ready(frame.is_ok()))
            .filter_map(|frame| ready(frame.ok().map(|frame| frame.octets)));
        hello.chain(first).chain(events)
    }
}

/// The response that streams a subscription, with a sign of life every 15 seconds.
pub fn sse(subscription: Subscription) -> Response {
    let octets = subscription.octets().map(Ok::<_, Infallible>);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (
            HeaderName::from_static("x-accel-buffering"),
            HeaderValue::from_static("no"),
        ),
    ];
    (headers, Body::from_stream(octets)).into_response()
}

/// Where a browser that comes back was.
pub(super) fn last_event_id(headers: &HeaderMap) -> Option<&str> {
    let id = headers.get(LAST_EVENT_ID)?.to_str().ok()?;
    (!id.is_empty()).then_some(id)
}

/// Each line of data in a field of its own, and never none: browsers drop an event without data.
pub(super) fn encode(message: &Message) -> Bytes {
    let data = message.data.trim_end();
    let data = if data.is_empty() { "1" } else { data };
    let mut text = String::with_capacity(data.len() + 64);
    if let Some(id) = &message.id {
        let _ = writeln!(text, "id: {id}");
    }
    let _ = writeln!(text, "event: {}", message.event);
    for line in data.split(['\r', '\n']) {
        let _ = writeln!(text, "data: {line}");
    }
    text.push('\n');
    Bytes::from(text)
}

#[cfg(test)]
pub(super) fn coming_back(id: &str) -> HeaderMap {
    let id = HeaderValue::from_str(id).expect("an id is a header's value");
    HeaderMap::from_iter([(LAST_EVENT_ID, id)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_has_data_and_each_line_a_field() {
        let message = |data: &str, id: Option<&str>| {
            let data = data.to_owned();
            let id = id.map(str::to_owned);
            encode(&Message {
                event: "changed",
                data,
                id,
            })
        };
        assert_eq!(&message("", None)[..], b"event: changed\ndata: 1\n\n");
        assert_eq!(
            &message("a\nb", Some("7"))[..],
            b"id: 7\nevent: changed\ndata: a\ndata: b\n\n"
        );
    }
}
