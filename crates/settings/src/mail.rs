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
    pub reply_form: ReplyForm,
    pub out: MailOut,
    pub dkim: Dkim,
    #[serde(rename = "in")]
    pub inbound: MailIn,
    /// Mailboxes that are read.
    #[serde(default)]
    pub imap: Vec<Imap>,
    /// Webhooks that bring mail.
    #[serde(default)]
    pub hook: Vec<Hook>,
}

/// How a reply address is written; each is understood at any time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReplyForm {
    /// `q+TOKEN`, which arrives in the mailbox `q`.
    Plus,
    /// `q-TOKEN`, for a server that knows no plus: all addresses of the domain come to us.
    CatchAll,
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
    /// Servers whose `Authentication-Results` count, by their authserv-id (RFC 8601), in lower case: a list, or words in
    /// one text.
    #[serde(deserialize_with = "words")]
    pub trusted_authserv: Vec<String>,
    /// Who is asked about the sender of a mail that comes by SMTP.
    pub dns: Dns,
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

/// The name server that is asked about senders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Dns {
    /// Those of the machine.
    System,
    /// Nobody: no sender is proved by DNS.
    Off,
    At(SocketAddr),
}

impl TryFrom<String> for Dns {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.trim() {
            "system" => Ok(Self::System),
            "off" => Ok(Self::Off),
            at => at
                .parse()
                .or_else(|_| at.parse().map(|ip| SocketAddr::new(ip, 53)))
                .map(Self::At)
                .map_err(|_| "must be system, off, or a name server's address, such as 10.0.0.53"),
        }
    }
}

/// The environment knows only texts.
fn words<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        List(Vec<String>),
        Text(String),
    }
    let list = match Either::deserialize(deserializer)? {
        Either::List(list) => list,
        Either::Text(text) => text.split([' ', ',']).map(str::to_owned).collect(),
    };
    let list = list.into_iter().map(|word| word.trim().to_ascii_lowercase());
    Ok(list.filter(|word| !word.is_empty()).collect())
}

impl Mail {
    pub(crate) fn resolve(&mut self) -> Result<(), Error> {
        if !self.out.password_file.is_empty() {
            self.out.password = from_file(&self.out.password_file)?.into();
        }
        self.imap.iter_mut().try_for_each(Imap::resolve)?;
        self.hook.iter_mut().try_for_each(Hook::resolve)?;
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

#[cfg(test)]
mod tests {
    use super::{Dns, words};
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Some {
        dns: Dns,
        #[serde(deserialize_with = "words")]
        ids: Vec<String>,
    }

    #[test]
    fn a_name_server_is_named_by_a_word_or_an_address_and_servers_by_a_list_or_a_text() {
        let read = |dns: &str, ids: &str| toml::from_str::<Some>(&format!("dns = '{dns}'\nids = {ids}"));
        assert_eq!(read("system", "[]").expect("reads").dns, Dns::System);
        assert_eq!(
            read("10.0.0.53", "[]").expect("reads").dns,
            Dns::At(([10, 0, 0, 53], 53).into())
        );
        assert_eq!(
            read("127.0.0.1:5300", "[]").expect("reads").dns,
            Dns::At(([127, 0, 0, 1], 5300).into())
        );
        assert!(
            read("ns.host.example", "[]").is_err(),
            "a name would need a name server"
        );
        let both = ["mx.host.example", "mx2.host.example"];
        assert_eq!(
            read("off", "['MX.host.example', 'mx2.host.example']")
                .expect("reads")
                .ids,
            both
        );
        assert_eq!(
            read("off", "'mx.host.example, mx2.host.example'").expect("reads").ids,
            both
        );
    }
}
