//! How the process speaks to its operator: on standard error, as text or as JSON lines.

use super::{Failure, Outcome};
use settings::{Log, LogFormat};
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// `least` is used where the settings ask for the default level: commands are quieter than the server.
pub(crate) fn begin(log: &Log, least: &str) -> Outcome {
    let level = if log.level == "info" { least } else { &log.level };
    // What a database says of tables that are there already is no news at every start.
    let filter = EnvFilter::try_new(format!("sea_orm_migration=warn,sqlx=warn,{level}"))
        .map_err(|error| Failure::Usage(anyhow::anyhow!("configuration: log.level: {error}")))?;
    let begin = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // A journal shows colours as noise.
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match log.format {
        LogFormat::Text => begin.with_target(false).init(),
        LogFormat::Json => begin.json().flatten_event(true).init(),
    }
    Ok(())
}
