//! Sending questions as partners do, beside bare durable inserts of the same row into the same table.

use crate::{
    process::{Home, Mundap, own_cpu, postgres_cpu},
    scene::{self, Scene},
    table::{Goal, Table},
};
use anyhow::{Context, Result, ensure};
use db::{Engine, entity::question, prelude::*};
use domain::{Clock, QuestionId};
use sea_orm::{ConnectOptions, Database, DatabaseConnection};
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI32, Ordering},
    },
    time::{Duration, Instant},
};
use testkit::Wire;
use tokio::task::JoinSet;

const CONNECTIONS: usize = 32;
/// Partners who take turns on one connection: four thousand people send a few questions each, as before a deadline, and
/// not a few people hundreds.
const PARTNERS: usize = 128;
/// Questions that each of them sends in one round.
const EACH: usize = 1;
const ROUNDS: usize = 3;

/// One partner in their session, with the form that they have open.
struct Person {
    cookies: BTreeMap<String, String>,
    token: String,
    last: QuestionId,
}

/// One connection that is kept open.
struct Line {
    wire: Wire,
    people: Vec<Person>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Send {
    Fresh,
    /// The form that was sent last, once more: all of the way but the transaction.
    Again,
}

/// What one round came to.
struct Round {
    rate: f64,
    server: Duration,
    client: Duration,
    /// PostgreSQL's own processes.
    engine: Duration,
}

pub(crate) async fn measure(engine: Engine, table: &mut Table) -> Result<()> {
    let name = if engine == Engine::Sqlite {
        "SQLite"
    } else {
        "PostgreSQL"
    };
    let home = scene::home(engine).await?;
    let most = i32::try_from(EACH * (ROUNDS + 1))?;
    let scene = scene::set(&home, CONNECTIONS * PARTNERS, CONNECTIONS * PARTNERS / 4, most).await?;
    let running = Mundap::start(&home, &["--only", "web"]).await?;
    let mut lines = enter(&running, &scene.with_mail).await?;
    let mut unmailed = enter(&running, &scene.without_mail).await?;
    let bare = Bare::open(engine, &home, &scene).await?;

    // What is measured is the steady state: statements are prepared, the caches are warm.
    lines = post(&running, &scene, lines, Send::Fresh, 1).await?.1;
    bare.insert(CONNECTIONS * 8).await?;
    let (mut through, mut alone) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        alone.push(bare.insert(CONNECTIONS * PARTNERS * EACH).await?);
        let (round, back) = post(&running, &scene, lines, Send::Fresh, EACH).await?;
        through.push(round);
        lines = back;
    }
    let (again, _) = post(&running, &scene, lines, Send::Again, EACH).await?;
    unmailed = post(&running, &scene, unmailed, Send::Fresh, 1).await?.1;
    let (unmailed, _) = post(
        &running,
        &scene,
        unmailed,
        Send::Fresh,
        usize::try_from(most).unwrap_or(1) - 1,
    )
    .await?;
    let rates: Vec<f64> = through.iter().map(|r| r.rate).collect();
    println!("{name}: submissions/s {rates:.0?}, bare inserts/s {alone:.0?}");
    through.sort_by(|a, b| a.rate.total_cmp(&b.rate));
    alone.sort_by(f64::total_cmp);
    let (middle, limit) = (&through[ROUNDS / 2], alone[ROUNDS / 2]);
    table.row(
        format!("submissions, {name}"),
        middle.rate,
        limit,
        "1/s",
        Goal::Ratio(0.5),
    );
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let part = |cpu: Duration| cpu.as_secs_f64() * 1e6 / (CONNECTIONS * PARTNERS * EACH) as f64;
    table.note(format!(
        "  {name}: of {:.0} µs a submission (bare row {:.0}), processor time: mundap {:.0} µs, client {:.0}, PostgreSQL {:.0};\n  \
         without the receipt {:.0}/s, the same form once more (session, token, reads, no write) {:.0}/s",
        1e6 / middle.rate,
        1e6 / limit,
        part(middle.server),
        part(middle.client),
        part(middle.engine),
        unmailed.rate,
        again.rate,
    ));
    running.stop()
}

/// Everybody opens their link, presses the button and opens the form.
async fn enter(running: &Mundap, links: &[String]) -> Result<Vec<Line>> {
    let mut tasks = JoinSet::new();
    for chunk in links.chunks(links.len() / CONNECTIONS) {
        let (chunk, address) = (chunk.to_vec(), running.address);
        tasks.spawn(async move {
            let mut wire = Wire::new(address);
            let mut people = Vec::new();
            for link in chunk {
                wire.cookies.clear();
                let landing = wire.get(&link).await?;
                let token = token_in(&landing.body).context("the landing has a form")?;
                let pressed = wire.post(&link, &format!("csrf={token}&to=")).await?;
                ensure!(pressed.status == 303, "the button answers {}", pressed.status);
                let form = wire.get("/my/questions/new").await?;
                let token = token_in(&form.body).context("the form has a token")?;
                wire.cookies.remove("flash");
                people.push(Person {
                    cookies: wire.cookies.clone(),
                    token,
                    last: QuestionId::new(),
                });
            }
            Ok(Line { wire, people })
        });
    }
    tasks.join_all().await.into_iter().collect()
}

fn token_in(page: &[u8]) -> Option<String> {
    let page = String::from_utf8_lossy(page);
    let (_, rest) = page.split_once("name=\"csrf\" value=\"")?;
    Some(rest.split('"').next()?.to_owned())
}

fn text(n: usize) -> String {
    format!(
        "정산서를 받아 볼 때마다 궁금했습니다. {n}번째 작품의 해외 수익은 어느 나라에서 얼마나 왔는지 언제부터 나누어 볼 수 있나요?"
    )
}

/// Every partner of every line sends `each` questions, one after another on their line, all lines at once.
async fn post(
    running: &Mundap,
    scene: &Scene,
    lines: Vec<Line>,
    send: Send,
    each: usize,
) -> Result<(Round, Vec<Line>)> {
    let people: usize = lines.iter().map(|l| l.people.len()).sum();
    let service = scene.service.to_string();
    let before = (running.cpu()?, own_cpu()?, postgres_cpu()?);
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for (n, mut line) in lines.into_iter().enumerate() {
        let service = service.clone();
        // The server ends connections that idle while the other side is measured.
        line.wire = Wire::new(running.address);
        tasks.spawn(async move {
            for turn in 0..each {
                for person in &mut line.people {
                    if send == Send::Fresh {
                        person.last = QuestionId::new();
                    }
                    let form = form(person, &service, n * 1_000_000 + turn)?;
                    std::mem::swap(&mut line.wire.cookies, &mut person.cookies);
                    let reply = line
                        .wire
                        .post("/my/questions", &form)
                        .await
                        .with_context(|| format!("line {n}, turn {turn}"))?;
                    std::mem::swap(&mut line.wire.cookies, &mut person.cookies);
                    person.cookies.remove("flash");
                    let expected = format!("/my/questions/{}", person.last);
                    ensure!(
                        reply.status == 303 && reply.location.as_deref() == Some(&expected),
                        "a question is answered with {}: {}",
                        reply.status,
                        String::from_utf8_lossy(&reply.body)
                    );
                }
            }
            Ok(line)
        });
    }
    let lines = tasks.join_all().await.into_iter().collect::<Result<Vec<_>>>()?;
    let took = begun.elapsed();
    let (server, client) = (
        running.cpu()?.saturating_sub(before.0),
        own_cpu()?.saturating_sub(before.1),
    );
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let rate = (people * each) as f64 / took.as_secs_f64();
    let engine = postgres_cpu()?.saturating_sub(before.2);
    Ok((
        Round {
            rate,
            server,
            client,
            engine,
        },
        lines,
    ))
}

fn form(person: &Person, service: &str, n: usize) -> Result<String> {
    Ok(serde_html_form::to_string([
        ("csrf", person.token.as_str()),
        ("id", &person.last.to_string()),
        ("question", &text(n)),
        ("service", service),
        ("written_in", "ko"),
        ("prefers", "either"),
        ("naming", "full"),
        ("consent_required", "true"),
        ("consent_print", "true"),
        ("do", "send"),
    ])?)
}

/// The limit: the question's row alone, a commit each.
struct Bare {
    pool: DatabaseConnection,
    row: question::ActiveModel,
    next: Arc<AtomicI32>,
}

impl Bare {
    async fn open(engine: Engine, home: &Home, scene: &Scene) -> Result<Self> {
        let mut options = ConnectOptions::new(&home.url);
        options
            .max_connections(if engine == Engine::Sqlite { 1 } else { 8 })
            .test_before_acquire(false)
            .sqlx_logging(false)
            .map_sqlx_sqlite_opts(|sqlite| {
                sqlite
                    .pragma("journal_mode", "WAL")
                    .pragma("synchronous", "FULL")
                    .pragma("foreign_keys", "ON")
                    .pragma("busy_timeout", "15000")
            });
        let pool = Database::connect(options).await?;
        let now = Clock::system().now();
        let (event, invitation) = scene.bare;
        let row = testkit::rows::question(event, invitation, scene.service, String::new(), now);
        Ok(Self {
            pool,
            row,
            next: Arc::new(AtomicI32::new(1)),
        })
    }

    /// So many a second, by as many tasks as there are connections to the web.
    async fn insert(&self, count: usize) -> Result<f64> {
        let begun = Instant::now();
        let mut tasks = JoinSet::new();
        for _ in 0..CONNECTIONS {
            let (pool, row, next) = (self.pool.clone(), self.row.clone(), Arc::clone(&self.next));
            tasks.spawn(async move {
                for _ in 0..count / CONNECTIONS {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let row = question::ActiveModel {
                        id: Set(QuestionId::new()),
                        number: Set(Some(number)),
                        ordinal: Set(Some(number)),
                        body: Set(text(usize::try_from(number)?)),
                        ..row.clone()
                    };
                    question::Entity::insert(row).exec_without_returning(&pool).await?;
                }
                anyhow::Ok(())
            });
        }
        for done in tasks.join_all().await {
            done?;
        }
        #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
        let rate = (count / CONNECTIONS * CONNECTIONS) as f64 / begun.elapsed().as_secs_f64();
        Ok(rate)
    }
}
