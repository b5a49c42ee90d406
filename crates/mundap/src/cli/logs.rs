//! How the process speaks to its operator: on standard error, as text or as JSON lines.

use super::{Failure, Outcome};
use settings::{Log, LogFormat};
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// The server's level.
pub(crate) const SERVER: &str = "info";
/// The demo prints a list of addresses: a line for each request would carry it off the screen.
pub(crate) const DEMO: &str = "info,web::access=warn";
/// On the command line only what went wrong is told.
pub(crate) const COMMAND: &str = "warn";

/// `least` is used where the settings ask for the default level: commands are quieter than the server.
pub(crate) fn begin(log: &Log, least: &str) -> Outcome {
    let begin = tracing_subscriber::fmt()
        .with_env_filter(filter(log, least)?)
        // A journal shows colours as noise.
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match log.format {
        LogFormat::Text => begin.with_target(false).init(),
        LogFormat::Json => begin.json().flatten_event(true).init(),
    }
    Ok(())
}

fn filter(log: &Log, least: &str) -> Outcome<EnvFilter> {
    let level = if log.level == "info" { least } else { &log.level };
    // What a database says of tables that are there already is no news at every start.
    EnvFilter::try_new(format!("sea_orm_migration=warn,sqlx=warn,{level}"))
        .map_err(|error| Failure::Usage(anyhow::anyhow!("configuration: log.level: {error}")))
}

#[cfg(test)]
mod tests {
    use super::{DEMO, SERVER, filter};
    use settings::{Log, Settings};
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("no panic").write(octets)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn said(log: &Log, least: &str) -> String {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(filter(log, least).expect("a level"))
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(target: "web::access", "a request");
            tracing::info!("web: ready");
        });
        let octets = lines.0.lock().expect("no panic").clone();
        String::from_utf8(octets).expect("text")
    }

    #[test]
    fn the_demo_tells_no_requests_unless_it_is_asked_to() {
        let mut log = Settings::embedded().expect("the embedded default").log;
        let server = said(&log, SERVER);
        assert!(
            server.contains("a request") && server.contains("web: ready"),
            "{server}"
        );
        let demo = said(&log, DEMO);
        assert!(!demo.contains("a request") && demo.contains("web: ready"), "{demo}");
        "debug".clone_into(&mut log.level);
        assert!(said(&log, DEMO).contains("a request"));
    }
}
