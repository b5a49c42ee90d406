use crate::{
    Error, from_file,
    mail_ways::{Hook, Imap, distinct},
};
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
    #[serde(rename = "in")]
    pub inbound: MailIn,
    /// Mailboxes that are read.
    #[serde(default)]
    pub imap: Vec<Imap>,
    /// Webhooks that bring mail.
    #[serde(default)]
    pub hook: Vec<Hook>,
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
    /// Seconds for one whole send.
    pub timeout: u64,
    /// Sends nothing while true.
    pub paused: bool,
    /// Nothing is sent from a database that was put back from a backup, until somebody says so.
    pub hold_after_restore: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    None,
    Starttls,
    Tls,
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
    /// From one address; from one /64 of IPv6.
    pub max_connections_per_address: usize,
    pub max_recipients: usize,
    /// Seconds that a client may think before its next command.
    pub command_timeout: u64,
    /// Seconds that one whole mail may take.
    pub data_timeout: u64,
    /// PEM files; empty: no STARTTLS.
    pub tls_certificate: String,
    pub tls_key: String,
    /// Local parts at the reply domain that are ours besides reply addresses; `*`: all.
    pub addresses: Vec<String>,
    /// Days after which the raw octets of a mail that was read are dropped; 0: never.
    pub keep_raw_days: u32,
}

impl Mail {
    pub(crate) fn resolve(&mut self) -> Result<(), Error> {
        if !self.out.password_file.is_empty() {
            self.out.password = from_file(&self.out.password_file)?.into();
        }
        self.imap.iter_mut().try_for_each(Imap::resolve)?;
        self.hook.iter_mut().try_for_each(Hook::resolve)?;
        Ok(())
    }

    pub(crate) fn validate(&self) -> Result<(), Error> {
        let invalid = |section, problem: &str| {
            Err(Error::Invalid {
                section,
                problem: problem.into(),
            })
        };
        self.imap.iter().try_for_each(Imap::validate)?;
        self.hook.iter().try_for_each(Hook::validate)?;
        distinct("mail.imap", self.imap.iter().map(|m| m.name.as_str()))?;
        distinct("mail.hook", self.hook.iter().map(|h| h.name.as_str()))?;
        if !self.from_address.contains('@') {
            return invalid("mail.from_address", "must be an e-mail address");
        }
        if self.reply_domain.is_empty() || self.reply_domain.contains('@') {
            return invalid("mail.reply_domain", "must be a domain, such as reply.example.com");
        }
        if self.inbound.tls_certificate.is_empty() != self.inbound.tls_key.is_empty() {
            return invalid(
                "mail.in.tls_certificate",
                "needs mail.in.tls_key, and the other way round",
            );
        }
        if self.out.concurrency == 0 {
            return invalid("mail.out.concurrency", "must be at least 1");
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
