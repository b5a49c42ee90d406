//! Ten thousand telephones in the hall: how soon a *next* is with the last of them, beside a bare axum broadcast of as many
//! octets, and whether all their votes are counted.

mod bare;
mod readers;
mod votes;

pub(crate) use bare::serve as bare;

use crate::{
    process::{Home, Mundap},
    scene,
    table::{Goal, Table},
};
use anyhow::{Context, Result, ensure};
use bare::Bare;
use db::{
    Db, Engine,
    entity::{decision, event, question, staff},
    prelude::*,
};
use domain::{
    Clock,
    state::{
        decision::{DecisionKind, DecisionState},
        question::QuestionState,
    },
};
use readers::Readers;
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use testkit::{Wire, crowd};

const READERS: usize = 10_000;
/// Both are asked in turns: so many times each, with so many changes.
const TURNS: usize = 3;
const CHANGES: usize = 10;
const PASSWORD: &str = "correct horse battery staple";
/// A hall votes in so many seconds.
const HALL: f64 = 10.0;

/// What was measured, in milliseconds and, of memory, kilobytes.
#[derive(Default)]
struct Figures {
    ours: Vec<f64>,
    bare: Vec<f64>,
    our_memory: f64,
    bare_memory: f64,
    votes: Vec<f64>,
    longest: Vec<f64>,
    octets: usize,
}

pub(crate) async fn measure(engine: Engine, table: &mut Table) -> Result<()> {
    let name = if engine == Engine::Sqlite {
        "SQLite"
    } else {
        "PostgreSQL"
    };
    // SQLite has one process, PostgreSQL two, each with half of the readers.
    let nodes = if engine == Engine::Sqlite { 1 } else { 2 };
    let home = scene::home(engine).await?;
    let slug = fill(&home).await?;
    let mut figures = Figures::default();
    for _ in 0..TURNS {
        mundap(&home, &slug, nodes, &mut figures).await?;
        broadcast(&mut figures).await?;
    }
    let Figures {
        ours,
        bare,
        our_memory,
        bare_memory,
        votes,
        longest,
        octets,
    } = figures;
    println!(
        "{name}, {READERS} readers at {nodes} node(s), {octets} octets, ms to the last: mundap {ours:.0?}, bare axum {bare:.0?}"
    );
    println!("{name}, memory of a reader: mundap {our_memory:.1} kB, bare axum {bare_memory:.1} kB");
    println!(
        "{name}, {} telephones vote twice each at once, beside the readers: counted once each, after {votes:.1?} s, {longest:.1?} s at most for one",
        votes::PHONES
    );
    table.row(
        format!("a next to {READERS} readers, {name}"),
        middle(ours),
        (1.5 * middle(bare)).round(),
        "ms",
        Goal::Below,
    );
    table.row(
        format!("{} votes, each once, {name}", votes::PHONES),
        middle(votes),
        HALL,
        "s",
        Goal::Below,
    );
    Ok(())
}

/// Readers, changes, votes on our own nodes.
async fn mundap(home: &Home, slug: &str, nodes: usize, figures: &mut Figures) -> Result<()> {
    let settings = [(
        "MUNDAP__WEB__MAX_CONNECTIONS",
        (READERS + votes::PHONES + 100).to_string(),
    )];
    let mut running = Vec::new();
    for _ in 0..nodes {
        running.push(Mundap::start_with(home, &["--only", "web"], &settings).await?);
    }
    let mut staff = enter(running[0].address, slug).await?;
    let telephones = format!("/desk/events/{slug}/telephones");
    desk(&mut staff, &telephones, &telephones, &[("act", "open")]).await?;
    let db = Db::connect(&home.url, 4).await?;
    let code = event::Entity::find()
        .one(db.reader())
        .await?
        .and_then(|event| event.hall_code)
        .context("the telephones have an address")?;
    let asked = votes::ask(&db, &mut staff, slug).await?;
    let live = format!("/now/{code}/ko");

    let before: f64 = resident(&running)?;
    let mut readers = Readers::default();
    for node in &running {
        readers
            .join(&Wire::new(node.address), &live, READERS / nodes, "state")
            .await?;
    }
    figures.our_memory = (resident(&running)? - before) * 1024.0 / as_f64(READERS);
    let mut one = Wire::new(running[0].address).events(&live).await?;
    while one.next().await? != "state" {}
    figures.octets = one.data().await?.len();
    drop(one);
    let stage = format!("/desk/events/{slug}/stage");
    for n in 0..CHANGES {
        let act = if n % 2 == 0 { "next" } else { "back" };
        let form = desk_form(&mut staff, &stage, &[("act", act)]).await?;
        readers.begin();
        let begun = Instant::now();
        let reply = staff.post(&format!("{stage}/act"), &form).await?;
        ensure!(reply.status == 303, "{act} answers {}", reply.status);
        figures.ours.push(readers.reached(begun).await?);
    }
    let at: Vec<SocketAddr> = running.iter().map(|node| node.address).collect();
    let (took, longest) = votes::cast(&db, &at, &code, asked).await?;
    figures.votes.push(took.as_secs_f64());
    figures.longest.push(longest.as_secs_f64());
    db.close().await;
    drop(readers);
    for node in running {
        node.stop()?;
    }
    Ok(())
}

/// The same readers and changes, and nothing behind them.
async fn broadcast(figures: &mut Figures) -> Result<()> {
    let (server, address) = Bare::start(figures.octets)?;
    let mut wire = Wire::new(address);
    while wire.post("/next", "").await.is_err() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let before = server.resident()?;
    let mut readers = Readers::default();
    readers.join(&wire, "/live", READERS, "state").await?;
    figures.bare_memory = (server.resident()? - before) * 1024.0 / as_f64(READERS);
    for _ in 0..CHANGES {
        readers.begin();
        let begun = Instant::now();
        wire.post("/next", "").await?;
        figures.bare.push(readers.reached(begun).await?);
    }
    Ok(())
}

/// An event with questions on stage; its address's name.
async fn fill(home: &Home) -> Result<String> {
    let db = db::Db::connect(&home.url, 4).await?;
    db.migrate().await?;
    let made = crowd::crowd(&db, Clock::system().now(), "live", 200).await?;
    let hash = web::password::hash(PASSWORD.to_owned().into()).await?;
    let tx = db.begin_write().await?;
    staff::Entity::update_many()
        .col_expr(staff::Column::PasswordHash, Expr::value(hash))
        .filter(staff::Column::Id.eq(made.moderator))
        .exec(&tx)
        .await?;
    // Its ten are released.
    decision::Entity::update_many()
        .col_expr(decision::Column::State, Expr::value(DecisionState::Released))
        .filter(decision::Column::Kind.eq(DecisionKind::Live))
        .exec(&tx)
        .await?;
    question::Entity::update_many()
        .col_expr(question::Column::State, Expr::value(QuestionState::Live))
        .col_expr(question::Column::Pending, Expr::value(None::<DecisionKind>))
        .filter(question::Column::Pending.eq(DecisionKind::Live))
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

/// Presses a button of the desk; `to` is the address that its form has.
async fn desk(staff: &mut Wire, page: &str, to: &str, fields: &[(&str, &str)]) -> Result<()> {
    let form = desk_form(staff, page, fields).await?;
    let reply = staff.post(to, &form).await?;
    ensure!(reply.status == 303, "{to} answers {}", reply.status);
    Ok(())
}

/// These fields with what the page's own forms hold.
async fn desk_form(staff: &mut Wire, page: &str, fields: &[(&str, &str)]) -> Result<String> {
    let body = staff.get(page).await?.body;
    let mut form = vec![("csrf", field(&body, "csrf").context("a token")?)];
    form.extend(field(&body, "version").map(|version| ("version", version)));
    form.extend(fields.iter().map(|(name, value)| (*name, (*value).to_owned())));
    Ok(serde_html_form::to_string(form)?)
}

fn field(page: &[u8], name: &str) -> Option<String> {
    let page = String::from_utf8_lossy(page);
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\""))?;
    rest.split('"').next().map(str::to_owned)
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
