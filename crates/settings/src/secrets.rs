use crate::{Error, from_file};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// The keys that sign links and reply addresses.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    /// Newest first; empty: the process makes one in `data_dir/secret.key`.
    pub keys: Vec<SecretString>,
    /// One key a line, newest first.
    pub key_file: String,
}

impl Secrets {
    pub(crate) fn resolve(&mut self) -> Result<(), Error> {
        if !self.key_file.is_empty() {
            self.keys = from_file(&self.key_file)?
                .lines()
                .filter(|l| !l.trim().is_empty())
                .map(|l| l.trim().into())
                .collect();
        }
        if self.keys.iter().any(|k| k.expose_secret().len() < 32) {
            return Err(Error::Invalid {
                section: "secrets.keys",
                problem: "each key needs at least 32 characters".into(),
            });
        }
        Ok(())
    }
}
