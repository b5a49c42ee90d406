//! Mailboxes that are read by IMAP, and webhooks: any number of each, so they have no embedded default.

use crate::{Error, Tls, from_file};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// One mailbox that is read (`[[mail.imap]]`).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Imap {
    /// Under this name the database keeps how far it was read: do not change it.
    pub name: String,
    pub host: String,
    #[serde(default = "imaps")]
    pub port: u16,
    #[serde(default = "tls")]
    pub tls: Tls,
    /// PEM file with the authorities to trust instead of the public ones.
    #[serde(default)]
    pub ca_file: String,
    pub username: String,
    #[serde(default)]
    pub auth: ImapAuth,
    #[serde(default)]
    pub password: SecretString,
    #[serde(default)]
    pub password_file: String,
    /// For `auth = "xoauth2"`: where access tokens are fetched.
    #[serde(default)]
    pub token_url: String,
    #[serde(default)]
    pub client_id: String,
    #[serde(default)]
    pub client_secret: SecretString,
    #[serde(default)]
    pub client_secret_file: String,
    /// Empty: the client asks for itself (`client_credentials`).
    #[serde(default)]
    pub refresh_token: SecretString,
    #[serde(default)]
    pub refresh_token_file: String,
    #[serde(default)]
    pub scope: String,
    #[serde(default = "inbox")]
    pub folders: Vec<String>,
    /// Where a mail goes once it was read; empty: it stays.
    #[serde(default)]
    pub done: String,
    /// Where a mail goes that waits for staff; empty: it stays.
    #[serde(default)]
    pub held: String,
    /// Whether a mail that was kept is marked as read.
    #[serde(default = "yes")]
    pub mark_seen: bool,
    /// Whether the server is asked to tell of new mail.
    #[serde(default = "yes")]
    pub idle: bool,
    /// Seconds between two looks, where the server does not tell.
    #[serde(default = "minute")]
    pub poll: u64,
    #[serde(default)]
    pub start: ImapStart,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImapAuth {
    #[default]
    Password,
    Xoauth2,
}

/// Which mails of a folder that was never read before are fetched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImapStart {
    #[default]
    All,
    /// Those that come from now on.
    New,
}

/// One webhook (`[[mail.hook]]`), at `/hooks/mail/NAME`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hook {
    pub name: String,
    #[serde(default)]
    pub kind: HookKind,
    /// The shared secret; for `sendgrid` the public key that the provider shows; for `postmark` `user:password`.
    #[serde(default)]
    pub secret: SecretString,
    #[serde(default)]
    pub secret_file: String,
    /// Seconds that the time stamp may lie before or behind now.
    #[serde(default = "five_minutes")]
    pub tolerance: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HookKind {
    /// The raw mail as the body, signed by HMAC-SHA256.
    #[default]
    Raw,
    Mailgun,
    Sendgrid,
    Postmark,
}

const fn imaps() -> u16 {
    993
}

const fn tls() -> Tls {
    Tls::Tls
}

const fn yes() -> bool {
    true
}

const fn minute() -> u64 {
    60
}

const fn five_minutes() -> u64 {
    300
}

fn inbox() -> Vec<String> {
    vec!["INBOX".to_owned()]
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|a| a.is_loopback())
}

/// A name stands in a path, in a table and in a log.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 64
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

fn secret(secret: &mut SecretString, file: &str) -> Result<(), Error> {
    if !file.is_empty() {
        *secret = from_file(file)?.into();
    }
    Ok(())
}

impl Imap {
    pub(crate) fn resolve(&mut self) -> Result<(), Error> {
        secret(&mut self.password, &self.password_file)?;
        secret(&mut self.client_secret, &self.client_secret_file)?;
        secret(&mut self.refresh_token, &self.refresh_token_file)
    }

    pub(crate) fn validate(&self) -> Result<(), Error> {
        let invalid = |problem: &str| {
            Err(Error::Invalid {
                section: "mail.imap",
                problem: format!("{:?}: {problem}", self.name),
            })
        };
        if !is_name(&self.name) {
            return invalid("name: letters, digits, - and _, at most 64");
        }
        if self.folders.is_empty() {
            return invalid("folders: name at least one");
        }
        if self.folders.iter().any(|f| *f == self.done || *f == self.held) {
            return invalid("done and held must not be among folders");
        }
        if self.poll == 0 {
            return invalid("poll must be at least 1");
        }
        if self.tls == Tls::None && !is_loopback(&self.host) {
            return invalid("tls: a password must not be sent without TLS: set tls or starttls");
        }
        match self.auth {
            ImapAuth::Password if self.password.expose_secret().is_empty() => {
                invalid("set password or password_file, or auth = \"xoauth2\"")
            }
            ImapAuth::Xoauth2 if self.token_url.is_empty() || self.client_id.is_empty() => {
                invalid("auth = \"xoauth2\" needs token_url and client_id")
            }
            ImapAuth::Xoauth2 if !token_url_is_safe(&self.token_url) => invalid("token_url must begin with https://"),
            _ => Ok(()),
        }
    }
}

/// Plain http is for this machine alone.
fn token_url_is_safe(url: &str) -> bool {
    url.starts_with("https://")
        || url
            .strip_prefix("http://")
            .and_then(|rest| rest.split(['/', ':']).next())
            .is_some_and(is_loopback)
}

impl Hook {
    pub(crate) fn resolve(&mut self) -> Result<(), Error> {
        secret(&mut self.secret, &self.secret_file)
    }

    pub(crate) fn validate(&self) -> Result<(), Error> {
        let invalid = |problem: &str| {
            Err(Error::Invalid {
                section: "mail.hook",
                problem: format!("{:?}: {problem}", self.name),
            })
        };
        if !is_name(&self.name) {
            return invalid("name: letters, digits, - and _, at most 64");
        }
        if self.secret.expose_secret().len() < 16 {
            return invalid("secret or secret_file: at least 16 characters");
        }
        if self.kind == HookKind::Postmark && !self.secret.expose_secret().contains(':') {
            return invalid("secret: user:password, as it stands in the address that the provider calls");
        }
        if self.tolerance == 0 || self.tolerance > 86_400 {
            return invalid("tolerance: 1 to 86400 seconds");
        }
        Ok(())
    }
}

/// No two of the same name.
pub(crate) fn distinct<'a>(section: &'static str, names: impl Iterator<Item = &'a str>) -> Result<(), Error> {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    match names.windows(2).find(|two| two[0] == two[1]) {
        Some(two) => Err(Error::Invalid {
            section,
            problem: format!("the name {:?} stands there twice", two[0]),
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imap(more: &str) -> Result<Imap, String> {
        let text = format!("name = \"crew\"\nhost = \"imap.example.com\"\nusername = \"u\"\n{more}");
        let mut settings: Imap = toml::from_str(&text).map_err(|e| e.to_string())?;
        settings.resolve().map_err(|e| e.to_string())?;
        settings.validate().map_err(|e| e.to_string())?;
        Ok(settings)
    }

    #[test]
    fn a_mailbox_needs_little_and_is_checked() {
        let settings = imap("password = \"p\"").expect("enough");
        assert_eq!(
            (settings.port, settings.tls, settings.folders.len()),
            (993, Tls::Tls, 1)
        );
        for wrong in [
            "",
            "password = \"p\"\ntls = \"none\"",
            "password = \"p\"\nfolders = []",
            "password = \"p\"\ndone = \"INBOX\"",
            "password = \"p\"\npoll = 0",
            "auth = \"xoauth2\"\nclient_id = \"c\"",
            "auth = \"xoauth2\"\nclient_id = \"c\"\ntoken_url = \"http://login.example.com/\"",
            "password = \"p\"\nnonsense = 1",
        ] {
            assert!(imap(wrong).is_err(), "{wrong}");
        }
        imap("auth = \"xoauth2\"\nclient_id = \"c\"\ntoken_url = \"http://127.0.0.1:9/\"").expect("this machine");
    }

    #[test]
    fn a_webhook_needs_a_secret() {
        let hook = |text: &str| -> Result<Hook, String> {
            let hook: Hook = toml::from_str(text).map_err(|e| e.to_string())?;
            hook.validate().map_err(|e| e.to_string())?;
            Ok(hook)
        };
        assert!(hook("name = \"a\"").is_err());
        assert!(hook("name = \"a/b\"\nsecret = \"0123456789abcdef\"").is_err());
        assert_eq!(
            hook("name = \"a\"\nsecret = \"0123456789abcdef\"")
                .expect("enough")
                .tolerance,
            300
        );
        assert!(distinct("mail.hook", ["a", "b", "a"].into_iter()).is_err());
    }
}
