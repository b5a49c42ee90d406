//! Mail taken by LMTP and committed, beside Postfix's `smtp-sink`, which throws away what it takes: the same client
//! (`smtp-source`) sends the same mails to both, in turns.

use crate::{
    process::Mundap,
    scene,
    sink::Sink,
    table::{Goal, Table},
};
use anyhow::{Context, Result, ensure};
use db::{Engine, entity::incoming_mail};
use sea_orm::{EntityTrait, PaginatorTrait};
use std::{process::Command, time::Instant};

const MAILS: u32 = 2_000;
const SESSIONS: u32 = 16;
const OCTETS: u32 = 4_096;
const ROUNDS: u32 = 3;

pub(crate) async fn measure(engine: Engine, table: &mut Table) -> Result<()> {
    let name = if engine == Engine::Sqlite {
        "SQLite"
    } else {
        "PostgreSQL"
    };
    let home = scene::home(engine).await?;
    let running = Mundap::start(&home, &[]).await?;
    let sink = Sink::start(&["-L", "-c"], 256)?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(send(running.lmtp)?);
        theirs.push(send(sink.port)?);
    }
    println!("{name}: mails of {OCTETS} octets by LMTP: mundap {ours:.0?}/s, smtp-sink {theirs:.0?}/s");
    let db = db::Db::connect(&home.url, 2).await?;
    let kept = incoming_mail::Entity::find().count(db.reader()).await?;
    ensure!(
        kept == u64::from(MAILS * ROUNDS),
        "{kept} of {} are in the database",
        MAILS * ROUNDS
    );
    db.close().await;
    let best = |rates: &[f64]| rates.iter().copied().fold(0.0, f64::max);
    table.row(
        format!("mail taken by LMTP beside smtp-sink, {name}"),
        best(&ours),
        best(&theirs),
        "mails/s",
        Goal::Ratio(0.1),
    );
    table.note(format!(
        "mail by LMTP on {name}: each is committed with the job that reads it before 250, and read meanwhile; smtp-sink keeps nothing"
    ));
    running.stop()
}

/// Mails a second.
fn send(port: u16) -> Result<f64> {
    let begun = Instant::now();
    let status = Command::new("/usr/sbin/smtp-source")
        .args(["-L", "-s", &SESSIONS.to_string(), "-m", &MAILS.to_string()])
        .args(["-l", &OCTETS.to_string(), "-f", "crew@host.example"])
        .args(["-t", "q+bench@reply.localhost.example"])
        .arg(format!("inet:127.0.0.1:{port}"))
        .status()
        .context("smtp-source: install postfix")?;
    ensure!(status.success(), "smtp-source: {status}");
    Ok(f64::from(MAILS) / begun.elapsed().as_secs_f64())
}
