//! How soon it is ready, and what it holds while nobody asks for anything.

use crate::{
    process::{Home, Mundap},
    table::{Goal, Table},
};
use anyhow::Result;
use std::time::Duration;

const STARTS: usize = 7;

/// On a database that holds the demo already.
pub(crate) async fn measure(home: &Home, table: &mut Table) -> Result<()> {
    let mut seconds = Vec::new();
    for _ in 0..STARTS {
        let running = Mundap::start(home, &["--demo"]).await?;
        seconds.push(running.ready.as_secs_f64());
        running.stop()?;
    }
    seconds.sort_by(f64::total_cmp);
    println!("start to ready: {seconds:.3?} s");
    table.row(
        "start to ready, median of 7",
        seconds[STARTS / 2],
        0.2,
        "s",
        Goal::Below,
    );
    let running = Mundap::start(home, &["--demo"]).await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let resident = running.resident()?;
    table.row("memory at rest: web, worker, mail", resident, 40.0, "MB", Goal::Below);
    running.stop()
}
