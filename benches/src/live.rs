//! Ten thousand who watch the stage: how soon a *next* is with the last of them, beside a bare axum broadcast.

use crate::{
    process::{self, Home, Mundap},
    scene,
    table::{Goal, Table},
};
use anyhow::{Context, Result, ensure};
use axum::{
    Router,
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
    routing::{get, post},
};
use db::{Engine, entity::staff, prelude::*};
use domain::Clock;
use futures_util::{Stream, StreamExt};
use std::{
    convert::Infallible,
    net::SocketAddr,
    process::{Child, Command},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use testkit::{Wire, crowd, free_port};
use tokio::{net::TcpListener, sync::Notify, task::JoinSet};
use tokio_stream::wrappers::BroadcastStream;

const READERS: usize = 10_000;
/// Both are asked in turns: so many times each, with so many changes.
const TURNS: usize = 3;
const CHANGES: usize = 10;
/// A reader whom it did not reach by then is lost.
const PATIENCE: Duration = Duration::from_secs(30);
const PASSWORD: &str = "correct horse battery staple";

pub(crate) async fn measure(engine: Engine, table: &mut Table) -> Result<()> {
    let name = if engine == Engine::Sqlite {
        "SQLite"
    } else {
        "PostgreSQL"
    };
    let home = scene::home(engine).await?;
    let event = fill(&home).await?;
    // SQLite has one process, PostgreSQL two, each with half of the readers.
    let nodes = if engine == Engine::Sqlite { 1 } else { 2 };
    let settings = [("MUNDAP__WEB__MAX_CONNECTIONS", (READERS + 100).to_string())];
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    let (mut our_memory, mut bare_memory) = (0.0, 0.0);
    for _ in 0..TURNS {
        let mut running = Vec::new();
        for _ in 0..nodes {
            running.push(Mundap::start_with(&home, &["--only", "web"], &settings).await?);
        }
        let mut staff = enter(running[0].address, &event).await?;
        let before: f64 = resident(&running)?;
        let mut readers = Readers::default();
        for node in &running {
            let mut at = Wire::new(node.address);
            at.cookies.clone_from(&staff.cookies);
            let path = format!("/hall/{event}/live");
            readers.join(&at, &path, READERS / nodes, "changed").await?;
        }
        our_memory = (resident(&running)? - before) * 1024.0 / as_f64(READERS);
        // The first look tells everybody once.
        tokio::time::sleep(Duration::from_secs(3)).await;
        let page = format!("/desk/events/{event}/stage");
        for _ in 0..CHANGES {
            let form = turn(&mut staff, &page).await?;
            readers.begin();
            let begun = Instant::now();
            let reply = staff.post(&format!("{page}/act"), &form).await?;
            ensure!(reply.status == 303, "next answers {}", reply.status);
            ours.push(readers.reached(begun).await?);
        }
        drop(readers);
        for node in running {
            node.stop()?;
        }

        let (server, address) = start_bare()?;
        let mut wire = Wire::new(address);
        while wire.post("/next", "").await.is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let before = server.resident()?;
        let mut readers = Readers::default();
        readers.join(&wire, "/live", READERS, "changed").await?;
        bare_memory = (server.resident()? - before) * 1024.0 / as_f64(READERS);
        for _ in 0..CHANGES {
            readers.begin();
            let begun = Instant::now();
            wire.post("/next", "").await?;
            bare.push(readers.reached(begun).await?);
        }
    }
    println!("{name}, {READERS} readers at {nodes} node(s), ms to the last: mundap {ours:.0?}, bare axum {bare:.0?}");
    println!("{name}, memory of a reader: mundap {our_memory:.1} kB, bare axum {bare_memory:.1} kB");
    table.row(
        format!("a next to {READERS} readers, {name}"),
        middle(ours),
        1.5 * middle(bare),
        "ms",
        Goal::Below,
    );
    Ok(())
}

/// An event with questions on stage; its address's name.
async fn fill(home: &Home) -> Result<String> {
    let db = db::Db::connect(&home.url, 4).await?;
    db.migrate().await?;
    let made = crowd::crowd(&db, Clock::system().now(), "live", 50).await?;
    let hash = web::password::hash(PASSWORD.to_owned().into()).await?;
    let tx = db.begin_write().await?;
    staff::Entity::update_many()
        .col_expr(staff::Column::PasswordHash, Expr::value(hash))
        .filter(staff::Column::Id.eq(made.moderator))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    db.close().await;
    Ok(made.slug)
}

async fn enter(at: SocketAddr, slug: &str) -> Result<Wire> {
    let mut wire = Wire::new(at);
    let token = field(&wire.get("/sign-in").await?.body, "csrf").context("the sign-in has a token")?;
    let form = [
        ("csrf", token),
        ("email", format!("{slug}@host.example")),
        ("password", PASSWORD.to_owned()),
        ("next", "/desk".to_owned()),
    ];
    let reply = wire.post("/sign-in", &serde_html_form::to_string(form)?).await?;
    ensure!(reply.status == 303, "signing in answers {}", reply.status);
    Ok(wire)
}

/// The form that shows the next question.
async fn turn(staff: &mut Wire, page: &str) -> Result<String> {
    let body = staff.get(page).await?.body;
    let form = [
        ("csrf", field(&body, "csrf").context("a token")?),
        ("version", field(&body, "version").context("a version")?),
        ("act", "next".to_owned()),
    ];
    Ok(serde_html_form::to_string(form)?)
}

fn field(page: &[u8], name: &str) -> Option<String> {
    let page = String::from_utf8_lossy(page);
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\""))?;
    rest.split('"').next().map(str::to_owned)
}

/// Who reads, and how many have heard of the change at hand.
#[derive(Default)]
struct Readers {
    tasks: JoinSet<()>,
    heard: Arc<Heard>,
    all: usize,
}

#[derive(Default)]
struct Heard {
    many: AtomicUsize,
    all: AtomicUsize,
    last: Mutex<Option<Instant>>,
    done: Notify,
}

impl Readers {
    async fn join(&mut self, wire: &Wire, path: &str, many: usize, event: &'static str) -> Result<()> {
        for n in 0..many {
            let mut events = wire
                .beside()
                .events(path)
                .await
                .with_context(|| format!("reader {n}"))?;
            let heard = Arc::clone(&self.heard);
            self.tasks.spawn(async move {
                while let Ok(name) = events.next().await {
                    if name == event {
                        heard.one();
                    }
                }
            });
        }
        self.all += many;
        Ok(())
    }

    fn begin(&self) {
        self.heard.many.store(0, Ordering::SeqCst);
        self.heard.all.store(self.all, Ordering::SeqCst);
        *self.heard.last.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Milliseconds until the last one heard.
    async fn reached(&self, begun: Instant) -> Result<f64> {
        let waited = tokio::time::timeout(PATIENCE, self.heard.done.notified()).await;
        let many = self.heard.many.load(Ordering::SeqCst);
        waited.with_context(|| format!("{many} of {} readers heard of it", self.all))?;
        let last = *self.heard.last.lock().unwrap_or_else(PoisonError::into_inner);
        let took = last.context("somebody was the last")?.duration_since(begun);
        Ok(took.as_secs_f64() * 1000.0)
    }
}

impl Heard {
    fn one(&self) {
        if self.many.fetch_add(1, Ordering::SeqCst) + 1 == self.all.load(Ordering::SeqCst) {
            *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
            self.done.notify_one();
        }
    }
}

/// What is compared: axum's own events over tokio's broadcast, and nothing else, in a process of its own.
pub(crate) async fn bare(port: u16) -> Result<()> {
    let (changes, _) = tokio::sync::broadcast::channel::<u64>(64);
    let router = Router::new()
        .route("/live", get(bare_live))
        .route("/next", post(bare_next))
        .with_state(changes);
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    Ok(axum::serve(listener, router).await?)
}

type Changes = tokio::sync::broadcast::Sender<u64>;

async fn bare_live(State(changes): State<Changes>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let hello = futures_util::stream::once(async { Ok(Event::default().event("hello").data("1")) });
    let events = BroadcastStream::new(changes.subscribe())
        .filter_map(|n| std::future::ready(n.ok()))
        .map(|n| Ok(Event::default().event("changed").data(n.to_string())));
    Sse::new(hello.chain(events)).keep_alive(KeepAlive::default())
}

async fn bare_next(State(changes): State<Changes>) {
    // Nobody may read yet.
    let _ = changes.send(1);
}

struct Bare(Child);

impl Bare {
    fn resident(&self) -> Result<f64> {
        process::resident(self.0.id())
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start_bare() -> Result<(Bare, SocketAddr)> {
    let port = free_port();
    let child = Command::new(std::env::current_exe()?)
        .args(["bare-live", &port.to_string()])
        .spawn()?;
    Ok((Bare(child), SocketAddr::from(([127, 0, 0, 1], port))))
}

/// Megabytes that all nodes hold.
fn resident(nodes: &[Mundap]) -> Result<f64> {
    nodes.iter().map(Mundap::resident).sum()
}

#[expect(clippy::cast_precision_loss, reason = "readers are fewer than 2^52")]
const fn as_f64(n: usize) -> f64 {
    n as f64
}

fn middle(mut took: Vec<f64>) -> f64 {
    took.sort_by(f64::total_cmp);
    took[took.len() / 2]
}
