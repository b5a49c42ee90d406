//! The server: time-outs for those who send slowly, a bound on connections, a stop that finishes what it holds.

use crate::{
    App,
    front::{self, Rest},
    fronts::Fronts,
    ready::{Ready, look},
};
use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{Request, Response},
};
use domain::Clock;
use hyper::{body::Incoming, rt, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::{GracefulShutdown, Watcher},
};
use std::{
    convert::Infallible,
    future::Future,
    io::{self, IoSlice},
    net::SocketAddr,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpStream},
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore, watch},
};
use tower::ServiceExt;

/// Also how long an idle connection is kept.
const HEADERS: Duration = Duration::from_secs(10);
/// What is under way at the stop may take so long.
const GRACE: Duration = Duration::from_secs(25);

/// Serves until `shutdown`, then finishes what it holds.
///
/// # Errors
/// When no thread can be made for the readers; a socket that fails to accept is waited for.
pub async fn serve(
    app: &App,
    router: Router,
    ready: Arc<dyn Ready>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> std::io::Result<()> {
    let site = Arc::new(Site {
        http: http(),
        clock: app.clock.clone(),
        router,
        ready,
    });
    let room = Arc::new(Semaphore::new(app.settings.web.max_connections.max(1)));
    let graceful = GracefulShutdown::new();
    let (stop, stopping) = watch::channel(false);
    let mut shutdown = pin!(shutdown);
    let mut elsewhere = pin!(app.live.follow(&app.db));
    let follower = Arc::clone(&site.ready);
    let mut changes = pin!(follower.follow());
    let mut fronts = Fronts::start()?;
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &room) => accepted,
            () = &mut shutdown => break,
            never = &mut elsewhere => match never {},
            never = &mut changes => match never {},
        };
        let Some((stream, peer, permit)) = accepted else {
            continue;
        };
        // A lone answer must not wait for more of it.
        let _ = stream.set_nodelay(true);
        let came = Came {
            peer,
            watcher: graceful.watcher(),
            permit,
        };
        if let Err(error) = came.read(&site, stream, &fronts.next(), stopping.clone()) {
            tracing::debug!(%error, "a connection ended early");
        }
    }
    drop(listener);
    let _ = stop.send(true);
    app.live.close();
    if tokio::time::timeout(GRACE, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end in time");
    }
    Ok(())
}

/// HTTP/1 alone: TLS ends at the proxy, which speaks nothing else to us.
fn http() -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_buf_size(64 * 1024)
        .keep_alive(true);
    builder
}

/// What every connection is served with.
struct Site {
    http: http1::Builder,
    clock: Clock,
    router: Router,
    ready: Arc<dyn Ready>,
}

/// A connection that came, and what it holds until it ends.
struct Came {
    peer: SocketAddr,
    watcher: Watcher,
    permit: OwnedSemaphorePermit,
}

impl Came {
    /// First from memory, by `front`; from the first request on that needs more, here, by hyper and the router.
    fn read(
        self,
        site: &Arc<Site>,
        stream: TcpStream,
        front: &Handle,
        mut stopping: watch::Receiver<bool>,
    ) -> io::Result<()> {
        let (site, here, stream) = (Arc::clone(site), Handle::current(), stream.into_std()?);
        front.spawn(async move {
            let stop = async {
                let _ = stopping.wait_for(|stop| *stop).await;
            };
            let read = async {
                let stream = TcpStream::from_std(stream)?;
                let rest = front::answer(stream, &*site.ready, &site.clock, HEADERS, stop).await?;
                rest.map(|rest| io::Result::Ok((rest.stream.into_std()?, rest.octets)))
                    .transpose()
            };
            match read.await {
                Ok(None) => {}
                Ok(Some((stream, octets))) => {
                    here.spawn(async move {
                        if let Err(error) = self.go_on(site, stream, octets).await {
                            tracing::debug!(%error, "a connection ended early");
                        }
                    });
                }
                Err(error) => tracing::debug!(%error, "a connection ended early"),
            }
        });
        Ok(())
    }

    async fn go_on(
        self,
        site: Arc<Site>,
        stream: std::net::TcpStream,
        octets: Vec<u8>,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let rest = Rest {
            stream: TcpStream::from_std(stream)?,
            octets,
        };
        let (within, peer) = (Arc::clone(&site), self.peer);
        let service = hyper::service::service_fn(move |request| {
            let site = Arc::clone(&within);
            async move { Ok::<_, Infallible>(site.respond(request, peer).await) }
        });
        let connection = site.http.serve_connection(Begun::from(rest), service);
        let served = self.watcher.watch(connection).await;
        drop(self.permit);
        Ok(served?)
    }
}

impl Site {
    async fn respond(&self, request: Request<Incoming>, peer: SocketAddr) -> Response<Body> {
        if let Some(response) = look(&*self.ready, &request) {
            return response;
        }
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        let answered = self.router.clone().oneshot(request).await;
        answered.unwrap_or_else(|never| match never {})
    }
}

/// A stream of which something was read already.
struct Begun {
    octets: Vec<u8>,
    given: usize,
    stream: TokioIo<TcpStream>,
}

impl From<Rest> for Begun {
    fn from(rest: Rest) -> Self {
        Self {
            octets: rest.octets,
            given: 0,
            stream: TokioIo::new(rest.stream),
        }
    }
}

impl rt::Read for Begun {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut into: rt::ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        if self.given == self.octets.len() {
            return Pin::new(&mut self.stream).poll_read(cx, into);
        }
        let n = into.remaining().min(self.octets.len() - self.given);
        into.put_slice(&self.octets[self.given..self.given + n]);
        self.given += n;
        if self.given == self.octets.len() {
            self.octets = Vec::new();
            self.given = 0;
        }
        Poll::Ready(Ok(()))
    }
}

impl rt::Write for Begun {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, octets)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }
}

async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let permit = Arc::clone(room).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, permit)),
        Err(error) => {
            // Out of file descriptors, or the other side gave up: others must not starve meanwhile.
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(Duration::from_millis(50)).await;
            None
        }
    }
}
