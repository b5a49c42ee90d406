use crate::Error;
use serde::Deserialize;
use std::{
    net::{IpAddr, SocketAddr},
    str::FromStr,
};

/// The web server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Web {
    pub bind: SocketAddr,
    /// Origin that stands in mails, without a slash at its end.
    pub public_url: String,
    pub max_connections: usize,
    /// Addresses and networks, separated by spaces or commas: text, so that the environment can set it too.
    trusted_proxies: String,
    pub hsts_subdomains: bool,
    #[serde(skip)]
    proxies: Vec<Network>,
}

impl Web {
    /// Cookies are `Secure` and HSTS is sent only where the public address is https.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// What `Strict-Transport-Security` says, when it says anything.
    pub fn hsts(&self) -> Option<&'static str> {
        self.is_https().then_some(if self.hsts_subdomains {
            "max-age=63072000; includeSubDomains"
        } else {
            "max-age=63072000"
        })
    }

    /// Whether `X-Forwarded-For` from there is believed.
    pub fn trusts(&self, peer: IpAddr) -> bool {
        self.proxies.iter().any(|network| network.holds(peer))
    }

    /// Sets `trusted_proxies`.
    ///
    /// # Errors
    /// When one of them is neither an address nor a network.
    pub fn trust(&mut self, proxies: &str) -> Result<(), Error> {
        let words = proxies.split([' ', ',']).filter(|word| !word.is_empty());
        self.proxies = words.map(str::parse).collect::<Result<_, _>>()?;
        Ok(())
    }

    pub(crate) fn validate(&mut self) -> Result<(), Error> {
        let proxies = std::mem::take(&mut self.trusted_proxies);
        self.trust(&proxies)?;
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

/// An address, or all that share its first bits.
#[derive(Clone, Copy, Debug)]
struct Network {
    first: IpAddr,
    bits: u32,
}

impl Network {
    fn holds(self, ip: IpAddr) -> bool {
        // A socket that listens for both families gives IPv4 as `::ffff:…`.
        match (self.first, ip.to_canonical()) {
            (IpAddr::V4(first), IpAddr::V4(ip)) => {
                let shift = 32 - self.bits;
                first.to_bits().checked_shr(shift) == ip.to_bits().checked_shr(shift)
            }
            (IpAddr::V6(first), IpAddr::V6(ip)) => {
                let shift = 128 - self.bits;
                first.to_bits().checked_shr(shift) == ip.to_bits().checked_shr(shift)
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let invalid = || Error::Invalid {
            section: "web.trusted_proxies",
            problem: format!("{text:?} must be an address such as 10.0.0.7, or a network such as 10.0.0.0/24"),
        };
        let (first, bits) = text.split_once('/').map_or((text, None), |(f, b)| (f, Some(b)));
        let first: IpAddr = first.parse().map_err(|_| invalid())?;
        let most = if first.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), str::parse).map_err(|_| invalid())?;
        if bits > most {
            return Err(invalid());
        }
        Ok(Self { first, bits })
    }
}

#[cfg(test)]
mod tests {
    use crate::Settings;
    use std::net::IpAddr;

    fn trusting(list: &str) -> Result<super::Web, crate::Error> {
        let mut web = Settings::embedded().expect("the embedded default").web;
        web.trust(list).map(|()| web)
    }

    #[test]
    fn proxies_are_trusted_by_address_and_by_network() {
        let web = trusting("10.1.2.0/23, 192.0.2.7 2001:db8::/32").expect("reads");
        let trusts = |ip: &str| web.trusts(ip.parse::<IpAddr>().expect("an address"));
        for ip in [
            "10.1.2.0",
            "10.1.3.255",
            "192.0.2.7",
            "::ffff:192.0.2.7",
            "2001:db8:5::1",
        ] {
            assert!(trusts(ip), "{ip}");
        }
        for ip in ["10.1.4.0", "10.1.1.255", "192.0.2.8", "127.0.0.1", "2001:db9::1", "::1"] {
            assert!(!trusts(ip), "{ip}");
        }
        assert!(trusting("0.0.0.0/0").expect("reads").trusts([203, 0, 113, 9].into()));
        assert!(!trusting("").expect("reads").trusts([127, 0, 0, 1].into()), "nobody");
        for wrong in ["10.0.0.0/33", "proxy.example", "10.0.0.0/", "::/129"] {
            assert!(trusting(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn subdomains_are_bound_to_https_only_where_that_was_asked_for() {
        let mut web = Settings::embedded().expect("the embedded default").web;
        assert_eq!(web.hsts(), None, "http");
        "https://talk.example".clone_into(&mut web.public_url);
        assert_eq!(web.hsts(), Some("max-age=63072000"));
        web.hsts_subdomains = true;
        assert_eq!(web.hsts(), Some("max-age=63072000; includeSubDomains"));
    }
}
