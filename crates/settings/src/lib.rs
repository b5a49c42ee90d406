//! The configuration: an embedded default, overridden by a file, then by the environment. One file of code a section.

mod database;
mod holidays;
mod mail;
mod mail_ways;
mod secrets;
mod web;

pub use database::Database;
pub use holidays::Holidays;
pub use mail::{Dkim, Dns, Mail, MailIn, MailOut, ReplyForm, ReturnPath, Tls};
pub use mail_ways::{Hook, HookKind, Imap, ImapAuth, ImapStart};
pub use secrets::Secrets;
pub use web::Web;

use config::{Config, Environment, File, FileFormat};
use serde::Deserialize;
use std::path::{Path, PathBuf};

const DEFAULT: &str = include_str!("../../../config/default.toml");

/// Everything that can be set.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub data_dir: PathBuf,
    pub web: Web,
    pub database: Database,
    pub secrets: Secrets,
    pub mail: Mail,
    pub events: Events,
    pub log: Log,
}

/// What an event starts with.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Events {
    pub max_questions_per_partner: i32,
    /// Working days that a crew has for an answer.
    pub answer_days: u16,
    /// The calendar that working days go by; empty: Korea's.
    pub holidays_file: String,
    /// What stands in it.
    #[serde(skip)]
    pub holidays: Holidays,
}

/// How the process speaks to its operator.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    pub level: String,
    pub format: LogFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

/// What is wrong with the configuration, in words that say what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("configuration: {0}")]
    Read(#[from] config::ConfigError),
    #[error("configuration: {section}: {problem}")]
    Invalid { section: &'static str, problem: String },
    #[error("configuration: cannot read {path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
}

impl Settings {
    /// Reads and checks the configuration.
    ///
    /// # Errors
    /// When a file or a value is unreadable, unknown or contradicts another.
    pub fn load(file: Option<&Path>) -> Result<Self, Error> {
        let mut builder = Config::builder().add_source(File::from_str(DEFAULT, FileFormat::Toml));
        if let Some(path) = file {
            builder = builder.add_source(File::from(path).format(FileFormat::Toml));
        }
        let settings: Self = builder.add_source(environment()).build()?.try_deserialize()?;
        settings.resolve()
    }

    /// The embedded default alone, for tests.
    ///
    /// # Errors
    /// Never, as long as the embedded file is right; a test says so.
    pub fn embedded() -> Result<Self, Error> {
        let builder = Config::builder().add_source(File::from_str(DEFAULT, FileFormat::Toml));
        let mut settings: Self = builder.build()?.try_deserialize()?;
        settings.web.validate()?;
        settings.events.holidays = Holidays::load(&settings.events.holidays_file)?;
        Ok(settings)
    }

    fn resolve(mut self) -> Result<Self, Error> {
        self.database.resolve(&self.data_dir)?;
        self.events.holidays = Holidays::load(&self.events.holidays_file)?;
        self.secrets.resolve()?;
        self.mail.resolve()?;
        self.web.validate()?;
        self.mail.validate()?;
        Ok(self)
    }
}

/// `MUNDAP__SECTION__KEY`. Everything arrives as text and is read as what its field is: guessing types would turn a
/// password `0071` into `71`.
fn environment() -> Environment {
    Environment::with_prefix("MUNDAP")
        .prefix_separator("__")
        .separator("__")
}

/// Reads a secret from the file that is named instead of it; a trailing line end is not part of it.
fn from_file(path: &str) -> Result<String, Error> {
    std::fs::read_to_string(path)
        .map(|text| text.trim_end_matches(['\r', '\n']).to_owned())
        .map_err(|source| Error::File {
            path: path.into(),
            source,
        })
}

#[cfg(test)]
mod tests {
    use super::{Config, DEFAULT, File, FileFormat, Settings, environment};
    use secrecy::ExposeSecret;

    #[test]
    fn the_embedded_default_is_complete_and_valid() {
        let settings = Settings::embedded()
            .and_then(Settings::resolve)
            .expect("embedded default");
        assert!(settings.database.url.starts_with("sqlite://"));
    }

    #[test]
    fn the_environment_is_read_as_what_each_field_is() {
        let set = [
            ("MUNDAP__MAIL__OUT__PORT", "2525"),
            ("MUNDAP__MAIL__OUT__PAUSED", "true"),
            ("MUNDAP__MAIL__OUT__PASSWORD", "0071"),
            ("MUNDAP__WEB__BIND", "127.0.0.1:9000"),
        ];
        let source = set.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        let settings: Settings = Config::builder()
            .add_source(File::from_str(DEFAULT, FileFormat::Toml))
            .add_source(environment().source(Some(source)))
            .build()
            .and_then(Config::try_deserialize)
            .expect("reads");
        assert_eq!((settings.mail.out.port, settings.mail.out.paused), (2525, true));
        assert_eq!(settings.mail.out.password.expose_secret(), "0071");
        assert_eq!(settings.web.bind.port(), 9000);
    }
}
