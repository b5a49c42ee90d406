//! The command line.

mod admin;
mod doctor;
mod export;
mod import;
mod logs;
mod mail;
mod serve;
mod similar;

use anyhow::Context;
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use domain::Clock;
use mundap::{Only, OpenError};
use settings::Settings;
use std::{io::Write, path::PathBuf, process::ExitCode};

/// Questions and answers between a company and its partners.
#[derive(Debug, Parser)]
#[command(name = "mundap", version, arg_required_else_help = true)]
pub(crate) struct Args {
    /// Settings that override the defaults.
    #[arg(long, global = true, env = "MUNDAP_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs web, worker and mail listeners in one process, or one of them alone.
    Serve {
        #[arg(long, value_enum)]
        only: Option<Part>,
        /// Loads the demo and serves its mailbox at /dev/mailbox; never for production.
        #[arg(long)]
        demo: bool,
    },
    /// Brings the database's schema up to date.
    Migrate,
    /// Staff accounts from the command line.
    Admin {
        #[command(subcommand)]
        command: AdminCommand,
    },
    /// Imports from files.
    Import {
        #[command(subcommand)]
        command: ImportCommand,
    },
    /// Looks at mail.
    Mail {
        #[command(subcommand)]
        command: MailCommand,
    },
    /// Checks configuration, database, mail server and keys; says what to do where one is not right.
    Doctor,
    /// Everything of one event as JSON on standard output.
    Export {
        /// The event's slug, as it stands in its addresses.
        event: String,
    },
    /// Which questions of a file are alike: for each its nearest, and groups.
    Similar(similar::Similar),
    /// Completions for a shell, on standard output.
    Completions { shell: clap_complete::Shell },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Part {
    Web,
    Worker,
    Mail,
}

const fn only(part: Option<Part>) -> Only {
    match part {
        None => Only::All,
        Some(Part::Web) => Only::Web,
        Some(Part::Worker) => Only::Worker,
        Some(Part::Mail) => Only::Mail,
    }
}

#[derive(Debug, Subcommand)]
enum AdminCommand {
    /// Creates an administrator; the password is asked for, or read from a file or standard input.
    Create(admin::Create),
}

#[derive(Debug, Subcommand)]
enum ImportCommand {
    /// Partners from CSV or XLSX; importing twice changes nothing.
    Roster(import::Roster),
}

#[derive(Debug, Subcommand)]
enum MailCommand {
    /// What the platform makes of a mail: class, sender, token, text kept, text cut, attachments.
    Read(mail::Read),
}

/// Why a command did not succeed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Usage or configuration: exit code 2.
    Usage(anyhow::Error),
    /// Anything else: exit code 1.
    Failed(anyhow::Error),
}

impl Failure {
    /// The whole chain on one line.
    pub(crate) fn line(&self) -> String {
        let (Self::Usage(error) | Self::Failed(error)) = self;
        format!("{error:#}").split_whitespace().collect::<Vec<_>>().join(" ")
    }

    pub(crate) fn code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::Failed(_) => ExitCode::from(1),
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Failed(error)
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Settings(error) => Self::Usage(error),
            OpenError::Failed(error) => Self::Failed(error),
        }
    }
}

type Outcome<T = ()> = Result<T, Failure>;

pub(crate) fn run(args: Args) -> Outcome<ExitCode> {
    let Args { config, command } = args;
    if let Command::Completions { shell } = command {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut Args::command(), "mundap", &mut script);
        // A reader that stops early (`| head`) is no error.
        let _ = std::io::stdout().write_all(&script);
        return Ok(ExitCode::SUCCESS);
    }
    if let Command::Similar(similar) = command {
        similar.run()?;
        return Ok(ExitCode::SUCCESS);
    }
    let loaded = Settings::load(config.as_deref());
    if let Command::Doctor = command {
        return Ok(block_on(doctor::run(loaded))?);
    }
    let settings = loaded.map_err(|error| Failure::Usage(error.into()))?;
    match command {
        Command::Serve { only: part, demo } => {
            logs::begin(&settings.log, if demo { logs::DEMO } else { logs::SERVER })?;
            block_on(serve::run(settings, only(part), demo))??;
        }
        other => {
            logs::begin(&settings.log, logs::COMMAND)?;
            block_on(one(other, settings))??;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn one(command: Command, settings: Settings) -> Outcome {
    match command {
        Command::Migrate => migrate(&settings).await,
        Command::Admin {
            command: AdminCommand::Create(create),
        } => create.run(settings).await,
        Command::Import {
            command: ImportCommand::Roster(roster),
        } => roster.run(settings).await,
        Command::Mail {
            command: MailCommand::Read(read),
        } => read.run(&settings).await,
        Command::Export { event } => export::run(settings, &event).await,
        Command::Serve { .. } | Command::Doctor | Command::Similar(_) | Command::Completions { .. } => Ok(()),
    }
}

async fn migrate(settings: &Settings) -> Outcome {
    let db = mundap::connect(settings).await?;
    let pending = db.pending_migrations().await.map_err(anyhow::Error::from)?;
    db.migrate().await.map_err(anyhow::Error::from)?;
    match pending {
        0 => println!("The schema is up to date."),
        n => println!("{n} steps applied; the schema is up to date."),
    }
    db.close().await;
    Ok(())
}

/// The database as the other commands need it: open and up to date.
async fn open(settings: Settings) -> Outcome<web::App> {
    Ok(mundap::open(settings, Clock::system(), false).await?)
}

async fn event(app: &web::App, slug: &str) -> Outcome<db::entity::event::Model> {
    let found = intake::staff::service::event::by_slug(app.db.reader(), slug).await;
    let found = found.map_err(|error| anyhow::anyhow!("the event cannot be read: {error}"))?;
    found.ok_or_else(|| {
        Failure::Usage(anyhow::anyhow!(
            "there is no event {slug:?}; its slug stands in its addresses"
        ))
    })
}

fn block_on<T>(work: impl Future<Output = T>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("no runtime")?;
    Ok(runtime.block_on(work))
}

#[cfg(test)]
mod tests {
    use super::Args;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Args::command().debug_assert();
    }
}
