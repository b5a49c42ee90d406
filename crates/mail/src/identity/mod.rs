//! Who wrote a mail, as far as it can be proved: SPF, DKIM and DMARC, verified by us when it came by SMTP, or read from
//! what a trusted server wrote when it came by that server's hands.

mod headers;
mod verify;

use domain::EmailAddress;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

pub use headers::from_headers;
pub use verify::Verifier;

/// The SMTP session that a mail came by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub client: IpAddr,
    /// By which name it greeted.
    pub helo: String,
    /// Empty for the null return path.
    pub mail_from: String,
}

/// Who says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// We, by DNS.
    Verified,
    /// A server that is trusted (`mail.in.trusted_authserv`).
    Header,
    /// Nobody who is trusted.
    #[default]
    Unchecked,
}

/// What one method found (RFC 8601 §2.7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Found {
    Pass,
    Fail,
    Softfail,
    Neutral,
    #[default]
    None,
    /// DNS did not say: it may another time.
    Temperror,
    Permerror,
}

impl Found {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Softfail => "softfail",
            Self::Neutral => "neutral",
            Self::None => "none",
            Self::Temperror => "temperror",
            Self::Permerror => "permerror",
        }
    }

    /// A word that is not known says nothing.
    fn read(word: &str) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "pass" => Self::Pass,
            "fail" | "hardfail" => Self::Fail,
            "softfail" => Self::Softfail,
            "neutral" | "policy" => Self::Neutral,
            "temperror" => Self::Temperror,
            "permerror" => Self::Permerror,
            _ => Self::None,
        }
    }
}

/// What a domain asks to be done with mail that only pretends to be its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    None,
    Quarantine,
    Reject,
}

/// What is known about a mail's sender; stored with the mail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Authentication {
    pub how: How,
    /// Who says it, where it is a server.
    pub by: Option<String>,
    pub spf: Found,
    pub dkim: Found,
    pub dmarc: Found,
    /// The domain of `From`, for which DMARC was asked.
    pub from_domain: Option<String>,
    /// The domain that SPF was asked for.
    pub spf_domain: Option<String>,
    /// Domains whose signatures hold.
    pub dkim_domains: Vec<String>,
    pub policy: Option<Policy>,
    /// DNS gave no answer in time, so less was found than there may be.
    pub offline: bool,
}

/// What follows from it for the address in `From`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// DMARC holds: the domain of `From` stands behind this mail.
    Aligned,
    /// DMARC fails, and its domain asks that such mail be kept out.
    Denied,
    /// DMARC fails; its domain asks nothing.
    Broken,
    /// Its domain has no DMARC, or it could not be asked.
    Absent,
    /// DNS gave no answer.
    Unknown,
    /// Nobody looked.
    Unchecked,
}

impl Authentication {
    /// What is proved of this sender. A result for another domain than theirs proves nothing.
    pub fn proof(&self, from: &EmailAddress) -> Proof {
        if self.how == How::Unchecked {
            return if self.offline { Proof::Unknown } else { Proof::Unchecked };
        }
        let theirs = self
            .from_domain
            .as_deref()
            .is_some_and(|domain| same(domain, from.domain()));
        match self.dmarc {
            Found::Pass if theirs => Proof::Aligned,
            Found::Fail if self.policy == Some(Policy::None) => Proof::Broken,
            // A server that does not name the policy says with its `fail` that there is a record.
            Found::Fail => Proof::Denied,
            Found::Temperror => Proof::Unknown,
            _ if self.offline => Proof::Unknown,
            _ => Proof::Absent,
        }
    }
}

/// Whether two domains are one, in either form of their letters.
fn same(a: &str, b: &str) -> bool {
    ascii(a) == ascii(b)
}

fn ascii(domain: &str) -> String {
    mail_auth::common::to_a_label(domain.trim_end_matches('.')).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jay() -> EmailAddress {
        EmailAddress::parse("jay@host.example").expect("an address")
    }

    #[test]
    fn only_a_pass_for_the_senders_own_domain_proves_them() {
        let of = |dmarc, policy, domain: &str| {
            Authentication {
                how: How::Verified,
                dmarc,
                policy,
                from_domain: Some(domain.into()),
                ..Authentication::default()
            }
            .proof(&jay())
        };
        assert_eq!(of(Found::Pass, Some(Policy::None), "Host.Example."), Proof::Aligned);
        assert_eq!(of(Found::Pass, None, "evil.example"), Proof::Absent);
        assert_eq!(of(Found::Fail, Some(Policy::Reject), "host.example"), Proof::Denied);
        assert_eq!(of(Found::Fail, Some(Policy::None), "host.example"), Proof::Broken);
        assert_eq!(of(Found::None, None, "host.example"), Proof::Absent);
        assert_eq!(of(Found::Temperror, None, "host.example"), Proof::Unknown);
        assert_eq!(Authentication::default().proof(&jay()), Proof::Unchecked);
    }

    #[test]
    fn a_domain_is_the_same_in_letters_of_its_own_and_in_ascii() {
        assert!(
            same("회사.example", "xn--vf4b131b.example"),
            "{}",
            ascii("회사.example")
        );
        assert!(!same("host.example", "host.example.evil"));
    }

    #[test]
    fn what_is_stored_reads_back_and_what_an_older_version_stored_does_too() {
        let one = Authentication {
            how: How::Header,
            by: Some("mx.host.example".into()),
            dmarc: Found::Pass,
            policy: Some(Policy::Quarantine),
            ..Authentication::default()
        };
        let json = serde_json::to_value(&one).expect("json");
        assert_eq!(json["dmarc"], "pass");
        assert_eq!(serde_json::from_value::<Authentication>(json).expect("reads"), one);
        let old: Authentication = serde_json::from_str("{\"dmarc\":\"fail\"}").expect("reads");
        assert_eq!((old.dmarc, old.how), (Found::Fail, How::Unchecked));
    }
}
