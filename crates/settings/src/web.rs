use crate::Error;
use serde::Deserialize;
use std::net::SocketAddr;

/// The web server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Web {
    pub bind: SocketAddr,
    /// Origin that stands in mails, without a slash at its end.
    pub public_url: String,
    pub max_connections: usize,
}

impl Web {
    /// Cookies are `Secure` and HSTS is sent only where the public address is https.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    pub(crate) fn validate(&mut self) -> Result<(), Error> {
        while self.public_url.ends_with('/') {
            self.public_url.pop();
        }
        let host = self
            .public_url
            .strip_prefix("https://")
            .or_else(|| self.public_url.strip_prefix("http://"));
        match host {
            Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@']) => Ok(()),
            _ => Err(Error::Invalid {
                section: "web.public_url",
                problem: format!("{:?} must be http(s)://host, optionally with a port", self.public_url),
            }),
        }
    }
}
