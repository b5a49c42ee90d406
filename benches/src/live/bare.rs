//! The limit: axum's own events over tokio's broadcast and nothing else, in a process of its own.

use crate::process;
use anyhow::Result;
use axum::{
    Router,
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
    routing::{get, post},
};
use futures_util::{Stream, StreamExt};
use std::{
    convert::Infallible,
    net::SocketAddr,
    process::{Child, Command},
};
use testkit::free_port;
use tokio::net::TcpListener;
use tokio_stream::wrappers::BroadcastStream;

type Changes = tokio::sync::broadcast::Sender<String>;

/// Serves `/live` to readers and tells them `octets` of text at each post to `/next`.
pub(crate) async fn serve(port: u16, octets: usize) -> Result<()> {
    let (changes, _) = tokio::sync::broadcast::channel::<String>(64);
    let router = Router::new()
        .route("/live", get(live))
        .route(
            "/next",
            post(move |State(changes): State<Changes>| async move {
                // Nobody may read yet.
                let _ = changes.send("x".repeat(octets));
            }),
        )
        .with_state(changes);
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    Ok(axum::serve(listener, router).await?)
}

async fn live(State(changes): State<Changes>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let hello = futures_util::stream::once(async { Ok(Event::default().event("hello").data("1")) });
    let events = BroadcastStream::new(changes.subscribe())
        .filter_map(|text| std::future::ready(text.ok()))
        .map(|text| Ok(Event::default().event("state").data(text)));
    Sse::new(hello.chain(events)).keep_alive(KeepAlive::default())
}

/// The process, which ends with this.
pub(super) struct Bare(Child);

impl Bare {
    pub(super) fn start(octets: usize) -> Result<(Self, SocketAddr)> {
        let port = free_port();
        let child = Command::new(std::env::current_exe()?)
            .args(["bare-live", &port.to_string(), &octets.to_string()])
            .spawn()?;
        Ok((Self(child), SocketAddr::from(([127, 0, 0, 1], port))))
    }

    pub(super) fn resident(&self) -> Result<f64> {
        process::resident(self.0.id())
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
