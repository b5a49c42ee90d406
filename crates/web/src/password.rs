//! Passwords: argon2id with 19 MiB, two passes, one lane; at least twelve characters and no other rule.

use crate::Error;
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use secrecy::{ExposeSecret, SecretString};
use std::sync::LazyLock;
use tokio::sync::Semaphore;

/// Least characters of a password.
pub const LEAST_CHARS: usize = 12;
/// Most characters: hashing must not become a way to keep the machine busy.
pub const MOST_CHARS: usize = 256;

/// So many hashes at once; each takes 19 MiB and a core.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// What an unknown address is checked against, so that it takes as long as a known one.
static DUMMY: LazyLock<Option<String>> = LazyLock::new(|| {
    Some(
        hasher()
            .ok()?
            .hash_password(b"nobody has this password")
            .ok()?
            .to_string(),
    )
});

fn hasher() -> Result<Argon2<'static>, argon2::Error> {
    Ok(Argon2::new(
        Algorithm::Argon2id,
        Version::V0x13,
        Params::new(19 * 1024, 2, 1, None)?,
    ))
}

/// Whether a new password is long enough and not too long.
pub fn check(password: &SecretString) -> Result<(), domain::text::TextError> {
    use domain::text::TextError;
    match domain::text::char_count(password.expose_secret()) {
        0 => Err(TextError::Empty),
        has if has < LEAST_CHARS => Err(TextError::TooShort {
            least: LEAST_CHARS,
            has,
        }),
        has if has > MOST_CHARS => Err(TextError::TooLong { most: MOST_CHARS, has }),
        _ => Ok(()),
    }
}

/// The PHC string that is stored.
pub async fn hash(password: SecretString) -> Result<String, Error> {
    run(move || {
        let made = hasher()
            .map_err(|e| e.to_string())?
            .hash_password(password.expose_secret().as_bytes());
        made.map(|h| h.to_string()).map_err(|e| e.to_string())
    })
    .await?
    .map_err(Error::internal)
}

/// Whether the password is the one; without a stored hash it takes as long and says no.
pub async fn verify(password: SecretString, stored: Option<String>) -> Result<bool, Error> {
    run(move || {
        let known = stored.is_some();
        let Some(phc) = stored.or_else(|| DUMMY.clone()) else {
            return false;
        };
        let Ok(parsed) = PasswordHash::new(&phc) else {
            return false;
        };
        let password = password.expose_secret();
        let fits = password.len() <= MOST_CHARS * 4;
        hasher().is_ok_and(|h| h.verify_password(password.as_bytes(), &parsed).is_ok()) && known && fits
    })
    .await
}

async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    let _permit = AT_ONCE.acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_verifies_against_its_hash_and_nobody_signs_in_without_one() {
        let stored = hash("correct horse battery".into()).await.expect("hash");
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(
            verify("correct horse battery".into(), Some(stored.clone()))
                .await
                .expect("verify")
        );
        assert!(
            !verify("correct horse batterx".into(), Some(stored))
                .await
                .expect("verify")
        );
        assert!(!verify("nobody has this password".into(), None).await.expect("verify"));
    }
}
