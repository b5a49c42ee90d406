//! The signing keys: from the settings, or a file of our own that is made at the first start.

use anyhow::{Context, Result, anyhow};
use data_encoding::BASE64;
use domain::token::Keys;
use secrecy::ExposeSecret;
use settings::Settings;
use std::{
    fs::OpenOptions,
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

/// Where the key of this installation lives, when the settings name none.
pub(crate) fn file(settings: &Settings) -> PathBuf {
    settings.data_dir.join("secret.key")
}

/// Loads the keys; makes one where there is none.
pub(crate) fn load_or_make(settings: &Settings) -> Result<Keys> {
    if let Some(keys) = load(settings)? {
        return Ok(keys);
    }
    let path = file(settings);
    make(&path)?;
    load(settings)?.ok_or_else(|| anyhow!("cannot read {} just after it was made", path.display()))
}

/// The keys of this installation, when there are any.
///
/// # Errors
/// When a key is too short or its file cannot be read.
pub fn load(settings: &Settings) -> Result<Option<Keys>> {
    let mut secrets: Vec<String> = settings
        .secrets
        .keys
        .iter()
        .map(|k| k.expose_secret().to_owned())
        .collect();
    if secrets.is_empty() {
        let path = file(settings);
        match std::fs::read_to_string(&path) {
            Ok(text) => secrets.extend(text.lines().map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned)),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }
    let keys = Keys::new(&secrets).map_err(|why| anyhow!("configuration: secrets.keys: {why}"))?;
    Ok(Some(keys))
}

/// Written whole under another name and then linked, so that of two processes that start at once one wins and the
/// other reads the winner's.
fn make(path: &Path) -> Result<()> {
    if let Some(folder) = path.parent() {
        db::private_folder(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let octets: [u8; 32] = rand::random();
    let draft = path.with_extension(format!("key.{}", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let write = || -> std::io::Result<()> {
        let mut handle = options.open(&draft)?;
        writeln!(handle, "{}", BASE64.encode(&octets))?;
        handle.sync_all()?;
        match std::fs::hard_link(&draft, path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
            _ => Ok(()),
        }
    };
    let written = write();
    let _ = std::fs::remove_file(&draft);
    written.with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_only_its_owner_may_read_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut settings = Settings::embedded().expect("settings");
        settings.data_dir = folder.path().join("data");
        let first = load_or_make(&settings).expect("made");
        let again = load_or_make(&settings).expect("read");
        let digest = |keys: &Keys| keys.digest(domain::token::Purpose::Form, "x");
        assert_eq!(digest(&first), digest(&again));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(file(&settings)).expect("there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
