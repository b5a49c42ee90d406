//! The board with a hundred thousand questions beside the board with fifty, page by page over the socket.

use crate::{
    process::{Home, Mundap},
    scene,
    table::{Goal, Table},
};
use anyhow::{Context, Result, ensure};
use db::{Engine, entity::staff, prelude::*};
use domain::Clock;
use moderation::triage::board::follow;
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use testkit::{
    Wire,
    crowd::{self, Crowd},
};

const MANY: usize = 100_000;
const FEW: usize = 50;
const TURNS: usize = 100;
/// Whatever the fewer take, this is quick.
const QUICK: f64 = 30.0;
/// What looks at all of them, in milliseconds.
const WHOLE: f64 = 300.0;
const BESIDE: [(&str, &str); 3] = [
    ("shortlist with its balance", "shortlist"),
    ("proposal for the free places", "shortlist/propose"),
    ("reading, the next one", "read"),
];
const PASSWORD: &str = "correct horse battery staple";

pub(crate) async fn measure(engine: Engine, table: &mut Table) -> Result<()> {
    let name = if engine == Engine::Sqlite {
        "SQLite"
    } else {
        "PostgreSQL"
    };
    let home = scene::home(engine).await?;
    let (many, few) = fill(&home).await?;
    let running = Mundap::start(&home, &["--only", "web"]).await?;
    let (mut here, mut there) = (enter(&running, &many).await?, enter(&running, &few).await?);
    let at = running.address;
    for ((what, query), (_, same)) in pages(&many).into_iter().zip(pages(&few)) {
        let with_few = time(at, &mut there, &few, &same).await?;
        let with_many = time(at, &mut here, &many, &query).await?;
        println!("{name}: {what}: {with_many:.1} ms, with {FEW} {with_few:.1} ms");
        table.row(
            format!("board, {what}, p95, {name}"),
            with_many,
            f64::max(2.0 * with_few, QUICK),
            "ms",
            Goal::Below,
        );
    }
    // Pages that look at all questions for something else than a list.
    for (what, page) in BESIDE {
        let path = format!("/desk/events/{}/{page}", many.slug);
        let took = time_of(at, &mut here, &path).await?;
        println!("{name}: {what}: {took:.1} ms");
        table.row(format!("{what}, p95, {name}"), took, WHOLE, "ms", Goal::Below);
    }
    running.stop()?;
    read_all(&home, &many).await?;
    let running = Mundap::start(&home, &["--only", "web"]).await?;
    let mut here = enter(&running, &many).await?;
    let path = format!("/desk/events/{}/read", many.slug);
    let took = time_of(running.address, &mut here, &path).await?;
    println!("{name}: nothing left to read: {took:.1} ms");
    table.row(
        format!("reading, nothing left, p95, {name}"),
        took,
        WHOLE,
        "ms",
        Goal::Below,
    );
    running.stop()
}

/// The moderator has read every question.
async fn read_all(home: &Home, crowd: &Crowd) -> Result<()> {
    let db = db::Db::connect(&home.url, 4).await?;
    crowd::read_all(&db, Clock::system().now(), crowd).await?;
    if db.engine() == Engine::Postgres {
        let tx = db.begin_write().await?;
        tx.execute_unprepared("ANALYZE").await?;
        tx.commit().await?;
    }
    db.close().await;
    Ok(())
}

async fn fill(home: &Home) -> Result<(Crowd, Crowd)> {
    let db = db::Db::connect(&home.url, 4).await?;
    db.migrate().await?;
    let now = Clock::system().now();
    let begun = Instant::now();
    let many = crowd::crowd(&db, now, "many", MANY).await?;
    let few = crowd::crowd(&db, now, "few", FEW).await?;
    let made = begun.elapsed();
    for crowd in [&many, &few] {
        follow::all(&db, crowd.event).await?;
    }
    println!(
        "{MANY} questions in {made:.0?}, their words in {:.0?}",
        begun.elapsed().saturating_sub(made)
    );
    let hash = web::password::hash(PASSWORD.to_owned().into()).await?;
    let tx = db.begin_write().await?;
    if db.engine() == Engine::Postgres {
        // What the server does by itself within a minute.
        tx.execute_unprepared("ANALYZE").await?;
    }
    for crowd in [&many, &few] {
        staff::Entity::update_many()
            .col_expr(staff::Column::PasswordHash, Expr::value(hash.clone()))
            .filter(staff::Column::Id.eq(crowd.moderator))
            .exec(&tx)
            .await?;
    }
    tx.commit().await?;
    db.close().await;
    Ok((many, few))
}

async fn enter(running: &Mundap, crowd: &Crowd) -> Result<Wire> {
    let mut wire = Wire::new(running.address);
    let page = wire.get("/sign-in").await?;
    let page = String::from_utf8_lossy(&page.body).into_owned();
    let token = page
        .split_once("name=\"csrf\" value=\"")
        .and_then(|(_, rest)| rest.split('"').next())
        .context("the sign-in has a token")?;
    let email = format!("{}@host.example", crowd.slug);
    let form = serde_html_form::to_string([
        ("csrf", token),
        ("email", &email),
        ("password", PASSWORD),
        ("next", "/desk"),
    ])?;
    let reply = wire.post("/sign-in", &form).await?;
    ensure!(reply.status == 303, "signing in answers {}", reply.status);
    Ok(wire)
}

/// What is opened, and its filters.
fn pages(crowd: &Crowd) -> Vec<(&'static str, String)> {
    let with = |pairs: &[(&str, &str)]| serde_html_form::to_string(pairs).unwrap_or_default();
    let (service, rare_service) = (crowd.services[1].to_string(), crowd.services[7].to_string());
    let (field, rare_field) = (crowd.fields[1].to_string(), crowd.fields[7].to_string());
    let middle = if crowd.slug == "many" { "50000" } else { "10" };
    vec![
        ("first page", String::new()),
        ("all columns", with(&[("state", "all")])),
        ("next page", with(&[("after", middle)])),
        ("page before", with(&[("before", middle)])),
        ("newest", with(&[("sort", "newest")])),
        ("by score", with(&[("sort", "score")])),
        ("by spread", with(&[("sort", "spread")])),
        ("least read", with(&[("sort", "least-read")])),
        ("live", with(&[("state", "live")])),
        ("service", with(&[("service", &service)])),
        ("rare service", with(&[("service", &rare_service)])),
        ("field", with(&[("field", &field)])),
        ("rare field", with(&[("field", &rare_field)])),
        ("company", with(&[("company", &crowd.company)])),
        ("English", with(&[("written", "en")])),
        ("prefers stage", with(&[("prefers", "stage")])),
        ("frequent tag", with(&[("tag", "흔한 태그")])),
        ("rare tag", with(&[("tag", "드문 태그"), ("state", "all")])),
        ("score from 4", with(&[("score", "4")])),
        ("disagreement", with(&[("spread", "1")])),
        ("similar", with(&[("similar", "1")])),
        ("unread", with(&[("unread", "1")])),
        ("late", with(&[("late", "1"), ("state", "crew")])),
        ("search 정산", with(&[("q", crowd::FREQUENT)])),
        ("search 정산, next", with(&[("q", crowd::FREQUENT), ("after", middle)])),
        ("search 정산, live", with(&[("q", crowd::FREQUENT), ("state", "live")])),
        ("search 양자", with(&[("q", crowd::RARE), ("state", "all")])),
        ("search settlement", with(&[("q", crowd::ENGLISH)])),
        (
            "search and filters",
            with(&[
                ("q", crowd::FREQUENT),
                ("service", &service),
                ("prefers", "stage"),
                ("unread", "1"),
            ]),
        ),
    ]
}

/// The time below which nineteen of twenty stay, in milliseconds.
async fn time(address: SocketAddr, wire: &mut Wire, crowd: &Crowd, query: &str) -> Result<f64> {
    time_of(address, wire, &format!("/desk/events/{}/triage?{query}", crowd.slug)).await
}

async fn time_of(address: SocketAddr, wire: &mut Wire, path: &str) -> Result<f64> {
    // The server ends connections that idle while the other event is measured.
    let cookies = std::mem::take(&mut wire.cookies);
    *wire = Wire::new(address);
    wire.cookies = cookies;
    let mut times = Vec::with_capacity(TURNS);
    for turn in 0..TURNS + 8 {
        let begun = Instant::now();
        let reply = wire.get(path).await?;
        let took: Duration = begun.elapsed();
        ensure!(reply.status == 200, "{path} answers {}", reply.status);
        // Statements are prepared and caches warm.
        if turn >= 8 {
            times.push(took.as_secs_f64() * 1e3);
        }
    }
    times.sort_by(f64::total_cmp);
    Ok(times[TURNS * 95 / 100 - 1])
}
