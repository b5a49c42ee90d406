use crate::{Error, from_file};
use serde::Deserialize;
use std::path::Path;

/// The database: SQLite embedded, or PostgreSQL for several nodes.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    pub url: String,
    pub url_file: String,
    pub max_connections: u32,
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The address may hold a password.
        f.debug_struct("Database")
            .field("max_connections", &self.max_connections)
            .finish_non_exhaustive()
    }
}

impl Database {
    pub(crate) fn resolve(&mut self, data_dir: &Path) -> Result<(), Error> {
        if !self.url_file.is_empty() {
            self.url = from_file(&self.url_file)?;
        }
        if self.url.is_empty() {
            self.url = format!("sqlite://{}", data_dir.join("mundap.db").display());
        }
        if self.url.starts_with("sqlite:")
            || self.url.starts_with("postgres://")
            || self.url.starts_with("postgresql://")
        {
            Ok(())
        } else {
            Err(Error::Invalid {
                section: "database.url",
                problem: "must begin with sqlite:// or postgres://".into(),
            })
        }
    }
}
