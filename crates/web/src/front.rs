//! Before hyper: a connection that asks for nothing but what lies [`Ready`] is answered from the octets it sent.
//!
//! The first request that is anything else goes to hyper, with the octets read so far and the rest of its connection.
//! So nothing is decided here that hyper would decide another way: a body, an upgrade, a strange header, a head in
//! many pieces are all hyper's.

use crate::{
    ready::{Answer, Asked, Ready},
    shelf::{Content, imp::announce},
};
use chrono::{DateTime, Utc};
use domain::Clock;
use std::{
    future::Future,
    io::{self, ErrorKind, IoSlice},
    pin::pin,
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, Interest},
    net::TcpStream,
    time::{Instant, sleep, timeout},
};

/// Octets of a head; a longer one is read by hyper.
const ROOM: usize = 8 * 1024;
/// Octets that most heads need.
const USUAL: usize = 1024;
const HEADERS: usize = 48;

/// What hyper gets.
pub(crate) struct Rest {
    pub(crate) stream: TcpStream,
    pub(crate) octets: Vec<u8>,
}

/// Answers until something else is asked, the other side closes, `idle` passes between two requests, or `stop` comes.
pub(crate) async fn answer(
    mut stream: TcpStream,
    ready: &dyn Ready,
    clock: &Clock,
    idle: Duration,
    stop: impl Future<Output = ()>,
) -> io::Result<Option<Rest>> {
    let (mut octets, mut head) = (Vec::new(), Vec::new());
    let mut date = Date::default();
    let (mut stop, mut stopping) = (pin!(stop), false);
    let mut since = Instant::now();
    let mut alarm = pin!(sleep(idle));
    loop {
        let found = match read(&octets, ready) {
            Next::Ready(found) => found,
            Next::More if octets.len() < ROOM => {
                let room = room_in(&mut octets);
                let got = if stopping {
                    match stream.try_read_buf(room) {
                        // Nothing more came before the stop.
                        Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
                        got => got?,
                    }
                } else {
                    // A read that fills less than the room needs no second one that finds nothing.
                    tokio::select! {
                        biased;
                        got = stream.read_buf(room) => got?,
                        () = &mut stop => {
                            stopping = true;
                            continue;
                        }
                        () = &mut alarm => {
                            if since.elapsed() >= idle {
                                return Ok(None);
                            }
                            alarm.as_mut().reset(since + idle);
                            continue;
                        }
                    }
                };
                if got == 0 {
                    return Ok(None);
                }
                continue;
            }
            Next::More | Next::Other => return Ok(Some(Rest { stream, octets })),
        };
        let end: &[u8] = if stopping {
            b"connection: close\r\n\r\n"
        } else {
            b"\r\n"
        };
        head.clear();
        for part in [found.answer.head(), date.line(clock.now()), end] {
            head.extend_from_slice(part);
        }
        let content = (!found.head_only).then(|| found.answer.content());
        send(&stream, &head, content, idle).await?;
        if stopping {
            return Ok(None);
        }
        octets.drain(..found.used);
        since = Instant::now();
        // Somebody who never stops asking leaves the others their turn.
        tokio::task::coop::consume_budget().await;
    }
}

fn room_in(octets: &mut Vec<u8>) -> &mut Vec<u8> {
    if octets.capacity() == octets.len() {
        octets.reserve(USUAL);
    }
    octets
}

struct Found {
    answer: Arc<Answer>,
    head_only: bool,
    /// Octets of its request.
    used: usize,
}

enum Next {
    Ready(Found),
    More,
    Other,
}

fn read(octets: &[u8], ready: &dyn Ready) -> Next {
    if octets.is_empty() {
        return Next::More;
    }
    // Nothing else is ever ready, so nobody waits here for the rest of it.
    if !begins(octets, b"GET /") && !begins(octets, b"HEAD /") {
        return Next::Other;
    }
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    let used = match request.parse(octets) {
        Ok(httparse::Status::Complete(used)) => used,
        Ok(httparse::Status::Partial) => return Next::More,
        Err(_) => return Next::Other,
    };
    match asked(&request).and_then(|asked| ready.answer(asked)) {
        Some(answer) => Next::Ready(Found {
            answer,
            head_only: request.method == Some("HEAD"),
            used,
        }),
        None => Next::Other,
    }
}

/// Whether `octets` begin so, as far as they go.
fn begins(octets: &[u8], with: &[u8]) -> bool {
    let n = octets.len().min(with.len());
    octets[..n] == with[..n]
}

/// Nothing when a header says more than what this file knows to do.
fn asked<'a>(request: &httparse::Request<'_, 'a>) -> Option<Asked<'a>> {
    let mut asked = Asked {
        path: request.path.filter(|path| !path.contains('?'))?,
        head: request.method == Some("HEAD"),
        ..Asked::default()
    };
    if request.version != Some(1) {
        return None;
    }
    for header in request.headers.iter() {
        // A header given twice is looked at once, as a map's `get` does.
        match header.name {
            n if n.eq_ignore_ascii_case("accept-encoding") => {
                asked.accept_encoding.get_or_insert(header.value);
            }
            n if n.eq_ignore_ascii_case("if-none-match") => {
                asked.if_none_match.get_or_insert(header.value);
            }
            n if n.eq_ignore_ascii_case("user-agent") => {
                asked.user_agent.get_or_insert(header.value);
            }
            n if n.eq_ignore_ascii_case("connection") && header.value.eq_ignore_ascii_case(b"keep-alive") => {}
            n if ["connection", "content-length", "transfer-encoding", "upgrade", "expect"]
                .iter()
                .any(|special| n.eq_ignore_ascii_case(special)) =>
            {
                return None;
            }
            _ => {}
        }
    }
    Some(asked)
}

/// Head and body, as fast as the other side takes them; `patience` bounds each wait for it.
async fn send(stream: &TcpStream, head: &[u8], content: Option<&Content>, patience: Duration) -> io::Result<()> {
    let body: &[u8] = match content {
        Some(Content::Shelved(place)) => {
            let mut sent = 0;
            while sent < head.len() {
                let more = || stream.try_io(Interest::WRITABLE, || announce(stream, &head[sent..]));
                sent += taken(stream, patience, more).await?;
            }
            let mut sent = 0;
            while sent < place.len() {
                let more = || stream.try_io(Interest::WRITABLE, || place.send(stream, sent));
                sent += taken(stream, patience, more).await?;
            }
            return Ok(());
        }
        Some(Content::Held(body)) => body,
        None => b"",
    };
    let mut slices = [IoSlice::new(head), IoSlice::new(body)];
    let mut rest = &mut slices[..];
    while !rest.is_empty() {
        let written = taken(stream, patience, || stream.try_write_vectored(rest)).await?;
        IoSlice::advance_slices(&mut rest, written);
    }
    Ok(())
}

/// How much of it was taken; some, or it is an error.
async fn taken(stream: &TcpStream, patience: Duration, write: impl Fn() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match write() {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                timeout(patience, stream.writable()).await??;
            }
            written => return written,
        }
    }
}

/// The header line of a second.
#[derive(Default)]
struct Date {
    second: i64,
    line: String,
}

impl Date {
    fn line(&mut self, now: DateTime<Utc>) -> &[u8] {
        let second = now.timestamp();
        if self.line.is_empty() || second != self.second {
            self.second = second;
            self.line = now.format("date: %a, %d %b %Y %H:%M:%S GMT\r\n").to_string();
        }
        self.line.as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Shelf;
    use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
    use std::future::pending;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    const IDLE: Duration = Duration::from_secs(10);

    /// `/one`, and something that lies on a shelf and fills more than a socket takes at once.
    #[derive(Default)]
    struct One(Option<Arc<Answer>>);

    impl Ready for One {
        fn answer(&self, asked: Asked<'_>) -> Option<Arc<Answer>> {
            let mut headers = HeaderMap::new();
            headers.insert(header::ETAG, HeaderValue::from_static("\"1\""));
            if asked.if_none_match == Some(b"\"1\"") {
                return Some(Arc::new(Answer::new(
                    StatusCode::NOT_MODIFIED,
                    &headers,
                    Vec::new().into(),
                    &Shelf::default(),
                )));
            }
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("3"));
            if asked.path == "/long" {
                return self.0.clone();
            }
            let one = || Answer::new(StatusCode::OK, &headers, "one".into(), &Shelf::default());
            (asked.path == "/one").then(|| Arc::new(one()))
        }
    }

    async fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let client = TcpStream::connect(listener.local_addr().expect("an address"))
            .await
            .expect("connects");
        let (server, _) = listener.accept().await.expect("accepts");
        (client, server)
    }

    /// What comes back for `parts`, each written after the one before was read, and what hyper would get.
    async fn talk(parts: &[&str]) -> (String, Option<String>) {
        let (mut client, server) = pair().await;
        let clock = Clock::frozen(DateTime::UNIX_EPOCH);
        let serving = tokio::spawn(async move { answer(server, &One::default(), &clock, IDLE, pending()).await });
        for part in parts {
            client.write_all(part.as_bytes()).await.expect("writes");
            tokio::task::yield_now().await;
        }
        client.shutdown().await.expect("ends");
        let rest = serving.await.expect("no panic").expect("no error");
        let mut said = String::new();
        let Some(mut rest) = rest else {
            client.read_to_string(&mut said).await.expect("reads");
            return (said, None);
        };
        // Dropped with unread octets, it would take back what it said.
        rest.stream.shutdown().await.expect("ends");
        client.read_to_string(&mut said).await.expect("reads");
        (said, Some(String::from_utf8(rest.octets).expect("text")))
    }

    const HEAD: &str = "HTTP/1.1 200 OK\r\netag: \"1\"\r\ncontent-length: 3\r\n\
        date: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n";

    #[tokio::test]
    async fn reads_are_answered_one_after_another_however_they_are_cut() {
        let (said, rest) = talk(&[
            "GET /one HTTP/1.1\r\nhost: a\r\n\r\nHEAD /one HTTP/1.1\r\n\r\nG",
            "ET /o",
        ])
        .await;
        assert_eq!(said, format!("{HEAD}one{HEAD}"));
        assert_eq!(rest, None, "the third one never ended");
        let (said, _) = talk(&["GE", "T /one HTT", "P/1.1\r\nConnection: Keep-Alive\r\n", "\r\n"]).await;
        assert_eq!(said, format!("{HEAD}one"));
        let (said, _) = talk(&["GET /one HTTP/1.1\r\nIf-None-Match: \"1\"\r\n\r\n"]).await;
        assert!(said.starts_with("HTTP/1.1 304 Not Modified\r\n"), "{said}");
    }

    #[tokio::test]
    async fn all_else_goes_to_hyper_whole() {
        let long = format!("GET /one HTTP/1.1\r\nx: {}", "x".repeat(ROOM));
        for other in [
            "POST /one HTTP/1.1\r\n\r\n",
            "GET /two HTTP/1.1\r\n\r\n",
            "GET /one?lang=en HTTP/1.1\r\n\r\n",
            "GET /one HTTP/1.0\r\n\r\n",
            "GET /one HTTP/1.1\r\ncontent-length: 2\r\n\r\nab",
            "GET /one HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "GET /one HTTP/1.1\r\nConnection: close\r\n\r\n",
            "GET /one HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n",
            "GET /one HTTP/1.1\r\nExpect: 100-continue\r\n\r\n",
            "GET /one HTTP/1.1\r\nno colon\r\n\r\n",
            "\u{16}\u{3}\u{1}",
            &long,
        ] {
            let before = "GET /one HTTP/1.1\r\n\r\n";
            let (said, rest) = talk(&[&format!("{before}{other}")]).await;
            assert_eq!(said, format!("{HEAD}one"), "{other:?}");
            let rest = rest.expect("handed on");
            assert!(
                other.starts_with(&rest) && rest.len() >= other.len().min(ROOM),
                "{other:?} became {rest:?}"
            );
        }
    }

    #[tokio::test]
    async fn a_long_body_comes_whole_from_the_shelf_however_slowly_it_is_taken() {
        let dir = tempfile::tempdir().expect("a folder");
        let long: String = (0..2_000_000)
            .map(|n| char::from(b'a' + u8::try_from(n % 26).unwrap_or_default()))
            .collect();
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(long.len()));
        let shelf = Shelf::within(dir.path());
        let lies = Arc::new(Answer::new(StatusCode::OK, &headers, long.clone().into(), &shelf));
        let again = lies.response(&axum::http::Method::GET).expect("reads");
        assert_eq!(again.headers(), &headers);
        let (mut client, server) = pair().await;
        let clock = Clock::frozen(DateTime::UNIX_EPOCH);
        let serving = tokio::spawn(async move { answer(server, &One(Some(lies)), &clock, IDLE, pending()).await });
        client
            .write_all(b"GET /long HTTP/1.1\r\n\r\nHEAD /long HTTP/1.1\r\n\r\nGET /one HTTP/1.1\r\n\r\n")
            .await
            .expect("writes");
        client.shutdown().await.expect("ends");
        let mut said = String::new();
        client.read_to_string(&mut said).await.expect("reads");
        let head = "HTTP/1.1 200 OK\r\ncontent-length: 2000000\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n";
        assert!(said == format!("{head}{long}{head}{HEAD}one"), "{} octets", said.len());
        assert!(serving.await.expect("no panic").expect("no error").is_none());
    }

    #[tokio::test]
    async fn who_is_silent_is_let_go_and_so_is_everybody_at_the_stop() {
        let clock = Clock::system();
        for (idle, stop) in [(Duration::from_millis(20), false), (Duration::from_mins(9), true)] {
            let (mut client, server) = pair().await;
            client.write_all(b"GET /one HTTP/1.1\r\n\r\n").await.expect("writes");
            server.readable().await.expect("readable");
            let stop = async {
                if !stop {
                    pending::<()>().await;
                }
            };
            let rest = answer(server, &One::default(), &clock, idle, stop)
                .await
                .expect("no error");
            assert!(rest.is_none());
            let mut said = String::new();
            client.read_to_string(&mut said).await.expect("reads to the end");
            assert!(
                said.ends_with("\r\n\r\none"),
                "what was asked before is answered: {said}"
            );
        }
    }
}
