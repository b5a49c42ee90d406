use crate::{Error, from_file};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::net::SocketAddr;

/// Mail out and in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    pub from_name: String,
    pub from_address: String,
    /// Replies come to `q+TOKEN@reply_domain`.
    pub reply_domain: String,
    pub out: MailOut,
    pub dkim: Dkim,
    #[serde(rename = "in")]
    pub inbound: MailIn,
}

/// Submission to a mail server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailOut {
    pub host: String,
    pub port: u16,
    pub tls: Tls,
    pub username: String,
    pub password: SecretString,
    pub password_file: String,
    /// Mails sent at once.
    pub concurrency: u32,
    /// Of them to one domain, counted over all nodes, so that a slow one leaves room for others.
    pub per_domain: u32,
    /// Mails to one domain in a minute, on the average and at once; 0: no limit.
    pub per_domain_minute: u32,
    pub return_path: ReturnPath,
    /// Seconds for one whole send.
    pub timeout: u64,
    /// Sends nothing while true.
    pub paused: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    None,
    Starttls,
    Tls,
}

/// Where bounces go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReturnPath {
    /// To an address of each mail's own, `bounces+TOKEN@reply_domain`, which names the mail.
    Verp,
    /// To `from_address`: for a server that takes no other sender than the account's.
    From,
}

/// Our own signature (RFC 6376); without a key there is none.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dkim {
    /// Empty: that of `from_address`.
    pub domain: String,
    pub selector: String,
    /// A private key in PEM: RSA or Ed25519.
    pub key_file: String,
    /// What stands in it.
    #[serde(skip)]
    pub key: SecretString,
}

/// Our own listeners.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailIn {
    pub smtp_bind: SocketAddr,
    pub lmtp_bind: SocketAddr,
    /// Octets of one mail.
    pub max_size: usize,
    pub max_connections: usize,
}

impl Mail {
    pub(crate) fn resolve(&mut self) -> Result<(), Error> {
        if !self.out.password_file.is_empty() {
            self.out.password = from_file(&self.out.password_file)?.into();
        }
        if !self.dkim.key_file.is_empty() {
            self.dkim.key = from_file(&self.dkim.key_file)?.into();
        }
        Ok(())
    }

    pub(crate) fn validate(&self) -> Result<(), Error> {
        let invalid = |section, problem: &str| {
            Err(Error::Invalid {
                section,
                problem: problem.into(),
            })
        };
        if !self.from_address.contains('@') {
            return invalid("mail.from_address", "must be an e-mail address");
        }
        if self.reply_domain.is_empty() || self.reply_domain.contains('@') {
            return invalid("mail.reply_domain", "must be a domain, such as reply.example.com");
        }
        if self.out.concurrency == 0 {
            return invalid("mail.out.concurrency", "must be at least 1");
        }
        if self.out.per_domain == 0 {
            return invalid("mail.out.per_domain", "must be at least 1");
        }
        if !self.dkim.key_file.is_empty() && self.dkim.selector.is_empty() {
            return invalid("mail.dkim.selector", "is missing, though a key is set");
        }
        if !self.out.username.is_empty() && self.out.password.expose_secret().is_empty() {
            return invalid("mail.out.password", "is missing, though a username is set");
        }
        if !self.out.username.is_empty() && self.out.tls == Tls::None {
            return invalid(
                "mail.out.tls",
                "a password must not be sent without TLS: set starttls or tls",
            );
        }
        Ok(())
    }
}
