//! What the program exists for, each figure beside its limit, measured in the same run: `make bench`.
//!
//! The program under measurement is the release binary that stands beside this one, spoken to over sockets.

mod articles;
mod board;
mod inbound;
mod live;
mod mails;
mod process;
mod scene;
mod sending;
mod sink;
mod start;
mod submissions;
mod table;

use anyhow::{Context, Result};
use db::Engine;
use table::Table;

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(all())
}

async fn all() -> Result<()> {
    let only = std::env::args().nth(1);
    let wants = |part: &str| only.as_deref().is_none_or(|o| o == part);
    // The other side of a comparison runs in a process of its own.
    if only.as_deref() == Some("bare-live") {
        let number = |n| std::env::args().nth(n).context("a port and how many octets");
        return live::bare(number(2)?.parse()?, number(3)?.parse()?).await;
    }
    let mut table = Table::default();
    load_before()?;
    if wants("sqlite") {
        submissions::measure(Engine::Sqlite, &mut table)
            .await
            .context("submissions on SQLite")?;
    }
    if wants("postgres") {
        submissions::measure(Engine::Postgres, &mut table)
            .await
            .context("submissions on PostgreSQL")?;
    }
    if wants("board") {
        for engine in [Engine::Sqlite, Engine::Postgres] {
            board::measure(engine, &mut table).await.context("the board")?;
        }
    }
    if wants("mails") {
        mails::measure(&mut table).context("reading replies")?;
    }
    if wants("mail-in") {
        for engine in [Engine::Sqlite, Engine::Postgres] {
            inbound::measure(engine, &mut table).await.context("mail by LMTP")?;
        }
    }
    if wants("sending") {
        for engine in [Engine::Sqlite, Engine::Postgres] {
            sending::measure(engine, &mut table).await.context("outgoing mail")?;
        }
    }
    if wants("live") {
        for engine in [Engine::Sqlite, Engine::Postgres] {
            live::measure(engine, &mut table).await.context("live updates")?;
        }
    }
    if wants("demo") {
        let home = process::Home::sqlite()?;
        articles::measure(&home, &mut table)
            .await
            .context("published articles")?;
        start::measure(&home, &mut table).await.context("start and memory")?;
    }
    println!("\n{table}");
    Ok(())
}

/// Figures of a machine that does other work say little.
fn load_before() -> Result<()> {
    let load = std::fs::read_to_string("/proc/loadavg")?;
    let minute: f64 = load.split(' ').next().unwrap_or_default().parse()?;
    let cores = std::thread::available_parallelism()?;
    println!("{cores} cores, load of the last minute {minute}");
    Ok(())
}
