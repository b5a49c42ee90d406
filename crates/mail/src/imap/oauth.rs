//! Access tokens (RFC 6749 §6 and §4.4): fetched when needed, kept until shortly before their end.

use super::{http, wire::failed};
use crate::Error;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use settings::Imap;
use std::time::Duration;
use tokio::{sync::Mutex, time::Instant};

/// A token is not used so shortly before its end.
const EARLY: Duration = Duration::from_mins(2);

/// The token of one mailbox.
#[derive(Default)]
pub(super) struct Tokens(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    access: Option<(SecretString, Instant)>,
    /// Some servers give a new one with each access token, and the old one ends.
    refresh: Option<SecretString>,
}

#[derive(Deserialize)]
struct Answer {
    access_token: SecretString,
    #[serde(default)]
    expires_in: Option<u64>,
    #[serde(default)]
    refresh_token: Option<SecretString>,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
    #[serde(default)]
    error_description: String,
}

impl Tokens {
    pub(super) async fn access(&self, settings: &Imap) -> Result<String, Error> {
        let mut kept = self.0.lock().await;
        if let Some((token, until)) = &kept.access
            && *until > Instant::now()
        {
            return Ok(token.expose_secret().to_owned());
        }
        let refresh = kept.refresh.as_ref().unwrap_or(&settings.refresh_token).expose_secret();
        let grant = if refresh.is_empty() {
            "client_credentials"
        } else {
            "refresh_token"
        };
        let fields = [
            ("grant_type", grant),
            ("refresh_token", refresh),
            ("client_id", &settings.client_id),
            ("client_secret", settings.client_secret.expose_secret()),
            ("scope", &settings.scope),
        ];
        let (status, body) = http::post(&settings.token_url, &settings.ca_file, &fields).await?;
        if status != 200 {
            let why = serde_json::from_slice::<Refusal>(&body)
                .map(|r| format!("{} {}", r.error, r.error_description))
                .unwrap_or_default();
            return Err(failed(format!("no access token: {status} {why}")));
        }
        // The body is a secret: an error must not repeat it.
        let answer: Answer = serde_json::from_slice(&body).map_err(|_| failed("the token address gave no token"))?;
        let lives = Duration::from_secs(answer.expires_in.unwrap_or(3_600)).saturating_sub(EARLY);
        let token = answer.access_token.expose_secret().to_owned();
        kept.access = Some((answer.access_token, Instant::now() + lives));
        if answer.refresh_token.is_some() {
            kept.refresh = answer.refresh_token;
        }
        Ok(token)
    }

    pub(super) async fn forget(&self) {
        self.0.lock().await.access = None;
    }
}
