//! `mundap export`.

use super::{Outcome, event, open};
use anyhow::Context;
use settings::Settings;
use std::io::Write;

pub(crate) async fn run(settings: Settings, slug: &str) -> Outcome {
    let app = open(settings).await?;
    let event = event(&app, slug).await?;
    let json = desk::export::event(app.db.reader(), event.id)
        .await
        .map_err(anyhow::Error::from)?;
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &json).context("cannot write to standard output")?;
    writeln!(out).context("cannot write to standard output")?;
    Ok(())
}
